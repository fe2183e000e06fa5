import { IsoflopError } from '../../core/errors.ts';
import { fitLaw } from '../../fit/fitLaw.ts';
import type { Fit } from '../../fit/result.ts';
import { chinchilla } from '../../laws/chinchilla.ts';
import { createRuns } from '../../runs/create.ts';
import { estimateCovariance } from '../../uncertainty/covariance.ts';
import { groupRows } from '../../uncertainty/groups.ts';
import { summarizeFit } from '../../uncertainty/summarize.ts';
import type { LiveRun } from './liveRuns.ts';

/** Ended runs from which a law is fitted, and different sizes and budgets among them: fewer leave it undetermined. */
const least = { runs: 6, sizes: 2, budgets: 2 } as const;

const ending = (count: number): string => (count === 1 ? '' : 's');

/**
 * Fits Chinchilla's law to the ends of the runs that have ended well. Their rows before the end do not count: with a learning
 * rate that still has to decay they lie above what a run of that length reaches.
 *
 * @see arXiv 2203.15556, appendix B
 * @returns the fit, or in a sentence why there is none yet
 */
export function fitEnded(
  runs: readonly Pick<LiveRun, 'status' | 'params' | 'tokens' | 'loss'>[],
  confidence: number,
): { readonly fit: Fit } | { readonly missing: string } {
  const ends = runs.filter(({ status, loss }) => status === 'done' && loss !== null);
  const count = (of: (run: Pick<LiveRun, 'params' | 'tokens'>) => number): number => new Set(ends.map(of)).size;
  const [sizes, budgets] = [count(({ params }) => params), count(({ tokens }) => tokens)];
  if (ends.length < least.runs || sizes < least.sizes || budgets < least.budgets) {
    const has = `${String(ends.length)} run${ending(ends.length)}, ${String(sizes)} size${ending(sizes)} and ${String(budgets)} budget${ending(budgets)} of tokens`;
    return {
      missing: `A fit takes ${String(least.runs)} ended runs of ${String(least.sizes)} sizes and ${String(least.budgets)} budgets; so far there are ${has}.`,
    };
  }
  try {
    const columns = {
      params: ends.map(({ params }) => params),
      tokens: ends.map(({ tokens }) => tokens),
      loss: ends.map(({ loss }) => loss ?? NaN),
    };
    const found = fitLaw(chinchilla, createRuns(columns, { name: 'the ended runs' }));
    const covariance = estimateCovariance(found, groupRows(found, 'row'), 'sandwich');
    const fit = summarizeFit(found, { covariance, confidence });
    if (fit.status === 'converged') return { fit };
    return { missing: `The fit of the ${String(ends.length)} ended runs is ${fit.status}. ${fit.reasons.join(' ')}` };
  } catch (error) {
    if (!(error instanceof IsoflopError)) throw error;
    return { missing: `The ${String(ends.length)} ended runs cannot be fitted yet. ${error.statement}` };
  }
}
