import { describe, expect, it } from 'vitest';
import { chinchilla } from '../../../src/laws/chinchilla.ts';
import { fitLaw } from '../../../src/fit/fitLaw.ts';
import { compareFamilies } from '../../../src/plan/compare/families.ts';
import { observeDifferences } from '../../../src/plan/compare/observed.ts';
import { pairRuns } from '../../../src/plan/compare/pairing.ts';
import { createRuns, type Runs } from '../../../src/runs/index.ts';
import { faster, fitBoth, simulateRuns, truth } from '../../helpers/families.ts';

const frontier = { kind: 'frontier' } as const;
const noError = (): number => 0;

/** The runs with every loss changed. */
const change = (runs: Runs, by: (loss: number, flops: number) => number): Runs => {
  const column = (name: string): number[] => Array.from(runs.quantities[name] ?? []);
  const flops = column('flops');
  return createRuns({
    params: column('params'),
    tokens: column('tokens'),
    loss: column('loss').map((loss, i) => by(loss, flops[i])),
  });
};

describe('pairs of runs', () => {
  it('show the multiplier of the truth by the slope of the baseline alone', () => {
    const fits = fitBoth(simulateRuns([truth, faster(1.4)]));
    const observed = observeDifferences(fits, pairRuns(fits), frontier, 0.9, noError);
    expect(observed).toMatchObject({ pairs: 30, candidateLower: 30, seedNoise: [null, null] });
    for (const { multiplier, fitted, contradicts } of observed?.rungs ?? []) {
      expect(multiplier).toBeCloseTo(1.4, 4);
      expect(fitted).toBeCloseTo(1.4, 4);
      expect(contradicts).toBe(false);
    }
    expect(observed?.rungs.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(30);
  });

  it('have a mean difference with its t interval', () => {
    const fits = fitBoth(simulateRuns([truth, truth]));
    const [first, second] = simulateRuns([truth, truth]);
    const shifted = change(second, (loss, flops) => loss * (flops > 1e19 ? 1.01 : 1.03));
    const [, moved] = fitBoth([first, shifted]);
    const found = observeDifferences([fits[0], moved], pairRuns([fits[0], moved]), frontier, 0.9, noError);
    const high = Array.from(first.quantities.flops ?? []).filter((flops) => flops > 1e19).length;
    const logs = [...Array<number>(high).fill(Math.log(1.01)), ...Array<number>(30 - high).fill(Math.log(1.03))];
    const mean = logs.reduce((sum, x) => sum + x, 0) / 30;
    const sd = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 29);
    expect(found?.mean).toBeCloseTo(mean, 12);
    // t quantile 0.95 of 29 degrees of freedom: 1.699127
    expect(found?.interval?.[1]).toBeCloseTo(mean + (1.699127 * sd) / Math.sqrt(30), 8);
    expect(found?.candidateLower).toBe(0);
  });

  it('are none where no design is in both', () => {
    const [a] = fitBoth(simulateRuns([truth, truth]));
    const [b] = fitBoth(simulateRuns([truth, truth], { sizes: 5, ratios: [7, 13, 30, 60] }));
    expect(observeDifferences([a, b], pairRuns([a, b], { pair: 'params' }), frontier, 0.9, noError)).not.toBeNull();
    expect(pairRuns([a, b]).pairs).toBe(0);
    expect(observeDifferences([a, b], pairRuns([a, b]), frontier, 0.9, noError)).toBeNull();
  });

  it('tell the spread among runs of one design', () => {
    const [runs] = simulateRuns([truth, truth]);
    const twice = (by: number): Runs => {
      const column = (name: string): number[] => Array.from(runs.quantities[name] ?? []).flatMap((x) => [x, x]);
      return createRuns({
        params: column('params'),
        tokens: column('tokens'),
        loss: column('loss').map((x, i) => x * Math.exp(i % 2 === 0 ? by : -by)),
      });
    };
    const fits = [fitLaw(chinchilla, twice(0.002)), fitLaw(chinchilla, twice(0.004))] as const;
    const noise = observeDifferences(fits, pairRuns(fits), frontier, 0.9, noError)?.seedNoise;
    expect(noise?.[0]).toBeCloseTo(0.002 * Math.SQRT2, 9);
    expect(noise?.[1]).toBeCloseTo(0.004 * Math.SQRT2, 9);
  });

  it('contradict laws of another form, and the verdict follows the pairs', async () => {
    const [first, second] = simulateRuns([truth, truth], {
      sizes: 8,
      ratios: [3, 5, 8, 12, 20, 32, 50, 80, 130, 200],
      sd: 0.0005,
      seed: 8,
    });
    // A handicap of short runs alone, as a long warm-up is: it is gone at the largest compute.
    const late = change(first, (loss, flops) => loss * (1 + 0.25 / (1 + (flops / 3e18) ** 2)));
    const bad = fitBoth([late, second]);
    const found = await compareFamilies(bad[0], bad[1], { resamples: 200 });
    expect(found.observed?.rungs.some(({ contradicts }) => contradicts)).toBe(true);
    expect(found.warnings.map(({ code }) => code)).toContain('FAMILIES_FORM');
    const good = fitBoth([first, second]);
    const near = await compareFamilies(good[0], good[1], { resamples: 200 });
    expect(near.warnings.map(({ code }) => code)).not.toContain('FAMILIES_FORM');
  });
});
