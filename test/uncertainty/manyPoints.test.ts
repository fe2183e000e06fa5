import { describe, expect, it } from 'vitest';
import { loadFit } from '../../src/node/savedFits.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { predictLoss } from '../../src/uncertainty/predict.ts';

const fit = await loadFit('fits/chinchilla.json');

describe('predictLoss', () => {
  it('gives a point the same interval alone and among many', () => {
    const alone = predictLoss(fit, { params: [70e9], tokens: [1.4e12] });
    const count = 2500; // with 4,000 draws more than one piece
    const many = predictLoss(fit, {
      params: new Float64Array(count).fill(70e9),
      tokens: new Float64Array(count).fill(1.4e12),
    });
    for (const i of [0, 999, 1000, count - 1]) {
      expect(many.lower?.[i]).toBe(alone.lower?.[0]);
      expect(many.upper?.[i]).toBe(alone.upper?.[0]);
    }
  });

  it('refuses inputs that are missing or of different lengths', () => {
    expect(() => predictLoss(fit, { params: [1e9] })).toThrow(/input tokens.*nothing/);
    expect(() => predictLoss(fit, { params: [1e9], tokens: [1, 2] })).toThrow(/2 values/);
  });

  it('and allocate give no interval when many draws lack what it needs', () => {
    const bootstrap = fit.bootstrap;
    if (bootstrap === null) throw new Error('the saved fit has draws');
    const draws = bootstrap.draws.slice();
    // One draw in ten has its tokens term switched off.
    for (let b = 0; b < bootstrap.certified; b += 10) {
      draws[b * 5 + 2] = -Infinity;
      draws[b * 5 + 4] = NaN;
    }
    const damaged = { ...fit, bootstrap: { ...bootstrap, draws } };
    expect(allocate(damaged, 1e22).intervals.params).toBeNull();
    const { lower, upper } = predictLoss(damaged, { params: [1e9], tokens: [2e10] });
    expect(lower?.[0]).toBeGreaterThan(1);
    expect(upper?.[0]).toBeLessThan(4);
  });
});
