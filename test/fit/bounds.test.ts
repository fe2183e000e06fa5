import { describe, expect, it } from 'vitest';
import { IsoflopError } from '../../src/core/errors.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { toParams } from '../../src/laws/law.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { readRuns } from '../../src/runs/files.ts';

const runs = await readRuns('data/chinchilla.csv', { where: 'loss < 3.44' });
const free = fitLaw(chinchilla, runs);
const valuesOf = (fit: typeof free): Record<string, number> => toParams(fit.law, fit.theta);

describe('bounds', () => {
  it('that hold the optimum change nothing', () => {
    const fit = fitLaw(chinchilla, runs, { bounds: { alpha: [0.1, 0.6], A: [10, 1e4], E: [1, 2] } });
    expect(fit.minimum.value / free.minimum.value - 1).toBeLessThan(1e-10);
    expect(fit.status).toBe('converged');
    for (const [name, value] of Object.entries(valuesOf(free))) expect(valuesOf(fit)[name] / value).toBeCloseTo(1, 5);
  });

  it.each([
    ['alpha', [0.1, 0.33], 0.33],
    ['beta', [0.4, 1], 0.4],
    ['A', [10, 400], 400],
    ['B', [3000, 1e6], 3000],
    ['E', [1.85, 2], 1.85],
  ] as const)('on %s end the fit at the bound, which is as good as fixing it there', (name, range, end) => {
    const fit = fitLaw(chinchilla, runs, { bounds: { [name]: range } });
    const fixed = fitLaw(chinchilla, runs, { fixed: { [name]: end } });
    expect(valuesOf(fit)[name] / end).toBeCloseTo(1, 12);
    expect(fit.atBound).toEqual([name]);
    expect(fit.status).toBe('degenerate');
    expect(fit.reasons.join()).toContain(`${name} ended at its bound ${end}`);
    expect(fit.minimum.value / fixed.minimum.value - 1).toBeLessThan(1e-9);
    expect(fit.minimum.value).toBeGreaterThan(free.minimum.value);
  });

  it.each([
    [{ gamma: [0, 1] }, 'PARAM_UNKNOWN'],
    [{ alpha: [1, 0.5] }, 'OPTION_INVALID'],
    [{ alpha: [-1, 0.5] }, 'OPTION_INVALID'],
    [{ E: [NaN, 1] }, 'OPTION_INVALID'],
  ] as const)('that make no sense are refused: %j', (bounds, code) => {
    const refused = (): unknown => fitLaw(chinchilla, runs, { bounds });
    expect(refused).toThrow(IsoflopError);
    try {
      refused();
    } catch (error) {
      expect((error as IsoflopError).code).toBe(code);
    }
  });

  it('on a fixed or tied parameter are refused', () => {
    expect(() => fitLaw(chinchilla, runs, { fixed: { alpha: 0.3 }, bounds: { alpha: [0, 1] } })).toThrow(
      /neither fixed/,
    );
    expect(() => fitLaw(chinchilla, runs, { tied: { alpha: 'beta' }, bounds: { alpha: [0, 1] } })).toThrow(/nor tied/);
  });
});
