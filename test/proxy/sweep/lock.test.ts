import { spawn } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeLock } from '../../../src/proxy/sweep/lock.ts';
import { folderFor } from '../tiny.ts';

/** The number of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.on('exit', resolve));
  return child.pid ?? NaN;
}

it('is taken, holds the number of its process, and is given back', async () => {
  const folder = await folderFor();
  const path = join(folder, 'lock');
  const giveBack = await takeLock(path, folder);
  expect(await readFile(path, 'utf8')).toBe(String(process.pid));
  await giveBack();
  expect(await readdir(folder)).toEqual([]);
});

it('of a living process is respected', async () => {
  const folder = await folderFor();
  const path = join(folder, 'lock');
  // The parent of the test lives as long as the test.
  await writeFile(path, String(process.ppid));
  await expect(takeLock(path, folder)).rejects.toMatchObject({
    code: 'SWEEP_RUNNING',
    exit: 2,
    details: { folder, pid: process.ppid },
  });
  expect(await readFile(path, 'utf8')).toBe(String(process.ppid));
});

it.each<[string, () => Promise<string>]>([
  ['of a process that was killed', async () => String(await endedProcess())],
  ['of garbage', () => Promise.resolve('no number\u0000')],
  ['that is empty', () => Promise.resolve('')],
  // In a container that was started again the same program often has the same number.
  ['of this process, which has forgotten it', () => Promise.resolve(String(process.pid))],
])('%s is taken over', async (_, content) => {
  const folder = await folderFor();
  const path = join(folder, 'lock');
  await writeFile(path, await content());
  const giveBack = await takeLock(path, folder);
  expect(await readFile(path, 'utf8')).toBe(String(process.pid));
  await giveBack();
  expect(await readdir(folder)).toEqual([]);
});
