import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import type { Fit } from '../../../src/fit/result.ts';
import { chinchilla } from '../../../src/laws/chinchilla.ts';
import { dataConstrained } from '../../../src/laws/dataConstrained.ts';
import { findLaw } from '../../../src/laws/index.ts';
import { evaluateLaw } from '../../../src/laws/law.ts';
import { loadFit } from '../../../src/node/savedFits.ts';
import { loadAccelerators } from '../../../src/node/accelerators.ts';
import { kaplanConstants } from '../../../src/plan/kaplan.ts';
import { allocate } from '../../../src/plan/allocate.ts';
import { acceleratorOf, type Accelerator } from '../../../src/plan/budget/accelerator.ts';
import { planRun } from '../../../src/plan/budget/plan.ts';
import type { PlanRequest } from '../../../src/plan/budget/request.ts';
import { publishedFit } from '../../../src/uncertainty/published.ts';
import { codeOf, errorOf } from '../../helpers/errors.ts';
import { logUniform } from '../../helpers/laws.ts';

const given = (params: Record<string, number>, law = 'chinchilla'): Fit =>
  publishedFit(findLaw(law), { id: 'given', source: 'given', params, verified: false, note: '' });
const rounded = given({ E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 });
const hoffmann = publishedFit(chinchilla, chinchilla.published[0]);
const muennighoff = publishedFit(dataConstrained, dataConstrained.published[0]);

let saved: Fit;
let h100: Accelerator;
beforeAll(async () => {
  saved = await loadFit('fits/chinchilla.json');
  h100 = acceleratorOf(await loadAccelerators(), 'h100-sxm');
});

describe('published cases', () => {
  it('serves 10T tokens at the quality of Chinchilla 30B with a smaller model on more tokens (Sardana)', () => {
    const plan = planRun(rounded, { matchParams: 30e9, inferenceTokens: 1e13 });
    const alone = planRun(rounded, { matchParams: 30e9 });
    expect(alone.params / 30e9).toBeCloseTo(1, 6);
    expect(plan.params / 1e9).toBeCloseTo(15.9, 1);
    expect(plan.params / 30e9).toBeCloseTo(0.529, 3);
    expect(plan.tokens / alone.tokens).toBeCloseTo(2.21, 2);
    expect(plan.loss).toBeCloseTo(alone.loss, 9);
    // What it costs to serve is a third of the FLOP of training, for each parameter and token.
    expect(plan.cost.inferenceFlops).toBeCloseTo(2 * plan.params * 1e13, -18);
    expect(plan.cost.flops).toBeLessThan(6 * alone.params * alone.tokens + 2 * alone.params * 1e13);
  });

  it('is the compute-optimal allocation where compute is the only limit (Hoffmann, Besiroglu)', () => {
    for (const [fit, flops] of [
      [hoffmann, 5.76e23],
      [saved, 5.76e23],
      [saved, 1e20],
    ] as const) {
      const plan = planRun(fit, { flops });
      const best = allocate(fit, flops);
      expect(plan.params / best.params).toBeCloseTo(1, 5);
      expect(plan.loss / best.loss).toBeCloseTo(1, 12);
    }
    expect(planRun(saved, { flops: 5.76e23 }).params).toBeCloseTo(7.32e10, -9);
    expect(planRun(rounded, { flops: 5.76e23 }).tokensPerParam).toBeCloseTo(92.6, 1);
  });

  it('knows what epochs are worth (Muennighoff)', () => {
    // D'/U at so many epochs, arXiv 2305.16264 with RD = 15.387756; the last digit as in the reference.
    for (const [epochs, worth] of [
      [2, 1.9682],
      [4, 3.7257],
      [16, 10.582],
      [40, 15.167],
    ]) {
      const plan = planRun(rounded, {
        maxParams: 1e8,
        minParams: 1e8,
        uniqueTokens: 1e9,
        minTokens: epochs * 1e9,
        maxTokens: epochs * 1e9,
      });
      expect(plan.epochs).toBeCloseTo(epochs, 9);
      expect(plan.effective.tokens / 1e9).toBeCloseTo(worth, epochs < 10 ? 4 : 3);
    }
    // The law of the paper, and the law of single epochs with its worth of repetition, are one.
    const { E, A, B, alpha, beta } = dataConstrained.published[0].params;
    const request: PlanRequest = { flops: 1e22, uniqueTokens: 2e10 };
    const own = planRun(muennighoff, request);
    const lent = planRun(given({ E, A, B, alpha, beta }), request);
    expect(lent.params / own.params).toBeCloseTo(1, 4);
    expect(lent.loss).toBeCloseTo(own.loss, 10);
    expect(own.epochs).toBeGreaterThan(4);
    const direct = evaluateLaw(dataConstrained, dataConstrained.published[0].params, {
      params: [own.params],
      tokens: [own.tokens],
      uniqueTokens: [2e10],
    })[0];
    expect(own.loss).toBeCloseTo(direct, 10);
  });
});

