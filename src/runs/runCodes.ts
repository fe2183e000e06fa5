import { groupCodes } from './groupCodes.ts';
import type { Runs } from './runs.ts';

/** Which run each row belongs to. */
export interface RunCodes {
  /** Number of the run of each row, 0 to count - 1, in the order in which runs first occur. Int32Array, length rows. */
  readonly codes: Int32Array;
  readonly count: number;
  /** Whether some run has several rows that are checkpoints of it, taken after different numbers of tokens or steps. */
  readonly hasCheckpoints: boolean;
}

/** Options of {@link runCodes}. */
export interface RunCodesOptions {
  /**
   * What rows are for which neither a name nor a step says to which run they belong: runs by themselves (`alone`, the
   * default: the rows of a table of final losses), or checkpoints of one run for each size (`size`: what a user means who
   * asks to leave out checkpoints of such a table).
   */
  readonly unnamed?: 'alone' | 'size';
}

/**
 * Finds the run that each row belongs to. Rows of one run have one name in `run`, and in any case one source, one number
 * of params and one seed. Rows without a name are checkpoints of one run where a `step` says how far each of them is: if
 * they share source, family, params, seed and batch size, and no step occurs twice. Without a step, each is a run by
 * itself, so a table of final losses has as many runs as rows.
 *
 * Rows of one run count as checkpoints (`hasCheckpoints`) if they differ in steps, or else in tokens. A name that covers
 * several sizes is that of a family, so without steps it does not make the rows of one size checkpoints.
 *
 * @param runs - the rows
 * @example
 * ```ts
 * const table = createRuns({
 *   params: [1e9, 1e9, 2e9],
 *   tokens: [1e9, 2e9, 2e9],
 *   loss: [4, 3.5, 3.2],
 *   run: ['small', 'small', 'large'],
 * });
 * const { codes, count, hasCheckpoints } = runCodes(table);
 * codes; // Int32Array [0, 0, 1]
 * count; // 2
 * hasCheckpoints; // true
 * ```
 */
export function runCodes(runs: Runs, { unnamed = 'alone' }: RunCodesOptions = {}): RunCodes {
  const { params, seed, step, tokens, batchSize } = runs.quantities;
  const names = runs.categories.run?.codes;
  const isNamed = (i: number): boolean => names !== undefined && names[i] >= 0;
  const named = groupCodes([runs.files, names, params, seed]);
  const progress = step ?? tokens;

  const bySize = groupCodes([runs.files, runs.categories.family?.codes, params, seed, batchSize]);
  const unclear = unnamed === 'size' ? new Set<number>() : unclearGroups(bySize, step, (i) => !isNamed(i), runs.rows);

  const known = new Map<number, number>();
  let count = 0;
  const codes = Int32Array.from({ length: runs.rows }, (_, i) => {
    if (!isNamed(i) && unclear.has(bySize[i])) return count++;
    const key = isNamed(i) ? named[i] : -1 - bySize[i];
    let code = known.get(key);
    if (code === undefined) known.set(key, (code = count++));
    return code;
  });

  const isFamily = step === undefined ? familyRows(groupCodes([runs.files, names]), params) : () => false;
  let hasCheckpoints = false;
  if (progress !== undefined) {
    const first = new Float64Array(count).fill(NaN);
    for (let i = 0; i < runs.rows && !hasCheckpoints; i++) {
      if (Number.isNaN(progress[i]) || (isNamed(i) && isFamily(i))) continue;
      if (Number.isNaN(first[codes[i]])) first[codes[i]] = progress[i];
      else hasCheckpoints = first[codes[i]] !== progress[i];
    }
  }
  return { codes, count, hasCheckpoints };
}

/** Groups of rows without a name that are no run: a run passes each of its steps once. */
function unclearGroups(
  groups: Int32Array,
  step: Float64Array | undefined,
  isCounted: (i: number) => boolean,
  rows: number,
): Set<number> {
  if (step === undefined) return new Set(groups);
  const unclear = new Set<number>();
  const passed = new Map<number, Set<number>>();
  for (let i = 0; i < rows; i++) {
    if (!isCounted(i)) continue;
    const steps = passed.get(groups[i]) ?? new Set();
    passed.set(groups[i], steps);
    if (Number.isNaN(step[i]) || steps.has(step[i])) unclear.add(groups[i]);
    steps.add(step[i]);
  }
  return unclear;
}

/** Says of a row whether its name covers rows of several sizes. */
function familyRows(names: Int32Array, params: Float64Array | undefined): (i: number) => boolean {
  if (params === undefined) return () => false;
  const first = new Map<number, number>();
  const families = new Set<number>();
  names.forEach((name, i) => {
    const size = first.get(name);
    if (size === undefined) first.set(name, params[i]);
    else if (!Object.is(size, params[i])) families.add(name);
  });
  return (i) => families.has(names[i]);
}
