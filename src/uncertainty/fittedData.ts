import { quantileSorted } from '../core/quantile.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import type { FitData, FitRows, RunCounts } from '../fit/result.ts';
import { thinFit } from '../fit/thinFit.ts';
import { countDistinct } from '../runs/groupCodes.ts';
import { valuesAt } from '../runs/lazyColumns.ts';
import { runCodes } from '../runs/runCodes.ts';

/** Rows that are looked at at once. */
const blockRows = 2 ** 16;
/** Most rows that a fit carries along for figures and for files. */
const carried = 20_000;
/** Quantities that a fit describes and carries along where the runs have them. */
const carriedQuantities = ['params', 'tokens', 'flops'];

/** What was fitted: sources, rows, ranges of the quantities and how they were counted. */
export function describeData(fit: LawFit): FitData {
  const { runs, rows } = fit;
  const ranges: Record<string, readonly [number, number]> = {};
  for (const name of quantityNames(fit)) {
    const range = rangeOf(fit, name);
    if (range !== undefined) ranges[name] = range;
  }
  return {
    source: runs.sources.map((source) => source.name).join(', '),
    sha256: runs.sources.map((source) => source.sha256).join(','),
    rows: runs.sources.reduce((sum, source) => sum + source.rows, 0),
    used: rows.data.rows,
    dropped: [...runs.dropped, ...rows.dropped],
    ranges,
    sizes: countSizes(fit),
    runs: countRuns(fit),
    conventions: runs.conventions,
  };
}

/** Smallest and largest value of a quantity in the fitted rows, where it is known in all of them. */
function rangeOf({ law, runs, rows }: LawFit, name: string): readonly [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (let first = 0; first < rows.data.rows; first += blockRows) {
    const end = Math.min(first + blockRows, rows.data.rows);
    const values =
      name === law.response.name
        ? rows.data.observed.subarray(first, end)
        : valuesAt(runs.quantities, name, rows.index.subarray(first, end));
    if (values === undefined) return undefined;
    for (const value of values) {
      // A plain comparison would pass over a missing value.
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : undefined;
}

function countSizes({ runs, rows }: LawFit): number | null {
  const { params } = runs.quantities;
  if (params === undefined) return null;
  return countDistinct(rows.index.length === runs.rows ? params : Float64Array.from(rows.index, (row) => params[row]));
}

function countRuns({ runs, rows }: LawFit): RunCounts | null {
  const { codes, count, hasCheckpoints } = runCodes(runs);
  if (runs.categories.run === undefined && !hasCheckpoints) return null;
  const sizes = new Float64Array(count);
  for (const row of rows.index) sizes[codes[row]]++;
  const used = sizes.filter((size) => size > 0).sort();
  return { count: used.length, fewest: used[0], median: quantileSorted(used, 0.5), most: used[used.length - 1] };
}

/** Every how many-th of the fitted rows a fit carries along. */
export const fittedStride = (rows: number): number => Math.ceil(rows / carried);

/** The fitted rows for figures, thinned evenly to at most 20,000. */
export function fittedRows(fit: LawFit): FitRows {
  const thin = thinFit(fit);
  const { runs, rows } = thin;
  const stride = fittedStride(rows.index.length);
  const index = rows.index.filter((_, i) => i % stride === 0);
  const columns: Record<string, Float64Array> = {};
  for (const name of quantityNames(fit)) {
    const column = valuesOf(thin, name);
    if (column !== undefined) columns[name] = column.filter((_, i) => i % stride === 0);
  }
  const run = runs.categories.run;
  const names =
    run === undefined ? null : Array.from(index, (row) => (run.codes[row] < 0 ? '' : run.labels[run.codes[row]]));
  return { rows: index.length, columns, names };
}

function quantityNames(fit: LawFit): string[] {
  return [...new Set([...carriedQuantities, ...fit.law.inputs.map((input) => input.name), fit.law.response.name])];
}

/** A quantity in the fitted rows, if it is known. */
function valuesOf({ law, runs, rows }: LawFit, name: string): Float64Array | undefined {
  if (name === law.response.name) return rows.data.observed.subarray(0, rows.data.rows);
  return valuesAt(runs.quantities, name, rows.index);
}
