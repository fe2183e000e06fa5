import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import type { Fit } from '../../fit/result.ts';
import type { ChainPrediction } from '../../plan/chain.ts';
import type { QueryPoint } from '../../plan/predictPoints.ts';
import { outputWidth, useColor, writeJson, writeResult, writeWarnings } from '../output.ts';
import { assignments, fileName, number, probability, quantity } from '../parse.ts';
import { showCurves } from '../showCurves.ts';

/** What the options of `predict` parse to. */
interface PredictFlags {
  params?: number;
  tokens?: number;
  flops?: number;
  at?: Record<string, number>;
  points?: string;
  then?: string;
  schedule?: string[];
  warmup?: number;
  where?: string;
  figure?: string;
  confidence?: number;
  json?: boolean;
}

/** Values of an option that may be given several times. */
const listed = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** `isoflop predict`: the loss that a saved fit predicts. */
export const predictCommand = new Command('predict')
  .summary('predict the loss of a model')
  .description('Predicts the loss from a saved fit. --flops alone means the compute-optimal model.')
  .argument('<fit>', 'a saved fit, such as fits/chinchilla.json')
  .option('--params <quantity>', 'model size N, such as 70B', quantity('--params'))
  .option('--tokens <quantity>', 'training tokens D, such as 1.4T', quantity('--tokens'))
  .option('--flops <quantity>', 'training compute C, such as 5.76e23', quantity('--flops'))
  .option('--at <values>', 'other inputs of the law, such as uniqueTokens=25B', assignments('--at'))
  .option('--points <file>', 'a CSV, JSON lines or Parquet file with columns of what the law takes, one point a row')
  .option(
    '--schedule <schedule>',
    'of a law of curves: a learning-rate schedule, as a CSV of step and lr or such as cosine:steps=24000,peak=3e-4 (may be given again)',
    listed,
  )
  .option('--warmup <steps>', 'steps of the warm-up before the first row of such a file', number)
  .option('--where <condition>', 'runs of such a file, such as \'model == "25M"\'')
  .option('--figure <file>', 'draw the predicted curves, as .html, .svg, .pdf or .png', fileName('--figure'))
  .option('--then <fit>', 'a second saved fit, of what the first one predicts, such as the accuracy from the loss')
  .option(
    '--confidence <probability>',
    'probability of the interval (default: that of the fit)',
    probability('--confidence'),
  )
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop predict fits/chinchilla.json --params 70B --tokens 1.4T\n')
  .action(async (path: string, flags: PredictFlags) => {
    const single = (['params', 'tokens', 'flops', 'at'] as const).find((name) => flags[name] !== undefined);
    if (flags.points !== undefined && single !== undefined)
      throw new IsoflopError('USAGE', {
        message: `--points and --${single} are both given.`,
        remedy: 'Give the points in the file, or one point with --params, --tokens, --flops and --at.',
      });
    const [{ loadFit }, { predictPoints }] = await Promise.all([
      import('../../node/savedFits.ts'),
      import('../../plan/predictPoints.ts'),
    ]);
    const fit = await loadFit(path);
    if (flags.schedule !== undefined) {
      await showCurves(fit, { ...flags, schedule: flags.schedule });
      return;
    }
    await refuseCurveLaw(fit);
    const { params, tokens, flops, at = {} } = flags;
    const names = await inputNames(fit, at);
    const points =
      flags.points === undefined ? [{ params, tokens, flops, ...at }] : await readPoints(flags.points, names);
    const predict = (some: readonly QueryPoint[]) => predictPoints(fit, some, { confidence: flags.confidence });
    let prediction;
    try {
      prediction = predict(points);
    } catch (error) {
      throw flags.points === undefined ? error : errorOfRow(error, flags.points, points, predict);
    }
    const chain = flags.then === undefined ? undefined : await chainOf(fit, flags.then, points, flags.confidence);
    const warnings = chain?.warnings ?? prediction.warnings;
    if (flags.json === true) {
      const { chainToJson, predictionToJson } = await import('../../report/json.ts');
      writeJson(chain === undefined ? predictionToJson(prediction) : chainToJson(prediction, chain));
    } else {
      const { formatPrediction } = await import('../../report/text.ts');
      const text = formatPrediction({ ...prediction, warnings }, { color: useColor(), width: outputWidth() });
      const digits = (value: number): string => String(Number(value.toPrecision(4)));
      const lines = (chain?.points ?? []).map(({ value, valueInterval, valueOfNewRun }) => {
        const interval = (ends: readonly [number, number] | null, what: string): string =>
          ends === null ? '' : `${what}[${ends.map(digits).join(', ')}]`;
        return `${chain?.response ?? ''} ${digits(value)}${interval(valueInterval, ' ')}${interval(valueOfNewRun, ', of a new run ')}`;
      });
      writeResult([...lines, text].join('\n'));
    }
    writeWarnings(warnings, flags.json !== true);
  });

