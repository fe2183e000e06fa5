/** Runs of (nearly) the same compute. */
export interface Budget {
  /** Median compute of its runs, FLOP. */
  readonly flops: number;
  /** Indices of its runs. */
  readonly rows: readonly number[];
}

/** What {@link findBudgets} looks for. */
export interface BudgetOptions {
  /** Budgets when the runs are not isoFLOP sets; default 8. */
  readonly bins?: number;
  /** Most budgets of isoFLOP sets, the fullest first; default 10. */
  readonly most?: number;
  /** Runs that a budget needs; default 4, or 2.5% of all runs if that is more. */
  readonly fewest?: number;
}

/** Runs grouped by compute. */
export interface Budgets {
  /** `isoflop`: the runs were made at a few budgets; `bins`: compute is spread out and the budgets are ours. */
  readonly kind: 'isoflop' | 'bins';
  /** In rising order of compute. */
  readonly budgets: readonly Budget[];
}

/** Runs belong to a budget when their compute lies within this factor of its middle, in powers of ten (about 12%). */
const halfWidth = 0.05;

/** Two budgets are told apart from this distance on, in powers of ten. */
const separation = 0.14;

/** Runs a budget needs before it shows a curve: at least this many, and this share of all. */
const fewestRuns = 4;
const fewestShare = 0.025;

/** Curves beyond this number cannot be told apart in a figure. */
const mostDrawn = 10;

/** Runs at one compute that a budget needs to be told from chance: these at least, 2.5% of all, but never more than these. */
const budgetRuns = { least: 3, most: 6 } as const;

/** A budget's window holds at least this many times the runs of an equally wide window beside it. */
const contrast = 2;

/** Share of the runs that budgets have to hold before the whole set counts as isoFLOP runs. */
const heldShare = 0.5;

/**
 * Finds the compute budgets of a set of runs.
 *
 * Looks for narrow windows of log compute that hold many runs, the fullest first, and far more than the windows beside
 * them. When these hold a good part of the runs, the runs are isoFLOP sets and the windows are their budgets; the stray
 * runs between them belong to none. Otherwise the range is cut into `bins` equal parts in log space, and each budget takes the runs near
 * the middle of its part, because runs far from a curve's compute say nothing about that curve.
 *
 * @param flops - compute of each run; what is not positive and finite is left out
 * @param options - how many budgets, and how many runs each needs
 * @example
 * ```ts
 * findBudgets([1e18, 1.01e18, 0.99e18, 1e18, 1e19, 1.02e19, 0.98e19, 1e19]).budgets.map((b) => b.flops); // [1e18, 1e19]
 * ```
 */
export function findBudgets(flops: ArrayLike<number>, options: BudgetOptions = {}): Budgets {
  const rows = Array.from({ length: flops.length }, (_, i) => i)
    .filter((i) => flops[i] > 0 && Number.isFinite(flops[i]))
    .sort((i, j) => flops[i] - flops[j]);
  if (rows.length === 0) return { kind: 'bins', budgets: [] };
  const logs = rows.map((i) => Math.log10(flops[i]));
  const { most = mostDrawn, fewest = Math.max(fewestRuns, fewestShare * logs.length), bins = 8 } = options;
  const windows = crowdedWindows(logs, most, fewest);
  const held = windows.reduce((sum, [from, to]) => sum + to - from, 0);
  const budgetOf = ([from, to]: readonly [number, number]): Budget => ({
    flops: 10 ** ((logs[(from + to - 1) >> 1] + logs[(from + to) >> 1]) / 2),
    rows: rows.slice(from, to),
  });
  if (held >= heldShare * rows.length) return { kind: 'isoflop', budgets: windows.map(budgetOf) };
  return { kind: 'bins', budgets: binned(logs, bins).map(budgetOf) };
}

/**
 * Mean evidence, in nats, that budgets need together: ln of how much likelier so many runs so close to each other are when
 * they were made at one budget than when compute is spread evenly over the decade around them. Sets spread at random reach
 * 2.1, isoFLOP sets 3.7 to 27.
 */
const enoughEvidence = 2.5;

/** Rows of one budget are not taken to be closer than this, in powers of ten. */
const narrowest = 0.01;

/** The budget of each row of an isoFLOP set. */
export interface BudgetGroups {
  /** Number of budgets; 0 where the runs were not made at a few budgets. */
  readonly count: number;
  /** Median compute of each budget, FLOP, rising. Float64Array, length count. */
  readonly budget: Float64Array;
  /** Budget of each row, 0 to count - 1, or -1 for a row of none. Int32Array, length rows. */
  readonly codes: Int32Array;
}

/** Quantities of each row, of equal length. */
interface BudgetColumns {
  readonly params: ArrayLike<number>;
  readonly tokens: ArrayLike<number>;
  /** Compute in FLOP; k N D where it is not known. */
  readonly flops?: ArrayLike<number> | undefined;
}

