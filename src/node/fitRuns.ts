import { calibrate } from '../backtest/calibrate.ts';
import { IsoflopError } from '../core/errors.ts';
import { fitLaw, type LawFit } from '../fit/fitLaw.ts';
import type { FitOptions } from '../fit/options.ts';
import type { Fit } from '../fit/result.ts';
import { lawOption } from './lawOption.ts';
import type { Runs } from '../runs/runs.ts';
import { bootstrapFit, type BootstrapExecutor, type Resampling } from '../uncertainty/bootstrap.ts';
import { estimateCovariance } from '../uncertainty/covariance.ts';
import { groupRows } from '../uncertainty/groups.ts';
import { checkConfidence } from '../uncertainty/predict.ts';
import { summarizeFit } from '../uncertainty/summarize.ts';
import { inThreads } from './threads.ts';

/** Options of {@link fitRuns}. */
export interface FitRunsOptions extends FitOptions {
  /** Id of the law, or a formula such as `loss ~ E + A/params^alpha`; default `chinchilla`. */
  readonly law?: string;
  /** Parameters of a formula that are positive and fitted as logarithms. */
  readonly positive?: readonly string[];
  /** Bootstrap resamples; 0 (the default) takes errors from the covariance. */
  readonly bootstrap?: number;
  /** Seed of the bootstrap; default 0. */
  readonly seed?: number;
  /** `cases` draws groups, `wild` gives their residuals random weights; by default `wild` below 20 groups. */
  readonly resampling?: Resampling | undefined;
  /** Column whose rows are resampled together; default `run` when rows carry runs, else `row`. */
  readonly group?: string;
  /** Probability of the intervals; default 0.95. */
  readonly confidence?: number;
  /** `sandwich` (default) or `classical`. */
  readonly covariance?: 'sandwich' | 'classical';
  /** Whether backtests on the runs measure how far predictions can be trusted; default true. See `calibrate`. */
  readonly calibrate?: boolean;
  /** Refits the resamples; default `inThreads`, which shares them among worker threads. */
  readonly execute?: BootstrapExecutor;
  /** Told how many of the resamples are done. */
  readonly onProgress?: (done: number, resamples: number) => void;
}

/** Most resamples of one bootstrap. */
const mostResamples = 1_000_000;

/**
 * Fits a law to runs and estimates the errors: the whole way from data to a {@link Fit}. Bootstrap refits run in worker
 * threads.
 *
 * @throws {@link IsoflopError} as `fitLaw`, and `OPTION_INVALID` for bad options of the bootstrap
 * @example
 * ```ts
 * const runs = await readRuns('data/chinchilla.csv', { where: 'loss < 3.44' });
 * const fit = await fitRuns(runs, { law: 'chinchilla', bootstrap: 4000 });
 * fit.params.alpha.interval; // [0.317, 0.373]
 * ```
 */
export async function fitRuns(runs: Runs, options: FitRunsOptions = {}): Promise<Fit> {
  return estimateErrors(fitLaw(lawOption(options, Object.keys(runs.quantities)), runs, options), options);
}

/**
 * Estimates the errors of a fitted law, as {@link fitRuns} does after fitting.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID` for bad options of the bootstrap, `COLUMN_UNKNOWN`
 */
export async function estimateErrors(fit: LawFit, options: FitRunsOptions = {}): Promise<Fit> {
  const resamples = wholeNumber('--bootstrap', options.bootstrap ?? 0, mostResamples);
  const seed = wholeNumber('--seed', options.seed ?? 0, Number.MAX_SAFE_INTEGER);
  const confidence = checkConfidence(options.confidence ?? 0.95);
  const groups = groupRows(fit, options.group);
  const covariance = estimateCovariance(fit, groups, options.covariance ?? 'sandwich');
  const began = performance.now();
  const { onProgress } = options;
  // Refits of a point that is no optimum would only dress it up.
  const bootstrap =
    resamples === 0 || fit.status === 'stalled'
      ? null
      : await bootstrapFit(fit, groups, {
          resamples,
          seed,
          resampling: options.resampling,
          execute: options.execute ?? inThreads,
          ...(onProgress === undefined
            ? {}
            : {
                onProgress: (done: number) => {
                  onProgress(done, resamples);
                },
              }),
        });
  const { calibration, warnings } =
    options.calibrate === false ? { calibration: null, warnings: [] } : calibrate(fit, { fit: options, confidence });
  return summarizeFit(fit, {
    covariance,
    calibration,
    bootstrap,
    bootstrapMs: bootstrap === null ? null : performance.now() - began,
    warnings: [...groups.warnings, ...warnings],
    confidence,
  });
}

function wholeNumber(option: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new IsoflopError('OPTION_INVALID', {
    option,
    value: String(value),
    expected: `a whole number from 0 to ${String(most)}`,
  });
}
