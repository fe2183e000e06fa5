import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../../src/proxy/record/safetensors.ts';
import { openEventFile } from '../../../src/proxy/record/tensorBoard.ts';
import type { SweepResult } from '../../../src/proxy/sweep/collect.ts';
import { isoflop, outcomeOf, type Outcome } from '../../cli/run.ts';
import { tinyBase } from '../tiny.ts';
import { livingInGroup, soon } from './processes.ts';

const main = join(import.meta.dirname, '../../../dist/cli/main.js');
const isUnix = process.platform !== 'win32';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'isoflop-full-'));
});
afterAll(() => rm(root, { recursive: true }));

/** Runs isoflop in a process that may write files of 12 KB (24 KB in some shells), and in children that may not either. */
async function limited(args: readonly string[]): Promise<Outcome & { group: number }> {
  const child = spawn('sh', ['-c', 'ulimit -f 24 && exec "$0" "$@"', process.execPath, main, ...args], {
    detached: true,
  });
  return { ...(await outcomeOf(child)), group: child.pid ?? NaN };
}

/** Files below a folder; each of them has to be whole. */
function wholeFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files) {
    if (file.endsWith('.json')) JSON.parse(readFileSync(file, 'utf8'));
    if (file.endsWith('.safetensors')) decodeSafetensors(readFileSync(file), file);
  }
  return files;
}

/** 3,696 parameters: weights of 15 KB, checkpoints of 50 KB. */
const wide = tinyBase
  .replace('width: 8', 'width: 16')
  .replace('evaluations: 5', 'evaluations: 3\n  checkpointSeconds: 0');

describe.runIf(isUnix)('a disk that is full', () => {
  it('ends a run with one error and no half of a file, and the run goes on when there is space', async () => {
    const file = join(root, 'run.yaml');
    await writeFile(file, wide.replace('base:\n', '').replace(/^ {2}/gm, ''));
    const out = join(root, 'run');
    const { status, stdout, stderr } = await limited(['train', file, '--out', out]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toEqual([
      `error: ${join(out, 'checkpoint.safetensors')} cannot be written: it would be larger than this process may write. Free some space and try again; what was there before is as it was.`,
    ]);
    const files = wholeFiles(out);
    expect(files.map((path) => path.slice(out.length + 1).replace(/\.\d+\./, '.')).sort()).toEqual([
      'config.json',
      'events.out.tfevents.isoflop',
      // The evaluation after the first step comes before its checkpoint.
      'metrics.csv',
      'metrics.json',
      'start.json',
    ]);
    const resumed = await isoflop(['train', file, '--out', out, '--resume', '--json']);
    expect(resumed.status).toBe(0);
    const undisturbed = await isoflop(['train', file, '--out', join(root, 'undisturbed'), '--json']);
    const loss = ({ stdout: text }: Outcome): unknown => (JSON.parse(text) as { loss: number }).loss;
    expect(loss(resumed)).toBe(loss(undisturbed));
  });

  it('ends a sweep with one error and no process, and the sweep goes on when there is space', async () => {
    const file = join(root, 'sweep.yaml');
    await writeFile(file, `${wide}seeds: [0, 1, 2, 3]`);
    const out = join(root, 'sweep');
    const { status, stdout, stderr, group } = await limited(['sweep', file, '--out', out, '--jobs', '2']);
    expect([status, stdout]).toEqual([1, '']);
    const errors = stderr.split('\n').filter((line) => line.includes('error'));
    expect(errors).toEqual([expect.stringMatching(/^error: .*checkpoint\.safetensors cannot be written: /) as unknown]);
    if (process.platform === 'linux') expect(await soon(() => livingInGroup(group).length === 0, 5)).toBe(true);
    // No further run was begun after one of the first two had found the disk full.
    expect(readdirSync(out).filter((name) => /^s[23]$/.test(name))).toEqual([]);
    expect(wholeFiles(out).filter((path) => /\.tmp$|sweep\.lock$|result\.json$/.test(path))).toEqual([]);
    const resumed = await isoflop(['sweep', file, '--out', out, '--resume', '--json']);
    expect(resumed.status).toBe(0);
    expect((JSON.parse(resumed.stdout) as SweepResult).runs).toHaveLength(4);
    expect(wholeFiles(out).filter((path) => /\.tmp$|sweep\.lock$/.test(path))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('takes no half of an event', async () => {
    await expect(openEventFile('/dev/full')).rejects.toMatchObject({
      code: 'DISK_FULL',
      details: { file: '/dev/full' },
    });
    await expect(openEventFile(join(root, 'none/events'))).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });

  it('is not the only reason why nothing can be written', async () => {
    const file = join(root, 'run.yaml');
    await writeFile(join(root, 'taken'), '');
    for (const command of ['train', 'sweep']) {
      await writeFile(file, command === 'sweep' ? tinyBase : tinyBase.replace('base:\n', '').replace(/^ {2}/gm, ''));
      const { status, stderr } = await isoflop([command, file, '--out', join(root, 'taken/deeper')]);
      expect(status === 1 || status === 2).toBe(true);
      expect(stderr).toMatch(/^error: .*taken\/deeper.* a part of its path is not a folder\./m);
      expect(stderr).not.toContain('defect');
    }
  });
});

it('a model that no memory holds is told, and the other runs finish', async () => {
  const file = join(root, 'large.yaml');
  await writeFile(file, `${tinyBase}models: [{ width: 8 }, { width: 16384 }, { width: 16 }]`);
  const out = join(root, 'large');
  const { status, stdout, stderr } = await isoflop(['sweep', file, '--out', out, '--json']);
  expect(status).toBe(1);
  const { runs, failed } = JSON.parse(stdout) as SweepResult;
  expect(runs.map(({ name, status: how }) => [name, how])).toEqual([
    ['w8', 'done'],
    ['w16', 'done'],
  ]);
  expect(failed).toEqual([
    { name: 'w16384', error: expect.stringMatching(/^The run w16384 ran out of memory: .* GB or more/) as unknown },
  ]);
  expect(stderr).toContain('w16384 could not be timed: The run w16384 ran out of memory');
  expect(readdirSync(out)).not.toContain('w16384');
});
