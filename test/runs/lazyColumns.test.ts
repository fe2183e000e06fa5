import { describe, expect, it } from 'vitest';
import { lazyColumns, mapColumns, valuesAt, type Recipe } from '../../src/runs/lazyColumns.ts';
import { parseRuns, readSources, csvSource } from '../../src/runs/read.ts';
import { keepRows, takeRows } from '../../src/runs/select.ts';

describe('columns that are made when they are asked for', () => {
  const counted = (): { recipe: Recipe; made: () => number } => {
    let made = 0;
    const recipe: Recipe = ({ a = new Float64Array() }) => {
      made++;
      return a.map((x) => 2 * x);
    };
    return { recipe, made: () => made };
  };

  it('are made once, and stand where they belong', () => {
    const { recipe, made } = counted();
    const columns = lazyColumns(['double', 'a'], { a: Float64Array.of(1, 2) }, new Map([['double', recipe]]));
    expect(Object.keys(columns)).toEqual(['double', 'a']);
    expect(made()).toBe(0);
    expect([...columns.double, ...columns.double]).toEqual([2, 4, 2, 4]);
    expect(made()).toBe(1);
    expect({ ...columns }).toEqual({ double: Float64Array.of(2, 4), a: Float64Array.of(1, 2) });
  });

  it('are made of other rows where rows are taken', () => {
    const { recipe, made } = counted();
    const columns = lazyColumns(['a', 'double'], { a: Float64Array.of(1, 2, 3) }, new Map([['double', recipe]]));
    const last = mapColumns(columns, (column) => column.slice(2));
    expect(made()).toBe(0);
    expect(last.double).toEqual(Float64Array.of(6));
    expect(valuesAt(columns, 'double', [2, 0])).toEqual(Float64Array.of(6, 2));
    expect(valuesAt(columns, 'a', [1])).toEqual(Float64Array.of(2));
    expect(valuesAt(columns, 'b', [1])).toBeUndefined();
  });
});

describe('what files do not give', () => {
  it('is made of what they do, in the rows of each file', async () => {
    const bytes = (text: string): Uint8Array[] => [new TextEncoder().encode(text)];
    const runs = await readSources(
      [
        csvSource('a.csv', bytes('params,tokens,loss\n1e6,1e9,3\n2e6,1e9,2.9\n')),
        csvSource('b.csv', bytes('params,flops,loss\n1e6,12e15,2.8\n')),
        csvSource('c.csv', bytes('params,tokens,flops,loss\n1e6,3e9,,2.7\n1e6,3e9,19e15,2.7\n')),
      ],
      { needs: ['tokensPerParam', 'loss'] },
    );
    expect(runs.quantities.tokens).toEqual(Float64Array.of(1e9, 1e9, 2e9, 3e9, 3e9));
    expect(runs.quantities.flops).toEqual(Float64Array.of(6e15, 12e15, 12e15, 18e15, 19e15));
    expect(runs.quantities.tokensPerParam).toEqual(Float64Array.of(1000, 500, 2000, 3000, 3000));
    expect([...runs.files]).toEqual([0, 0, 1, 2, 2]);
  });
});

it('what is made of what is made itself is completed in the files that lack it', async () => {
  const bytes = (text: string): Uint8Array[] => [new TextEncoder().encode(text)];
  const runs = await readSources(
    [
      csvSource('a.csv', bytes('params,flops,loss\n1e6,6e15,3\n')),
      csvSource('b.csv', bytes('params,flops,tokensPerParam,loss\n1e6,12e15,7,2.9\n')),
    ],
    { needs: ['tokensPerParam', 'loss'] },
  );
  expect(runs.quantities.tokensPerParam).toEqual(Float64Array.of(1000, 7));
});

it('what is made of a column that is left out is made before', async () => {
  const one = await parseRuns('params,tokens,loss\n1e8,1e8,3\n1e8,abc,3\n3e8,3e8,3\n', { needs: ['params', 'loss'] });
  expect(one.quantities.flops).toEqual(Float64Array.of(6e16, NaN, 5.4e17));
  expect('tokens' in one.quantities).toBe(false);
  const other = await parseRuns('params,tokens,loss\nfoo,1e8,3\n2e8,2e8,3\n3e8,3e8,3\n', { needs: ['loss'] });
  expect(other.quantities.flops).toEqual(Float64Array.of(NaN, 2.4e17, 5.4e17));
});

it('columns may be replaced', () => {
  const columns = lazyColumns(['b'], {}, new Map([['b', () => Float64Array.of(1)]]));
  columns.b = Float64Array.of(2);
  expect(columns.b[0]).toBe(2);
  expect(valuesAt(columns, 'constructor', [0])).toBeUndefined();
});

describe('keepRows', () => {
  it.each([
    ['most', [0, 2, 3]],
    ['few', [3]],
  ])('keeps %s of the rows as takeRows takes them', async (_, kept) => {
    const read = () => parseRuns('params,tokens,loss,run\n1e6,1e9,3,a\n2e6,1e9,2.9,b\n3e6,1e9,2.8,a\n4e6,1e9,2.7,c\n');
    const taken = takeRows(await read(), kept);
    expect(keepRows(await read(), Int32Array.from(kept))).toEqual(taken);
  });
});
