import type { FitStatus } from '../fit/result.ts';

/** What each status means for the reader. */
export const statusMeanings: Readonly<Record<FitStatus, string>> = {
  converged: 'the search ended at a certified optimum, and the data determine every parameter.',
  degenerate: 'a certified optimum, but not every parameter is determined: do not use single coefficients.',
  stalled: 'there is no certificate that this is an optimum: do not use these numbers.',
};
