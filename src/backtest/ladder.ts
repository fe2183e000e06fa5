import { IsoflopError } from '../core/errors.ts';
import { selectRows } from '../fit/rows.ts';
import type { Law } from '../laws/law.ts';
import { runCodes } from '../runs/runCodes.ts';
import type { Runs } from '../runs/runs.ts';
import { takeRows } from '../runs/select.ts';

/** Runs sorted by the size of their models, with how far each checkpoint of a run is. */
export interface Ladder {
  /** The rows that have everything the law needs. */
  readonly runs: Runs;
  /** Response of each row, length rows. */
  readonly observed: Float64Array;
  readonly tokens: Float64Array;
  readonly flops: Float64Array | undefined;
  /** Distinct numbers of parameters, rising. */
  readonly sizes: readonly number[];
  /** Index into `sizes` of each row. Int32Array, length rows. */
  readonly size: Int32Array;
  /** Number of the run of each row. Int32Array, length rows. */
  readonly run: Int32Array;
  /** Tokens of the last checkpoint of the run of each row, length rows. */
  readonly last: Float64Array;
  /** Whether rows are checkpoints of runs, not only final losses. */
  readonly hasCheckpoints: boolean;
}

/**
 * Sorts runs into a ladder of model sizes; {@link runCodes} says which rows are checkpoints of one run.
 *
 * @throws {@link IsoflopError} `QUANTITY_MISSING` without params or tokens, `VALUE_NOT_POSITIVE`, `NO_ROWS_LEFT`
 */
export function createLadder(law: Law, all: Runs): Ladder {
  for (const quantity of ['params', 'tokens'])
    if (all.quantities[quantity] === undefined)
      throw new IsoflopError('QUANTITY_MISSING', {
        file: all.sources[0]?.name ?? 'the data',
        quantity,
        columns: Object.keys(all.quantities),
        hint: ', which a matrix of model sizes and shares of training needs',
      });
  const rows = selectRows(law, all);
  const runs = takeRows(all, rows.index);
  const { params = new Float64Array(0), tokens = new Float64Array(0), flops } = runs.quantities;
  const sizes = [...new Set(params)].sort((a, b) => a - b);
  const rung = new Map(sizes.map((value, k) => [value, k]));
  const { codes, count, hasCheckpoints } = runCodes(runs);
  const most = new Float64Array(count);
  codes.forEach((code, i) => {
    most[code] = Math.max(most[code], tokens[i]);
  });
  return {
    runs,
    observed: rows.data.observed,
    tokens,
    flops,
    sizes,
    size: Int32Array.from(params, (value) => rung.get(value) ?? -1),
    run: codes,
    last: Float64Array.from(codes, (code) => most[code]),
    hasCheckpoints,
  };
}