describe('every plan', () => {
  /** Loss of a point under a request, by the formulas written out once more. */
  const lossAt = (p: Record<string, number>, request: PlanRequest, n: number, d: number): number => {
    const { uniqueTokens: u = Infinity } = request;
    const worth = (x: number, unique: number, r: number): number =>
      x <= unique ? x : unique + unique * r * (1 - Math.exp(-(x / unique - 1) / r));
    const fed = u === Infinity ? Infinity : ((p.alpha * p.A * u ** p.beta) / (p.beta * p.B)) ** (1 / p.alpha);
    const size = d <= u ? n : worth(n, Math.min(n, fed), 5.309743);
    return p.E + p.A * size ** -p.alpha + p.B * worth(d, u, 15.387756) ** -p.beta;
  };

  it('is feasible and no worse than a fine grid, whatever the limits', () => {
    const random = createRandom(8);
    let binds = 0;
    for (let trial = 0; trial < 40; trial++) {
      const p = {
        E: logUniform(random, 1.2, 2.4),
        A: logUniform(random, 50, 2000),
        B: logUniform(random, 50, 8000),
        alpha: logUniform(random, 0.2, 0.5),
        beta: logUniform(random, 0.2, 0.5),
      };
      const flops = logUniform(random, 1e19, 1e25);
      const maybe = (low: number, high: number): number | undefined =>
        random.next() < 0.4 ? logUniform(random, low, high) : undefined;
      const request: PlanRequest = {
        flops,
        inferenceTokens: maybe(1e9, 1e13),
        uniqueTokens: maybe(1e9, 1e12),
        maxParams: maybe(1e8, 1e11),
        maxTokens: maybe(1e10, 1e13),
      };
      const plan = planRun(given(p), request);
      const cost = (n: number, d: number): number => 6 * n * d + 2 * n * (request.inferenceTokens ?? 0);
      expect(cost(plan.params, plan.tokens)).toBeLessThanOrEqual(flops * (1 + 1e-9));
      expect(plan.params).toBeLessThanOrEqual((request.maxParams ?? Infinity) * (1 + 1e-9));
      expect(plan.tokens).toBeLessThanOrEqual((request.maxTokens ?? Infinity) * (1 + 1e-9));
      expect(plan.loss).toBeCloseTo(lossAt(p, request, plan.params, plan.tokens), 9);
      binds += plan.limits.filter(({ isBinding }) => isBinding).length;
      let best = Infinity;
      const top = Math.min(request.maxParams ?? Infinity, 1e14);
      for (let i = 0; i <= 4000; i++) {
        const n = 1e4 * (top / 1e4) ** (i / 4000);
        const most = Math.min((flops - cost(n, 0)) / (6 * n), request.maxTokens ?? Infinity);
        if (most < 1e3) continue;
        for (const share of [1, 0.99, 0.9, 0.5]) best = Math.min(best, lossAt(p, request, n, share * most));
      }
      expect(plan.loss).toBeLessThanOrEqual(best * (1 + 1e-6));
    }
    expect(binds).toBeGreaterThan(40);
  });

  it('reaches a loss at the least cost', () => {
    const p = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
    for (const [target, served, maxParams] of [
      [2.2, 0, undefined],
      [2.2, 1e12, undefined],
      [2.0, 1e13, undefined],
      [2.0, 1e11, 2e10],
    ] as const) {
      const plan = planRun(rounded, {
        targetLoss: target,
        ...(served > 0 ? { inferenceTokens: served } : {}),
        ...(maxParams === undefined ? {} : { maxParams }),
      });
      expect(plan.loss).toBeLessThanOrEqual(target * (1 + 1e-12));
      let best = Infinity;
      for (let i = 0; i <= 200_000; i++) {
        const n = 1e7 * (Math.min(maxParams ?? Infinity, 1e13) / 1e7) ** (i / 200_000);
        const left = target - p.E - p.A * n ** -p.alpha;
        if (left > 0) best = Math.min(best, 6 * n * (p.B / left) ** (1 / p.beta) + 2 * n * served);
      }
      expect(plan.cost.flops).toBeLessThanOrEqual(best * (1 + 1e-6));
    }
  });

  it('of every law of params and tokens is no worse than a grid', () => {
    for (const id of ['skaling', 'multiplicative-irreducible', 'kaplan', 'farseer', 'chinchilla']) {
      const law = findLaw(id);
      const source = law.published[0] as (typeof law.published)[number] | undefined;
      if (source === undefined) continue;
      const fit = publishedFit(law, source);
      const plan = planRun(fit, { flops: 1e22, maxParams: 3e10 });
      for (let i = 0; i <= 2000; i++) {
        const n = 1e6 * 3e4 ** (i / 2000);
        const [loss] = evaluateLaw(law, source.params, { params: [n], tokens: [1e22 / 6 / n] });
        expect(plan.loss).toBeLessThanOrEqual(loss * (1 + 1e-6));
      }
    }
  });
});

