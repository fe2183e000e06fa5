import { existsSync, utimesSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeRunLock } from '../../../src/proxy/sweep/runLock.ts';
import { folderFor } from '../tiny.ts';

const holder = (host: string, pid: number): string => JSON.stringify({ host, pid, token: 'other' });
/** No process has this number on Linux, whose largest is 2^22. */
const nobody = 2 ** 22 + 1;

it('is one of a kind, and given back', async () => {
  const path = join(await folderFor(), 'tasks/a.lock');
  const giveBack = await takeRunLock(path, 'a');
  await expect(takeRunLock(path, 'a')).rejects.toMatchObject({
    code: 'RUN_RUNNING',
    details: { name: 'a', holder: `process ${String(process.pid)} on ${hostname()}` },
  });
  await giveBack();
  expect(existsSync(path)).toBe(false);
  await (
    await takeRunLock(path, 'a')
  )();
});

it('is taken over from a process that is no more, and from a machine that is quiet', async () => {
  const folder = await folderFor();
  const path = join(folder, 'a.lock');
  for (const other of [holder(hostname(), nobody), holder('elsewhere', 1)]) {
    await writeFile(path, other);
    const giveBack = await takeRunLock(path, 'a', 100);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ host: hostname(), pid: process.pid });
    await giveBack();
    expect(await readdir(folder)).toEqual([]);
  }
});

it('is left to a machine that touches it, whatever its clock says', async () => {
  const path = join(await folderFor(), 'a.lock');
  await writeFile(path, holder('elsewhere', 1));
  let seconds = 1;
  const touch = setInterval(() => {
    utimesSync(path, seconds, seconds++);
  }, 50);
  try {
    await expect(takeRunLock(path, 'a', 10_000)).rejects.toMatchObject({ code: 'RUN_RUNNING' });
  } finally {
    clearInterval(touch);
  }
  expect(await readFile(path, 'utf8')).toBe(holder('elsewhere', 1));
});
