import type { CurveLaw } from '../../laws/law.ts';
import { Annealing } from '../../laws/curve/annealing.ts';
import type { ScheduleShape } from '../../laws/curve/schedule.ts';

/** What a law of curves says with given parameters, in its fitted coordinates. */
export interface CurveAt {
  readonly drop: CurveLaw['drop'];
  readonly theta: Float64Array;
}

/** Terms of the warm-up, whose rates are given. */
interface WarmupTerms {
  readonly count: number;
  readonly weight: Float64Array;
  readonly rate: Float64Array;
  /** Sum of the rates from each to the end of the warm-up. */
  readonly rateSum: Float64Array;
  /** Steps from each to the end of the warm-up. */
  readonly age: Float64Array;
}

/**
 * The loss at the end of a schedule whose rates after the warm-up are a flight of stairs, with its exact gradient. Only the
 * edges of the stairs are terms of the sum, so a few hundred stairs cost as little as a few hundred steps; stairs of one
 * step are any schedule at all.
 *
 * The multi-power law has a weakness that a search finds: it takes the effect of a fall at the rate after it. A fall from
 * 3e-4 to 3e-5 in a single step so promises 0.006 to 0.016 less loss than one in ten steps, which no training can tell
 * apart. Here falls can be counted as gradual, which for schedules without jumps is the same.
 */
export class Stairs {
  /** Steps of each stair, length stairs. */
  readonly lengths: Float64Array;
  private readonly at: CurveAt;
  private readonly isGradual: boolean;
  private readonly peak: number;
  private readonly warmup: WarmupTerms;
  private readonly warmupSum: number;
  /** Whether there is a rate before the first stair, from which a fall is counted. */
  private readonly hasBefore: boolean;
  /** Steps from the beginning of each stair to the end. */
  private readonly ages: Float64Array;
  private readonly sums: Float64Array;
  private readonly byBefore: Float64Array;
  private readonly byRate: Float64Array;
  private readonly bySum: Float64Array;
  private readonly one = new Float64Array(3);

  /**
   * @param isGradual - whether a fall counts as if the rate passed all values on its way; as the law has it, it counts with
   *   the rate after it
   */
  constructor(
    at: CurveAt,
    { warmup, peak }: Pick<ScheduleShape, 'warmup' | 'peak'>,
    lengths: Float64Array,
    isGradual: boolean,
  ) {
    this.at = at;
    this.isGradual = isGradual;
    this.peak = peak;
    this.lengths = lengths;
    this.hasBefore = warmup > 0;
    const count = lengths.length;
    this.ages = new Float64Array(count);
    for (let b = count - 1, age = 0; b >= 0; b--) this.ages[b] = age += lengths[b];
    [this.sums, this.byBefore, this.byRate, this.bySum] = [0, 1, 2, 3].map(() => new Float64Array(count));
    this.warmup = { count: 0, weight: empty, rate: empty, rateSum: empty, age: empty };
    this.warmupSum = 0;
    if (warmup < 2) return;
    const shape = { kind: 'constant', name: 'warm-up', steps: warmup, warmup, peak, end: peak, decay: 0 } as const;
    const annealing = new Annealing(shape);
    const terms = annealing.termsTo(warmup - 1);
    this.warmupSum = annealing.sums[warmup - 1];
    this.warmup = {
      count: terms.count,
      weight: terms.weight.slice(0, terms.count),
      rate: terms.logRate.slice(0, terms.count).map(Math.exp),
      rateSum: terms.rateSum.slice(0, terms.count),
      age: terms.age.slice(0, terms.count),
    };
  }

  /**
   * The loss for the rates of the stairs.
   *
   * @param gradient - receives its derivative by each of them
   */
  loss(rates: Float64Array, gradient?: Float64Array): number {
    const { at, lengths, ages, sums, byBefore, byRate, bySum, one, warmup } = this;
    const nodes = this.isGradual ? gauss : [atEnd];
    const { drop, theta } = at;
    const [floor, A, alpha, B] = [Math.exp(theta[0]), Math.exp(theta[1]), theta[2], Math.exp(theta[3])];
    const inner = theta.subarray(4);
    const last = rates.length - 1;
    let sum = 0;
    for (let b = last; b >= 0; b--) sums[b] = sum += lengths[b] * rates[b];
    const after = sums[0];
    let drops = 0;
    let warmupBySum = 0;
    for (let i = 0; i < warmup.count; i++) {
      drop.factor(inner, warmup.rate[i], warmup.rateSum[i] + after, warmup.age[i] + ages[0], one);
      drops += warmup.weight[i] * one[0];
      warmupBySum += warmup.weight[i] * one[2];
    }
    for (let b = 0; b <= last; b++) {
      const before = b === 0 ? (this.hasBefore ? this.before() : rates[0]) : rates[b - 1];
      const fall = before - rates[b];
      byBefore[b] = byRate[b] = bySum[b] = 0;
      for (const [place, weight] of nodes) {
        drop.factor(inner, rates[b] + place * fall, sums[b], ages[b], one);
        drops += weight * fall * one[0];
        byBefore[b] += weight * (one[0] + place * fall * one[1]);
        byRate[b] += weight * ((1 - place) * fall * one[1] - one[0]);
        bySum[b] += weight * fall * one[2];
      }
      if (b === 0 && !this.hasBefore) byRate[0] = 0;
    }
    const total = this.warmupSum + after;
    const power = A * total ** -alpha;
    if (gradient !== undefined) {
      let fromSums = warmupBySum;
      for (let b = 0; b <= last; b++) {
        fromSums += bySum[b];
        const dropBy = (b === last ? 0 : byBefore[b + 1]) + byRate[b] + fromSums * lengths[b];
        gradient[b] = (-alpha * power * lengths[b]) / total - B * dropBy;
      }
    }
    return floor + power - B * drops;
  }

  /** The rate of the last step of the warm-up; a single step of warm-up has the rate 0. */
  private before(): number {
    return this.warmupSum === 0 ? 0 : this.peak;
  }
}

/** Where on its way from the rate after it to the one before it a fall counts, and with which weight. */
type Node = readonly [place: number, weight: number];
const atEnd: Node = [0, 1];
/** The points and weights of Gauss and Legendre between 0 and 1. */
const gauss: readonly Node[] = [
  [(1 - Math.sqrt(0.6)) / 2, 5 / 18],
  [0.5, 8 / 18],
  [(1 + Math.sqrt(0.6)) / 2, 5 / 18],
];

const empty = new Float64Array(0);
