import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import type { Fit } from '../../src/fit/result.ts';
import { allocationExponents, allocationFault } from '../../src/laws/allocation.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { skaling } from '../../src/laws/skaling.ts';
import { allocate, allocateEach } from '../../src/plan/allocate.ts';
import { createRuns } from '../../src/runs/index.ts';
import { predictLoss } from '../../src/uncertainty/predict.ts';
import { publishedFit } from '../../src/uncertainty/published.ts';
import { chinchilla240, columnsOf } from '../helpers/data.ts';
import { codeOf, errorOf } from '../helpers/errors.ts';
import { logUniform, syntheticRuns, typicalParams } from '../helpers/laws.ts';
import { fitHere } from '../helpers/refits.ts';

const budget = 5.76e23;
let besiroglu: Fit;
let drawn: Fit;
beforeAll(async () => {
  const runs = await chinchilla240();
  besiroglu = (await fitHere(runs)).fit;
  drawn = (await fitHere(runs, { bootstrap: 1000, seed: 4 })).fit;
});

/** A fit with these coefficients and nothing else. */
const given = (params: Record<string, number>): Fit =>
  publishedFit(chinchilla, { id: 'given', source: 'given', params, verified: false, note: '' });

/** The minimum over ln N of the loss along C = k N D, by golden section. */
function minimize(p: Record<string, number>, flops: number, k = 6): { params: number; loss: number } {
  const loss = (logN: number): number =>
    p.E + p.A * Math.exp(-p.alpha * logN) + p.B * (flops / k / Math.exp(logN)) ** -p.beta;
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0, Math.log(flops / k)];
  while (high - low > 1e-9) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return { params: Math.exp(low), loss: loss(low) };
}

describe('the compute-optimal allocation', () => {
  it('is the minimum along C = 6 N D', () => {
    const random = createRandom(12);
    for (let trial = 0; trial < 50; trial++) {
      const params = {
        E: 2 * random.next(),
        A: logUniform(random, 1, 1e5),
        B: logUniform(random, 1, 1e5),
        alpha: 0.1 + 0.6 * random.next(),
        beta: 0.1 + 0.6 * random.next(),
      };
      const flops = logUniform(random, 1e18, 1e26);
      const plan = allocate(given(params), flops);
      const expected = minimize(params, flops);
      // A minimum is flat: N is known to about the square root of rounding.
      expect(Math.abs(plan.params / expected.params - 1)).toBeLessThan(1e-5);
      expect(Math.abs(plan.loss / expected.loss - 1)).toBeLessThan(1e-12);
      expect(Math.abs((6 * plan.params * plan.tokens) / flops - 1)).toBeLessThan(1e-12);
      expect(plan.tokensPerParam / (plan.tokens / plan.params)).toBeCloseTo(1, 12);
      expect(plan.flops).toBe(flops);
    }
  });

  it('of the refit of Besiroglu et al. is 73B and 1.31T at the budget of Chinchilla', () => {
    const plan = allocate(besiroglu, budget);
    expect(plan.params.toPrecision(3)).toBe('7.32e+10');
    expect(plan.tokens.toPrecision(3)).toBe('1.31e+12');
    expect(plan.tokensPerParam).toBeCloseTo(17.9, 1);
    expect(besiroglu.optimum?.paramsExponent).toBeCloseTo(0.5139, 4);
  });

  it('of Hoffmann et al. is another one with rounded coefficients', () => {
    const rounded = allocate(given({ E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 }), budget);
    expect(rounded.params.toPrecision(3)).toBe('3.22e+10');
    expect(rounded.tokens.toPrecision(3)).toBe('2.98e+12');
    expect(rounded.tokensPerParam).toBeCloseTo(92.6, 1);
    const unrounded = allocate(publishedFit(chinchilla, chinchilla.published[0]), budget);
    expect(unrounded.params / rounded.params).toBeGreaterThan(1.1);
    const { params } = minimize({ ...chinchilla.published[0].params }, budget);
    expect(unrounded.params / params).toBeCloseTo(1, 4);
  });

  it('moves with the exponents of the optimum', () => {
    const [a, b] = [allocate(besiroglu, 1e21), allocate(besiroglu, 1e24)];
    expect(Math.log10(b.params / a.params) / 3).toBeCloseTo(besiroglu.optimum?.paramsExponent ?? NaN, 10);
    expect(Math.log10(b.tokens / a.tokens) / 3).toBeCloseTo(besiroglu.optimum?.tokensExponent ?? NaN, 10);
    expect(b.loss).toBeLessThan(a.loss);
  });

  it('of skaling is that of chinchilla, with the loss of skaling', () => {
    const { params } = skaling.published[0];
    const plan = allocate(publishedFit(skaling, skaling.published[0]), budget);
    const same = allocate(given(params), budget);
    expect(plan.params / same.params).toBeCloseTo(1, 12);
    expect(plan.tokens / same.tokens).toBeCloseTo(1, 12);
    const { E, A, B, alpha, beta, k } = params;
    const lossAt = (n: number): number => E + (A / n ** alpha + B / (budget / (6 * n)) ** beta) ** k;
    expect(plan.loss / lossAt(plan.params)).toBeCloseTo(1, 12);
    for (const factor of [0.98, 1.02]) expect(lossAt(plan.params * factor)).toBeGreaterThan(plan.loss);
  });

  it('has the loss that the fit predicts there', () => {
    const plan = allocate(besiroglu, budget);
    const { loss } = predictLoss(besiroglu, { params: [plan.params], tokens: [plan.tokens] });
    expect(plan.loss).toBeCloseTo(loss[0], 12);
  });

  it('counts FLOP as the data do', async () => {
    const { params, tokens, loss } = columnsOf(await chinchilla240());
    const { fit } = await fitHere(createRuns({ params, tokens, loss }, { flopsPerParamToken: 8 }));
    const plan = allocate(fit, budget);
    expect((8 * plan.params * plan.tokens) / budget).toBeCloseTo(1, 12);
    const same = allocate(besiroglu, (budget * 6) / 8);
    expect(plan.params / same.params).toBeCloseTo(1, 6);
    for (const key of ['params', 'tokens', 'loss'] as const)
      for (const side of [0, 1] as const)
        expect((plan.intervals[key]?.[side] ?? NaN) / (same.intervals[key]?.[side] ?? NaN)).toBeCloseTo(1, 6);
    const values = Object.fromEntries(Object.entries(fit.params).map(([name, p]) => [name, p.value]));
    expect(plan.params / minimize(values, budget, 8).params).toBeCloseTo(1, 4);
  });
});

