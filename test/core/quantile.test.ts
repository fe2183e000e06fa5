import { quantileSorted as reference } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { quantileSorted } from '../../src/core/quantile.ts';

describe('quantileSorted', () => {
  it('is that of simple-statistics on finite samples', () => {
    const sample = [-3, -1.5, 0, 0, 2, 7, 7.25, 9];
    for (const p of [0, 0.025, 0.1, 0.31, 0.5, 0.75, 0.975, 1])
      expect(quantileSorted(Float64Array.from(sample), p)).toBeCloseTo(reference(sample, p), 12);
  });

  it('is a number where the sample holds infinities', () => {
    expect(quantileSorted([-Infinity, -Infinity, 1, 2], 0.1)).toBe(-Infinity);
    expect(quantileSorted([-Infinity, 1, 2], 0.25)).toBe(-Infinity);
    expect(quantileSorted([-Infinity, 1, 2], 0.75)).toBe(1.5);
    expect(quantileSorted([1, 2, Infinity], 0.75)).toBe(Infinity);
    expect(quantileSorted([-Infinity, Infinity], 0.25)).toBe(-Infinity);
    expect(quantileSorted([-Infinity, Infinity], 0.75)).toBe(Infinity);
  });
});
