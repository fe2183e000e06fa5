import { Command } from 'commander';
import { tryParseQuantity } from '../../core/quantity.ts';
import { IsoflopError } from '../../core/errors.ts';
import type { Fit } from '../../fit/result.ts';
import type { ApproachNumber, ApproachOptions } from '../../plan/approaches/index.ts';
import { outputWidth, useColor, writeJson, writeResult } from '../output.ts';
import { number, probability, quantity } from '../parse.ts';

/** What the options of `allocate` parse to. */
interface AllocateFlags {
  flops: number;
  approach?: ApproachNumber[];
  noise?: NonNullable<ApproachOptions['noise']>;
  resamples?: number;
  seed?: number;
  confidence?: number;
  json?: boolean;
}

/** Options that mean something to approaches 1 and 2 only. */
const sampling = ['noise', 'resamples', 'seed'] as const;

/** `isoflop allocate`: the compute-optimal split of a budget. */
export const allocateCommand = new Command('allocate')
  .summary('split a compute budget between parameters and tokens')
  .description('Splits a compute budget between model size and training tokens so that the predicted loss is lowest.')
  .argument('<fit>', 'a saved fit of a law of params and tokens')
  .requiredOption('--flops <quantity>', 'compute budget C, such as 5.76e23', quantity('--flops'))
  .option('--approach <list>', 'compare approaches: 1 envelope, 2 isoFLOP minima, 3 the law; such as 1,2,3', approaches)
  .option('--noise <kind>', 'seed noise for approaches 1 and 2: auto, rule, data, or nats such as 0.005', noise)
  .option('--resamples <number>', 'resamples with that noise (default: 1000)', number)
  .option('--seed <number>', 'seed of the resamples (default: 0)', number)
  .option(
    '--confidence <probability>',
    'probability of the intervals (default: that of the fit)',
    probability('--confidence'),
  )
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop allocate fits/chinchilla.json --flops 5.76e23 --approach 1,2,3\n')
  .action(async (path: string, flags: AllocateFlags) => {
    const alone = sampling.find((name) => flags.approach === undefined && flags[name] !== undefined);
    if (alone !== undefined)
      throw new IsoflopError('USAGE', {
        message: `--${alone} needs --approach.`,
        remedy: 'Add --approach 1,2,3: only approaches 1 and 2 are resampled with seed noise.',
      });
    const [{ loadFit }, { allocate }] = await Promise.all([
      import('../../node/savedFits.ts'),
      import('../../plan/allocate.ts'),
    ]);
    const fit = await loadFit(path);
    if (flags.approach !== undefined) {
      await compare(fit, flags, flags.approach);
      return;
    }
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

async function compare(fit: Fit, flags: AllocateFlags, asked: ApproachNumber[]): Promise<void> {
  const { compareApproaches } = await import('../../plan/approaches/index.ts');
  const { flops, confidence, noise, resamples, seed } = flags;
  const comparison = compareApproaches(fit, flops, {
    approaches: asked,
    confidence,
    ...(noise === undefined ? {} : { noise }),
    ...(resamples === undefined ? {} : { resamples }),
    ...(seed === undefined ? {} : { seed }),
  });
  if (flags.json === true) writeJson(comparison);
  else {
    const { formatApproaches } = await import('../../report/approachesText.ts');
    writeResult(formatApproaches(comparison, { color: useColor(), width: outputWidth() }));
  }
}

/** Option parser for the numbers of approaches. */
function approaches(text: string): ApproachNumber[] {
  const found = text.split(',').map((part) => Number(part.trim()));
  if (!found.every((one) => one === 1 || one === 2 || one === 3))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--approach',
      value: text,
      expected: 'some of 1 (envelope), 2 (isoFLOP minima) and 3 (the law), with commas between',
    });
  return found;
}

/** Option parser for a kind of seed noise, or its standard deviation. */
function noise(text: string): NonNullable<ApproachOptions['noise']> {
  if (text === 'auto' || text === 'rule' || text === 'data') return text;
  const value = tryParseQuantity(text);
  if (value !== undefined && value >= 0) return value;
  throw new IsoflopError('OPTION_INVALID', {
    option: '--noise',
    value: text,
    expected: 'auto, rule, data or a standard deviation in nats, such as 0.005',
  });
}
