import { beforeAll, describe, expect, it } from 'vitest';
import { compareFamilies } from '../../src/plan/compare/families.ts';
import type { FamilyComparison } from '../../src/plan/compare/result.ts';
import { familiesToJson } from '../../src/report/familiesJson.ts';
import { formatFamilies } from '../../src/report/familiesText.ts';
import { faster, fitBoth, simulateRuns, truth } from '../helpers/families.ts';

let comparison: FamilyComparison;
beforeAll(async () => {
  const [a, b] = fitBoth(simulateRuns([truth, faster(1.4)], { sd: 0.004, seed: 1 }));
  comparison = await compareFamilies(a, b, { names: ['adamw', 'muon'], resamples: 200, targets: [1e22] });
});

describe('the report of a comparison', () => {
  it('says what is settled, at which compute, and what is not', () => {
    const text = formatFamilies(comparison).replaceAll(/\s+/g, ' ');
    const multiplier = comparison.free.mean.value.toPrecision(3);
    expect(text).toContain(`adamw needs ${multiplier} (95% interval`);
    expect(text).toContain('times the compute of muon for the same loss: muon is ahead.');
    expect(text).toContain('whether it grows or shrinks with scale is not settled');
    expect(text).toMatch(/At 1e22 FLOP, \d+\.\d times beyond the data/);
    expect(text).toContain('muon has the lower loss in 30 of 30 pairs; its loss differs by -2.');
    expect(text).toContain('30 by params, tokens; 0 and 0 runs alone');
    expect(text).toContain('FAMILIES_NOT_COMPARABLE');
  });

  it('keeps sentences within the width', () => {
    const lines = formatFamilies(comparison, { width: 72 }).split('\n');
    const prose = lines.slice(
      3,
      lines.findIndex((line) => line.startsWith('Multiplier')),
    );
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(72);
  });
});

describe('the JSON of a comparison', () => {
  it('has the multipliers by the name of the axis, and null for what is infinite', async () => {
    const [a, b] = fitBoth(simulateRuns([truth, { ...truth, E: 1.6 }]));
    const endless = await compareFamilies(a, b, { resamples: 0, targets: [1e30] });
    const text = JSON.stringify(familiesToJson([comparison, endless]));
    const { baseline, comparisons } = JSON.parse(text) as {
      baseline: string;
      comparisons: {
        free: { targets: { flops: number; multiplier: number | null; settled: string }[]; curve: unknown[] };
        verdict: { inRange: string };
        observed: { rungs: { flops: number }[] };
      }[];
    };
    expect(baseline).toBe('adamw');
    expect(comparisons[0].verdict.inRange).toBe('candidate');
    expect(comparisons[0].free.targets[0]).toMatchObject({ flops: 1e22 });
    expect(comparisons[0].free.targets[0].multiplier).toBeCloseTo(comparison.free.targets[0].value, 12);
    expect(comparisons[0].free.curve).toHaveLength(21);
    expect(comparisons[0].observed.rungs[0].flops).toBeGreaterThan(1e16);
    expect(comparisons[1].free.targets[0].multiplier).toBeNull();
  });
});
