/** What was known below a cut; each array has one entry for each row. */
export interface Known {
  /** Response of the runs, positive. */
  readonly observed: ArrayLike<number>;
  /** The quantity that is held out, such as compute. */
  readonly held: ArrayLike<number>;
  /** What tells runs of equal `held` apart, such as the tokens of runs of one size; unknown where there is none. */
  readonly tokens?: ArrayLike<number> | undefined;
}

/** A prediction without a law: one number for all that lies beyond the cut. A law that does no better has learnt nothing. */
export interface Baseline {
  /** Name in tables and files. */
  readonly id: string;
  readonly description: string;
  readonly predict: (known: Known) => number;
}

/**
 * The baselines of a backtest.
 *
 * @see arXiv 2410.11840, section 4, and `PredictBest` and `PredictLast` of its code
 * @example
 * ```ts
 * baselines.map(({ predict }) => predict({ observed: [3, 2, 2.5], held: [1e18, 1e19, 1e20] })); // [2, 2.5]
 * ```
 */
export const baselines: readonly Baseline[] = [
  {
    id: 'best-so-far',
    description: 'the least loss below the cut',
    predict: ({ observed }) => Array.from(observed).reduce((least, value) => Math.min(least, value), Infinity),
  },
  { id: 'last-value', description: 'the loss of the largest run below the cut', predict: lastValue },
];

/** Response of the largest run, the last of its checkpoints; the mean of several that are equally large and long. */
function lastValue({ observed, held, tokens }: Known): number {
  const most = (rows: number[], column: ArrayLike<number>): number[] => {
    const largest = rows.reduce((value, i) => Math.max(value, column[i]), -Infinity);
    return rows.filter((i) => column[i] === largest);
  };
  const largest = most([...Array.from(observed).keys()], held);
  const last = tokens === undefined ? largest : most(largest, tokens);
  // Tokens that are missing tell nothing apart.
  const rows = last.length === 0 ? largest : last;
  return rows.reduce((sum, i) => sum + observed[i], 0) / rows.length;
}
