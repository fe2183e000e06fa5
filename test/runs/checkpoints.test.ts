import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromFraction } from '../../src/runs/checkpoints.ts';
import { createRuns } from '../../src/runs/create.ts';

const runs = createRuns({
  params: [1e9, 1e9, 1e9, 2e9, 2e9],
  tokens: [1e9, 5e9, 1e10, 1e9, 2e9],
  loss: [4, 3, 2, 5, 4],
  run: ['a', 'a', 'a', 'b', ''],
});

describe('fromFraction', () => {
  it('keeps the checkpoints past the fraction of each run', () => {
    const kept = fromFraction(runs, 0.1);
    expect([...(kept.quantities.loss ?? [])]).toEqual([3, 2, 5, 4]);
    expect(kept.dropped).toEqual([{ rows: 1, why: '--from-fraction 0.1' }]);
    expect([...(fromFraction(runs, 0.5).quantities.loss ?? [])]).toEqual([2, 5, 4]);
  });

  it('takes rows of one size as a run when there are no names', () => {
    const bare = createRuns({ params: [1e9, 1e9, 2e9, 2e9], tokens: [1e9, 1e10, 1e9, 1e9], loss: [4, 3, 2, 1] });
    expect([...(fromFraction(bare, 0.5).quantities.loss ?? [])]).toEqual([3, 2, 1]);
  });

  it('tells apart runs of different sizes under one name', () => {
    const named = createRuns({
      params: [1e9, 2e9],
      tokens: [1e9, 1e12],
      loss: [4, 3],
      run: ['OPT', 'OPT'],
    });
    expect(fromFraction(named, 0.5).rows).toBe(2);
  });

  it('changes nothing at 0 and keeps the end of every run below 1', () => {
    expect(fromFraction(runs, 0).quantities).toBe(runs.quantities);
    expect(fromFraction(runs, 0).dropped).toEqual([]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 50 })), { minLength: 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (rows, fraction) => {
          const table = createRuns({ params: rows.map(([n]) => n), tokens: rows.map(([, d]) => d) });
          const last = (n: number): number => Math.max(...rows.filter((row) => row[0] === n).map(([, d]) => d));
          const expected = rows.filter(([n, d]) => d > fraction * last(n)).map(([, d]) => d);
          expect([...(fromFraction(table, fraction).quantities.tokens ?? [])]).toEqual(expected);
        },
      ),
    );
  });

  it.each([-0.1, 1, NaN])('refuses the fraction %d', (fraction) => {
    expect(() => fromFraction(runs, fraction)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }) as Error);
  });

  it('needs tokens', () => {
    expect(() => fromFraction(createRuns({ params: [1e9], loss: [2] }), 0.1)).toThrow(
      expect.objectContaining({ code: 'QUANTITY_MISSING' }) as Error,
    );
  });
});
