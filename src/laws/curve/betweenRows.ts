import { warmupRate, type ScheduleRows } from './schedule.ts';

/** A gap is a step or a corner where rates on both sides miss each other by this much more than those around do. */
const break_ = { times: 5, least: 1e-4 };
/** Rows that a polynomial between two rows goes through. */
const sizes = [6, 4, 2] as const;
/** Fewer rows are taken where their last term is this much smaller: by chance it is small anywhere a curve turns. */
const doubt = 1e-3;

/** Learning rate of every step of a schedule that is known at some steps, see {@link ScheduleRows}. */
export function ratesBetweenRows({ step, learningRate, warmup, between }: ScheduleRows): Float64Array {
  const rates = new Float64Array((step.at(-1) ?? -1) + 1);
  const [first, start] = [step[0], learningRate[0]];
  const rise = warmup === null || warmup > first ? first + 1 : warmup;
  for (let s = 0; s < first; s++) rates[s] = s < rise ? warmupRate(s, rise, start) : start;
  const isExponential = between === 'smooth' && isSmoother(step, learningRate.map(Math.log), learningRate);
  const fill =
    between === 'linear' ? undefined : new SmoothFill(step, isExponential ? learningRate.map(Math.log) : learningRate);
  for (let i = 0; i < step.length; i++) {
    rates[step[i]] = learningRate[i];
    if (i + 1 === step.length || step[i + 1] === step[i] + 1) continue;
    const rateAt = fill?.between(i) ?? line(step, learningRate, i);
    for (let s = step[i] + 1; s < step[i + 1]; s++) rates[s] = isExponential ? Math.exp(rateAt(s)) : rateAt(s);
  }
  return rates;
}

/** Whether rates are made of straight parts rather in one scale, such as the logarithmic one of an exponential decay, than in another. */
function isSmoother(x: readonly number[], scaled: readonly number[], plain: readonly number[]): boolean {
  if (!scaled.every(Number.isFinite)) return false;
  let lead = 0;
  for (let i = 0; i + 4 <= x.length; i++) {
    const bend = (y: readonly number[], size: number): number =>
      Math.log(1e-12 + Math.abs(topDifference(x, y, i, 4) * (x[i + 1] - x[i]) ** 3) / size);
    lead += bend(plain, plain[i]) - bend(scaled, 1);
  }
  return lead > 0;
}

const line =
  (x: readonly number[], y: readonly number[], i: number) =>
  (s: number): number =>
    y[i] + ((y[i + 1] - y[i]) * (s - x[i])) / (x[i + 1] - x[i]);

/**
 * Rates between rows by polynomials through the rows around, none of which crosses a step or a corner: essentially
 * non-oscillatory interpolation with resolution inside a cell. Constant and linear parts come out exactly, cosines and
 * exponentials to the fourth order of the distance of the rows. A corner stands where the two sides meet, a step at the row
 * that shows it.
 *
 * @see Harten (1989), "ENO schemes with subcell resolution"
 */
class SmoothFill {
  private readonly x: readonly number[];
  private readonly y: readonly number[];
  /** How far the rows to the left of a gap, continued, miss its right end. */
  private readonly missLeft: Float64Array;
  private readonly missRight: Float64Array;
  private readonly peak: number;

  constructor(x: readonly number[], y: readonly number[]) {
    this.x = x;
    this.y = y;
    this.peak = y.reduce((high, rate) => Math.max(high, Math.abs(rate)), 0);
    const gaps = Math.max(0, x.length - 1);
    this.missLeft = Float64Array.from({ length: gaps }, (_, i) => Math.abs(this.leftOf(i)(x[i + 1]) - y[i + 1]));
    this.missRight = Float64Array.from({ length: gaps }, (_, i) => Math.abs(this.rightOf(i)(x[i]) - y[i]));
  }

