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
 * of params and one seed. A name that covers several sizes is that of a family and names no run.
 *
 * Rows without the name of a run are checkpoints of one run where a `step` says how far each of them is: if they share
 * source, family, params, seed and batch size, and no step occurs twice. Without a step, each is a run by itself, so a
 * table of final losses has as many runs as rows.
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
  if (unnamed === 'size') return findCodes(runs, unnamed);
  let found = remembered.get(runs);
  if (found === undefined) remembered.set(runs, (found = findCodes(runs, unnamed)));
  return found;
}

/** Selection, groups, diagnostics and reports all ask for the runs of the same rows, which may be a million. */
const remembered = new WeakMap<Runs, RunCodes>();

function findCodes(runs: Runs, unnamed: 'alone' | 'size'): RunCodes {
  const { params, seed, step, tokens, batchSize } = runs.quantities;
  const { rows, categories } = runs;
  const files = runs.sources.length > 1 ? runs.files : undefined;
  const names = categories.run?.codes;
  // The common table of final losses, which may be long.
  if (names === undefined && step === undefined && unnamed === 'alone')
    return { codes: Int32Array.from({ length: rows }, (_, i) => i), count: rows, hasCheckpoints: false };

  const isNamed =
    names === undefined ? new Uint8Array(rows) : rowsOfNamedRuns(groupCodes([files, names]), names, params);
  const named = names === undefined ? undefined : groupCodes([files, names, params, seed]);
  if (named !== undefined && !isNamed.includes(0)) {
    const count = countOf(named);
    return { codes: named, count, hasCheckpoints: hasDistinct(step ?? tokens, named, count) };
  }
  const told = groupCodes([files, names, categories.family?.codes, params, seed, batchSize]);
  // A log of one run may tell nothing but its steps.
  const bySize = told.length === rows ? told : new Int32Array(rows);
  const isUnclear = unnamed === 'size' ? new Uint8Array(rows) : unclearGroups(bySize, step, isNamed);

  const runOfName = new Int32Array(named === undefined ? 0 : countOf(named)).fill(-1);
  const runOfSize = new Int32Array(countOf(bySize)).fill(-1);
  const codes = new Int32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    if (isNamed[i] === 0 && isUnclear[bySize[i]] === 1) {
      codes[i] = count++;
      continue;
    }
    const [known, group] = named !== undefined && isNamed[i] === 1 ? [runOfName, named[i]] : [runOfSize, bySize[i]];
    if (known[group] < 0) known[group] = count++;
    codes[i] = known[group];
  }
  return { codes, count, hasCheckpoints: hasDistinct(step ?? tokens, codes, count) };
}

/** Number of the codes of some rows, which count up from 0. */
function countOf(codes: Int32Array): number {
  let largest = -1;
  for (let i = 0; i < codes.length; i++) if (codes[i] > largest) largest = codes[i];
  return largest + 1;
}

/** 1 for each row whose name is that of a run: there is one, and it covers a single size. */
function rowsOfNamedRuns(groups: Int32Array, names: Int32Array, params: Float64Array | undefined): Uint8Array {
  const first = new Map<number, number>();
  const families = new Set<number>();
  groups.forEach((group, i) => {
    const size = first.get(group);
    const here = params?.[i] ?? NaN;
    if (size === undefined) first.set(group, here);
    else if (!Object.is(size, here)) families.add(group);
  });
  const isNamed = new Uint8Array(groups.length);
  for (let i = 0; i < isNamed.length; i++) if (names[i] >= 0 && !families.has(groups[i])) isNamed[i] = 1;
  return isNamed;
}

/** 1 for each group of rows without a name that is no run: a run passes each of its steps once. */
function unclearGroups(groups: Int32Array, step: Float64Array | undefined, isNamed: Uint8Array): Uint8Array {
  const isUnclear = new Uint8Array(groups.length);
  if (step === undefined) return isUnclear.fill(1);
  const first = new Float64Array(groups.length).fill(NaN);
  // A table of final losses may have a million groups of one row, which need no set.
  const passed = new Map<number, Set<number>>();
  groups.forEach((group, i) => {
    if (isNamed[i] === 1) return;
    if (Number.isNaN(step[i])) isUnclear[group] = 1;
    else if (Number.isNaN(first[group])) first[group] = step[i];
    else {
      const steps = passed.get(group) ?? new Set([first[group]]);
      if (steps.has(step[i])) isUnclear[group] = 1;
      passed.set(group, steps.add(step[i]));
    }
  });
  return isUnclear;
}

/** Whether rows of one group differ in a column. */
function hasDistinct(column: Float64Array | undefined, codes: Int32Array, count: number): boolean {
  if (column === undefined) return false;
  const first = new Float64Array(count).fill(NaN);
  return codes.some((code, i) => {
    if (Number.isNaN(column[i])) return false;
    if (!Number.isNaN(first[code])) return first[code] !== column[i];
    first[code] = column[i];
    return false;
  });
}
