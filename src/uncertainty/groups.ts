import { IsoflopError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { runCodes } from '../runs/runCodes.ts';
import type { Runs } from '../runs/runs.ts';

/** Rows that vary together: checkpoints of one run share its luck, so they are resampled as one. */
export interface Groups {
  /** Name of the column, or `row` when every row stands alone. */
  readonly name: string;
  readonly count: number;
  /** Group of each fitted row, 0 to count - 1. Int32Array, length rows. */
  readonly codes: Int32Array;
  readonly warnings: readonly Warning[];
}

/** Fewer groups than this give standard errors that are too small; no more than parameters give none worth having. */
const enoughGroups = 10;

/**
 * Groups the fitted rows by a column: the one asked for, else by run when rows carry runs, else each row by itself. Runs are
 * the names in `run`; where these tell nothing apart, steps may still say which rows are checkpoints of one run.
 *
 * @param by - name of a column of the runs, or `row`
 * @throws {@link IsoflopError} `COLUMN_UNKNOWN`
 */
export function groupRows(fit: LawFit, by?: string): Groups {
  const { runs, rows } = fit;
  const n = rows.data.rows;
  const alone = (warnings: readonly Warning[] = []): Groups => ({
    name: 'row',
    count: n,
    codes: new Int32Array(n).map((_, i) => i),
    warnings,
  });
  const name = by ?? 'run';
  const labels =
    (name === 'run' ? runLabels(runs) : undefined) ?? runs.categories[name]?.codes ?? runs.quantities[name];
  if (by === 'row' || (by === undefined && labels === undefined)) return alone();
  if (labels === undefined) {
    const columns = [...Object.keys(runs.categories), ...Object.keys(runs.quantities), 'row'];
    const file = runs.sources[0]?.name ?? 'the data';
    throw new IsoflopError('COLUMN_UNKNOWN', { file, column: name, nearest: nearestName(name, columns), columns });
  }
  const seen = labels instanceof Int32Array ? new CodeMap(labels) : new Map<number, number>();
  let count = 0;
  const codes = new Int32Array(n).map((_, i) => {
    const label = labels[rows.index[i]];
    // A row without a label belongs to no run: it stands alone.
    if (Number.isNaN(label) || (labels instanceof Int32Array && label < 0)) return count++;
    let code = seen.get(label);
    if (code === undefined) seen.set(label, (code = count++));
    return code;
  });
  if (count === 1)
    return alone([
      createWarning(
        'SINGLE_GROUP',
        `All rows have the same ${name}, so errors are estimated as if rows were independent.`,
      ),
    ]);
  const warnings =
    count < enoughGroups
      ? [
          createWarning('FEW_GROUPS', `Only ${String(count)} different values of ${name}: errors are rough.`, {
            level: count <= fit.coordinates.size ? 'error' : 'warning',
          }),
        ]
      : [];
  return { name, count, codes, warnings };
}

/** Runs that steps show and names do not. */
function runLabels(runs: Runs): Int32Array | undefined {
  const names = runs.categories.run?.codes;
  if (names?.some((code) => code !== names[0]) === true) return names;
  const { codes, hasCheckpoints } = runCodes(runs);
  return hasCheckpoints ? codes : names;
}

/** What codes are renumbered to; a map ends at 16.8 million of them. */
class CodeMap {
  readonly #codes: Int32Array;

  constructor(labels: Int32Array) {
    let largest = -1;
    for (const label of labels) if (label > largest) largest = label;
    this.#codes = new Int32Array(largest + 1).fill(-1);
  }

  get(label: number): number | undefined {
    return this.#codes[label] < 0 ? undefined : this.#codes[label];
  }

  set(label: number, code: number): void {
    this.#codes[label] = code;
  }
}
