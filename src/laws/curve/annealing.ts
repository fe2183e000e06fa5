import type { Schedule } from './schedule.ts';
import { scheduleRates } from './scheduleRates.ts';

/** Steps of a smallest block, all of which are summed one by one. */
const leaf = 16;
/** Nodes that stand for the steps of a larger block. */
const order = 8;
/** A block is smooth where its nodes give the logarithm of every one of its rates to this. */
const smooth = 1e-8;
/** Steps beyond a moment at which terms of the sum become singular: blocks are no longer than their distance from there. */
const beyond = 8;

/** The terms of a sum over the falls of the learning rate, up to one step; reused, so read before the next is made. */
export interface Terms {
  count: number;
  /** Fall of the learning rate, eta_(k-1) - eta_k, or for a block what stands for its falls. */
  weight: Float64Array;
  /** ln eta_k; -Infinity where the rate is 0. */
  logRate: Float64Array;
  /** Sum of the rates from step k to the one that is asked about. */
  rateSum: Float64Array;
  /** Steps from k to the one asked about, both of them counted. */
  age: Float64Array;
}

interface Block {
  readonly from: number;
  /** First step beyond it. */
  readonly to: number;
  readonly halves: readonly [Block, Block] | undefined;
  /** Whether the rate falls or rises anywhere in it. */
  readonly moves: boolean;
  /** `undefined` until it is asked for; `null` where the block is not smooth. */
  nodes: { readonly step: Int32Array; readonly weight: Float64Array } | null | undefined;
}

/**
 * The learning rates of a run, step by step, made ready for the sums over their falls that laws of curves are made of:
 * sum over k of (eta_(k-1) - eta_k) f(eta_k, S_k, t - k). A sum to step t visits each step close to t, and of those far away
 * only few: blocks of 32, 64, 128, ... steps, none longer than its distance from t, are stood for by 8 of their steps, whose
 * weights make the sum exact for polynomials of degree 7. Blocks in which the rate stays the same drop out; a block across
 * a step or a corner of the schedule is halved until its parts are smooth. So 24,000 steps of a cosine become some 400
 * terms, which agree with the sum over all steps to about 1e-11.
 */
export class Annealing {
  readonly schedule: Schedule;
  /** Learning rate of each step, length lastStep + 1. */
  readonly rates: Float64Array;
  /** Sum of the rates to each step, itself included. */
  readonly sums: Float64Array;
  private readonly logRates: Float64Array;
  private readonly root: Block;
  private readonly terms: Terms;

  constructor(schedule: Schedule) {
    this.schedule = schedule;
    const rates = scheduleRates(schedule);
    this.rates = rates;
    this.sums = new Float64Array(rates.length);
    let [sum, lost] = [0, 0];
    for (let s = 0; s < rates.length; s++) {
      // Compensated, since differences of the sums are taken.
      const add = rates[s] - lost;
      const next = sum + add;
      lost = next - sum - add;
      this.sums[s] = sum = next;
    }
    this.logRates = rates.map(Math.log);
    let size = leaf;
    while (size < rates.length) size *= 2;
    this.root = this.block(0, size);
    const capacity = 1024;
    this.terms = {
      count: 0,
      weight: new Float64Array(capacity),
      logRate: new Float64Array(capacity),
      rateSum: new Float64Array(capacity),
      age: new Float64Array(capacity),
    };
  }

  /** The last step. */
  get last(): number {
    return this.rates.length - 1;
  }

  /** The terms of the sums to a step: at most `last`, and a whole number. */
  termsTo(t: number): Terms {
    this.terms.count = 0;
    this.visit(this.root, t);
    return this.terms;
  }

  private block(from: number, to: number): Block {
    const { rates } = this;
    const end = Math.min(to, rates.length);
    if (to - from <= leaf) {
      let moves = false;
      for (let k = Math.max(1, from); k < end; k++) moves ||= rates[k] !== rates[k - 1];
      return { from, to, halves: undefined, moves, nodes: null };
    }
    const middle = (from + to) / 2;
    const left = this.block(from, middle);
    if (middle >= rates.length) return { ...left, to, halves: [left, emptyBlock(middle, to)], nodes: null };
    const right = this.block(middle, to);
    return { from, to, halves: [left, right], moves: left.moves || right.moves, nodes: undefined };
  }

