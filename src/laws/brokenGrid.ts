/** Limits that are tried, as shares of the least response. */
const limits = [0, 0.4, 0.7, 0.85, 0.93, 0.97, 0.99] as const;
/** Places of a break that are tried, and its widths as shares of the range of ln x. */
const places = 16;
const widths = [0.01, 0.03, 0.1, 0.3] as const;
/** Candidates that are kept: the best that differ from one another, and the bottoms of as many valleys. */
const keptOf = { best: 8, valleys: 8 };
/** A column that is this small a part of itself after the others are taken out is no column of its own. */
const own = 1e-6;

/** Where a break lies in ln x, and ln of its width. */
export interface Bend {
  readonly place: number;
  readonly logWidth: number;
}

/** A limit, as a share of the least response, with breaks in rising order, and the squares that they leave. */
export interface Candidate {
  readonly share: number;
  readonly bends: readonly Bend[];
  readonly left: number;
}

/** The factor of a break in the logarithm of the response, for an exponent of -1: f ln(1 + (x / d)^(1 / f)). */
export function bendColumn(logX: Float64Array, { place, logWidth }: Bend): Float64Array {
  const width = Math.exp(logWidth);
  return logX.map((v) => {
    const u = (v - place) / width;
    return width * (Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u))));
  });
}

/**
 * Limits and breaks on a grid that leave small squares of the relative error. All pairs of breaks are compared by their
 * inner products alone, after the straight line in ln x has been taken out of every column.
 *
 * @param logX - ln x in rising order, length rows
 * @param y - the response, positive, length rows
 * @param breaks - breaks to place on the grid
 * @param given - further breaks, which are taken as they are
 */
export function gridCandidates(
  logX: Float64Array,
  y: Float64Array,
  breaks: 0 | 1 | 2,
  [narrowest, widest]: readonly [number, number],
  given: readonly Bend[] = [],
): Candidate[] {
  const range = logX[logX.length - 1] - logX[0];
  const step = range / places;
  const grid = Array.from({ length: places }, (_, p) => logX[0] + (p + 0.5) * step).flatMap((place) =>
    widths.map((share): Bend => ({
      place,
      logWidth: Math.log(Math.min(0.75 * widest, Math.max(2 * narrowest, share * range))),
    })),
  );
  const columns = grid.map((bend) => bendColumn(logX, bend));
  const all: Candidate[] = [];
  const bottoms: Candidate[] = [];
  for (const share of limits) {
    const cells = cellsAt(share, breaks, logX, y, columns, given);
    for (let cell = 0; cell < cells.left.length; cell++) {
      if (cells.left[cell] === Infinity) continue;
      const chosen = [...new Set([cells.first[cell], cells.second[cell]])].slice(0, breaks).map((k) => grid[k]);
      const candidate = { share, bends: inPlace([...given, ...chosen]), left: cells.left[cell] };
      all.push(candidate);
      if (isBottom(cells.left, cell)) bottoms.push(candidate);
    }
  }
  const kept: Candidate[] = [];
  for (const [from, most] of [
    [all, keptOf.best],
    [bottoms, keptOf.best + keptOf.valleys],
  ] as const)
    for (const candidate of inOrder(from))
      if (kept.length < most && !kept.some((other) => isNear(candidate, other, 1.5 * step, 2))) kept.push(candidate);
  return kept;
}

/** The least squares of every pair of places over the widths, row-major places x places, and the breaks that leave them. */
interface Cells {
  readonly left: Float64Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
}

