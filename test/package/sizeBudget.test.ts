import { expect, it } from 'vitest';
import { compareWithBudgets } from '../../scripts/package/sizeBudget.ts';

it('says which budget is exceeded and by how much', async () => {
  const packed = { filename: 'isoflop.tgz', size: 7_000_000, unpackedSize: 1, entryCount: 1 };
  const { lines, isExceeded } = await compareWithBudgets(packed);
  expect(isExceeded).toBe(true);
  expect(lines.filter((line) => line.includes('EXCEEDED'))).toEqual([
    expect.stringMatching(/^tarball .*EXCEEDED by [\d.]+ kB$/),
  ]);
  expect((await compareWithBudgets({ ...packed, size: 1 })).isExceeded).toBe(false);
});
