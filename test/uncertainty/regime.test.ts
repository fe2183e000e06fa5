import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { createRuns } from '../../src/runs/index.ts';
import { probeRegime } from '../../src/uncertainty/regime.ts';
import { errorOf } from '../helpers/errors.ts';

/** Runs over sizes and tokens in which the tokens term has the given exponent and the params term hardly counts. */
function grid(exponent: number, amplitude: number, noise: number) {
  const random = createRandom(9);
  const cells = [1e6, 1e7, 1e9, 1.2e9].flatMap((params) =>
    Array.from({ length: 9 }, (_, k) => ({ params, tokens: 1e4 * 2 ** k })),
  );
  return createRuns({
    params: cells.map((cell) => cell.params),
    tokens: cells.map((cell) => cell.tokens),
    loss: cells.map(
      ({ params, tokens }) =>
        (2 + amplitude * (tokens / 1e4) ** -exponent + 300 / params ** 0.4) * Math.exp(noise * random.normal()),
    ),
  });
}

describe('probeRegime', () => {
  it('finds a slope of 1: limited by variance', () => {
    const probe = probeRegime(grid(1, 1, 1e-3), { input: 'tokens' });
    expect(probe.regime).toBe('variance-limited');
    expect(probe.slope).toBeGreaterThan(0.9);
    expect(probe.slope).toBeLessThan(1.1);
    expect(probe.dimension).toBeNull();
    expect(probe.explanation).toMatch(/^variance-limited: L - L_inf falls as tokens\^-/);
  });

  it('finds a slope of 4/d: limited by resolution', () => {
    const probe = probeRegime(grid(0.25, 3, 1e-3), { input: 'tokens' });
    expect(probe.regime).toBe('resolution-limited');
    expect(probe.interval?.[1]).toBeLessThan(0.8);
    expect(Math.abs(probe.slope - 0.25)).toBeLessThan(3 * (probe.stderr ?? 0));
    expect(probe.dimension).toBeCloseTo(4 / probe.slope, 12);
  });

  it('is undecided where noise hides the slope, and says why', () => {
    const probe = probeRegime(grid(0.8, 0.2, 0.02), { input: 'tokens' });
    expect(probe.regime).toBe('undecided');
    expect(probe.explanation).toMatch(/both regimes|no error bar|neither regime/);
  });

  it('uses the rows in which the other quantity is large', () => {
    const probe = probeRegime(grid(1, 1, 1e-3), { input: 'tokens' });
    expect(probe.rows).toBe(18);
    expect(probe.values).toBe(9);
    expect(probe.explanation).toContain('18 rows with at least half of the largest params');
    expect(probeRegime(grid(1, 1, 1e-3), { input: 'tokens', other: null }).rows).toBe(36);
  });

  it.each([1, 0.3])('finds a slope of %d of losses that fall to zero', (exponent) => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = createRandom(seed);
      const tokens = Array.from({ length: 14 }, (_, k) => 1e3 * 2 ** k);
      const loss = tokens.map((d) => 50 * d ** -exponent * Math.exp(0.01 * random.normal()));
      const probe = probeRegime(createRuns({ tokens, loss }), { input: 'tokens' });
      expect(probe.regime, probe.explanation).toBe(exponent === 1 ? 'variance-limited' : 'resolution-limited');
      expect(probe.limit).toBeLessThan(0.1);
    }
  });

  it('takes a limit that is known', () => {
    const runs = grid(0.25, 3, 1e-3);
    const probe = probeRegime(runs, { input: 'tokens', limit: 2 + 300 / 1.1e9 ** 0.4 });
    expect(probe.limit).toBeCloseTo(2 + 300 / 1.1e9 ** 0.4, 12);
    expect(probe.stderr ?? 1).toBeLessThan(probeRegime(runs, { input: 'tokens' }).stderr ?? 0);
    expect(probe.regime).toBe('resolution-limited');
  });

  it('probes any column, such as a width', () => {
    const width = [16, 32, 64, 128, 256, 512, 1024];
    const loss = width.map((m, k) => 1.5 + 3 / m + 1e-5 * (-1) ** k);
    expect(probeRegime(createRuns({ width, loss }), { input: 'width' })).toMatchObject({
      regime: 'variance-limited',
      rows: 7,
    });
  });

  it('is undecided with three values, and refuses data that show no slope at all', () => {
    const few = createRuns({ tokens: [1e4, 1e5, 1e6, 1e4], loss: [3, 2.5, 2.4, 3.01] });
    expect(probeRegime(few, { input: 'tokens' })).toMatchObject({ regime: 'undecided', values: 3 });
    expect(errorOf(() => probeRegime(few, { input: 'width' }))).toMatchObject({ code: 'QUANTITY_MISSING' });
    expect(errorOf(() => probeRegime(few, { input: 'tokens', other: 'params' }))).toMatchObject({
      code: 'QUANTITY_MISSING',
    });
  });
});
