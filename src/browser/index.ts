/**
 * The way from a table of runs to a prediction and a plan, for a page that has to load quickly: Chinchilla's law and laws of
 * one's own, certified fits, standard errors, predictions with intervals and compute-optimal allocations.
 *
 * @module isoflop/browser
 * @example
 * ```ts
 * const runs = await parseRuns('N,D,loss\n1e8,2e9,3.3\n1e8,8e9,3.1\n4e8,8e9,2.8\n4e8,4e10,2.6\n2e9,4e10,2.4\n2e9,2e11,2.3\n');
 * const fitted = fitLaw(chinchilla, runs);
 * const summary = summarizeFit(fitted, { covariance: estimateCovariance(fitted, groupRows(fitted), 'sandwich') });
 * predictLoss(summary, { params: [70e9], tokens: [1.4e12] }).loss.length; // 1
 * ```
 */
export { IsoflopError, type ErrorCode } from '../core/errors.ts';
export { formatQuantity, parseQuantity } from '../core/quantity.ts';
export { version } from '../core/version.ts';
export type { Warning, WarningCode, WarningLevel } from '../core/warnings.ts';

export { createRuns, type CreateRunsOptions } from '../runs/create.ts';
export type { ReadOptions } from '../runs/options.ts';
export { parseRuns } from '../runs/read.ts';
export type { Runs } from '../runs/runs.ts';

export { chinchilla } from '../laws/chinchilla.ts';
export { defineLaw, evaluateLaw, type Law, type LawDefinition } from '../laws/law.ts';

export { fitLaw, type LawFit } from '../fit/fitLaw.ts';
export type { FitOptions } from '../fit/options.ts';
export { paramValues, type Fit } from '../fit/result.ts';

export { estimateCovariance } from '../uncertainty/covariance.ts';
export { groupRows, type Groups } from '../uncertainty/groups.ts';
export { predictLoss, type LossPrediction, type PredictOptions } from '../uncertainty/predict.ts';
export { summarizeFit } from '../uncertainty/summarize.ts';

export { allocate, type Allocation } from '../plan/allocate.ts';
