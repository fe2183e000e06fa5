import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import type { SweepResult } from '../../../src/proxy/sweep/collect.ts';
import { isoflop, outcomeOf, start, type Outcome } from '../../cli/run.ts';
import { tinyBase } from '../tiny.ts';
import { takeLock } from '../../../src/proxy/sweep/lock.ts';
import { isLong } from '../../helpers/long.ts';
import { childrenOf, livingInGroup, soon } from './processes.ts';

/** Two runs that end early and two that go on for a while, with strategies that keep something between their steps. */
const yaml = `${tinyBase.replace('evaluations: 5', 'evaluations: 12').replace('  tokens: 1280\n', '')}
  checkpointSeconds: 0.03
tokens: [320, 12800]
strategies: [dropout, frugal]
`;
const names = ['dropout-d320', 'dropout-d12800', 'frugal-d320', 'frugal-d12800'];
/** A dozen starts of a sweep take long on a machine that is busy. */
const timeout = 240_000;
/** Kills of one sweep: ten in `npm run test:long`. */
const kills = isLong ? 10 : 2;
const isLinux = process.platform === 'linux';

let root: string;
const started: ChildProcess[] = [];
const whole = (): string => join(root, 'whole');
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'isoflop-kill-'));
  await writeFile(join(root, 'sweep.yaml'), yaml);
  const { status, stderr } = await isoflop(args(whole()));
  expect([status, stderr.includes('error')]).toEqual([0, false]);
}, timeout);
afterAll(async () => {
  // A test that failed may have left its processes.
  for (const { pid } of started)
    if (pid !== undefined) for (const one of livingInGroup(pid)) process.kill(one, 'SIGKILL');
  await rm(root, { recursive: true });
});

const args = (folder: string, more: readonly string[] = [], config = 'sweep.yaml'): string[] => [
  ...['sweep', join(root, config), '--out', folder, '--jobs', '2', '--json', ...more],
];

/** A sweep whose processes are a group of their own, and what it said so far. */
function begin(
  folder: string,
  config?: string,
): { child: ChildProcess; pid: number; ended: Promise<Outcome>; lines: () => number } {
  const child = start(args(folder, ['--resume'], config), { detached: true });
  started.push(child);
  let lines = 0;
  child.stderr?.on('data', (chunk: Buffer) => (lines += chunk.toString().split('\n').length - 1));
  return { child, pid: child.pid ?? NaN, ended: outcomeOf(child), lines: () => lines };
}

/** What has to be the same whatever happened on the way: all columns but those of speed and memory. */
function essence(folder: string): unknown {
  const rows = parse(readFileSync(join(folder, 'runs.csv')), { columns: true }) as unknown as Record<string, string>[];
  const weights = names.map((name) => readFileSync(join(folder, name, 'weights.safetensors')).toString('base64'));
  return { rows: rows.map(({ tokens_per_second, memory_mb, ...rest }) => rest), weights };
}

/** Every file of the runs that have ended, by path: when it was written, and what it holds. */
function endedFiles(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of names) {
    if (!existsSync(join(folder, name, 'result.json'))) continue;
    for (const file of readdirSync(join(folder, name))) {
      const path = join(folder, name, file);
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      found.set(path, `${String(statSync(path).mtimeMs)} ${digest}`);
    }
  }
  return found;
}

const leftovers = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'));

