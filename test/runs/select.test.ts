import { describe, expect, it } from 'vitest';
import { createRuns } from '../../src/runs/create.ts';
import { takeRows } from '../../src/runs/select.ts';

const runs = createRuns({
  params: [1e9, 1e9, 1e9, 2e9, 2e9],
  tokens: [1e9, 5e9, 1e10, 1e9, 2e9],
  loss: [4, 3, 2, 5, 4],
  run: ['a', 'a', 'a', 'b', ''],
});

describe('takeRows', () => {
  it('takes rows in order and as often as asked', () => {
    const taken = takeRows(runs, [4, 0, 0]);
    expect(taken.rows).toBe(3);
    expect([...(taken.quantities.loss ?? [])]).toEqual([4, 4, 4]);
    expect([...(taken.quantities.params ?? [])]).toEqual([2e9, 1e9, 1e9]);
    expect([...(taken.categories.run?.codes ?? [])]).toEqual([-1, 0, 0]);
    expect([...taken.lines]).toEqual([5, 1, 1]);
    expect([...taken.files]).toEqual([0, 0, 0]);
    expect(runs.rows).toBe(5);
  });

  it.each([[[5]], [[-1]], [[0.5]], [[NaN]]])('refuses row %j', (indices) => {
    expect(() => takeRows(runs, indices)).toThrow(RangeError);
  });
});
