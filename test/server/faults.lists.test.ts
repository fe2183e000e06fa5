import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFitStore } from '../../server/stores/fitStore.ts';
import { lookAtAll, shareScans } from '../../server/stores/scan.ts';
import { makeFolders } from './faultServer.ts';

const saved = join(import.meta.dirname, '../../fits/chinchilla.json');

it('those who ask during a scan share the next, and are told nothing older than their question', async () => {
  let began = 0;
  const ends: (() => void)[] = [];
  const list = shareScans(async () => {
    const scan = ++began;
    await new Promise<void>((resolve) => ends.push(resolve));
    return scan;
  });
  const first = list();
  await Promise.resolve();
  const others = [list(), list(), list()];
  expect(began).toBe(1);
  ends[0]();
  expect(await first).toBe(1);
  await Promise.resolve();
  const late = list();
  ends[1]();
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  await Promise.resolve();
  ends[2]();
  expect(await late).toBe(3);
});

it('a scan that fails fails those who asked for it, and nobody later', async () => {
  let count = 0;
  const list = shareScans(() => (++count === 1 ? Promise.reject(new Error('no folder')) : Promise.resolve(count)));
  await expect(list()).rejects.toThrow('no folder');
  expect(await list()).toBe(2);
});

it('looks at many files at once, but at no more than a process may have open, and keeps their order', async () => {
  let open = 0;
  let most = 0;
  const numbers = Array.from({ length: 1000 }, (_, k) => k);
  const found = await lookAtAll(numbers, async (k) => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setImmediate(resolve));
    open--;
    return k % 2 === 0 ? k : undefined;
  });
  expect(found).toEqual(numbers.filter((k) => k % 2 === 0));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThan(256);
});

it('a folder of many fits is listed for many at once, with what was saved before each asked', async () => {
  const { fits } = await makeFolders();
  for (let k = 0; k < 200; k++) await copyFile(saved, join(fits, `fit-${String(k)}.json`));
  const store = createFitStore(fits);
  const asks = Array.from({ length: 50 }, async (_, k) => {
    await store.create(Buffer.from('{}'), { id: `new-${String(k)}` });
    return (await store.list()).some(({ id }) => id === `new-${String(k)}`);
  });
  expect(await Promise.all(asks)).toEqual(Array(50).fill(true));
  expect(await store.list()).toHaveLength(250);
});
