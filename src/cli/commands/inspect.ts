import { Command } from 'commander';
import { exitStatus } from '../exit.ts';
import { addParamsOption } from '../dataOptions.ts';
import { outputWidth, useColor, writeJson, writeResult } from '../output.ts';
import { quantity } from '../parse.ts';

/** What the options of `inspect` parse to. */
interface InspectFlags {
  columns?: string;
  paramsOfRuns?: number;
  tokensPerStep?: number;
  json?: boolean;
}

const command = new Command('inspect')
  .summary('show what is in files of runs')
  .description(
    'Shows for each file its format, its rows and columns, which quantities are recognised, and what is missing for a fit and how to give it.',
  )
  .argument('<file...>', 'files of runs, folders of them, or patterns such as runs/**')
  .option('--columns <map>', 'which columns hold the quantities, such as params=N,tokens=D,loss=L')
  .option('--tokens-per-step <count>', 'tokens of one step, such as 0.5M', quantity('--tokens-per-step'));

/** `isoflop inspect`: what is in files of runs. */
export const inspectCommand = addParamsOption(command)
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop inspect data/chinchilla.csv\n')
  .action(async (files: string[], flags: InspectFlags) => {
    const { inspectFiles } = await import('../../runs/disk/inspectFiles.ts');
    const { columns, paramsOfRuns: params, tokensPerStep } = flags;
    const inspected = await inspectFiles(files, { columns, params, tokensPerStep });
    if (flags.json === true) writeJson(inspected);
    else {
      const { formatInspection } = await import('../../report/inspectText.ts');
      writeResult(formatInspection(inspected, { color: useColor(), width: outputWidth() }));
    }
    if (inspected.files.some(({ error }) => error !== null)) process.exitCode = exitStatus.badUsage;
  });