describe('intervals of an allocation', () => {
  it('hold the estimate, from the covariance and from the draws', () => {
    for (const fit of [besiroglu, drawn]) {
      const plan = allocate(fit, budget);
      for (const key of ['params', 'tokens', 'tokensPerParam', 'loss'] as const) {
        const [low, high] = plan.intervals[key] ?? [NaN, NaN];
        expect(low, key).toBeLessThan(plan[key]);
        expect(high, key).toBeGreaterThan(plan[key]);
      }
    }
  });

  it('agree roughly between the two', () => {
    const [a, b] = [allocate(besiroglu, budget).intervals, allocate(drawn, budget).intervals];
    for (const key of ['params', 'tokens', 'tokensPerParam', 'loss'] as const) {
      const width = (interval: readonly [number, number] | null): number =>
        Math.log((interval?.[1] ?? NaN) / (interval?.[0] ?? NaN));
      expect(width(a[key]) / width(b[key]), key).toBeGreaterThan(0.6);
      expect(width(a[key]) / width(b[key]), key).toBeLessThan(1.6);
    }
  });

  it('mirror each other, because N D is fixed', () => {
    for (const fit of [besiroglu, drawn]) {
      const { params, tokens } = allocate(fit, budget).intervals;
      expect((6 * (params?.[0] ?? NaN) * (tokens?.[1] ?? NaN)) / budget).toBeCloseTo(1, 6);
      expect((6 * (params?.[1] ?? NaN) * (tokens?.[0] ?? NaN)) / budget).toBeCloseTo(1, 6);
    }
  });

  it('are percentiles of the optima of the draws', () => {
    const draws = drawn.bootstrap?.draws ?? new Float32Array();
    const sizes = Array.from({ length: draws.length / 5 }, (_, b) => {
      const [, a, c, alpha, beta] = draws.subarray(5 * b, 5 * b + 5);
      const g = (Math.log(alpha) + a - Math.log(beta) - c) / (alpha + beta);
      return Math.exp(g + (beta / (alpha + beta)) * Math.log(budget / 6));
    });
    const [low, high] = allocate(drawn, budget, { confidence: 0.8 }).intervals.params ?? [NaN, NaN];
    expect(sizes).toHaveLength(1000);
    expect(sizes.filter((n) => n < low)).toHaveLength(100);
    expect(sizes.filter((n) => n > high)).toHaveLength(100);
  });

  it('widen with the confidence and with the distance from the data', () => {
    for (const fit of [besiroglu, drawn]) {
      const width = (flops: number, confidence: number): number => {
        const [low, high] = allocate(fit, flops, { confidence }).intervals.params ?? [NaN, NaN];
        return Math.log(high / low);
      };
      expect(width(budget, 0.5)).toBeLessThan(width(budget, 0.95));
      expect(width(1e21, 0.95)).toBeLessThan(width(1e27, 0.95));
    }
  });

  it('are the same for several budgets at once, and of those quantities only that are asked for', () => {
    const budgets = [1e19, budget, 1e26];
    for (const fit of [besiroglu, drawn]) {
      const each = allocateEach(fit, budgets, { confidence: 0.9 });
      expect(each).toEqual(budgets.map((flops) => allocate(fit, flops, { confidence: 0.9 })));
    }
    const [{ intervals }] = allocateEach(drawn, [budget], { intervals: ['loss'] });
    expect(intervals).toEqual({
      params: null,
      tokens: null,
      tokensPerParam: null,
      loss: allocate(drawn, budget).intervals.loss,
    });
  });

  it('do not exist for published coefficients', () => {
    const { intervals } = allocate(publishedFit(chinchilla, chinchilla.published[0]), budget);
    expect(intervals).toEqual({ params: null, tokens: null, tokensPerParam: null, loss: null });
  });

  it('need no variance of what is fixed', async () => {
    const { fit } = await fitHere(await chinchilla240(), { fixed: { E: 1.8, alpha: 0.35, beta: 0.36, A: 480 } });
    const { intervals, params } = allocate(fit, budget);
    expect(intervals.params?.[0]).toBeLessThan(params);
    // N* varies with the one free parameter as B^(-1/(alpha + beta)).
    const [low, high] = fit.params.B.interval ?? [NaN, NaN];
    const ratio = Math.log((intervals.params?.[1] ?? NaN) / (intervals.params?.[0] ?? NaN));
    expect(ratio / (Math.log(high / low) / 0.71)).toBeCloseTo(1, 6);
  });
});