  private visit(block: Block, t: number): void {
    if (!block.moves || block.from > t) return;
    const { from, to, halves } = block;
    if (to - 1 <= t && to - from <= t + 1 - to + beyond && halves !== undefined && to <= this.rates.length) {
      if (block.nodes === undefined) block.nodes = this.nodesOf(from, to);
      const { nodes } = block;
      if (nodes !== null && nodes !== undefined) {
        const { step, weight } = nodes;
        for (let j = 0; j < order; j++) this.add(step[j], weight[j], t);
        return;
      }
    }
    if (halves === undefined) {
      const end = Math.min(to - 1, t, this.last);
      for (let k = Math.max(1, from); k <= end; k++) {
        const fall = this.rates[k - 1] - this.rates[k];
        if (fall !== 0) this.add(k, fall, t);
      }
      return;
    }
    this.visit(halves[0], t);
    this.visit(halves[1], t);
  }

  private add(k: number, weight: number, t: number): void {
    const { terms, sums } = this;
    if (terms.count === terms.weight.length) this.grow();
    const i = terms.count++;
    terms.weight[i] = weight;
    terms.logRate[i] = this.logRates[k];
    terms.rateSum[i] = sums[t] - (k === 0 ? 0 : sums[k - 1]);
    terms.age[i] = t - k + 1;
  }

  private grow(): void {
    const { terms } = this;
    for (const name of ['weight', 'logRate', 'rateSum', 'age'] as const) {
      const longer = new Float64Array(2 * terms.weight.length);
      longer.set(terms[name]);
      terms[name] = longer;
    }
  }

  /** The steps that stand for a block, with their weights; `null` where the rates are not smooth enough for that. */
  private nodesOf(from: number, to: number): Block['nodes'] {
    const { rates, logRates } = this;
    const size = to - from;
    const { steps, basis } = interpolation(size);
    const weight = new Float64Array(order);
    const known = Float64Array.from(steps, (j) => logRates[from + j]);
    for (let k = 0; k < size; k++) {
      let estimate = 0;
      const fall = from + k === 0 ? 0 : rates[from + k - 1] - rates[from + k];
      for (let j = 0; j < order; j++) {
        const share = basis[k * order + j];
        estimate += share * known[j];
        weight[j] += share * fall;
      }
      if (!(Math.abs(estimate - logRates[from + k]) <= smooth)) return null;
    }
    return { step: steps.map((j) => from + j), weight };
  }
}

const emptyBlock = (from: number, to: number): Block => ({ from, to, halves: undefined, moves: false, nodes: null });

interface Interpolation {
  /** The nodes among the steps 0 to size - 1. Int32Array, length order. */
  readonly steps: Int32Array;
  /** The polynomials that are 1 at one node and 0 at the others, at every step: row-major size x order. */
  readonly basis: Float64Array;
}

const made = new Map<number, Interpolation>();

/** Interpolation in a block at whole numbers close to Chebyshev's points. */
function interpolation(size: number): Interpolation {
  const known = made.get(size);
  if (known !== undefined) return known;
  const steps = new Int32Array(order);
  for (let j = 0; j < order; j++)
    steps[j] = Math.round(((size - 1) * (1 - Math.cos((Math.PI * (j + 0.5)) / order))) / 2);
  // In small blocks some of the points share a step.
  for (let j = 1; j < order / 2; j++) steps[j] = Math.max(steps[j], steps[j - 1] + 1);
  for (let j = order / 2; j < order; j++) steps[j] = size - 1 - steps[order - 1 - j];
  const basis = new Float64Array(size * order);
  for (let k = 0; k < size; k++)
    for (let j = 0; j < order; j++) {
      let value = 1;
      for (let other = 0; other < order; other++)
        if (other !== j) value *= (k - steps[other]) / (steps[j] - steps[other]);
      basis[k * order + j] = value;
    }
  const fresh = { steps, basis };
  made.set(size, fresh);
  return fresh;
}
