import { logSpace } from './axis.ts';

/** The largest power of ten, times 1, 2 or 5, that does not exceed a positive number. */
function niceBelow(value: number): number {
  const scale = 10 ** Math.floor(Math.log10(value));
  const factor = [5, 2, 1].find((candidate) => candidate * scale <= value * (1 + 1e-9)) ?? 1;
  return factor * scale;
}

const sortedFinite = (values: ArrayLike<number>): Float64Array =>
  Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();

/** Number of entries of a sorted array that are below a value. */
function countBelow(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Share of a picture that lies below a loss, 0 to 1: shading by it spreads the colors evenly.
 *
 * @param losses - loss over the grid of the picture
 */
export function rankOf(losses: ArrayLike<number>): (loss: number) => number {
  const sorted = sortedFinite(losses);
  return (loss) => countBelow(sorted, loss) / sorted.length;
}

/**
 * Round losses for contour lines that spread evenly over a picture: steps are small where loss changes slowly.
 *
 * @param losses - loss over the grid of the picture
 * @param count - lines, about
 * @returns rising values strictly inside the range of the losses
 * @example
 * ```ts
 * contourLevels(logSpace(1, 100, 50), 5); // [2, 4, 10, 20, 40]
 * ```
 */
export function contourLevels(losses: ArrayLike<number>, count = 12): number[] {
  const sorted = sortedFinite(losses);
  if (sorted.length === 0) return [];
  const [lowest, highest] = [sorted[0], sorted[sorted.length - 1]];
  const at = (share: number): number => sorted[Math.round(Math.min(1, share) * (sorted.length - 1))];
  const levels: number[] = [];
  let value = lowest;
  while (value < highest && levels.length < 4 * count) {
    const spacing = at(countBelow(sorted, value) / sorted.length + 1 / count) - value;
    if (!(spacing > 0)) break;
    const unit = niceBelow(1.2 * spacing);
    let next = Math.ceil(value / unit + 1e-9) * unit;
    // The next multiple may be just ahead; two lines that close would look like one.
    if (levels.length > 0 && next - value < 0.5 * spacing) next += unit;
    value = Number(next.toPrecision(12));
    if (value < highest) levels.push(value);
  }
  return levels;
}

/** A contour line as points in rising order of params; both arrays have the same length. */
export interface ContourLine {
  readonly params: readonly number[];
  readonly tokens: readonly number[];
}

type LossOf = (inputs: { readonly params: ArrayLike<number>; readonly tokens: ArrayLike<number> }) => Float64Array;

/** Samples along each axis of a contour line. */
const samples = 81;

/**
 * Follows one contour of a loss that falls with params and with tokens.
 *
 * For every size the tokens at which the loss is `level` are found by bisection, and for every number of tokens the size:
 * the line is steep at one end and flat at the other, and together the two sets of points are dense on both.
 *
 * @param lossOf - loss for many points at once
 * @param level - the loss of the contour
 * @param box - ends of the picture
 */
export function traceLevel(
  lossOf: LossOf,
  level: number,
  box: { readonly params: readonly [number, number]; readonly tokens: readonly [number, number] },
): ContourLine {
  const sizes = logSpace(...box.params, samples);
  const counts = logSpace(...box.tokens, samples);
  const overSizes = bisect((tokens) => lossOf({ params: sizes, tokens }), level, box.tokens);
  const overCounts = bisect((params) => lossOf({ params, tokens: counts }), level, box.params);
  const points = [
    ...Array.from(sizes, (params, i) => ({ params, tokens: overSizes[i] })),
    ...Array.from(counts, (tokens, i) => ({ params: overCounts[i], tokens })),
  ].filter(({ params, tokens }) => Number.isFinite(params + tokens));
  points.sort((a, b) => a.params - b.params || b.tokens - a.tokens);
  return { params: points.map((point) => point.params), tokens: points.map((point) => point.tokens) };
}

/** Solves f = level for many points at once in log space; NaN where the solution lies outside the range. */
function bisect(
  f: (x: Float64Array) => Float64Array,
  level: number,
  [from, to]: readonly [number, number],
): Float64Array {
  const low = new Float64Array(samples).fill(from);
  const high = new Float64Array(samples).fill(to);
  const [atLow, atHigh] = [f(low), f(high)];
  const inside = atLow.map((loss, i) => (loss >= level && atHigh[i] <= level ? 1 : NaN));
  // 40 halvings of at most 30 decades leave less than 1e-10 of the value.
  const middle = new Float64Array(samples);
  for (let step = 0; step < 40; step++) {
    for (let i = 0; i < samples; i++) middle[i] = Math.sqrt(low[i] * high[i]);
    const loss = f(middle);
    for (let i = 0; i < samples; i++) {
      if (loss[i] > level) low[i] = middle[i];
      else high[i] = middle[i];
    }
  }
  return low.map((value, i) => inside[i] * Math.sqrt(value * high[i]));
}