/**
 * Groups the rows of an isoFLOP set by their compute budget. Budgets are met only nearly: rows within about 12% of its
 * middle belong to one. Rows between the budgets belong to none, and neither does any row of a set that was not made at a
 * few budgets.
 *
 * @param columns - quantities of each row
 * @param options - `flopsPerParamToken`: k of C = k N D, 6 unless given; `fewest`: rows that a budget needs,
 *   2.5% of all but 3 to 6 unless given
 * @example
 * ```ts
 * const params = [1e7, 2e7, 4e7, 2e7, 4e7, 8e7];
 * const flops = [1e18, 1.01e18, 0.99e18, 1e19, 1e19, 1e19];
 * groupBudgets({ params, tokens: flops.map((c, i) => c / (6 * params[i])), flops }).codes; // [0, 0, 0, 1, 1, 1]
 * ```
 */
export function groupBudgets(
  { params, tokens, flops }: BudgetColumns,
  options: { readonly flopsPerParamToken?: number; readonly fewest?: number } = {},
): BudgetGroups {
  const share = Math.ceil(fewestShare * params.length);
  const { flopsPerParamToken = 6, fewest = Math.min(budgetRuns.most, Math.max(budgetRuns.least, share)) } = options;
  const compute =
    flops ?? Float64Array.from({ length: params.length }, (_, i) => flopsPerParamToken * params[i] * tokens[i]);
  const codes = new Int32Array(params.length).fill(-1);
  const found = findBudgets(compute, { most: Infinity, fewest });
  const budgets = found.kind === 'isoflop' && evidenceOf(compute, found.budgets) >= enoughEvidence ? found.budgets : [];
  for (const [code, { rows }] of budgets.entries()) for (const row of rows) codes[row] = code;
  return { count: budgets.length, budget: Float64Array.from(budgets, (budget) => budget.flops), codes };
}

/** Mean over budgets of the evidence that they are no chance, nats. */
function evidenceOf(flops: ArrayLike<number>, budgets: readonly Budget[]): number {
  const logs = Float64Array.from(flops, Math.log10)
    .filter((value) => Number.isFinite(value))
    .sort();
  const [low, high] = [logs[0] - halfWidth, logs[logs.length - 1] + halfWidth];
  const evidence = budgets.map(({ rows }) => {
    const count = rows.length;
    const [first, last] = [Math.log10(flops[rows[0]]), Math.log10(flops[rows[count - 1]])];
    const middle = (first + last) / 2;
    const near = logs.filter((value) => Math.abs(value - middle) <= 0.5).length;
    const span = Math.min(high, middle + 0.5) - Math.max(low, middle - 0.5);
    // The rows at its ends made the window so wide, hence the factor.
    const width = Math.max((last - first) * (count / (count - 1)), narrowest);
    const expected = (near * width) / span;
    return count * Math.log(count / expected) - (count - expected);
  });
  return evidence.reduce((sum, value) => sum + value, 0) / evidence.length;
}

/** Half-open ranges of the sorted logs that crowd within 2 halfWidth, the fullest chosen first; in rising order. */
function crowdedWindows(logs: readonly number[], most: number, fewest: number): (readonly [number, number])[] {
  const candidates: { from: number; to: number; middle: number }[] = [];
  let to = 0;
  for (let from = 0; from < logs.length; from++) {
    while (to < logs.length && logs[to] - logs[from] <= 2 * halfWidth) to++;
    candidates.push({ from, to, middle: logs[(from + to - 1) >> 1] });
  }
  candidates.sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  const chosen: typeof candidates = [];
  for (const candidate of candidates) {
    if (chosen.length === most || candidate.to - candidate.from < fewest) break;
    const apart = (other: (typeof candidates)[number]): boolean =>
      Math.abs(candidate.middle - other.middle) >= separation &&
      (candidate.to <= other.from || candidate.from >= other.to);
    if (chosen.every(apart) && standsOut(logs, candidate)) chosen.push(candidate);
  }
  return chosen.sort((a, b) => a.from - b.from).map((window) => [window.from, window.to] as const);
}

/** Whether a window holds far more runs than the windows to its left and right do on average. */
function standsOut(logs: readonly number[], window: { readonly from: number; readonly to: number }): boolean {
  const middle = (logs[window.from] + logs[window.to - 1]) / 2;
  const first = firstWhere(logs, (value) => value - middle >= -3 * halfWidth);
  const past = firstWhere(logs, (value) => value - middle > 3 * halfWidth);
  const held = window.to - window.from;
  return held >= (contrast * (past - first - held)) / 2;
}

/** Index of the first of some rising numbers for which a condition holds that holds for all larger ones; else their count. */
function firstWhere(logs: readonly number[], holds: (value: number) => boolean): number {
  let [low, high] = [0, logs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(logs[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Half-open ranges of the sorted logs around the middles of equal parts; parts without runs are left out. */
function binned(logs: readonly number[], bins: number): (readonly [number, number])[] {
  const low = logs[0];
  const step = (logs[logs.length - 1] - low) / bins;
  const half = Math.min(step / 2, 2 * halfWidth);
  const ranges: (readonly [number, number])[] = [];
  for (let k = 0; k < bins; k++) {
    const middle = low + (k + 0.5) * step;
    const from = logs.findIndex((value) => value >= middle - half);
    const past = logs.findIndex((value) => value > middle + half);
    const end = past === -1 ? logs.length : past;
    if (from !== -1 && end > from) ranges.push([from, end]);
    if (step === 0) break;
  }
  return ranges;
}
