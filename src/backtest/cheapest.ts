/** What the choice of a cheapest cell looks at. */
export interface PricedCell {
  /** Absolute relative error of the prediction, `null` where there is none. */
  readonly are: number | null;
  /** FLOP that its training runs took, `null` where unknown. */
  readonly flops: number | null;
}

/** The cheapest experiments that would have predicted the target well enough. */
export interface Cheapest<Cell> {
  /** The error that counts as well enough. */
  readonly threshold: number;
  /**
   * The cheapest cell that a reader could have trusted: the first of its row below the threshold from which on more than
   * three quarters of the row's cells are below it.
   */
  readonly reliable: Cell | null;
  /** The cheapest cell below the threshold at all, which may be so by luck. */
  readonly any: Cell | null;
}

/** Errors that count as well enough: the contours of arXiv 2410.11840. */
const thresholds = [0.15, 0.1, 0.05] as const;
/** More than this share of a row, from the cell on, has to be below the threshold. */
const consistency = 0.75;

/**
 * Finds the cheapest cells below each threshold.
 *
 * @param rows - cells of the matrix, one list for each row, in rising order of the share of training
 * @see arXiv 2410.11840, section 7; `get_minimal_cell` of its code, which counts the compute of every checkpoint where
 *   here the compute of a run is that of its last one
 */
export function cheapestCells<Cell extends PricedCell>(rows: readonly (readonly Cell[])[]): Cheapest<Cell>[] {
  return thresholds.map((threshold) => {
    const passes = ({ are }: PricedCell): boolean => are !== null && are < threshold;
    const steady = rows.flatMap((row) => {
      const first = row.findIndex((cell, k) => {
        const rest = row.slice(k);
        return passes(cell) && rest.filter(passes).length > consistency * rest.length;
      });
      return first < 0 ? [] : [row[first]];
    });
    return { threshold, reliable: cheapest(steady), any: cheapest(rows.flat().filter(passes)) };
  });
}

/** The cell of least compute; the earliest of equals. */
function cheapest<Cell extends PricedCell>(cells: readonly Cell[]): Cell | null {
  let best: Cell | null = null;
  for (const cell of cells) if (cell.flops !== null && cell.flops < (best?.flops ?? Infinity)) best = cell;
  return best;
}
