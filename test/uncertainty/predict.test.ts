import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import type { Fit } from '../../src/fit/result.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { createRuns } from '../../src/runs/index.ts';
import {
  checkConfidence,
  coordinateDraws,
  coordinatesOf,
  percentiles,
  predictLoss,
  quadraticForm,
} from '../../src/uncertainty/predict.ts';
import { publishedFit } from '../../src/uncertainty/published.ts';
import { chinchilla240 } from '../helpers/data.ts';
import { codeOf, errorOf } from '../helpers/errors.ts';
import { logUniform } from '../helpers/laws.ts';
import { fitHere } from '../helpers/refits.ts';

let delta: Fit;
let drawn: Fit;
beforeAll(async () => {
  const runs = await chinchilla240();
  delta = (await fitHere(runs)).fit;
  drawn = (await fitHere(runs, { bootstrap: 1000, seed: 3 })).fit;
});

const points = { params: [1e9, 7e9, 70e9], tokens: [2e10, 1.4e11, 1.4e12] };

describe('predicted losses', () => {
  it('are those of the formula at the estimate', () => {
    const { E, A, B, alpha, beta } = delta.params;
    const { loss } = predictLoss(delta, points);
    for (const [i, n] of points.params.entries())
      expect(loss[i]).toBeCloseTo(
        E.value + A.value * n ** -alpha.value + B.value * points.tokens[i] ** -beta.value,
        12,
      );
  });

  it.each([
    [0, [-1, 3]],
    [2, []],
  ])('refuse inputs that are not positive', (_, bad) => {
    const params = [1e9, ...(bad.length > 0 ? bad : [NaN])];
    expect(codeOf(() => predictLoss(delta, { params, tokens: params.map(() => 1e10) }))).toBe('QUANTITY_NOT_POSITIVE');
    expect(codeOf(() => predictLoss(delta, { params: [1e9], tokens: [Infinity] }))).toBe('QUANTITY_NOT_POSITIVE');
  });

  it('may be of no points at all', () => {
    expect(predictLoss(delta, { params: [], tokens: [] }).loss).toHaveLength(0);
    expect(predictLoss(drawn, { params: [], tokens: [] }).lower).toHaveLength(0);
  });

  it('of published coefficients have no interval', () => {
    const fit = publishedFit(chinchilla, chinchilla.published[1]);
    const { loss, lower, upper } = predictLoss(fit, { params: [70e9], tokens: [1.4e12] });
    expect(loss[0]).toBeCloseTo(1.97388, 5);
    expect(lower).toBeNull();
    expect(upper).toBeNull();
    expect(fit.params.A).toEqual({ value: 482.01, stderr: 124.5, interval: null, state: 'fixed' });
    expect(fit.data.source).toContain('arXiv 2404.10102');
    expect(fit.optimum?.paramsExponent).toBeCloseTo(0.3658 / (0.3478 + 0.3658), 12);
  });
});

