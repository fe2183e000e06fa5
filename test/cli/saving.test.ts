import { once } from 'node:events';
import { readFile, readdir, watch } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { chinchilla, folderWith, isoflop, runsCsv, start } from './run.ts';
import { isLong } from '../helpers/long.ts';

/** Until a temporary file shows that the fit is being written. */
async function writing(folder: string): Promise<void> {
  for await (const { filename } of watch(folder)) if (filename?.endsWith('.tmp') === true) return;
}

it('a killed fit leaves the old file whole', async () => {
  const folder = await folderWith();
  const command = (seed: number): string[] => [
    'fit',
    chinchilla,
    '--no-calibration',
    '--bootstrap',
    '300',
    '--seed',
    String(seed),
    '--out',
    'fit.json',
  ];
  expect((await isoflop(command(0), { cwd: folder })).status).toBe(0);
  let seed = 0;
  const random = createRandom(1);
  for (let kill = 1; kill <= (isLong ? 10 : 6); kill++) {
    const child = start(command(kill), { cwd: folder, stdio: 'ignore' });
    const closed = once(child, 'close');
    // Half of them at any moment, half of them while the file is being written.
    await Promise.race([kill % 2 === 0 ? wait(700 * random.next()) : writing(folder), closed]);
    child.kill('SIGKILL');
    await closed;
    const saved = JSON.parse(await readFile(`${folder}/fit.json`, 'utf8')) as { bootstrap: { seed: number } };
    expect([seed, kill]).toContain(saved.bootstrap.seed);
    seed = saved.bootstrap.seed;
  }
  // It can still be read and replaced.
  expect((await isoflop(['predict', 'fit.json', '--flops', '1e21'], { cwd: folder })).status).toBe(0);
  expect((await isoflop(command(99), { cwd: folder })).status).toBe(0);
  expect((await readdir(folder)).filter((name) => name.endsWith('.json'))).toEqual(['fit.json']);
});

it('a fit that cannot be saved is still told', async () => {
  const folder = await folderWith({ 'runs.csv': runsCsv([1e8, 1e9, 1e10], [1e9, 1e10, 1e11]) });
  const [inFile, onFolder, empty] = await Promise.all([
    isoflop(['fit', 'runs.csv', '--json', '--out', 'runs.csv/fit.json'], { cwd: folder }),
    isoflop(['fit', 'runs.csv', '--json', '--out', '.'], { cwd: folder }),
    isoflop(['fit', 'runs.csv', '--json', '--out', ''], { cwd: folder }),
  ]);
  for (const { status, stdout, stderr } of [inFile, onFolder]) {
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ law: 'chinchilla' });
    expect(stderr).toMatch(/^error: .* cannot be written: /m);
    expect(stderr).not.toContain('saved');
  }
  expect(empty).toEqual({ status: 2, stdout: '', stderr: 'error: --out "" is not valid. It takes a file name.\n' });
  expect(await readdir(folder)).toEqual(['runs.csv']);
});
