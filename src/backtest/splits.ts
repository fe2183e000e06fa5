import { IsoflopError } from '../core/errors.ts';
import type { Runs } from '../runs/runs.ts';

/** What a backtest rolls forward over: compute, model size or tokens. */
export const holdouts = ['flops', 'size', 'tokens'] as const;

/** One of {@link holdouts}. */
export type Holdout = (typeof holdouts)[number];

/** What was known at one time and what came after it, as rows of the runs. */
export interface Split {
  /** Rows below it were known, in the unit of the quantity that is held out. */
  readonly cut: number;
  /** Rows below the cut, in their order. */
  readonly train: Int32Array;
  /** Rows at or above it. */
  readonly test: Int32Array;
}

/** The quantity of the runs behind each kind of holdout. */
export const quantityOf = { flops: 'flops', size: 'params', tokens: 'tokens' } as const;

/** Shares of the rows below the cuts that are chosen where none are given. */
const shares = [0.4, 0.55, 0.7, 0.8, 0.9];
/** A cut lies within this share of the rows of where it is wanted. */
const near = 0.075;

/**
 * Splits runs at cuts: what lies below was known, what lies at or above is predicted.
 *
 * Without cuts they roll forward: at the widest gaps near 40, 55, 70, 80 and 90% of the rows.
 *
 * @param cuts - values of the quantity that is held out; each leaves rows on both sides
 * @throws {@link IsoflopError} `QUANTITY_MISSING`, `OPTION_INVALID` for a cut with nothing on one side
 * @example
 * ```ts
 * splitsOf(runs, 'flops', [1e20]).map(({ train, test }) => [train.length, test.length]); // [[136, 104]]
 * ```
 */
export function splitsOf(runs: Runs, holdout: Holdout, cuts?: readonly number[]): Split[] {
  const column = columnOf(runs, holdout);
  const rows = Int32Array.from(column.keys()).filter((i) => !Number.isNaN(column[i]));
  const chosen = cuts ?? defaultCuts(Float64Array.from(rows, (i) => column[i]));
  return chosen.map((cut) => {
    const train = rows.filter((i) => column[i] < cut);
    const test = rows.filter((i) => column[i] >= cut);
    if (train.length === 0 || test.length === 0) {
      const sorted = Float64Array.from(rows, (i) => column[i]).sort();
      const range = Array.from([sorted.at(0), sorted.at(-1)], (x) => x?.toPrecision(3)).join(' to ');
      throw new IsoflopError('OPTION_INVALID', {
        option: '--cut',
        value: String(cut),
        expected: `values of ${quantityOf[holdout]} with runs below and above them (there are ${rows.length === 0 ? 'none' : `runs from ${range}`})`,
      });
    }
    return { cut, train, test };
  });
}

/** The values of the quantity that is held out. */
export function columnOf(runs: Runs, holdout: Holdout): Float64Array {
  const quantity = quantityOf[holdout];
  const column = runs.quantities[quantity];
  if (column !== undefined) return column;
  throw new IsoflopError('QUANTITY_MISSING', {
    file: runs.sources[0]?.name ?? 'the data',
    quantity,
    columns: Object.keys(runs.quantities),
    hint: `, which --holdout ${holdout} splits by`,
  });
}

/** Values at the widest gaps near the shares, in rising order: a cut between two rungs, such as isoFLOP budgets, where there are rungs. */
function defaultCuts(column: Float64Array): number[] {
  const sorted = column.slice().sort();
  const rows = sorted.length;
  const gap = (i: number): number => Math.log(sorted[i] / sorted[i - 1]);
  const starts = shares.flatMap((share) => {
    const from = Math.max(1, Math.ceil((share - near) * rows));
    const to = Math.min(rows - 1, Math.floor((share + near) * rows));
    let best = 0;
    for (let i = from; i <= to; i++) if (gap(i) > (best === 0 ? 0 : gap(best))) best = i;
    return best === 0 ? [] : [best];
  });
  return [...new Set(starts)].map((start) => sorted[start]);
}
