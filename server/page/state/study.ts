import { api } from '../api.ts';
import type { BacktestRequest, Job, Request, StudyResult } from '../contract.ts';
import { show } from './address.ts';
import { follow, jobs } from './library.ts';
import { apiError } from './loading.ts';
import { tell } from './messages.ts';

/** Options of a fit that a backtest or a comparison takes as well. */
function shared(
  request: Request,
): Omit<Request, 'confidence' | 'seed' | 'bootstrap' | 'calibration' | 'covariance' | 'resampling'> {
  const { confidence: _c, seed: _s, bootstrap: _b, calibration: _k, covariance: _v, resampling: _r, ...rest } = request;
  return rest;
}

async function start(ask: () => Promise<StudyResult | { job: Job }>): Promise<void> {
  try {
    const found = await ask();
    if (!('job' in found)) throw new Error('a result without a job');
    void follow(found.job);
    show({ kind: 'job', id: found.job.id });
  } catch (error) {
    const { message, remedy } = apiError(error);
    tell(`${message} ${remedy}`, { level: 'error', forMs: 12_000 });
  }
}

/** Backtests the law on its data: always as a job, so that it has an address and stays in the list. */
export const startBacktest = (
  request: Request,
  options: Pick<BacktestRequest, 'laws' | 'holdout' | 'matrix'>,
): Promise<void> =>
  start(() => {
    const { law, ...rest } = shared(request);
    // The laws that are compared are named together, the one of the fit among them.
    const one = options.laws !== undefined || law === undefined ? {} : { law };
    return api.backtest({ ...rest, ...one, ...options, wait: 0 });
  });

/** Compares data sets, the first of which is the baseline. */
export const startComparison = (ids: readonly string[], request: Partial<Request> = {}): Promise<void> =>
  start(() => api.compare({ ...shared({ ...request, datasets: [...ids] }), wait: 0 }));

export async function cancel(id: string): Promise<void> {
  try {
    const job = await api.cancelJob(id);
    const { value } = jobs.state.peek();
    jobs.state.value = { value: (value ?? []).map((old) => (old.id === id ? job : old)), busy: false, error: null };
  } catch (error) {
    const { message, remedy } = apiError(error);
    tell(`${message} ${remedy}`, { level: 'error' });
  }
}
