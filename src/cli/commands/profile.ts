import { Command } from 'commander';
import { strictStatus } from '../exit.ts';
import type { FitRequest } from '../../node/request/options.ts';
import { addFigureOptions, checkFigureFlags, type FigureFlags } from '../figureOptions.ts';
import { addDataOptions, addErrorOptions, addLawOptions } from '../dataOptions.ts';
import { fitOne } from '../fitOne.ts';
import { outputWidth, useColor, writeJson, writeResult, writeWarnings } from '../output.ts';
import { names, number } from '../parse.ts';

/** What the options of `profile` parse to. */
interface ProfileFlags extends FitRequest, FigureFlags {
  bootstrap: number;
  confidence: number;
  params?: string[];
  points: number;
  adjust: boolean;
  json?: boolean;
  strict?: boolean;
}

const command = new Command('profile')
  .summary('profile likelihood intervals of the parameters of a fit')
  .description(
    'Fits a law, then follows the likelihood along each parameter with the others at their best, and prints the interval of values that the data allow.',
  )
  .argument('<file...>', 'files of runs (or checkpoints), folders of them, or patterns such as runs/**')
  .option(
    '--law <law>',
    "a law (see isoflop laws; default: chinchilla) or a formula, such as 'loss ~ E + A/params^alpha'",
  )
  .option(
    '--params <names>',
    'parameters, and a for the exponent of N* ~ C^a, such as alpha,beta,a (default: all)',
    names('--params'),
  );

addErrorOptions(addLawOptions(addDataOptions(command)))
  .option('--points <count>', 'points of each curve', number, 41)
  .option('--no-adjust', 'take rows for independent and the density of the objective for that of the residuals');

/** `isoflop profile`: profile likelihood intervals. */
export const profileCommand = addFigureOptions(command, 'the figures of the profiles')
  .option('--json', 'print JSON instead of the table')
  .option('--strict', 'exit with 3 when a warning of level error is raised')
  .addHelpText(
    'before',
    "Example:\n  isoflop profile data/chinchilla.csv --where 'loss < 3.44' --params E,alpha,beta,a --out profiles.html\n",
  )
  .action(async (files: string[], flags: ProfileFlags) => {
    await checkFigureFlags(flags);
    const { lawFit, fit } = await fitOne(files, flags);
    const [{ profileParam, profileNames }, { groupRows }] = await Promise.all([
      import('../../uncertainty/profile.ts'),
      import('../../uncertainty/groups.ts'),
    ]);
    const groups = groupRows(lawFit, flags.group);
    const profiles = (flags.params ?? profileNames(lawFit)).map((name) =>
      profileParam(lawFit, name, {
        confidence: flags.confidence,
        points: flags.points,
        groups,
        ...(flags.adjust ? {} : { adjust: 'none' as const }),
      }),
    );
    // What all profiles say is said once.
    const said = [...fit.warnings, ...profiles.flatMap((profile) => profile.warnings)];
    const warnings = [...new Map(said.map((warning) => [warning.message, warning])).values()];
    if (flags.json === true) {
      const { profilesToJson } = await import('../../report/profileText.ts');
      writeJson(profilesToJson(fit, profiles));
    } else {
      const { formatProfiles } = await import('../../report/profileText.ts');
      writeResult(formatProfiles(fit, profiles, { color: useColor(), width: outputWidth() }));
    }
    writeWarnings(warnings, flags.json !== true);
    if (flags.out !== undefined || flags.terminal === true) {
      const [{ profileFigure, profilePairFigure }, { writeFiguresBeside }] = await Promise.all([
        import('../../plots/profile.ts'),
        import('../writeFigures.ts'),
      ]);
      const pair = profilePairFigure(lawFit, profiles, groups);
      await writeFiguresBeside(flags, `Profile likelihood: ${fit.data.source}`, [
        {
          id: 'profiles',
          description: 'How far the likelihood falls as one parameter moves and the others follow.',
          figure: profileFigure(profiles),
        },
        ...(pair === null ? [] : [pair]),
      ]);
    }
    process.exitCode = strictStatus(warnings, flags.strict);
  });
