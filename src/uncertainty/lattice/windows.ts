import { between } from '../../core/quantile.ts';
import { selectInPlace } from '../../core/select.ts';

/** Ranks on each side of a percentile whose distance is measured. */
const sides = 12;
/** Half a window in such distances: less where it holds its percentile, more where it misses it. */
const reach = { first: 1.5, least: 1, most: 10, hit: 0.98, miss: 1.3, retry: 3 };
/** Draws whose mean says how far all of them have moved. */
const few = 100;

/** Where the percentiles of a sample were found, from which they are looked for in the next. */
export type Trail = Float64Array;

/** Finds the logarithms of two percentiles of positive samples, one after another, that differ little. */
export interface Windows {
  /** No sample was seen yet. */
  readonly newTrail: () => Trail;
  /**
   * @param a - with `b`, the sample: the sums of the two, element by element
   * @param size - how many of them there are; those that the sample lacks lie between the two percentiles
   * @param trail - of the samples before, to which this one is added
   * @param ends - receives the logarithm of the lower percentile and of the upper one
   */
  readonly find: (a: Float64Array, b: Float64Array, size: number, trail: Trail, ends: Float64Array) => void;
}

/** Numbers of a trail for each percentile: where it was, its last step and the distance of ranks, in means of a few draws, and the reach. */
const parts = 4;

/** What lies around one percentile in a sample. */
interface Near {
  /** Neighbouring ranks between which the percentile lies, counted from 0, and how far between them. */
  readonly first: number;
  readonly second: number;
  readonly share: number;
  readonly p: number;
  readonly values: Float64Array;
}

/**
 * Prepares the percentiles of samples in which neighbours are alike: most of a sample lies far from both percentiles, and
 * only what lies in a window around each, where it is expected, is looked at twice. Where a window misses, all of the sample is.
 *
 * @param count - size of the samples with what they lack
 */
export function createWindows(count: number, confidence: number): Windows {
  const nearOf = (p: number): Near => {
    const at = (count - 1) * p;
    const first = Math.floor(at);
    return { first, second: Math.ceil(at), share: at - first, p, values: new Float64Array(count) };
  };
  const low = nearOf(0.5 - confidence / 2);
  const high = nearOf(0.5 + confidence / 2);
  const sample = new Float64Array(count);

  /** The percentile among the values near it, which span a width, and below which so many of the sample lie. */
  const logOf = (
    near: Near,
    size: number,
    width: number,
    below: number,
    mean: number,
    trail: Trail,
    at: number,
  ): number => {
    const { values, share, p } = near;
    const first = near.first - below;
    const second = near.second - below;
    const value = selectInPlace(values, first, 0, size - 1);
    let next = value;
    if (second > first) {
      next = Infinity;
      for (let i = second; i < size; i++) if (values[i] < next) next = values[i];
    }
    const ratio = value / mean;
    trail[at + 1] = Number.isNaN(trail[at]) ? 0 : ratio - trail[at];
    trail[at] = ratio;
    trail[at + 2] = (sides * width) / (size * mean);
    return between(Math.log(value), Math.log(next), share, p);
  };

  const findAll = (
    a: Float64Array,
    b: Float64Array,
    size: number,
    mean: number,
    trail: Trail,
    ends: Float64Array,
  ): void => {
    for (let i = 0; i < size; i++) sample[i] = a[i] + b[i];
    let done = 0;
    for (const [k, near] of [low, high].entries()) {
      const lacking = k === 0 ? 0 : count - size;
      const from = Math.max(0, near.first - lacking - sides);
      const to = Math.min(size - 1, near.second - lacking + sides);
      const bottom = selectInPlace(sample, from, Math.min(done, from), size - 1);
      const width = selectInPlace(sample, to, from, size - 1) - bottom;
      near.values.set(sample.subarray(from, to + 1));
      // A step from further away says nothing about the next one.
      trail[k * parts] = NaN;
      ends[k] = logOf(near, to + 1 - from, width, from + lacking, mean, trail, k * parts);
      done = to + 1;
    }
  };

  /** Looks for the percentiles in windows so many times as wide as usual; whether they were there. */
  const findNear = (
    a: Float64Array,
    b: Float64Array,
    size: number,
    mean: number,
    trail: Trail,
    ends: Float64Array,
    wider: number,
  ): boolean => {
    const halfLow = trail[2] * trail[3] * wider;
    const lowFrom = (trail[0] + trail[1] - halfLow) * mean;
    const lowTo = (trail[0] + trail[1] + halfLow) * mean;
    const halfHigh = trail[6] * trail[7] * wider;
    const highFrom = (trail[4] + trail[5] - halfHigh) * mean;
    const highTo = (trail[4] + trail[5] + halfHigh) * mean;
    if (!(lowTo < highFrom)) return false;
    const inLow = low.values;
    const inHigh = high.values;
    let under = 0;
    let lows = 0;
    let highs = 0;
    let over = 0;
    for (let i = 0; i < size; i++) {
      const value = a[i] + b[i];
      if (value <= lowTo) {
        if (value < lowFrom) under++;
        else inLow[lows++] = value;
      } else if (value >= highFrom) {
        if (value > highTo) over++;
        else inHigh[highs++] = value;
      }
    }
    const before = count - over - highs;
    const isLow = under <= low.first && low.second < under + lows;
    const isHigh = before <= high.first && high.second < before + highs;
    trail[3] = reachAfter(trail[3], isLow);
    trail[7] = reachAfter(trail[7], isHigh);
    if (!isLow || !isHigh) return false;
    ends[0] = logOf(low, lows, lowTo - lowFrom, under, mean, trail, 0);
    ends[1] = logOf(high, highs, highTo - highFrom, before, mean, trail, parts);
    return true;
  };

  return {
    newTrail: () => Float64Array.of(NaN, NaN, NaN, reach.first, NaN, NaN, NaN, reach.first),
    find: (a, b, size, trail, ends) => {
      let mean = 0;
      for (let i = 0; i < Math.min(few, size); i++) mean += a[i] + b[i];
      if (findNear(a, b, size, mean, trail, ends, 1) || findNear(a, b, size, mean, trail, ends, reach.retry)) return;
      findAll(a, b, size, mean, trail, ends);
    },
  };
}

const reachAfter = (last: number, isHit: boolean): number =>
  isHit ? Math.max(reach.least, last * reach.hit) : Math.min(reach.most, last * reach.miss);
