import { Command } from 'commander';
import type { Testbed } from '../../proxy/testbeds/testbeds.ts';
import { writeError, writeJson, writeResult } from '../output.ts';
import { count, fileName, number, numbers, positive } from '../parse.ts';
import { createProgress } from '../progress.ts';

/** Options that both testbeds have. */
interface CommonFlags {
  seeds: number;
  seed: number;
  out?: string;
  json?: boolean;
}

interface RandomFeatureFlags extends CommonFlags {
  params?: number[];
  tokens?: number[];
  spectrum: number;
  target?: number;
  noise: number;
  modes: number;
  exact?: boolean;
}

interface SuperpositionFlags extends CommonFlags {
  widths?: number[];
  features: number;
  frequency: number;
  active: number;
  decay: number;
  steps: number;
  batch: number;
  learningRate: number;
}

const withCommon = (command: Command, seeds: number): Command =>
  command
    .option('--seeds <count>', 'runs of each design', count('--seeds'), seeds)
    .option('--seed <number>', 'the first seed', number, 0)
    .option('--out <file>', 'write the CSV of runs, and print the law', fileName('--out'))
    .option('--json', 'print JSON: runs and law');

const randomFeatures = withCommon(
  new Command('random-features')
    .summary('ridge regression on random features')
    .description(
      'Trains ridge regressions on N random features of D samples, whose exponents, irreducible loss and mean loss at any size are known.',
    )
    .option('--params <list>', 'numbers of features N (default: 16,32,64,128,256)', numbers('--params'))
    .option('--tokens <list>', 'numbers of samples D (default: the same)', numbers('--tokens'))
    .option('--spectrum <alpha>', 'the inputs have variances i^-(1+alpha)', positive('--spectrum'), 0.7)
    .option('--target <beta>', 'the target has squared parts i^-(1+beta) (default: alpha)', positive('--target'))
    .option('--noise <sd>', 'standard deviation of the labels', number, 0)
    .option('--modes <count>', 'directions followed one by one', count('--modes'), 1024)
    .option('--exact', 'mean losses by theory, of any size, in place of training'),
  8,
)
  .addHelpText('before', 'Example:\n  isoflop testbed random-features --out bed.csv\n  isoflop fit bed.csv\n')
  .action(async (flags: RandomFeatureFlags) => {
    const { randomFeatureRuns } = await import('../../proxy/testbeds/testbeds.ts');
    const { out, json, target = flags.spectrum, ...grid } = flags;
    const bed = withProgress((onProgress) => randomFeatureRuns({ ...grid, target, onProgress }));
    const { irreducible, paramsExponent, tokensExponent } = bed.truth;
    const digits = (value: number): string => String(Number(value.toPrecision(4)));
    await write(bed, { out, json }, [
      `Law for 1 << N, D: irreducible loss ${digits(irreducible)}, exponent of params ${digits(paramsExponent)}, of tokens ${digits(tokensExponent)}.`,
      'What one of the two adds at a fixed value of the other falls with exponent 1.',
    ]);
  });

const superposition = withCommon(
  new Command('superposition')
    .summary('a model that keeps more features than it has dimensions')
    .description(
      "Trains ReLU(W W' x + b) on sparse features at several widths: the loss falls as 1/width in strong superposition, and as the frequencies say in weak.",
    )
    .option('--widths <list>', 'widths m (default: 4,6,8,12,16)', numbers('--widths'))
    .option('--features <count>', 'features n', count('--features'), 600)
    .option('--frequency <a>', 'feature i is on with probability proportional to i^-a', positive('--frequency'), 1.2)
    .option('--active <mean>', 'features that are on in one example', positive('--active'), 1)
    .option('--decay <value>', 'weight decay: negative for strong superposition, positive for weak', number, -1)
    .option('--steps <count>', 'steps of training', count('--steps'), 600)
    .option('--batch <count>', 'examples of one step', count('--batch'), 64)
    .option('--learning-rate <rate>', 'peak learning rate', positive('--learning-rate'), 0.02),
  1,
)
  .addHelpText('before', 'Example:\n  isoflop testbed superposition --out bed.csv\n  isoflop fit bed.csv --law width\n')
  .action(async ({ out, json, ...grid }: SuperpositionFlags) => {
    const { superpositionRuns } = await import('../../proxy/testbeds/testbeds.ts');
    const bed = withProgress((onProgress) => superpositionRuns({ ...grid, onProgress }));
    const { regime, exponent } = bed.truth;
    const why = regime === 'strong' ? 'vectors overlap by 1/width' : 'the frequencies beyond the width add up';
    await write(bed, { out, json }, [
      `Law for 1 << width << features: exponent ${String(Number(exponent.toPrecision(4)))} (${regime} superposition: ${why}).`,
    ]);
  });

/** `isoflop testbed`: runs whose law is known. */
export const testbedCommand = new Command('testbed')
  .summary('make runs whose law is known')
  .description('Makes runs whose scaling law is known, to see what a fit recovers and what it cannot.')
  .addHelpText('before', 'Example:\n  isoflop testbed random-features --out bed.csv\n  isoflop fit bed.csv\n')
  .helpCommand(false)
  .addCommand(randomFeatures)
  .addCommand(superposition);

/** Trains with a bar, which goes where nobody watches. */
function withProgress<Bed>(make: (onProgress: (done: number, total: number) => void) => Bed): Bed {
  const bar = createProgress('training', 1);
  try {
    return make((done, total) => {
      bar.update(done, total);
    });
  } finally {
    bar.stop();
  }
}

async function write(
  bed: Testbed<unknown>,
  { out, json }: { readonly out: string | undefined; readonly json: boolean | undefined },
  law: readonly string[],
): Promise<void> {
  const { testbedCsv } = await import('../../proxy/testbeds/testbeds.ts');
  if (out !== undefined) {
    const { atomicWrite } = await import('../../node/atomicWrite.ts');
    await atomicWrite(out, testbedCsv(bed));
    writeError(`wrote ${out}`);
  }
  if (json === true) writeJson({ truth: bed.truth, rows: bed.rows });
  else if (out === undefined) {
    for (const line of law) writeError(line);
    writeResult(testbedCsv(bed));
  } else writeResult(law.join('\n'));
}
