import { describe, expect, it } from 'vitest';
import { curveOf, curveUpTo, isComplete, lastTokens, shareOf } from '../../src/watch/curve.ts';
import { levelAt, noiseOf } from '../../src/watch/level.ts';
import { RollingMedian } from '../../src/watch/rolling.ts';
import { createRandom } from '../../src/core/random.ts';

const plan = { name: 'run', params: 1e6, plannedTokens: 100 };

describe('a curve', () => {
  it('replaces what a run does again after it went on from a checkpoint', () => {
    const rows = [1, 2, 3, 4, 2, 3].map((tokens, k) => ({ tokens, loss: 10 - k }));
    const curve = curveOf(rows, plan);
    expect(Array.from(curve.tokens)).toEqual([1, 2, 3]);
    expect(Array.from(curve.loss)).toEqual([10, 6, 5]);
    expect(curve.retraced).toBe(3);
    expect([lastTokens(curve), shareOf(curve), isComplete(curve)]).toEqual([3, 0.03, false]);
  });

  it('keeps what is no number apart from what was not recorded, and leaves out rows without tokens', () => {
    const rows = [
      { tokens: NaN, loss: 3 },
      { tokens: 1, loss: NaN, gradientNorm: 1 },
      { tokens: 2, loss: Infinity },
      { tokens: 3, loss: -1 },
    ];
    const curve = curveOf(rows, plan);
    expect(Array.from(curve.loss)).toEqual([NaN, Infinity, NaN]);
    expect(Array.from(curve.gradientNorm ?? [])).toEqual([1, NaN, NaN]);
    expect(curve.steps).toBeNull();
    expect(Array.from(curveUpTo(curve, 2).tokens)).toEqual([1, 2]);
  });
});

describe('the level of a curve', () => {
  const random = createRandom(1);
  const power = (tokens: number): number => 5 * tokens ** -0.1;
  const rows = Array.from({ length: 1000 }, (_, k) => k + 1);
  const noisy = curveOf(
    rows.map((tokens) => ({ tokens, loss: power(tokens) * Math.exp(0.02 * random.normal()) })),
    { ...plan, plannedTokens: 1000 },
  );

  it('is nearer to the truth than a row, by as much as it says', () => {
    const level = levelAt(noisy, 1000);
    expect(noiseOf(noisy, 999)).toBeCloseTo(0.02, 2);
    expect(level?.stderr).toBeLessThan(0.006);
    expect(Math.abs((level?.log ?? NaN) - Math.log(power(1000)))).toBeLessThan(3 * (level?.stderr ?? NaN));
  });

  it('lies between two rows where there are few, on the power law that both are on', () => {
    const sparse = curveOf(
      [10, 100].map((tokens) => ({ tokens, loss: power(tokens) })),
      plan,
    );
    expect(levelAt(sparse, 30)?.log).toBeCloseTo(Math.log(power(30)), 12);
    expect(levelAt(sparse, 103)?.log).toBeCloseTo(Math.log(power(100)), 12);
    expect(levelAt(sparse, 9)).toBeUndefined();
    expect(levelAt(sparse, 120)).toBeUndefined();
  });
});

it('a rolling median is that of the last values', () => {
  const random = createRandom(2);
  const values = Array.from({ length: 300 }, () => Math.round(20 * random.next()));
  const rolling = new RollingMedian(21);
  values.forEach((value, k) => {
    rolling.add(value);
    const last = values.slice(Math.max(0, k - 20), k + 1).sort((a, b) => a - b);
    expect(rolling.median).toBe((last[(last.length - 1) >> 1] + last[last.length >> 1]) / 2);
  });
  expect(new RollingMedian(3).median).toBeNaN();
});