/** A law of curves takes a schedule, and not the points that other laws take. */
async function refuseCurveLaw(fit: Fit): Promise<void> {
  const { lawOf } = await import('../../laws/index.ts');
  const { curve, id } = lawOf(fit);
  if (curve !== undefined)
    throw new IsoflopError('USAGE', {
      message: `A prediction of ${id} needs a learning-rate schedule.`,
      remedy:
        'Give a file with the columns step and lr, or such as --schedule cosine:steps=24000,peak=3e-4,warmup=2160.',
    });
}

async function chainOf(
  first: Fit,
  path: string,
  points: readonly QueryPoint[],
  confidence: number | undefined,
): Promise<ChainPrediction> {
  const [{ loadFit }, { predictChain }] = await Promise.all([
    import('../../node/savedFits.ts'),
    import('../../plan/chain.ts'),
  ]);
  return predictChain(first, await loadFit(path), points, { confidence });
}

/** The error of a prediction with the row of the file that caused it. */
function errorOfRow(
  error: unknown,
  path: string,
  points: readonly QueryPoint[],
  predict: (points: readonly QueryPoint[]) => unknown,
): unknown {
  if (!(error instanceof IsoflopError)) return error;
  for (const [k, point] of points.entries())
    try {
      predict([point]);
    } catch (cause) {
      if (!(cause instanceof IsoflopError)) return cause;
      const { statement, remedy } = cause;
      return new IsoflopError('USAGE', { message: `${path}, row ${k + 1} below the header: ${statement}`, remedy });
    }
  return error;
}

/** What the law of a fit takes; what is given with --at has to be among it. */
async function inputNames(fit: Pick<Fit, 'law' | 'formula'>, at: Readonly<Record<string, number>>): Promise<string[]> {
  const { lawOf } = await import('../../laws/index.ts');
  const names = lawOf(fit).inputs.map((input) => input.name);
  const unknown = Object.keys(at).find((name) => !names.includes(name));
  if (unknown === undefined) return names;
  const expected = `inputs of ${fit.law}: ${names.join(', ')}`;
  throw new IsoflopError('OPTION_INVALID', { option: '--at', value: unknown, expected });
}

async function readPoints(path: string, names: readonly string[]): Promise<QueryPoint[]> {
  const { readRuns } = await import('../../runs/files.ts');
  const all = [...new Set(['params', 'tokens', 'flops', ...names])];
  const others = names.filter((name) => !['params', 'tokens', 'flops'].includes(name));
  const { quantities, rows, warnings } = await readRuns(path, { needs: others });
  // The reader passes over a bad column that nothing needs; here each of the three is there to be used.
  const unread = warnings.find(
    ({ code, message }) => code === 'COLUMN_IGNORED' && /^(params|tokens|flops) /.test(message),
  );
  if (unread !== undefined)
    throw new IsoflopError('USAGE', { message: unread.message, remedy: 'Correct the value, or leave the column out.' });
  const value = (name: string, row: number): number | undefined => {
    const x = quantities[name]?.[row];
    return x === undefined || Number.isNaN(x) ? undefined : x;
  };
  return Array.from({ length: rows }, (_, row) => Object.fromEntries(all.map((name) => [name, value(name, row)])));
}