describe('time, money and batches', () => {
  it('trains as much as fits into the time, and says what it costs', () => {
    const machine = { accelerator: h100, count: 1024, pricePerHour: 2.5, trainingMfu: 0.4 };
    const plan = planRun(saved, { wallClock: 30 * 86_400, machine });
    const flops = 1024 * 989e12 * 0.4 * 30 * 86_400;
    expect(plan.cost.flops / flops).toBeCloseTo(1, 9);
    expect(plan.cost.money).toBeCloseTo(1024 * 24 * 30 * 2.5, 3);
    expect(plan.time).toEqual({ seconds: expect.closeTo(30 * 86_400, 3) as number, accelerators: 1024 });
    const cheap = planRun(saved, { money: 1e5, wallClock: 30 * 86_400, machine });
    expect(cheap.cost.money).toBeCloseTo(1e5, 4);
    expect(cheap.limits.map(({ name, isBinding }) => [name, isBinding])).toEqual([
      ['money', true],
      ['wallClock', false],
    ]);
  });

  it('takes a larger batch where the time asks for it, at a price in tokens, and none beyond the critical one', () => {
    const machine = { accelerator: h100 };
    const slow = planRun(saved, { flops: 1e23, wallClock: 3e7, machine });
    const fast = planRun(saved, { flops: 1e23, wallClock: 1.5e5, machine });
    expect(slow.batch.worth).toBe(1);
    expect(slow.batch.tokens).toBe(slow.batch.best);
    expect(fast.batch.worth).toBeLessThan(1);
    expect(fast.batch.tokens).toBeGreaterThan(fast.batch.best);
    expect(fast.batch.tokens).toBeLessThanOrEqual(fast.batch.critical * (1 + 1e-9));
    expect(fast.loss).toBeGreaterThan(slow.loss);
    const { tokens: batch, best, critical, worth } = fast.batch;
    expect(worth).toBeCloseTo((1 + best / critical) / (1 + batch / critical), 12);
    expect(fast.effective.tokens / fast.tokens).toBeCloseTo(worth, 12);
    // Training takes the time there is, on as many accelerators as the batch feeds with a sequence each.
    expect(fast.time?.seconds).toBeLessThanOrEqual(1.5e5 * (1 + 1e-9));
    expect(fast.time?.accelerators).toBeCloseTo(batch / 4096, 6);
    expect(fast.limits.map(({ name, isBinding }) => [name, isBinding])).toEqual([
      ['flops', true],
      ['wallClock', true],
    ]);
    const hurried = planRun(saved, { wallClock: 3 * 86_400, machine });
    expect(hurried.batch.tokens / hurried.batch.critical).toBeGreaterThan(0.5);
    expect(hurried.time?.seconds).toBeLessThanOrEqual(3 * 86_400 * (1 + 1e-9));
  });

  it('under a limit of time is no worse than a grid of sizes and tokens', () => {
    const p = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
    const { Bstar, alphaB } = kaplanConstants;
    const rate = h100.peakFlops * h100.trainingMfu;
    for (const [seconds, count] of [
      [2e4, undefined],
      [3e5, undefined],
      [3e5, 700],
      [3e6, 20_000],
    ] as const) {
      const plan = planRun(rounded, { wallClock: seconds, machine: { accelerator: h100, count } });
      let best = Infinity;
      for (let i = 0; i <= 500; i++)
        for (let j = 0; j <= 500; j++) {
          const [n, d] = [1e8 * 1e4 ** (i / 500), 1e10 * 1e4 ** (j / 500)];
          const plain = p.E + p.A * n ** -p.alpha + p.B * d ** -p.beta;
          const critical = Bstar / plain ** (1 / alphaB);
          const usual = Math.min(0.58 * d ** 0.571, critical);
          const needed = (6 * n * d * 4096) / (rate * seconds);
          if (needed > critical || 6 * n * d > (count ?? Infinity) * rate * seconds) continue;
          const batch = Math.max(usual, needed);
          const worth = (1 + usual / critical) / (1 + batch / critical);
          best = Math.min(best, p.E + p.A * n ** -p.alpha + p.B * (d * worth) ** -p.beta);
        }
      expect(plan.loss).toBeLessThanOrEqual(best * (1 + 1e-6));
      expect(plan.loss).toBeGreaterThan(best * (1 - 5e-3));
    }
  });

  it('has the batch and learning rate of the Step Law unless a fit says otherwise', () => {
    const plan = planRun(rounded, { minParams: 1e9, maxParams: 1e9, minTokens: 1e11, maxTokens: 1e11 });
    expect(plan.learningRate.value).toBeCloseTo(1.632e-3, 5);
    expect(plan.batch.best / 1e6).toBeCloseTo(1.108, 2);
    expect(plan.steps).toBeCloseTo(1e11 / plan.batch.tokens, 6);
    expect(plan.warnings.map(({ code }) => code)).toContain('PLAN_BORROWED');
    const law = findLaw('learning-rate-of-flops');
    const learningRateFit = publishedFit(law, law.published[0]);
    const own = planRun(rounded, { flops: 1e20, learningRateFit });
    expect(own.learningRate.value).toBeCloseTo(9.86e-4, 6);
    expect(codeOf(() => planRun(rounded, { flops: 1e20, batchFit: learningRateFit }))).toBe('OPTION_INVALID');
  });

  it('fits the model into the memory where it is served', () => {
    const plan = planRun(saved, { flops: 1e24, serving: { memory: 80e9, bytesPerParam: 2 } });
    expect(plan.params).toBeCloseTo(40e9, -1);
  });
});

