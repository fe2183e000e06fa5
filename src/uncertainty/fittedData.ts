import { quantileSorted } from '../core/quantile.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import type { FitData, FitRows, RunCounts } from '../fit/result.ts';
import { runCodes } from '../runs/runCodes.ts';

/** Most rows that a fit carries along for figures and for files. */
const carried = 20_000;
/** Quantities that a fit describes and carries along where the runs have them. */
const carriedQuantities = ['params', 'tokens', 'flops'];

/** What was fitted: sources, rows, ranges of the quantities and how they were counted. */
export function describeData(fit: LawFit): FitData {
  const { runs, rows } = fit;
  const ranges: Record<string, readonly [number, number]> = {};
  for (const name of quantityNames(fit)) {
    const column = valuesOf(fit, name);
    if (column === undefined) continue;
    let low = Infinity;
    let high = -Infinity;
    for (const value of column) {
      // A plain comparison would pass over a missing value.
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    // Quantities that the law does not need may be missing (NaN) in some rows; then there is no range to speak of.
    if (Number.isFinite(low) && Number.isFinite(high)) ranges[name] = [low, high];
  }
  const sizes = runs.quantities.params;
  return {
    source: runs.sources.map((source) => source.name).join(', '),
    sha256: runs.sources.map((source) => source.sha256).join(','),
    rows: runs.sources.reduce((sum, source) => sum + source.rows, 0),
    used: rows.data.rows,
    dropped: [...runs.dropped, ...rows.dropped],
    ranges,
    sizes: sizes === undefined ? null : new Set(Array.from(rows.index, (row) => sizes[row])).size,
    runs: countRuns(fit),
    conventions: runs.conventions,
  };
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
  const { runs, rows } = fit;
  const stride = fittedStride(rows.index.length);
  const index = rows.index.filter((_, i) => i % stride === 0);
  const columns: Record<string, Float64Array> = {};
  for (const name of quantityNames(fit)) {
    const column = valuesOf(fit, name);
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
  const column = runs.quantities[name];
  return column && Float64Array.from(rows.index, (row) => column[row]);
}
