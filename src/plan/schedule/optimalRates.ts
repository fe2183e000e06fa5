import { minimizeProjected, type ProjectedMinimum } from './projectedGradient.ts';
import { projectMonotone } from './monotone.ts';
import { Stairs, type CurveAt } from './stairs.ts';

/** Stairs of the first search, of which every start has its own, and of the last one before single steps. */
const stairs = { first: 64, last: 1024 };
/** Iterations with stairs, and rates that are looked at step by step, over all iterations. */
const iterations = { stairs: 800, rates: 3e6 };

/** What is asked for. */
export interface RatesProblem {
  readonly at: CurveAt;
  /** Last step. */
  readonly steps: number;
  readonly warmup: number;
  readonly peak: number;
  /** Least rate. */
  readonly low: number;
}

/** The rates found, and how. */
export interface OptimalRates {
  /** Learning rates of the steps from the warm-up to the last, that is steps - warmup + 1 of them. */
  readonly rates: Float64Array;
  readonly loss: number;
  readonly iterations: number;
  /** Losses that the starts led to with few stairs. */
  readonly ends: readonly number[];
}

/**
 * Searches for the learning rates after the warm-up that never rise and end with the least loss: first as 64 stairs from every
 * start, then, from the best, as twice as many again and again, and at last step by step.
 *
 * @param starts - rates of the steps from the warm-up to the last
 */
export function optimalRates(problem: RatesProblem, starts: readonly Float64Array[]): OptimalRates {
  const { at, steps, warmup, low, peak } = problem;
  const count = steps - warmup + 1;
  let used = 0;
  const search = (lengths: Float64Array, start: Float64Array, most: number): ProjectedMinimum => {
    const course = new Stairs(at, problem, lengths, true);
    const found = minimizeProjected(
      {
        evaluate: (x, gradient) => course.loss(x, gradient),
        project: (x) => {
          projectMonotone(x, lengths, low, peak);
        },
        weights: lengths,
      },
      start,
      most,
    );
    used += found.iterations;
    return found;
  };
  let lengths = evenly(count, Math.min(stairs.first, count));
  const found = starts.map((start) => search(lengths, averages(start, lengths), iterations.stairs));
  let best = found.reduce((a, b) => (b.value < a.value ? b : a));
  const steady = (): Float64Array => spread(best.point, lengths);
  while (lengths.length < Math.min(stairs.last, count)) {
    const finer = evenly(count, Math.min(2 * lengths.length, count));
    const start = averages(steady(), finer);
    lengths = finer;
    best = search(lengths, start, iterations.stairs);
  }
  const single = new Float64Array(count).fill(1);
  if (lengths.length < count) {
    // A staircase, straightened: between the middles of the stairs.
    const from = straightened(best.point, lengths);
    best = search(single, from, Math.min(iterations.stairs, Math.floor(iterations.rates / count)));
    lengths = single;
  }
  // A start that no search improved on is not lost.
  const course = new Stairs(at, problem, single, true);
  const all = [best.point, ...starts].map((rates) => ({ rates, loss: course.loss(rates) }));
  const { rates, loss } = all.reduce((a, b) => (b.loss < a.loss ? b : a));
  return { rates, loss, iterations: used, ends: found.map(({ value }) => value) };
}

/** Lengths of a number of stairs that share some steps as evenly as whole numbers allow. */
function evenly(count: number, pieces: number): Float64Array {
  return Float64Array.from(
    { length: pieces },
    (_, b) => Math.floor(((b + 1) * count) / pieces) - Math.floor((b * count) / pieces),
  );
}

/** Mean rate of each stair. */
function averages(rates: Float64Array, lengths: Float64Array): Float64Array {
  let i = 0;
  return lengths.map((length) => {
    let sum = 0;
    for (const end = i + length; i < end; i++) sum += rates[i];
    return sum / length;
  });
}

/** The rate of every step of some stairs. */
function spread(points: Float64Array, lengths: Float64Array): Float64Array {
  const rates = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
  for (let b = 0, i = 0; b < points.length; b++) for (const end = i + lengths[b]; i < end; i++) rates[i] = points[b];
  return rates;
}

/** Straight lines between the middles of the stairs, and the first and the last rate beyond them. */
function straightened(points: Float64Array, lengths: Float64Array): Float64Array {
  const rates = spread(points, lengths);
  let from = 0;
  for (let b = 0; b + 1 < points.length; b++) {
    const here = from + (lengths[b] - 1) / 2;
    const there = from + lengths[b] + (lengths[b + 1] - 1) / 2;
    for (let i = Math.ceil(here); i <= there; i++)
      rates[i] = points[b] + ((points[b + 1] - points[b]) * (i - here)) / (there - here);
    from += lengths[b];
  }
  return rates;
}
