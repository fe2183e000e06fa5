import { beforeAll, describe, expect, it } from 'vitest';
import { simulateCurve, simulateFamily } from '../../scripts/simulatedCurves.ts';
import type { Fit } from '../../src/fit/result.ts';
import { bandAt, bandOf, type BandPoint } from '../../src/watch/band.ts';
import { levelAt } from '../../src/watch/level.ts';
import { fitOf } from './fitOf.ts';

const family = simulateFamily(3, { rows: 100 });
const target = simulateCurve({ params: 1.5e9, plannedTokens: 3e10, seed: 3999, rows: 100 });

describe('the band of a run', () => {
  let finals: Fit;
  beforeAll(async () => {
    finals = await fitOf(family);
  });

  it('is that of the law at the end, and before it nothing where no curves are known', () => {
    const { points } = bandOf(finals, target, { confidence: 0.9 });
    expect(points.map(({ share }) => share)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(
      points
        .slice(0, 9)
        .every(({ loss, reason }) => loss === null && (reason ?? '').includes('final losses, and no curves')),
    ).toBe(true);
    const end = points[9];
    expect(end).toMatchObject({ from: 'law', reason: null, tokens: 3e10 });
    expect(end.lower).toBeLessThan(end.loss ?? NaN);
    const few = bandOf(finals, target, { confidence: 0.9, family: family.slice(0, 2) }).points;
    expect(few[4].reason).toMatch(/fewer than 3 complete runs/);
  });

  it('leads from the end back by the curves of complete runs, above the law of final losses', () => {
    const { points } = bandOf(finals, target, { confidence: 0.9, family });
    const inside = points.filter(({ tokens, lower, upper }) => {
      const loss = Math.exp(levelAt(target, tokens)?.log ?? NaN);
      return (lower ?? NaN) <= loss && loss <= (upper ?? NaN);
    });
    expect(inside.length).toBeGreaterThanOrEqual(8);
    expect(points.slice(0, 9).every(({ from }) => from === 'law and curves')).toBe(true);
    // Half-way the learning rate is still high: what a run of that length would end at is lower.
    const short = bandOf(finals, { ...target, plannedTokens: 1.5e10 }, { confidence: 0.9 }).points[9].loss ?? NaN;
    expect(points[4].loss).toBeGreaterThan(1.01 * short);
    const truncated = family.map((run) => ({ ...run, plannedTokens: 2 * run.plannedTokens }));
    expect(bandOf(finals, target, { confidence: 0.9, family: truncated }).points[4].loss).toBeNull();
  });

  it('is that of the law everywhere where checkpoints were fitted', async () => {
    const checkpoints = await fitOf(family, 20);
    const { points } = bandOf(checkpoints, target, { confidence: 0.9 });
    expect(points.every(({ from, loss }) => from === 'law' && loss !== null)).toBe(true);
  });

  it('lies between its points on straight lines of logarithms', () => {
    const point = (tokens: number, loss: number | null): BandPoint => ({
      share: 0,
      tokens,
      loss,
      lower: loss && 0.9 * loss,
      upper: loss && 1.1 * loss,
      from: 'law',
      reason: null,
    });
    const points = [point(10, 4), point(100, 2), point(200, null)];
    expect(bandAt(points, Math.sqrt(1000))?.loss).toBeCloseTo(Math.sqrt(8), 12);
    expect(bandAt(points, 100)?.upper).toBeCloseTo(2.2, 12);
    expect(bandAt(points, 9.95)?.loss).toBeCloseTo(4, 12);
    for (const tokens of [9, 150, 250]) expect(bandAt(points, tokens)).toBeUndefined();
    expect(bandAt([], 5)).toBeUndefined();
  });
});
