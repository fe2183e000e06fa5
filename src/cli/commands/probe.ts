import { Command } from 'commander';
import { writeJson, writeResult, writeWarnings } from '../output.ts';
import { number } from '../parse.ts';

/** What the options of `probe` parse to. */
interface ProbeFlags {
  input: string;
  other?: string;
  limit?: number;
  columns?: string;
  where?: string;
  json?: boolean;
}

/** `isoflop probe`: which regime a scaling is in. */
export const probeCommand = new Command('probe')
  .summary('tell whether a scaling is limited by variance or by resolution')
  .description(
    'Fits the slope of L - L_inf against one quantity, on the runs in which the other one is large, and says which regime it belongs to.',
  )
  .argument('<file...>', 'files of runs, folders of them, or patterns such as runs/**')
  .option('--input <name>', 'the quantity that grows: tokens, params or another column', 'tokens')
  .option('--other <name>', 'the quantity that has to be large, or none (default: params for tokens, else tokens)')
  .option('--limit <loss>', 'the loss without limit of the quantity, when it is known', number)
  .option('--columns <map>', 'which columns hold the quantities, such as params=N,tokens=D,loss=L')
  .option('--where <condition>', 'keep the rows that fulfil it')
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop probe runs.csv --input tokens\n')
  .action(async (files: string[], flags: ProbeFlags) => {
    const [{ readRuns }, { probeRegime }] = await Promise.all([
      import('../../runs/files.ts'),
      import('../../uncertainty/regime.ts'),
    ]);
    const { input, other, limit } = flags;
    const needs = [input, 'loss', ...(other === undefined || other === 'none' ? [] : [other])];
    const runs = await readRuns(files, { columns: flags.columns, where: flags.where, needs });
    const probe = probeRegime(runs, {
      input,
      ...(other === undefined ? {} : { other: other === 'none' ? null : other }),
      ...(limit === undefined ? {} : { limit }),
    });
    if (flags.json === true) writeJson(probe);
    else writeResult(probe.explanation);
    writeWarnings(runs.warnings, false);
  });