describe('intervals of predictions', () => {
  it('of the delta method and of the bootstrap agree roughly and hold the estimate', () => {
    const [a, b] = [predictLoss(delta, points), predictLoss(drawn, points)];
    expect(drawn.bootstrap?.certified).toBe(1000);
    for (let i = 0; i < 3; i++) {
      for (const p of [a, b]) {
        expect(p.lower?.[i]).toBeLessThan(p.loss[i]);
        expect(p.upper?.[i]).toBeGreaterThan(p.loss[i]);
      }
      const width = (p: typeof a): number => (p.upper?.[i] ?? NaN) - (p.lower?.[i] ?? NaN);
      expect(width(a) / width(b)).toBeGreaterThan(0.6);
      expect(width(a) / width(b)).toBeLessThan(1.6);
    }
    // 70B on 1.4T tokens lies beyond the data: less is known there than in their middle.
    const relative = (i: number): number => ((b.upper?.[i] ?? NaN) - (b.lower?.[i] ?? NaN)) / b.loss[i];
    expect(relative(2)).toBeGreaterThan(2 * relative(0));
  });

  it('are percentiles of the law over the draws', () => {
    const { lower, upper } = predictLoss(drawn, { params: [70e9], tokens: [1.4e12] }, { confidence: 0.8 });
    const losses = [...coordinateDraws(drawn)]
      .map(([e, a, b, alpha, beta]) => Math.exp(e) + Math.exp(a) * 70e9 ** -alpha + Math.exp(b) * 1.4e12 ** -beta)
      .sort((x, y) => x - y);
    expect(losses).toHaveLength(1000);
    // 10% of 1,000 draws are below, 10% above.
    expect(losses.filter((loss) => loss < (lower?.[0] ?? NaN))).toHaveLength(100);
    expect(losses.filter((loss) => loss > (upper?.[0] ?? NaN))).toHaveLength(100);
  });

  it('widen with the confidence', () => {
    for (const fit of [delta, drawn]) {
      const width = (confidence: number): number => {
        const { lower, upper } = predictLoss(fit, { params: [70e9], tokens: [1.4e12] }, { confidence });
        return (upper?.[0] ?? NaN) - (lower?.[0] ?? NaN);
      };
      expect(width(0.5)).toBeLessThan(width(0.9));
      expect(width(0.9)).toBeLessThan(width(0.99));
    }
  });

  it.each([0, 1, -0.1, 1.5, NaN, 95])('refuse a confidence of %d', (confidence) => {
    expect(codeOf(() => predictLoss(delta, points, { confidence }))).toBe('OPTION_INVALID');
    expect(errorOf(() => checkConfidence(confidence)).message).toContain('such as 0.95');
  });

  it('follow a first-order change of the coordinates', () => {
    // At one point the variance of ln L is g' C g: compare with the spread of draws from a normal of that covariance.
    const { matrix } = delta.covariance;
    const theta = coordinatesOf(delta);
    const gradient = theta.map((_, k) => {
      const at = (t: number): number => {
        const [e, a, b, alpha, beta] = theta.map((x, j) => (j === k ? x + t : x));
        return Math.log(Math.exp(e) + Math.exp(a) * 70e9 ** -alpha + Math.exp(b) * 1.4e12 ** -beta);
      };
      return (at(1e-6) - at(-1e-6)) / 2e-6;
    });
    const error = Math.sqrt(quadraticForm(matrix ?? new Float64Array(25), gradient));
    const { loss, lower, upper } = predictLoss(delta, { params: [70e9], tokens: [1.4e12] });
    // 235 degrees of freedom: t = 1.97011.
    expect(Math.log((upper?.[0] ?? NaN) / loss[0]) / error).toBeCloseTo(1.97011, 3);
    expect(Math.log(loss[0] / (lower?.[0] ?? NaN)) / error).toBeCloseTo(1.97011, 3);
  });

  it('cover the true mean as often as they say', async () => {
    const law = findLaw('params');
    let hits = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = createRandom(seed, 55);
      const params = Array.from({ length: 25 }, () => logUniform(random, 1e7, 1e9));
      const loss = params.map((n) => 11 * n ** -0.07 * Math.exp(0.02 * random.normal()));
      const { fit } = await fitHere(createRuns({ params, loss }), {
        law: law.id,
        objective: 'log-mse',
        covariance: 'classical',
      });
      const { lower, upper } = predictLoss(fit, { params: [1e10] }, { confidence: 0.9 });
      const truth = 11 * 1e10 ** -0.07;
      if ((lower?.[0] ?? NaN) <= truth && truth <= (upper?.[0] ?? NaN)) hits++;
    }
    expect(hits / 300).toBeGreaterThan(0.9 - 4 * Math.sqrt(0.09 / 300));
    expect(hits / 300).toBeLessThan(0.9 + 4 * Math.sqrt(0.09 / 300));
  });

  it('use only part of the draws for very many points, with nearly the same result', () => {
    const many = Array.from({ length: 20_000 }, () => 7e9);
    const few = predictLoss(drawn, { params: [7e9], tokens: [1.4e11] });
    const large = predictLoss(drawn, { params: many, tokens: many.map(() => 1.4e11) });
    expect(large.lower?.[19_999]).toBe(large.lower?.[0]);
    expect(Math.abs((large.lower?.[0] ?? NaN) - (few.lower?.[0] ?? NaN))).toBeLessThan(0.01);
  });
});

describe('percentiles', () => {
  it('are the ends of the central share', () => {
    const sample = Float64Array.from({ length: 1001 }, (_, i) => ((i * 617) % 1001) / 1000);
    const [low, high] = percentiles(sample, 0.9);
    expect(low).toBeCloseTo(0.05, 3);
    expect(high).toBeCloseTo(0.95, 3);
  });

  it('put terms that are off at the lower end', () => {
    const sample = Float64Array.of(1, -Infinity, 2, 3, -Infinity);
    expect(percentiles(sample, 0.5)[0]).toBe(-Infinity);
    expect(percentiles(sample, 0.5)[1]).toBe(2);
  });
});
