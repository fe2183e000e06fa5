import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { capabilitiesOf, fitCapabilities } from '../../src/observational/capabilities.ts';
import { capabilityErrors } from '../../src/observational/capabilityErrors.ts';
import { errorOf } from '../helpers/errors.ts';
import { publicModels } from './example.ts';

const p = publicModels.benchmarks.length;
const all = [...publicModels.models.keys()];
const complete = all.filter((row) => !publicModels.scores.subarray(row * p, row * p + p).some(Number.isNaN));
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
const dot = (a: Float64Array, b: Float64Array): number => sum(a.map((x, j) => x * b[j]));
const direction = (loadings: Float64Array, k: number): Float64Array => loadings.subarray(k * p, k * p + p);

describe('principal capabilities', () => {
  it('hold the variance that the paper gives, on the 124 models without a missing score', () => {
    const { explained, complete: whole, imputed } = fitCapabilities(publicModels, complete);
    expect([complete.length, whole, imputed]).toEqual([124, 124, 0]);
    expect((100 * explained[0]).toFixed(1)).toBe('84.3');
    expect((100 * sum(explained.subarray(0, 3))).toFixed(1)).toBe('97.4');
    expect(sum(explained)).toBeCloseTo(1, 12);
  });

  it('are orthonormal, with the largest entry of each positive, and uncorrelated over the models', () => {
    const capabilities = fitCapabilities(publicModels, complete);
    const { loadings } = capabilities;
    for (let a = 0; a < p; a++) {
      const own = direction(loadings, a);
      expect(Math.max(...own)).toBe(Math.max(...own.map(Math.abs)));
      for (let b = 0; b < p; b++) expect(dot(own, direction(loadings, b))).toBeCloseTo(a === b ? 1 : 0, 12);
    }
    const places = complete.map((row) =>
      capabilitiesOf(capabilities, publicModels.scores.subarray(row * p, row * p + p)),
    );
    for (let a = 0; a < p; a++) {
      expect(sum(places.map((place) => place[a])) / places.length).toBeCloseTo(0, 12);
      for (let b = 0; b < a; b++) expect(sum(places.map((place) => place[a] * place[b]))).toBeCloseTo(0, 10);
    }
  });

  it('do not depend on the order of models, and fill in missing scores to where they stay', () => {
    const forward = fitCapabilities(publicModels, all, { tolerance: 1e-12 });
    const backward = fitCapabilities(publicModels, all.toReversed(), { tolerance: 1e-12 });
    expect(forward).toMatchObject({ settled: true, imputed: 40, complete: 124 });
    for (const [at, value] of forward.loadings.entries()) expect(backward.loadings[at]).toBeCloseTo(value, 9);
    // The tolerance of the paper's code is near enough.
    const loose = fitCapabilities(publicModels, all);
    expect(Math.abs(loose.explained[0] - forward.explained[0])).toBeLessThan(1e-5);
  });

  it('find one capability behind scores of which a tenth is missing', () => {
    const random = createRandom(1);
    const weights = [0.3, 0.2, 0.1, 0.25];
    const truth = Array.from({ length: 60 }, () => random.next());
    const scores = Float64Array.from(
      truth.flatMap((s) => weights.map((w) => (random.next() < 0.1 ? NaN : 0.1 + w * s))),
    );
    const table = { benchmarks: ['a', 'b', 'c', 'd'], scores };
    const found = fitCapabilities(table, [...truth.keys()], { tolerance: 1e-12 });
    const size = Math.hypot(...weights);
    expect(found.imputed).toBeGreaterThan(10);
    expect(found.explained[0]).toBeCloseTo(1, 9);
    for (const [j, w] of weights.entries()) expect(found.loadings[j]).toBeCloseTo(w / size, 6);
    // A further model of which one score is known is placed by it.
    const mean = sum(truth) / truth.length;
    expect(capabilitiesOf(found, [NaN, 0.1 + 0.2 * 2, NaN, NaN])[0]).toBeCloseTo(size * (2 - mean), 5);
    expect(capabilitiesOf(found, [NaN, NaN, NaN, NaN])[0]).toBeNaN();
  });

  it('have errors from families, which are larger than those of models one by one', () => {
    const capabilities = fitCapabilities(publicModels, all);
    const errorsBy = (families: readonly string[]): number =>
      capabilityErrors({ ...publicModels, families }, all, capabilities, { resamples: 60, seed: 0 })?.explained[0] ??
      NaN;
    const byFamily = errorsBy(publicModels.families);
    expect(byFamily).toBeGreaterThan(errorsBy(publicModels.models));
    expect(byFamily).toBeGreaterThan(0.01);
    expect(byFamily).toBeLessThan(0.04);
  });

  it.each([
    ['two models', [0, 1], /2 models with scores/],
    ['no model', [], /0 models/],
  ] as const)('are refused for %s', (_, rows, message) => {
    expect(errorOf(() => fitCapabilities(publicModels, rows))).toMatchObject({
      code: 'MODELS_TOO_FEW',
      message: expect.stringMatching(message) as string,
    });
  });

  it('are refused where all models have the same scores', () => {
    const table = { benchmarks: ['a', 'b'], scores: new Float64Array(8).fill(0.5) };
    expect(errorOf(() => fitCapabilities(table, [0, 1, 2, 3])).message).toContain('all have the same scores');
  });

  it('are refused where nobody was scored on a benchmark', () => {
    const table = { benchmarks: ['a', 'b'], scores: Float64Array.of(0.1, NaN, 0.2, NaN, 0.3, NaN) };
    expect(errorOf(() => fitCapabilities(table, [0, 1, 2])).message).toContain('no model with a score on b');
  });
});
