import { IsoflopError } from '../core/errors.ts';
import type { RunCodes } from './runCodes.ts';
import type { Runs } from './runs.ts';

/** How far each row is in its run. */
export interface Timeline {
  /** Run of each row, as `runCodes` numbers them. */
  readonly codes: Int32Array;
  readonly count: number;
  /** Tokens at each row, or steps where there are no tokens. */
  readonly progress: Float64Array;
  /** Largest progress of each run, length count. */
  readonly ends: Float64Array;
}

/**
 * Places the rows in their runs.
 *
 * @param option - who asks, for the message
 * @throws {@link IsoflopError} `QUANTITY_MISSING` where there are neither tokens nor steps
 */
export function timelineOf(runs: Runs, { codes, count }: RunCodes, option: string): Timeline {
  const isStep = runs.quantities.tokens === undefined && runs.quantities.step !== undefined;
  const progress = columnFor(runs, isStep ? 'step' : 'tokens', `, nor a step, one of which ${option} counts`);
  const ends = new Float64Array(count).fill(-Infinity);
  for (let i = 0; i < runs.rows; i++) ends[codes[i]] = Math.max(ends[codes[i]], progress[i]);
  return { codes, count, progress, ends };
}

/**
 * A quantity that an option needs.
 *
 * @param hint - continues the sentence that says that it is missing
 * @throws {@link IsoflopError} `QUANTITY_MISSING`
 */
export function columnFor(runs: Runs, name: string, hint: string): Float64Array {
  const column = runs.quantities[name];
  if (column !== undefined) return column;
  throw new IsoflopError('QUANTITY_MISSING', {
    file: runs.sources[0]?.name ?? 'the data',
    quantity: name,
    columns: [...Object.keys(runs.quantities), ...Object.keys(runs.categories)],
    hint,
  });
}

/**
 * Checks that a quantity is known in every row.
 *
 * @throws {@link IsoflopError} `VALUE_NOT_POSITIVE`
 */
export function requireEveryRow(runs: Runs, column: Float64Array): void {
  const blank = column.findIndex(Number.isNaN);
  if (blank === -1) return;
  const name = Object.keys(runs.quantities).find((quantity) => runs.quantities[quantity] === column) ?? '';
  throw new IsoflopError('VALUE_NOT_POSITIVE', {
    file: runs.sources[runs.files[blank]]?.name ?? 'the data',
    line: runs.lines[blank],
    column: runs.conventions.columns[name] ?? name,
    value: NaN,
  });
}
