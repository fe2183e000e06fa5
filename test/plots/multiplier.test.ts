import { beforeAll, describe, expect, it } from 'vitest';
import { compareFamilies } from '../../src/plan/compare/families.ts';
import type { FamilyComparison } from '../../src/plan/compare/result.ts';
import { multiplierFigure } from '../../src/plots/multiplier.ts';
import { faster, fitBoth, simulateRuns, truth } from '../helpers/families.ts';

let comparison: FamilyComparison;
beforeAll(async () => {
  const [a, b] = fitBoth(simulateRuns([truth, faster(1.4)], { sd: 0.004, seed: 1 }));
  comparison = await compareFamilies(a, b, { names: ['adamw', 'muon'], resamples: 60, targets: [1e22] });
});

interface Trace {
  readonly name: string;
  readonly mode: string;
  readonly x: number[];
  readonly y: number[];
}

describe('the figure of a multiplier', () => {
  it('has both models with their bands, the pairs and the target', () => {
    const traces = multiplierFigure(comparison).data as unknown as Trace[];
    const named = (name: RegExp): Trace[] => traces.filter((trace) => name.test(trace.name));
    expect(named(/95% band/)).toHaveLength(2);
    const [inside, beyond] = named(/^Each family its own law$/);
    expect(inside.x).toHaveLength(comparison.free.curve.length);
    expect(inside.y[0]).toBeCloseTo(comparison.free.curve[0].value, 5);
    // The dashed part begins where the solid one ends, and goes on to the target.
    expect(beyond.x[0]).toBe(inside.x[inside.x.length - 1]);
    expect(beyond.x[beyond.x.length - 1]).toBeCloseTo(1e22, -16);
    expect(named(/Pairs of runs/)[0].y).toHaveLength(comparison.observed?.rungs.length ?? 0);
    expect(named(/Targets/)[0].x).toEqual([1e22]);
  });

  it('says who is ahead on which side of 1, and shades the data of both', () => {
    const { layout } = multiplierFigure(comparison);
    const texts = (layout.annotations as { text: string }[]).map(({ text }) => text);
    expect(texts).toEqual(['data of both', 'muon ahead', 'adamw ahead']);
    const [rect] = layout.shapes as { x0: number; x1: number }[];
    expect([rect.x0, rect.x1]).toEqual(comparison.range);
    expect((layout.title as { text: string }).text).toMatch(/^adamw needs 1\.\d+ \[.*\] times the compute of muon/);
  });

  it('is plain JSON, also where intervals have no end or there are none', async () => {
    const [a, b] = fitBoth(simulateRuns([truth, { ...truth, E: 1.6 }]));
    const endless = await compareFamilies(a, b, { resamples: 0, targets: [1e30] });
    expect(endless.free.targets[0].value).toBe(Infinity);
    for (const found of [comparison, endless]) {
      const figure = multiplierFigure(found);
      expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
    }
  });
});