it.runIf(isLinux)(`killed at ${String(kills)} moments, it comes to the same bits`, { timeout }, async () => {
  const folder = join(root, 'killed');
  const random = createRandom(20261129);
  let ended = new Map<string, string>();
  const endedAtKill: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const sweep = begin(folder);
    // After some evaluations of this process, and some time: while it loads, trains, evaluates, or writes.
    const after = random.integer(4);
    await soon(() => sweep.lines() >= after, 30);
    // On a busy machine none of the runs might have ended by then, whose files are to stay as they are.
    if (kill === kills - 2) await soon(() => names.some((name) => existsSync(join(folder, name, 'result.json'))), 30);
    await setTimeout(random.integer(150));
    process.kill(-sweep.pid, 'SIGKILL');
    // With a status of its own it had ended before.
    expect((await sweep.ended).status).toBeNull();
    expect(await soon(() => livingInGroup(sweep.pid).length === 0, 10)).toBe(true);
    // What had ended is as it was.
    const now = endedFiles(folder);
    for (const [path, content] of ended) expect([path, now.get(path)]).toEqual([path, content]);
    ended = now;
    endedAtKill.push(names.filter((name) => ended.has(join(folder, name, 'result.json'))).length);
  }
  // Some runs ended on the way, and some were still to be done after the last kill.
  expect(endedAtKill.some((count) => count > 0)).toBe(true);
  expect(endedAtKill.at(-1)).toBeLessThan(4);

  const { status, stdout } = await isoflop(args(folder, ['--resume']));
  expect(status).toBe(0);
  expect((JSON.parse(stdout) as SweepResult).runs.map(({ name, status: how }) => [name, how])).toEqual(
    names.map((name) => [name, 'done']),
  );
  const now = endedFiles(folder);
  for (const [path, content] of ended) expect([path, now.get(path)]).toEqual([path, content]);
  expect(essence(folder)).toEqual(essence(whole()));
  expect(leftovers(folder)).toEqual([]);
});

it.runIf(isLinux)(
  'of which a process is killed, it tells so, finishes the others, and can be resumed',
  { timeout },
  async () => {
    const folder = join(root, 'worker');
    const sweep = begin(folder);
    // Each process is in the middle of a long run.
    const long = names.filter((name) => name.endsWith('d12800'));
    await soon(() => long.every((name) => existsSync(join(folder, name, 'metrics.csv'))), 30);
    const [victim] = childrenOf(sweep.pid);
    process.kill(victim, 'SIGKILL');
    const { status, stdout } = await sweep.ended;
    expect(status).toBe(1);
    const { runs, failed } = JSON.parse(stdout) as SweepResult;
    expect(runs).toHaveLength(3);
    expect(failed).toHaveLength(1);
    expect(failed[0].error).toBe('its process ended with SIGKILL; --resume goes on with it');
    expect(await soon(() => livingInGroup(sweep.pid).length === 0, 10)).toBe(true);
    const before = endedFiles(folder);
    expect((await isoflop(args(folder, ['--resume']))).status).toBe(0);
    const now = endedFiles(folder);
    for (const [path, content] of before) expect([path, now.get(path)]).toEqual([path, content]);
    expect(essence(folder)).toEqual(essence(whole()));
    expect(leftovers(folder)).toEqual([]);
  },
);

it.runIf(isLinux)(
  'that is killed alone leaves no process behind, though none comes to a checkpoint',
  { timeout },
  async () => {
    const folder = join(root, 'parent');
    await writeFile(
      join(root, 'long.yaml'),
      // Nothing is evaluated or saved for a long time.
      yaml.replace('checkpointSeconds: 0.03', 'checkpointSeconds: 3600').replace('[320, 12800]', '[64M, 65M]'),
    );
    const sweep = begin(folder, 'long.yaml');
    const begun = ['64M', '65M'].map((tokens) => join(folder, `dropout-d${tokens}`, 'start.json'));
    await soon(() => begun.every((path) => existsSync(path)), 30);
    expect(childrenOf(sweep.pid)).toHaveLength(2);
    sweep.child.kill('SIGKILL');
    expect(await soon(() => livingInGroup(sweep.pid).length === 0, 5)).toBe(true);
    // Its lock keeps nobody out.
    expect(await readFile(join(folder, 'sweep.lock'), 'utf8')).toBe(String(sweep.pid));
    const giveBack = await takeLock(join(folder, 'sweep.lock'), folder);
    await giveBack();
  },
);
