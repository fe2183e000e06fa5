import { describe, expect, it } from 'vitest';
import { splitsOf } from '../../src/backtest/splits.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import { isoflopGrid, plannedRuns, sumLoss } from '../helpers/designs.ts';
import { codeOf, errorOf } from '../helpers/errors.ts';

/** Runs with these tokens; reading a file would drop rows without, but other quantities may be missing in the same way. */
const runsOf = (tokens: readonly number[]): Runs => {
  const runs = createRuns({ params: tokens.map(() => 1e8), loss: tokens.map(() => 3) });
  return { ...runs, quantities: { ...runs.quantities, tokens: Float64Array.from(tokens) } };
};

describe('splits of runs', () => {
  it('know what lies below a cut and ask about what lies at or above it, in the order of the rows', () => {
    const [split, later] = splitsOf(runsOf([4e9, 1e9, 3e9, 2e9]), 'tokens', [3e9, 4e9]);
    expect(split).toEqual({ cut: 3e9, train: Int32Array.of(1, 3), test: Int32Array.of(0, 2) });
    expect([...later.train]).toEqual([1, 2, 3]);
  });

  it('leave rows without the quantity out of both sides', () => {
    const [{ train, test }] = splitsOf(runsOf([1e9, NaN, 2e9, 3e9]), 'tokens', [2e9]);
    expect([[...train], [...test]]).toEqual([[0], [2, 3]]);
    for (const { train: known, test: asked } of splitsOf(runsOf([1e9, NaN, 2e9, 3e9, 5e9, 7e9]), 'tokens'))
      expect([...known, ...asked].sort()).toEqual([0, 2, 3, 4, 5]);
  });

  it('roll forward between budgets where there are budgets', () => {
    const runs = plannedRuns(isoflopGrid(), sumLoss());
    const flops = runs.quantities.flops ?? new Float64Array(0);
    const splits = splitsOf(runs, 'flops');
    expect(splits.length).toBeGreaterThanOrEqual(4);
    for (const { cut, train, test } of splits) {
      // Seven budgets of nine runs, half a decade apart, whose products differ by rounding alone.
      expect(train.length % 9).toBe(0);
      expect(train.length + test.length).toBe(63);
      expect(Math.max(...train.map((row) => flops[row])) * 3).toBeLessThan(cut);
    }
    const known = splits.map(({ train }) => train.length);
    expect(known).toEqual([...new Set(known)].sort((x, y) => x - y));
  });

  it('refuse a cut with nothing on one side, and say where runs are', () => {
    const runs = runsOf([1e9, 2e9]);
    for (const cut of [1e9, 1e8, 3e9, NaN])
      expect(codeOf(() => splitsOf(runs, 'tokens', [cut]))).toBe('OPTION_INVALID');
    expect(errorOf(() => splitsOf(runs, 'tokens', [3e9])).message).toContain('1.00e+9 to 2.00e+9');
    expect(errorOf(() => splitsOf(runsOf([NaN, NaN]), 'tokens', [3e9])).message).toContain('there are none');
  });

  it('need the quantity', () => {
    const runs = createRuns({ params: [1e8, 1e9], loss: [3, 2] });
    expect(codeOf(() => splitsOf(runs, 'tokens'))).toBe('QUANTITY_MISSING');
  });

  it('are none where all rows have the same value', () => {
    expect(splitsOf(runsOf([1e9, 1e9, 1e9]), 'tokens')).toEqual([]);
  });
});
