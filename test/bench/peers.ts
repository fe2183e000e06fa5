/**
 * `npm run bench:peers`: isoflop and the way of scipy side by side in one run, as ratios. Needs a python3 that has scipy
 * (PYTHON names another one); without it, it says so and ends.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrapFit, chinchilla, fitLaw, groupRows, inThreads, readRuns, stopThreads } from 'isoflop';
import { machine, median, row, time } from './measure.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const python = process.env.PYTHON ?? 'python3';
const resamples = 4000;

if (spawnSync(python, ['-c', 'import scipy']).status === 0) await compare();
else console.log(`${python} has no scipy; install it (or name another python with PYTHON) to compare.`);

async function compare(): Promise<void> {
  console.log(`isoflop against scipy on ${machine()}\n`);
  const runs = await readRuns(join(root, 'data/chinchilla.csv'), { where: 'loss < 3.44' });
  const { params, tokens, loss } = runs.quantities;
  if (params === undefined || tokens === undefined || loss === undefined)
    throw new Error('the bundled runs lack a column');
  const folder = mkdtempSync(join(tmpdir(), 'isoflop-peers-'));
  try {
    const csv = join(folder, 'runs.csv');
    const lines = Array.from({ length: runs.rows }, (_, i) => `${params[i]},${tokens[i]},${loss[i]}`);
    writeFileSync(csv, `params,tokens,loss\n${lines.join('\n')}\n`);

    const fitMs = time(() => fitLaw(chinchilla, runs), { warmUp: 200, calls: 300 });
    const fit = fitLaw(chinchilla, runs);
    const groups = groupRows(fit);
    const times: number[] = [];
    for (let i = 0; i < 6; i++) {
      const began = performance.now();
      await bootstrapFit(fit, groups, { resamples, execute: inThreads });
      if (i > 0) times.push(performance.now() - began);
    }
    const bootstrapMs = median(times);

    const script = join(root, 'test/bench/fit_scipy.py');
    const out = execFileSync(python, [script, csv, '4500', String(resamples)], { encoding: 'utf8' });
    const peer = JSON.parse(out) as { objective: number; fitSeconds: number; bootstrapSeconds: number };
    row('objective, isoflop', fit.minimum.value.toPrecision(12), '');
    row('objective, scipy (best of 4,500 starts)', peer.objective.toPrecision(12), '');
    row('one fit, isoflop', `${fitMs.toFixed(2)} ms`, '');
    row('one fit, scipy', `${peer.fitSeconds.toFixed(1)} s`, '');
    row('  ratio', `${((peer.fitSeconds * 1000) / fitMs).toFixed(0)} times`, 'aim: 5000 times');
    row('4,000 refits, isoflop (threads)', `${bootstrapMs.toFixed(0)} ms`, '');
    row('4,000 refits, scipy', `${peer.bootstrapSeconds.toFixed(1)} s`, '');
    row('  ratio', `${((peer.bootstrapSeconds * 1000) / bootstrapMs).toFixed(0)} times`, 'aim: 40 times');
  } finally {
    await stopThreads();
    rmSync(folder, { recursive: true });
  }
}
