import { describe, expect, it } from 'vitest';
import {
  exactRandomFeatures,
  randomFeatureDefaults,
  randomFeatureTruth,
  trainRandomFeatures,
  type RandomFeatures,
} from '../../../src/proxy/testbeds/randomFeatures.ts';
import { randomFeatureRuns, testbedCsv } from '../../../src/proxy/testbeds/testbeds.ts';
import { parseRuns } from '../../../src/runs/index.ts';
import { fitHere } from '../../helpers/refits.ts';

const small: RandomFeatures = { ...randomFeatureDefaults, modes: 256 };

/** Slope of what is left above the floor when one of the two doubles. */
const slope = (
  bed: RandomFeatures,
  at: (scale: number) => readonly [number, number],
  floor = bed.noise ** 2,
): number => {
  const above = (scale: number): number => exactRandomFeatures(bed, ...at(scale)).loss - floor;
  return Math.log2(above(1) / above(2));
};

describe('random features', () => {
  it('have the error that theory gives, in the mean over draws', () => {
    for (const [n, d] of [
      [32, 64],
      [64, 32],
      [48, 48],
    ]) {
      const losses = Array.from({ length: 40 }, (_, seed) => trainRandomFeatures({ ...small, noise: 0.3 }, n, d, seed));
      const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
      const spread = Math.sqrt(
        losses.reduce((sum, x) => sum + (x - mean) ** 2, 0) / losses.length / (losses.length - 1),
      );
      const exact = exactRandomFeatures({ ...small, noise: 0.3 }, n, d).loss;
      // Three standard errors, and what theory leaves out at sizes such as these.
      expect(Math.abs(mean - exact)).toBeLessThan(3 * spread + 0.02 * exact);
    }
  });

  it('are solved by the same readout whichever of features and samples are fewer', () => {
    // Either system of equations gives the ridge solution; at equal numbers both are used by a hair.
    const near = [63, 64, 65].map((d) => trainRandomFeatures(small, 64, d, 0) / exactRandomFeatures(small, 64, d).loss);
    for (const ratio of near) expect(Math.abs(Math.log(ratio))).toBeLessThan(0.6);
  });

  it.each([
    ['resolution-limited by features', 0, (s: number) => [512 * s, Infinity] as const, 'paramsExponent', 0.01],
    ['resolution-limited by samples', 0, (s: number) => [Infinity, 512 * s] as const, 'tokensExponent', 0.01],
    ['by features with noise', 0.5, (s: number) => [512 * s, Infinity] as const, 'paramsExponent', 0.01],
    // Noise wins over the spectrum slowly.
    ['by samples with noise', 2, (s: number) => [Infinity, 2 ** 17 * s] as const, 'tokensExponent', 0.02],
  ] as const)('have the exponent that was derived, %s', (_, noise, at, name, within) => {
    const bed = { ...randomFeatureDefaults, noise, modes: 8192 };
    expect(Math.abs(slope(bed, at) - randomFeatureTruth(bed)[name])).toBeLessThan(within);
  });

  it('are variance-limited in what the other one adds', () => {
    const limit = exactRandomFeatures(small, 16, Infinity).loss;
    expect(slope(small, (s) => [16, 4096 * s], limit)).toBeCloseTo(1, 1.5);
    expect(slope(small, (s) => [4096 * s, 16], exactRandomFeatures(small, Infinity, 16).loss)).toBeCloseTo(1, 1.5);
  });

  it('exchange features and samples where target and spectrum fall alike', () => {
    for (const [n, d] of [
      [16, 64],
      [40, 200],
    ])
      expect(exactRandomFeatures(small, n, d).loss).toBeCloseTo(exactRandomFeatures(small, d, n).loss, 9);
  });

  it('have the least loss at the ridge that is given', () => {
    // A target that falls faster than features can mix ends at the exponent of the spectrum.
    const steep = { ...randomFeatureDefaults, spectrum: 0.5, target: 2.5, modes: 8192 };
    expect(randomFeatureTruth(steep).paramsExponent).toBe(1.5);
    expect(slope(steep, (s) => [512 * s, Infinity])).toBeCloseTo(1.5, 1);
  });

  it('give a fit the derived exponents within its interval', async () => {
    const bed = randomFeatureRuns({ params: [16, 32, 64, 128], tokens: [16, 32, 64, 128], seeds: 4, modes: 256 });
    expect(randomFeatureRuns({ params: [16], tokens: [32], seeds: 1, modes: 256 }).rows[0]).toEqual(
      bed.rows.find(({ run }) => run === 'n16-d32-s0'),
    );
    const runs = await parseRuns(testbedCsv(bed));
    const { fit } = await fitHere(runs, { objective: 'log-mse', tied: { beta: 'alpha' }, fixed: { E: 0 } });
    const [low, high] = fit.params.alpha.interval ?? [NaN, NaN];
    expect(low).toBeLessThan(0.7);
    expect(high).toBeGreaterThan(0.7);
    expect(high - low).toBeLessThan(0.25);
  });
});
