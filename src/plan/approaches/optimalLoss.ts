import { fitLaw } from '../../fit/fitLaw.ts';
import { lossOfFlopsIrreducible } from '../../laws/lossOfFlops.ts';
import { createRuns } from '../../runs/index.ts';
import { estimateCovariance } from '../../uncertainty/covariance.ts';
import { groupRows } from '../../uncertainty/groups.ts';
import { predictLoss } from '../../uncertainty/predict.ts';
import { summarizeFit } from '../../uncertainty/summarize.ts';
import type { Interval } from './trend.ts';

/** Points that a saturating power law of three parameters needs. */
const fewestPoints = 5;

/**
 * Loss at the target from the losses of compute-optimal models, by L = E + A C^-alpha; `null` where they do not determine it.
 *
 * @param flops - compute of the optimal models, FLOP
 * @param loss - their losses
 * @see arXiv 2406.19146, section 4
 */
export function optimalLoss(
  flops: readonly number[],
  loss: readonly number[],
  target: number,
  confidence: number,
): { readonly loss: number; readonly interval: Interval } | null {
  if (flops.length < fewestPoints || loss.some((value) => !(value > 0))) return null;
  const fit = fitLaw(lossOfFlopsIrreducible, createRuns({ flops, loss }));
  if (fit.status !== 'converged') return null;
  const summary = summarizeFit(fit, { covariance: estimateCovariance(fit, groupRows(fit), 'sandwich'), confidence });
  const { loss: values, lower, upper } = predictLoss(summary, { flops: [target] });
  return { loss: values[0], interval: lower === null || upper === null ? null : [lower[0], upper[0]] };
}
