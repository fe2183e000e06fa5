import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRuns } from '../../src/runs/create.ts';
import { runWeights } from '../../src/runs/runWeights.ts';

describe('runWeights', () => {
  it('are 1 for rows that are runs', () => {
    expect([...runWeights(createRuns({ params: [1e9, 1e9], tokens: [1e9, 2e9], loss: [3, 2] }))]).toEqual([1, 1]);
  });

  it('give every run the same total, and the rows a mean of 1', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 40 }), (run) => {
        const weights = runWeights(createRuns({ run, loss: run.map((_, i) => i + 1) }));
        const totals = new Map<string, number>();
        for (const [i, name] of run.entries()) totals.set(name, (totals.get(name) ?? 0) + weights[i]);
        for (const total of totals.values()) expect(total).toBeCloseTo(run.length / totals.size, 10);
        expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(run.length, 10);
      }),
    );
  });
});
