import { Command } from 'commander';
import { outputWidth, useColor, writeJson, writeResult } from '../output.ts';
import { probability, quantity } from '../parse.ts';

/** What the options of `allocate` parse to. */
interface AllocateFlags {
  flops: number;
  confidence?: number;
  json?: boolean;
}

/** `isoflop allocate`: the compute-optimal split of a budget. */
export const allocateCommand = new Command('allocate')
  .summary('split a compute budget between parameters and tokens')
  .description('Splits a compute budget between model size and training tokens so that the predicted loss is lowest.')
  .argument('<fit>', 'a saved fit of a law of params and tokens')
  .requiredOption('--flops <quantity>', 'compute budget C, such as 5.76e23', quantity('--flops'))
  .option(
    '--confidence <probability>',
    'probability of the intervals (default: that of the fit)',
    probability('--confidence'),
  )
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop allocate fits/chinchilla.json --flops 5.76e23\n')
  .action(async (path: string, flags: AllocateFlags) => {
    const [{ loadFit }, { allocate }] = await Promise.all([
      import('../../node/savedFits.ts'),
      import('../../plan/allocate.ts'),
    ]);
    const fit = await loadFit(path);
    const confidence = flags.confidence ?? fit.confidence;
    const allocation = allocate(fit, flags.flops, { confidence });
    if (flags.json === true) {
      const { allocationToJson } = await import('../../report/json.ts');
      writeJson(allocationToJson(allocation));
    } else {
      const { formatAllocation } = await import('../../report/text.ts');
      writeResult(formatAllocation(allocation, { color: useColor(), width: outputWidth() }));
    }
  });