describe('no optimum', () => {
  const good = { E: 1.7, A: 400, B: 400, alpha: 0.3, beta: 0.3 };
  it.each([
    ['the amplitude of params is 0', { A: 0 }, 'the loss does not fall with params'],
    ['the amplitude of tokens is 0', { B: 0 }, 'the loss does not fall with tokens'],
    ['the exponent of params is 0', { alpha: 0 }, 'the exponent of params is not positive'],
    ['the exponent of tokens is 0', { beta: 0 }, 'the exponent of tokens is not positive'],
    ['an amplitude is not a number', { A: NaN }, 'the loss does not fall with params'],
  ])('exists where %s', (_, change, reason) => {
    const error = errorOf(() => allocate(given({ ...good, ...change }), 1e21));
    expect(error).toMatchObject({ code: 'NO_OPTIMUM', exit: 2, http: 422 });
    expect(error.message).toContain(reason);
    expect(allocationExponents(chinchilla, { ...good, ...change })).toBeNull();
  });

  it('exists for laws of one variable', async () => {
    for (const id of ['params', 'tokens-irreducible', 'flops-irreducible']) {
      const runs = syntheticRuns(findLaw(id), typicalParams[id], { rows: 20, seed: 1, noise: 0.01 });
      const { fit } = await fitHere(runs, { law: id });
      expect(codeOf(() => allocate(fit, 1e21))).toBe('NO_OPTIMUM');
      expect(fit.optimum).toBeNull();
    }
  });

  it.each([0, -1, NaN, Infinity])('is sought for a budget of %d', (flops) => {
    expect(codeOf(() => allocate(given(good), flops))).toBe('QUANTITY_NOT_POSITIVE');
  });

  it('is sought at a confidence of 2', () => {
    expect(codeOf(() => allocate(given(good), 1e21, { confidence: 2 }))).toBe('OPTION_INVALID');
  });

  it('is not claimed for terms that are fine', () => {
    expect(
      allocationFault({ paramsAmplitude: 1, paramsExponent: 1, tokensAmplitude: 1, tokensExponent: 1 }),
    ).toBeUndefined();
    expect(allocationExponents(chinchilla, { ...good, alpha: 0.34, beta: 0.28 })?.paramsExponent).toBeCloseTo(
      0.28 / 0.62,
      12,
    );
  });
});