/** The cells of one limit; a single break is in the cells of equal places. */
function cellsAt(
  share: number,
  breaks: 0 | 1 | 2,
  logX: Float64Array,
  y: Float64Array,
  plain: readonly Float64Array[],
  given: readonly Bend[],
): Cells {
  const limit = share * Math.min(...y);
  const weight = y.map((v) => (v - limit) / v);
  const logs = y.map((v) => Math.log(v - limit));
  const smooth = [logX, ...given.map((bend) => bendColumn(logX, bend))].map((column) => times(column, weight));
  const restOf = without([weight, ...smooth]);
  const target = restOf(times(logs, weight));
  const total = dot(target, target);
  const cells: Cells = {
    left: new Float64Array(places ** 2).fill(Infinity),
    first: new Int32Array(places ** 2),
    second: new Int32Array(places ** 2),
  };
  const offer = (left: number, i: number, j: number): void => {
    const cell = Math.floor(i / widths.length) * places + Math.floor(j / widths.length);
    if (!(left < cells.left[cell])) return;
    cells.left[cell] = left;
    cells.first[cell] = i;
    cells.second[cell] = j;
  };
  if (breaks === 0) offer(total, 0, 0);
  if (breaks === 0) return cells;
  const columns = plain.map((column) => restOf(times(column, weight)));
  const sizes = columns.map((column) => dot(column, column));
  const gains = columns.map((column) => dot(column, target));
  const largest = Math.max(...sizes);
  for (let i = 0; i < columns.length; i++) {
    if (!(sizes[i] > own * largest)) continue;
    if (breaks === 1) offer(total - gains[i] ** 2 / sizes[i], i, i);
    // The second break is at a later place.
    const next = (Math.floor(i / widths.length) + 1) * widths.length;
    for (let j = next; breaks === 2 && j < columns.length; j++) {
      const both = dot(columns[i], columns[j]);
      const det = sizes[i] * sizes[j] - both * both;
      if (!(det > own * sizes[i] * sizes[j])) continue;
      offer(total - (sizes[j] * gains[i] ** 2 - 2 * both * gains[i] * gains[j] + sizes[i] * gains[j] ** 2) / det, i, j);
    }
  }
  return cells;
}

/** Whether no cell next to one is lower. */
function isBottom(left: Float64Array, cell: number): boolean {
  const [row, column] = [Math.floor(cell / places), cell % places];
  for (let r = Math.max(0, row - 1); r <= Math.min(places - 1, row + 1); r++)
    for (let c = Math.max(0, column - 1); c <= Math.min(places - 1, column + 1); c++)
      if (left[r * places + c] < left[cell]) return false;
  return true;
}

/** In the order of their places. */
export const inPlace = (bends: readonly Bend[]): Bend[] => [...bends].sort((p, q) => p.place - q.place);

/** Best first. */
export const inOrder = (candidates: readonly Candidate[]): Candidate[] =>
  [...candidates].sort((p, q) => p.left - q.left);

/** Whether two candidates have their breaks at most so far apart in ln x and of widths that differ by less than a factor. */
export function isNear(a: Candidate, b: Candidate, apart: number, factor: number): boolean {
  if (a.bends.length === 0) return a.share === b.share;
  return a.bends.every(({ place, logWidth }, k) => {
    const other = b.bends[k];
    return Math.abs(place - other.place) <= apart && Math.abs(logWidth - other.logWidth) < Math.log(factor);
  });
}

/** A function that takes some columns out of another, by least squares. */
function without(others: readonly Float64Array[]): (column: Float64Array) => Float64Array {
  const basis: Float64Array[] = [];
  const restOf = (column: Float64Array): Float64Array => {
    const rest = column.slice();
    // Twice, since once leaves a remainder where columns are nearly parallel.
    for (let pass = 0; pass < 2; pass++)
      for (const q of basis) {
        const along = dot(q, rest);
        for (let i = 0; i < rest.length; i++) rest[i] -= along * q[i];
      }
    return rest;
  };
  for (const other of others) {
    const rest = restOf(other);
    const length = Math.sqrt(dot(rest, rest));
    if (length > own * Math.sqrt(dot(other, other))) basis.push(rest.map((v) => v / length));
  }
  return restOf;
}

const times = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, i) => v * b[i]);

/** Sum of the products of two columns. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
