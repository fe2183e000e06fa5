import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countDistinct, groupCodes } from '../../src/runs/groupCodes.ts';

/** The same by a map of texts. */
function expected(columns: readonly (readonly number[])[]): number[] {
  const known = new Map<string, number>();
  return columns[0].map((_, i) => {
    const key = columns.map((column) => String(column[i] + 0)).join();
    const code = known.get(key) ?? known.size;
    known.set(key, code);
    return code;
  });
}

describe('codes of rows', () => {
  it('agree exactly where all columns do, in the order in which they first occur', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(NaN, -0, 0, Infinity, 1e300, 0.1));
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 1 }), (rows) => {
        const columns = [0, 1, 2].map((k) => rows.map((row) => row[k]));
        expect([...groupCodes(columns)]).toEqual(expected(columns));
        expect([...groupCodes([undefined, columns[1], undefined])]).toEqual(expected([columns[1]]));
      }),
    );
  });

  it('are right for more values than the table begins with', () => {
    const column = Float64Array.from({ length: 20_000 }, (_, i) => ((i * 7919) % 5000) * 1e6);
    expect([...groupCodes([column])]).toEqual(expected([[...column]]));
    expect(countDistinct(column)).toBe(5000);
    expect(countDistinct([])).toBe(0);
    expect([...groupCodes([])]).toEqual([]);
  });
});
