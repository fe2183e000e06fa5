import { IsoflopError } from '../core/errors.ts';
import type { Ladder } from './ladder.ts';

/**
 * What the rows of a matrix are. `grow`: the m smallest sizes predict the largest. `window`: m neighbouring sizes predict
 * the largest, from far below it to close by. `shrink`: the m largest sizes predict the smallest. `own`: each size
 * predicts the end of its own runs.
 */
export const experiments = ['grow', 'window', 'shrink', 'own'] as const;

/** One of {@link experiments}. */
export type Experiment = (typeof experiments)[number];

/** How a matrix is laid out; what is left out is chosen for the runs. */
export interface MatrixLayout {
  /** Default `grow`. */
  readonly experiment?: Experiment;
  /** Numbers of sizes that are fitted, one row each; by default all from 2 on, twelve of them where there are more. */
  readonly models?: readonly number[];
  /** Neighbouring sizes in a window; default 4, or as many as there are below the largest. */
  readonly window?: number;
  /** Shares of training that are fitted, one column each; default 0.1, 0.2 to 1. A share of 1 is the whole training. */
  readonly shares?: readonly number[];
  /**
   * What a share is taken of: the tokens of each `run`, or the most tokens of the `family`, that is of all sizes fitted in
   * the row. Default `run` where rows are checkpoints of runs, else `family`.
   */
  readonly fractionOf?: 'run' | 'family';
  /** Checkpoints up to this number of tokens are left out; default 0. */
  readonly dropTokens?: number;
  /** The target's checkpoints from this share of its training on are predicted; default 0.7. */
  readonly testFrom?: number;
}

/** A row of the matrix: sizes that are fitted, and the one that is predicted, as indices into the ladder's sizes. */
export interface MatrixRow {
  readonly sizes: readonly number[];
  readonly target: number;
}

/** A layout with everything chosen. */
export interface MatrixPlan {
  readonly experiment: Experiment;
  readonly rows: readonly MatrixRow[];
  readonly shares: readonly number[];
  readonly fractionOf: 'run' | 'family';
  readonly dropTokens: number;
  readonly testFrom: number;
}

/** Rows of a matrix at most, unless numbers of models are given. */
const mostRows = 12;
const defaultWindow = 4;

/**
 * Chooses what the layout leaves open and checks the rest.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`; `BACKTEST_IMPOSSIBLE` for runs of too few sizes
 */
export function planMatrix(ladder: Ladder, layout: MatrixLayout): MatrixPlan {
  const { experiment = 'grow', dropTokens = 0, testFrom = 0.7 } = layout;
  checkShares('testFrom', [testFrom], 'a number above 0 and up to 1, such as 0.7');
  const shares = layout.shares ?? Array.from({ length: 10 }, (_, k) => (k + 1) / 10);
  checkShares('--shares', shares, 'numbers above 0 and up to 1, such as 0.1,0.3,1');
  if (!(dropTokens >= 0 && dropTokens < Infinity))
    refuse('dropTokens', String(dropTokens), 'a number of tokens, such as 10e9');
  const needed = experiment === 'own' ? 1 : 3;
  const count = ladder.sizes.length;
  if (count < needed)
    throw new IsoflopError('BACKTEST_IMPOSSIBLE', {
      reason: `the runs have ${String(count)} ${count === 1 ? 'size' : 'sizes'}, and a matrix needs at least ${String(needed)}`,
    });
  return {
    experiment,
    rows: rowsOf(experiment, count, layout),
    // What is predicted must not be fitted.
    shares: [...new Set(shares)].filter((share) => experiment !== 'own' || share <= testFrom).sort((a, b) => a - b),
    fractionOf: layout.fractionOf ?? (ladder.hasCheckpoints ? 'run' : 'family'),
    dropTokens,
    testFrom,
  };
}

function rowsOf(experiment: Experiment, count: number, layout: MatrixLayout): MatrixRow[] {
  const span = (from: number, length: number): number[] => Array.from({ length }, (_, k) => from + k);
  if (experiment === 'own') return span(0, count).map((size) => ({ sizes: [size], target: size }));
  if (experiment === 'window') {
    const { window = Math.min(defaultWindow, count - 1) } = layout;
    checkCounts('--window', [window], count - 1);
    return span(0, count - window).map((from) => ({ sizes: span(from, window), target: count - 1 }));
  }
  const models = layout.models ?? thin(span(2, count - 2));
  checkCounts('--models', models, count - 1);
  return [...new Set(models)]
    .sort((a, b) => a - b)
    .map((m) =>
      experiment === 'grow' ? { sizes: span(0, m), target: count - 1 } : { sizes: span(count - m, m), target: 0 },
    );
}

/** At most twelve of the numbers, evenly spaced, the first and the last among them. */
function thin(numbers: readonly number[]): number[] {
  if (numbers.length <= mostRows) return [...numbers];
  return Array.from({ length: mostRows }, (_, k) => numbers[Math.round((k * (numbers.length - 1)) / (mostRows - 1))]);
}

function checkShares(option: string, shares: readonly number[], expected: string): void {
  if (shares.length === 0) refuse(option, '', expected);
  for (const share of shares) if (!(share > 0 && share <= 1)) refuse(option, String(share), expected);
}

function checkCounts(option: string, counts: readonly number[], most: number): void {
  const expected = `whole numbers of sizes from 1 to ${String(most)} (the runs have ${String(most + 1)} sizes, one of which is predicted)`;
  if (counts.length === 0) refuse(option, '', expected);
  for (const count of counts)
    if (!(Number.isInteger(count) && count >= 1 && count <= most)) refuse(option, String(count), expected);
}

function refuse(option: string, value: string, expected: string): never {
  throw new IsoflopError('OPTION_INVALID', { option, value, expected });
}
