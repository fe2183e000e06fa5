import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backtestMatrix } from '../../src/backtest/matrix.ts';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { inThreads, matrixInThreads, stopThreads } from '../../src/node/threads.ts';
import type { Runs } from '../../src/runs/index.ts';
import { bootstrapTask, inThisThread, type BootstrapTask } from '../../src/uncertainty/bootstrap.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { chinchilla240 } from '../helpers/data.ts';

const root = join(import.meta.dirname, '../..');

/** Threads run the built worker: results are the same only when it was built from the present sources, as `npm test` does. */
function isBuilt(): boolean {
  const built = statSync(join(root, 'dist/node/worker.js'), { throwIfNoEntry: false });
  const sources = ['core', 'runs', 'laws', 'fit', 'uncertainty', 'backtest', 'node'].flatMap((name) => {
    const folder = join(root, 'src', name);
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));
  });
  return built !== undefined && sources.every((file) => statSync(file).mtimeMs <= built.mtimeMs);
}

let runs: Runs;
let fit: LawFit;
beforeAll(async () => {
  runs = await chinchilla240();
  fit = fitLaw(chinchilla, runs);
});
afterAll(stopThreads);

const task = (seed: number): BootstrapTask => bootstrapTask(fit, groupRows(fit), seed);

describe.skipIf(!isBuilt())('a bootstrap in threads (needs npm run build)', () => {
  it('has the bits of one in this thread', async () => {
    const here = await inThisThread(task(5), 1000, undefined);
    const there = await inThreads(task(5), 1000, undefined);
    expect([...there.theta]).toEqual([...here.theta]);
    expect([...there.certified]).toEqual([...here.certified]);
    expect(there.certified).toHaveLength(1000);
  });

  it('reports progress from its parts, to the end', async () => {
    const progress: number[] = [];
    await inThreads(task(6), 1100, (done) => progress.push(done));
    expect(progress.at(-1)).toBe(1100);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    // Parts of 125 in threads, of 250 here.
    if (availableParallelism() > 1) expect(progress).toHaveLength(9);
  });

  it('keeps tasks that run at once apart', async () => {
    const [a, b] = await Promise.all([inThreads(task(1), 750, undefined), inThreads(task(2), 750, undefined)]);
    const [c, d] = [await inThisThread(task(1), 750, undefined), await inThisThread(task(2), 750, undefined)];
    expect([...a.theta]).toEqual([...c.theta]);
    expect([...b.theta]).toEqual([...d.theta]);
  });

  it('fills a matrix with the bits of one in this thread, cell by cell', async () => {
    const options = { models: [3, 30, 90], shares: [0.5, 1], fit: { objective: 'mse' } };
    const seen: number[] = [];
    const there = await backtestMatrix(chinchilla, runs, {
      ...options,
      execute: matrixInThreads,
      onProgress: (done) => seen.push(done),
    });
    expect(there).toEqual(await backtestMatrix(chinchilla, runs, options));
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('starts again after it was stopped', async () => {
    await stopThreads();
    await stopThreads();
    const again = await inThreads(task(5), 600, undefined);
    expect(again.certified).toHaveLength(600);
  });

  it('leaves the event loop free meanwhile', async () => {
    if (availableParallelism() < 2) return;
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const began = performance.now();
    await inThreads(task(7), 4000, undefined);
    const elapsed = performance.now() - began;
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(elapsed / 5 / 8);
  });

  it('lets the process end by itself', async () => {
    const script = `
      import { fitRuns, readRuns } from './dist/index.js';
      const fit = await fitRuns(await readRuns('data/chinchilla.csv', { where: 'loss < 3.44' }), { bootstrap: 500 });
      console.log(fit.bootstrap.certified);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      timeout: 20_000,
    });
    expect(stdout.trim()).toBe('500');
  });
});

describe('a small bootstrap', () => {
  it('stays in this thread', async () => {
    const progress: number[] = [];
    const part = await inThreads(task(8), 300, (done) => progress.push(done));
    expect(part.certified).toHaveLength(300);
    expect(progress).toEqual([250, 300]);
  });
});