describe('how sure a plan is', () => {
  it('has a calibrated interval, a near-optimal region and the price of being wrong', () => {
    const plan = planRun(saved, { flops: 5.76e23, within: 0.01 });
    expect(plan.calibrated?.newRun[0]).toBeLessThan(plan.calibrated?.newRun[1] ?? 0);
    const { params, values } = plan.nearOptimal;
    for (const k of [0, 1] as const) {
      const [loss] = evaluateLaw(chinchilla, coefficients(saved), {
        params: [params[k]],
        tokens: [5.76e23 / 6 / params[k]],
      });
      expect(loss / plan.loss).toBeCloseTo(1.01, 9);
      expect(values[k]).toBeCloseTo(loss, 9);
    }
    const interval = allocate(saved, 5.76e23).intervals.params;
    expect(plan.wrong?.params[0]).toBeCloseTo(interval?.[0] ?? NaN, -10);
    expect(plan.wrong?.params[1]).toBeCloseTo(interval?.[1] ?? NaN, -10);
    for (const end of plan.wrong?.ends ?? []) {
      expect(end.lossLost).toBeGreaterThan(0);
      expect(end.loss - end.bestLoss).toBeCloseTo(end.lossLost, 12);
      expect(end.costLost).toBeGreaterThan(0);
      expect(end.costLost).toBeLessThan(5.76e23);
    }
    expect(plan.wrong?.lossLost.mean).toBeLessThan(plan.wrong?.lossLost.most ?? 0);
  });

  it('warns of ratios and of epochs that nothing in the data supports', () => {
    const codes = (request: PlanRequest): string[] => planRun(saved, request).warnings.map(({ code }) => code);
    expect(codes({ flops: 1e22, maxParams: 1e8 })).toContain('PLAN_RATIO');
    expect(codes({ flops: 1e24, uniqueTokens: 1e11 })).toContain('PLAN_REPEATS');
    expect(codes({ flops: 1e21 })).not.toContain('PLAN_RATIO');
  });
});

