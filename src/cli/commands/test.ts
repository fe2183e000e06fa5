import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import { strictStatus } from '../exit.ts';
import type { FitRequest } from '../../node/request/options.ts';
import { addDataOptions, addErrorOptions, addLawOptions, addParamsOption } from '../dataOptions.ts';
import { fitOne, type FittedFiles } from '../fitOne.ts';
import { outputWidth, useColor, writeJson, writeResult, writeWarnings } from '../output.ts';
import { assignments, number, quantity, ties } from '../parse.ts';

/** What the options of `test` parse to. */
interface TestFlags extends FitRequest {
  bootstrap: number;
  seed: number;
  against?: string;
  null?: string;
  resamples: number;
  adjust: boolean;
  flops?: number;
  json?: boolean;
  strict?: boolean;
}

const command = new Command('test')
  .summary('test published coefficients, or a simpler law, against data')
  .description(
    'Likelihood-ratio tests: whether data reject published coefficients (--against), or a special case of a law (--null).',
  )
  .argument('[file...]', 'files of runs (or checkpoints), folders of them, or patterns such as runs/**')
  .option('--law <law>', 'the law (default: chinchilla)')
  .option(
    '--against <coefficients>',
    "published coefficients by name, such as hoffmann-2022, a saved fit, or values such as 'alpha=0.34,beta=0.28'",
  )
  .option('--null <case>', "a special case of the law: a smaller law such as chinchilla, 'alpha=beta' or 'E=0'");

/** `isoflop test`: likelihood-ratio tests. */
export const testCommand = addErrorOptions(addLawOptions(addParamsOption(addDataOptions(command))))
  .option('--resamples <count>', 'with --null: refits of data made under the null hypothesis', number, 0)
  .option('--no-adjust', 'take rows for independent and the density of the objective for that of the residuals')
  .option(
    '--flops <quantity>',
    'budget at which the coefficients are compared (default: ten times the largest)',
    quantity('--flops'),
  )
  .option('--json', 'print JSON instead of the report')
  .option('--strict', 'exit with 3 when a warning of level error is raised')
  .addHelpText(
    'before',
    "Example:\n  isoflop test data/chinchilla.csv --where 'loss < 3.44' --against hoffmann-2022\n  isoflop test data/chinchilla.csv --law skaling --null chinchilla\n",
  )
  .action(async (files: string[], flags: TestFlags) => {
    if ((flags.against === undefined) === (flags.null === undefined))
      throw new IsoflopError('USAGE', {
        message: 'isoflop test takes either --against or --null.',
        remedy: 'Name published coefficients with --against, or a special case of the law with --null.',
      });
    const fitted = await fitOne(files, flags);
    const warnings =
      flags.against === undefined
        ? await testNull(fitted, flags, flags.null ?? '')
        : await testAgainst(fitted, flags, flags.against);
    process.exitCode = strictStatus(warnings, flags.strict);
  });

async function testAgainst({ lawFit, fit }: FittedFiles, flags: TestFlags, against: string) {
  const [{ testCoefficients }, { groupRows }, { findCoefficients }, text] = await Promise.all([
    import('../../uncertainty/coefficientTest.ts'),
    import('../../uncertainty/groups.ts'),
    import('../../node/coefficients.ts'),
    import('../../report/testText.ts'),
  ]);
  const published = against.includes('=')
    ? { ...assignments('--against')(against) }
    : await findCoefficients(lawFit.law, against);
  const test = testCoefficients(lawFit, published, {
    groups: groupRows(lawFit, flags.group),
    ...(fit.bootstrap === null ? {} : { covariance: fit.covariance }),
    ...(flags.adjust ? {} : { adjust: 'none' as const }),
  });
  const consequences = text.compareConsequences(lawFit, fit, test, flags.flops);
  const warnings = [...fit.warnings, ...test.warnings];
  if (flags.json === true) writeJson(text.coefficientTestToJson(fit, against, test, consequences));
  else
    writeResult(
      text.formatCoefficientTest(fit, against, test, consequences, { color: useColor(), width: outputWidth() }),
    );
  writeWarnings(warnings, false);
  return warnings;
}

async function testNull({ runs, lawFit, fit }: FittedFiles, flags: TestFlags, hypothesis: string) {
  const [{ compareNested }, { bootstrapRatio }, { groupRows }, { fitLaw }, { lawOption }, text, { optionsOf }] =
    await Promise.all([
      import('../../uncertainty/likelihoodRatio.ts'),
      import('../../uncertainty/ratioBootstrap.ts'),
      import('../../uncertainty/groups.ts'),
      import('../../fit/fitLaw.ts'),
      import('../../node/lawOption.ts'),
      import('../../report/testText.ts'),
      import('../../node/request/options.ts'),
    ]);
  const options = { ...optionsOf(flags), objective: lawFit.objective.id };
  const held = restrictionsOf(hypothesis, options.fixed, options.tied);
  const small: LawFit =
    held === undefined
      ? fitLaw(lawOption({ law: hypothesis }, []), runs, options)
      : fitLaw(lawFit.law, runs, { ...options, ...held });
  const groups = groupRows(lawFit, flags.group);
  const test = compareNested(small, lawFit, { groups, ...(flags.adjust ? {} : { adjust: 'none' as const }) });
  const bootstrap =
    flags.resamples > 0
      ? bootstrapRatio(small, lawFit, groups, { resamples: flags.resamples, seed: flags.seed })
      : null;
  const warnings = [...fit.warnings, ...test.warnings];
  if (flags.json === true) writeJson(text.nestedTestToJson(fit, small, test, bootstrap));
  else writeResult(text.formatNestedTest(fit, small, test, bootstrap, { color: useColor(), width: outputWidth() }));
  writeWarnings(warnings, false);
  return warnings;
}

/** What `alpha=beta,E=0` fixes and ties besides what the fit does; `undefined` for the name of a law. */
function restrictionsOf(
  hypothesis: string,
  fixed: Readonly<Record<string, number>> = {},
  tied: Readonly<Record<string, string>> = {},
): { fixed: Record<string, number>; tied: Record<string, string> } | undefined {
  if (!hypothesis.includes('=')) return undefined;
  const result = { fixed: { ...fixed }, tied: { ...tied } };
  for (const [name, value] of Object.entries(ties('--null')(hypothesis)))
    if (Number.isFinite(Number(value))) result.fixed[name] = Number(value);
    else result.tied[name] = value;
  return result;
}
