import { backtestLaws, type Backtest, type BacktestExecutor } from '../../backtest/backtest.ts';
import { backtestWarnings } from '../../backtest/findings.ts';
import { backtestMatrix, type BacktestMatrix, type MatrixExecutor } from '../../backtest/matrix.ts';
import type { Experiment } from '../../backtest/matrixPlan.ts';
import type { Holdout } from '../../backtest/splits.ts';
import { IsoflopError } from '../../core/errors.ts';
import type { Warning } from '../../core/warnings.ts';
import type { Law } from '../../laws/law.ts';
import type { TitledFigure } from '../../plots/html.ts';
import { backtestFigure, matrixFigure } from '../../plots/index.ts';
import { rankLaws } from '../../report/backtestText.ts';
import type { Runs } from '../../runs/runs.ts';
import { neededBy } from '../lawOption.ts';
import type { AskedFit, DataRequest, LawRequest } from './options.ts';
import { resolveLaws, type readRequested, type RunsFile } from './read.ts';

/** A backtest as it is asked for, by the names of the flags of `isoflop backtest`. */
export interface BacktestRequest extends DataRequest, LawRequest {
  readonly laws?: readonly string[];
  /** What is held out; compute unless given. */
  readonly holdout?: Holdout;
  readonly cut?: readonly number[];
  /** Probability of the intervals; 0.9 unless given. */
  readonly confidence?: number;
  readonly matrix?: boolean;
  /** Rows of the matrix; `grow` unless given. */
  readonly experiment?: Experiment;
  readonly models?: readonly number[];
  readonly window?: number;
  readonly shares?: readonly number[];
  readonly fractionOf?: 'run' | 'family';
  readonly testFrom?: number;
}

/** Backtests of the laws, the matrix where it was asked for, and what a reader should be told. */
export interface RequestedBacktest {
  readonly backtest: Backtest;
  readonly matrix: BacktestMatrix | undefined;
  readonly runs: Runs;
  /** Warnings of the runs and of the backtest; the matrix has its own. */
  readonly warnings: readonly Warning[];
}

/** Who does the work, and who is told. */
export interface BacktestMeans {
  readonly backtests?: BacktestExecutor;
  readonly cells?: MatrixExecutor;
  readonly onProgress?: (stage: 'backtest' | 'matrix', done: number, total: number) => void;
}

/** Refuses options that do not go together, before any work is done. */
function checkBacktest({ laws, law, matrix }: BacktestRequest): void {
  if (laws !== undefined && law !== undefined)
    throw new IsoflopError('USAGE', {
      message: '--laws and --law do not go together.',
      remedy: 'Name all laws in --laws.',
    });
  if (matrix === true && (laws?.length ?? 1) > 1)
    throw new IsoflopError('USAGE', {
      message: '--matrix is of one law, and --laws names several.',
      remedy: 'Name one with --law.',
    });
}

/**
 * Reads the files and backtests the laws on their runs.
 *
 * @param read - reads the runs; the command line draws a bar meanwhile
 * @throws {@link IsoflopError} `USAGE`, `BACKTEST_IMPOSSIBLE`, and as `readRuns`
 */
export async function backtestRequested(
  files: readonly RunsFile[],
  request: BacktestRequest,
  read: typeof readRequested,
  means: BacktestMeans,
): Promise<RequestedBacktest> {
  checkBacktest(request);
  const { laws, options } = await resolveLaws(files.at(0), request, request.laws ?? [request.law ?? 'chinchilla']);
  const runs = await read(files, request, { needs: laws.flatMap(neededBy) });
  // The matrix first: what is wrong with its options is told before the longer work.
  const matrix = request.matrix === true ? await fillMatrix(runs, laws[0], request, options, means) : undefined;
  const { holdout = 'flops', cut, confidence = 0.9 } = request;
  const backtest = await backtestLaws(runs, laws, {
    holdout,
    confidence,
    fit: options,
    ...(cut === undefined ? {} : { cuts: cut }),
    ...(means.backtests === undefined ? {} : { execute: means.backtests }),
    onProgress: (done, total) => means.onProgress?.('backtest', done, total),
  });
  return { backtest, matrix, runs, warnings: [...runs.warnings, ...backtestWarnings(backtest, runs)] };
}

async function fillMatrix(
  runs: Runs,
  law: Law,
  request: BacktestRequest,
  fit: AskedFit,
  { cells, onProgress }: BacktestMeans,
): Promise<BacktestMatrix> {
  const { experiment = 'grow', models, window, shares, fractionOf, testFrom = 0.7 } = request;
  return await backtestMatrix(law, runs, {
    experiment,
    testFrom,
    fit,
    ...(models === undefined ? {} : { models }),
    ...(window === undefined ? {} : { window }),
    ...(shares === undefined ? {} : { shares }),
    ...(fractionOf === undefined ? {} : { fractionOf }),
    ...(cells === undefined ? {} : { execute: cells }),
    onProgress: (done, total) => onProgress?.('matrix', done, total),
  });
}

/** One figure for each law that could be backtested, and one of the matrix. */
export function backtestFigures({ backtest, matrix, runs }: RequestedBacktest): TitledFigure[] {
  const figures: TitledFigure[] = rankLaws(backtest.laws)
    .filter(({ splits }) => splits.length > 0)
    .map((law, k) => ({
      id: `backtest-${String(k + 1)}`,
      description:
        'Runs beyond each cut: what was predicted against what came, and the error by how far beyond the cut they lie.',
      figure: backtestFigure(backtest, law, runs),
    }));
  if (matrix !== undefined)
    figures.push({
      id: 'matrix',
      description: 'Error of the prediction by the number of sizes and the share of their training that is fitted.',
      figure: matrixFigure(matrix),
    });
  return figures;
}
