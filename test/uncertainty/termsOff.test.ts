import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { createRuns } from '../../src/runs/index.ts';

/** Runs whose irreducible loss is so small that part of the resamples do without it. */
function runsWithFaintE(seed: number) {
  const random = createRandom(seed);
  const params = Array.from({ length: 60 }, () => 10 ** (7 + 3 * random.next()));
  const tokens = Array.from({ length: 60 }, () => 10 ** (9 + 2 * random.next()));
  const loss = params.map((n, i) => (0.3 + 30 / n ** 0.15 + 60 / tokens[i] ** 0.2) * Math.exp(0.02 * random.normal()));
  return createRuns({ params, tokens, loss });
}

describe('a bootstrap in which a term is off in part of the resamples', () => {
  it('says so, gives 0 as the end of the interval, and keeps the covariance finite', async () => {
    let seen = 0;
    for (let seed = 0; seed < 6; seed++) {
      const fit = await fitRuns(runsWithFaintE(seed), { bootstrap: 300 });
      const off = fit.warnings.filter(({ code }) => code === 'TERM_OFF_IN_RESAMPLES');
      const { draws, certified } = fit.bootstrap ?? { draws: new Float32Array(0), certified: 0 };
      const without = Array.from({ length: certified }, (_, b) => draws[b * 5]).filter((e) => e === -Infinity).length;
      if (fit.params.E.state === 'off') continue;
      expect(off.some(({ message }) => message.includes('of E is off in'))).toBe(without > 0);
      // No draw creeps towards zero without arriving.
      expect(Array.from({ length: certified }, (_, b) => draws[b * 5]).some((e) => e < -15 && e > -Infinity)).toBe(
        false,
      );
      if (without < 0.05 * certified) continue;
      seen++;
      expect(fit.params.E.interval?.[0]).toBe(0);
      expect(fit.covariance.matrix?.every(Number.isFinite)).toBe(true);
      expect(Math.sqrt(fit.covariance.matrix?.[0] ?? Infinity)).toBeLessThan(5);
    }
    expect(seen).toBeGreaterThan(0);
  });
});