const coefficients = (fit: Fit): Record<string, number> =>
  Object.fromEntries(Object.entries(fit.params).map(([name, { value }]) => [name, value]));

describe('requests that cannot be met', () => {
  it('name the two that contradict each other, and by how much', () => {
    const message = (request: PlanRequest): string => errorOf(() => planRun(saved, request)).message;
    const target = message({ targetLoss: 1.95, maxParams: 1e9 });
    expect(target).toContain('A loss of 1.95 and the largest size of at most 1B parameters contradict each other');
    expect(target).toContain('17.4B parameters');
    expect(target).toMatch(/17\.4 times/);
    expect(message({ targetLoss: 1.9, flops: 1e24 })).toContain('2.06e25 FLOP, 20.6 times');
    const three = message({ flops: 1e22, minParams: 70e9, minTokens: 1e12 });
    expect(three).toContain('At least 70B parameters and the compute of at most 1e22 FLOP');
    expect(three).toContain('4.2e23 FLOP (with at least 1T tokens), 42 times');
    expect(message({ targetLoss: 1.95, uniqueTokens: 1e9 })).toContain('the 1B distinct tokens');
    expect(message({ minParams: 1e10, maxParams: 1e9, flops: 1e24 })).toContain('10 times');
    expect(message({ flops: 1e15, inferenceTokens: 1e13 })).toContain('Serving 10T tokens and the compute');
    expect(message({ targetLoss: 1.95, wallClock: 3600, machine: { accelerator: h100, count: 8 } })).toContain(
      'the wall-clock time of at most 60 min',
    );
  });

  it('are met once the limit allows what the message asks for', () => {
    const request: PlanRequest = { targetLoss: 1.95, maxParams: 4e10, flops: 1e23 };
    const error = errorOf(() => planRun(saved, request));
    const factor = (error.details as { readonly factor: number }).factor;
    expect(codeOf(() => planRun(saved, { ...request, flops: 1e23 * factor * 0.999 }))).toBe('PLAN_CONTRADICTORY');
    expect(planRun(saved, { ...request, flops: 1e23 * factor * 1.001 }).loss).toBeLessThanOrEqual(1.95 * (1 + 1e-9));
  });

  it('are refused with what is missing', () => {
    const code = (request: PlanRequest): string | undefined => codeOf(() => planRun(saved, request));
    expect(code({})).toBe('PLAN_INCOMPLETE');
    expect(code({ maxParams: 1e9 })).toBe('PLAN_INCOMPLETE');
    expect(code({ money: 1e6 })).toBe('PLAN_INCOMPLETE');
    expect(code({ money: 1e6, machine: { accelerator: h100 } })).toBe('PLAN_INCOMPLETE');
    expect(code({ flops: 1e20, maxEpochs: 2 })).toBe('PLAN_INCOMPLETE');
    expect(code({ targetLoss: 2, matchParams: 1e9 })).toBe('PLAN_INCOMPLETE');
    expect(code({ targetLoss: 1.7 })).toBe('TARGET_UNREACHABLE');
    expect(code({ flops: -1 })).toBe('QUANTITY_NOT_POSITIVE');
    expect(code({ flops: 1e20, machine: { accelerator: h100, trainingMfu: 2 } })).toBe('OPTION_INVALID');
    const ofFlops = findLaw('flops-irreducible');
    const other = given(Object.fromEntries(ofFlops.params.map(({ name }) => [name, 1])), ofFlops.id);
    expect(codeOf(() => planRun(other, { flops: 1e20 }))).toBe('NO_OPTIMUM');
  });
});
