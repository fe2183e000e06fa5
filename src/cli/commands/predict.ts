import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import type { QueryPoint } from '../../plan/predictPoints.ts';
import { outputWidth, useColor, writeJson, writeResult, writeWarnings } from '../output.ts';
import { probability, quantity } from '../parse.ts';

/** What the options of `predict` parse to. */
interface PredictFlags {
  params?: number;
  tokens?: number;
  flops?: number;
  points?: string;
  confidence?: number;
  json?: boolean;
}

/** `isoflop predict`: the loss that a saved fit predicts. */
export const predictCommand = new Command('predict')
  .summary('predict the loss of a model')
  .description('Predicts the loss from a saved fit. --flops alone means the compute-optimal model.')
  .argument('<fit>', 'a saved fit, such as fits/chinchilla.json')
  .option('--params <quantity>', 'model size N, such as 70B', quantity('--params'))
  .option('--tokens <quantity>', 'training tokens D, such as 1.4T', quantity('--tokens'))
  .option('--flops <quantity>', 'training compute C, such as 5.76e23', quantity('--flops'))
  .option('--points <file>', 'a CSV with columns of params, tokens or flops, one point a row')
  .option(
    '--confidence <probability>',
    'probability of the interval (default: that of the fit)',
    probability('--confidence'),
  )
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop predict fits/chinchilla.json --params 70B --tokens 1.4T\n')
  .action(async (path: string, flags: PredictFlags) => {
    const single = (['params', 'tokens', 'flops'] as const).find((name) => flags[name] !== undefined);
    if (flags.points !== undefined && single !== undefined)
      throw new IsoflopError('USAGE', {
        message: `--points and --${single} are both given.`,
        remedy: 'Give the points in the file, or one point with --params, --tokens and --flops.',
      });
    const [{ loadFit }, { predictPoints }] = await Promise.all([
      import('../../node/savedFits.ts'),
      import('../../plan/predictPoints.ts'),
    ]);
    const fit = await loadFit(path);
    const points: QueryPoint[] = flags.points === undefined ? [flags] : await readPoints(flags.points);
    const predict = (some: readonly QueryPoint[]) =>
      predictPoints(
        fit,
        some.map(({ params, tokens, flops }) => ({ params, tokens, flops })),
        { confidence: flags.confidence },
      );
    let prediction;
    try {
      prediction = predict(points);
    } catch (error) {
      throw flags.points === undefined ? error : errorOfRow(error, flags.points, points, predict);
    }
    if (flags.json === true) {
      const { predictionToJson } = await import('../../report/json.ts');
      writeJson(predictionToJson(prediction));
    } else {
      const { formatPrediction } = await import('../../report/text.ts');
      writeResult(formatPrediction(prediction, { color: useColor(), width: outputWidth() }));
    }
    writeWarnings(prediction.warnings, flags.json !== true);
  });

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

async function readPoints(path: string): Promise<QueryPoint[]> {
  const { readRuns } = await import('../../runs/index.ts');
  const { quantities, rows, warnings } = await readRuns(path, { needs: [] });
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
  return Array.from({ length: rows }, (_, row) => ({
    params: value('params', row),
    tokens: value('tokens', row),
    flops: value('flops', row),
  }));
}
