/**
 * `npm run bench`: the speeds that isoflop promises, measured on the built package (medians, warm). It prints and judges
 * nothing; machines differ, and so do their moods.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  acceleratorOf,
  bootstrapFit,
  chinchilla,
  describeFormula,
  fitLaw,
  formulaLaw,
  groupRows,
  inThisThread,
  inThreads,
  loadAccelerators,
  loadFit,
  planRun,
  nextRuns,
  readRuns,
  stopThreads,
  type BootstrapExecutor,
} from 'isoflop';
import { machine, median, row, time, timeProcesses } from './measure.ts';
import { writeSyntheticCsv } from './syntheticCsv.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'isoflop-bench-'));
console.log(`isoflop benchmark on ${machine()}\n`);
try {
  await benchFits();
  await benchPlans();
  await benchNext();
  await benchFormulas();
  await benchManyRows();
  benchProcesses();
} finally {
  await stopThreads();
  rmSync(folder, { recursive: true });
}

async function benchFits(): Promise<void> {
  const runs = await readRuns(join(root, 'data/chinchilla.csv'), { where: 'loss < 3.44' });
  const fitMs = time(() => fitLaw(chinchilla, runs), { warmUp: 200, calls: 300 });
  row('one global fit of 240 points', `${fitMs.toFixed(2)} ms`, '<= 3 ms');

  const fit = fitLaw(chinchilla, runs);
  const groups = groupRows(fit);
  const refit = async (execute: BootstrapExecutor): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < 6; i++) {
      const began = performance.now();
      await bootstrapFit(fit, groups, { resamples: 4000, execute });
      if (i > 0) times.push(performance.now() - began);
    }
    return median(times);
  };
  row('4,000 bootstrap refits, one thread', `${(await refit(inThisThread)).toFixed(0)} ms`, '<= 1000 ms');
  row('4,000 bootstrap refits, worker threads', `${(await refit(inThreads)).toFixed(0)} ms`, '<= 500 ms on two cores');
}

async function benchPlans(): Promise<void> {
  const fit = await loadFit(join(root, 'fits/chinchilla.json'));
  const accelerator = acceleratorOf(await loadAccelerators(), 'h100-sxm');
  const began = performance.now();
  planRun(fit, { flops: 5.76e23 });
  row('the first plan of a process', `${(performance.now() - began).toFixed(0)} ms`, '<= 200 ms');
  const options = { warmUp: 5, calls: 20 };
  const plan = time(() => planRun(fit, { flops: 5.76e23 }), options);
  row('a plan for a compute budget', `${plan.toFixed(0)} ms`, '<= 200 ms');
  const machine = { accelerator, count: 1024, pricePerHour: 2.5 };
  const limits = { money: 2e6, wallClock: 30 * 86_400, machine, inferenceTokens: 1e12, uniqueTokens: 5e11 };
  row('a plan with every limit', `${time(() => planRun(fit, limits), options).toFixed(0)} ms`, '<= 200 ms');
}

async function benchNext(): Promise<void> {
  const fit = await loadFit(join(root, 'fits/chinchilla.json'));
  const ms = time(() => nextRuns(fit, { target: { flops: 1e24 }, budget: 1e23 }), { warmUp: 10, calls: 20 });
  row('the next runs for a fit of 240 points', `${ms.toFixed(0)} ms`, '<= 200 ms');
}

async function benchFormulas(): Promise<void> {
  const runs = await readRuns(join(root, 'data/chinchilla.csv'), { where: 'loss < 3.44' });
  const text = 'loss ~ E + A/params^alpha + B/tokens^beta';
  const law = formulaLaw(describeFormula(text, { columns: Object.keys(runs.quantities), positive: ['E', 'A', 'B'] }));
  const fitMs = time(() => fitLaw(law, runs), { warmUp: 100, calls: 200 });
  row('one global fit of the same law as a formula', `${fitMs.toFixed(2)} ms`, '');

  const rows = 10_000;
  const inputs = [18, 22].map((low) => Float64Array.from({ length: rows }, (_, i) => low + (5 * i) / rows));
  const theta = Float64Array.of(0.6, 6.2, 0.35, 7.7, 0.37);
  const predicted = new Float64Array(rows);
  const jacobian = new Float64Array(rows * law.params.length);
  const rate = (into: Float64Array | undefined): string => {
    const ms = time(
      () => {
        law.evaluate(theta, inputs, rows, predicted, into);
      },
      { warmUp: 50, calls: 200 },
    );
    return `${(rows / ms / 1000).toFixed(0)} million/s`;
  };
  row('residuals of that formula', rate(undefined), '>= 10 million/s');
  row('  with their gradients', rate(jacobian), '');
}

async function benchManyRows(): Promise<void> {
  const csv = join(folder, 'million.csv');
  await writeSyntheticCsv(csv, 1_000_000);
  const reads = Array.from({ length: 3 }, () => {
    const out = execFileSync(process.execPath, [join(root, 'test/bench/readCsv.mjs'), csv], { encoding: 'utf8' });
    return JSON.parse(out) as { rows: number; seconds: number; peakMB: number };
  });
  const rate = median(reads.map((read) => read.rows / read.seconds / 1000));
  row('reading 1,000,000 rows of 8 columns', `${rate.toFixed(0)}k rows/s`, '>= 350k rows/s');
  row('  peak memory of that process', `${median(reads.map((read) => read.peakMB)).toFixed(0)} MB`, '< 200 MB');

  const runs = await readRuns(csv);
  const tenth = join(folder, 'tenth.csv');
  await writeSyntheticCsv(tenth, 100_000);
  const fewer = await readRuns(tenth);
  const small = time(() => fitLaw(chinchilla, fewer), { warmUp: 2, calls: 5 });
  const large = time(() => fitLaw(chinchilla, runs), { warmUp: 1, calls: 5 });
  row('one fit of 1,000,000 rows', `${large.toFixed(0)} ms`, '<= 1500 ms');
  row('  against 100,000 rows (10 is linear)', `${(large / small).toFixed(1)} times`, 'linear in rows');
}

function benchProcesses(): void {
  const fit = join(root, 'fits/chinchilla.json');
  const predict = [process.execPath, main, 'predict', fit, '--params', '70B', '--tokens', '1.4T', '--json'];
  const [ours, bare] = timeProcesses(predict, [process.execPath, '-e', '0'], 21);
  row('isoflop predict as a whole process', `${ours.toFixed(0)} ms`, '');
  row('  against node -e 0', `${(ours / bare).toFixed(2)} times`, '<= 2.5 times');
}
