import { expect, it } from 'vitest';
import { sampleIndices } from '../../src/core/sample.ts';

it('is spread over all rows and out of step with what repeats itself', () => {
  const index = sampleIndices(300_000, 100_000);
  expect(index).toHaveLength(100_000);
  const kinds = [0, 0, 0];
  for (const [k, i] of index.entries()) {
    expect(Math.floor(i / 3)).toBe(k);
    kinds[i % 3]++;
  }
  for (const count of kinds) expect(Math.abs(count - 100_000 / 3)).toBeLessThan(600);
  expect(sampleIndices(300_000, 100_000)).toEqual(index);
});

it('is all rows where there are no more, and never leaves the table', () => {
  expect([...sampleIndices(4, 10)]).toEqual([0, 1, 2, 3]);
  expect([...sampleIndices(0, 10)]).toEqual([]);
  for (const rows of [11, 19, 21]) {
    const index = [...sampleIndices(rows, 10)];
    expect(index.length).toBeLessThanOrEqual(10);
    expect(index.at(-1)).toBeLessThan(rows);
  }
});