  between(i: number): (s: number) => number {
    const { x, y } = this;
    if (this.isBreak(i)) return this.acrossBreak(i);
    const polynomial = this.smoothest(i);
    const [low, high] = [Math.min(y[i], y[i + 1]), Math.max(y[i], y[i + 1])];
    return polynomial === undefined ? line(x, y, i) : (s) => Math.min(high, Math.max(low, polynomial(s)));
  }

  private isBreak(i: number): boolean {
    const { missLeft, missRight, peak } = this;
    // What the sides miss by where there is no break.
    const usual = Math.max(i > 0 ? missLeft[i - 1] : 0, i + 1 < missRight.length ? missRight[i + 1] : 0);
    return Math.min(missLeft[i], missRight[i]) > Math.max(break_.times * usual, break_.least * peak);
  }

  private acrossBreak(i: number): (s: number) => number {
    const { x, y } = this;
    const [left, right] = [this.leftOf(i), this.rightOf(i)];
    const apart = (s: number): number => left(s) - right(s);
    let [from, to] = [x[i], x[i + 1]];
    const [low, high] = [Math.min(y[i], y[i + 1]), Math.max(y[i], y[i + 1])];
    const clip = (rate: number): number => Math.min(high, Math.max(low, rate));
    if (apart(from) * apart(to) > 0) return (s) => clip(left(s));
    for (let k = 0; k < 60; k++) {
      const middle = (from + to) / 2;
      if (apart(middle) * apart(x[i]) > 0) from = middle;
      else to = middle;
    }
    return (s) => clip(s < to ? left(s) : right(s));
  }

  /** The polynomial through rows around a gap, none beyond a break, whose last term is the least there. */
  private smoothest(i: number): ((s: number) => number) | undefined {
    const { x, y } = this;
    const middle = (x[i] + x[i + 1]) / 2;
    let best: readonly [number, number] | undefined;
    let least = Infinity;
    for (const size of sizes)
      // From the window around the gap outwards: of equals the central one is taken.
      for (const from of centralFirst(i + 1 - size / 2, size)) {
        if (from < 0 || from + size > x.length || from > i || from + size < i + 2) continue;
        let term = Math.abs(topDifference(x, y, from, size));
        for (let j = from; j < from + size - 1; j++) term *= Math.abs(middle - x[j]);
        if (term < (size === best?.[1] ? 1 : doubt) * least && !this.hasBreak(from, size))
          [best, least] = [[from, size], term];
      }
    return best === undefined ? undefined : lagrange(x, y, ...best);
  }

  private hasBreak(from: number, size: number): boolean {
    for (let gap = from; gap < from + size - 1; gap++) if (this.isBreak(gap)) return true;
    return false;
  }

  private leftOf(i: number): (s: number) => number {
    const from = Math.max(0, i - 2);
    return lagrange(this.x, this.y, from, i + 1 - from);
  }

  private rightOf(i: number): (s: number) => number {
    return lagrange(this.x, this.y, i + 1, Math.min(3, this.x.length - i - 1));
  }
}

/** Whole numbers around a middle, nearest first. */
const centralFirst = (middle: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => middle + (k % 2 === 0 ? k / 2 : -(k + 1) / 2));

/** The polynomial through `count` rows from one on, in Newton's form. */
function lagrange(x: readonly number[], y: readonly number[], from: number, count: number): (s: number) => number {
  const coefficients = Array.from({ length: count }, (_, k) => topDifference(x, y, from, k + 1));
  return (s) => {
    let value = coefficients[count - 1];
    for (let k = count - 2; k >= 0; k--) value = value * (s - x[from + k]) + coefficients[k];
    return value;
  };
}

/** The divided difference of `count` rows from one on. */
function topDifference(x: readonly number[], y: readonly number[], from: number, count: number): number {
  const d = y.slice(from, from + count);
  for (let k = 1; k < count; k++)
    for (let j = count - 1; j >= k; j--) d[j] = (d[j] - d[j - 1]) / (x[from + j] - x[from + j - k]);
  return d[count - 1];
}
