// Uses the installed package as a program of someone else does, and prints the numbers that it finds.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  allocate,
  buildFigure,
  figurePdf,
  figurePng,
  figureSvg,
  fitRuns,
  predictLoss,
  readRuns,
  stopThreads,
} from 'isoflop';

const exported = {};
for (const entry of process.argv.slice(2)) {
  const module = await import(entry, entry.endsWith('.json') ? { with: { type: 'json' } } : undefined);
  exported[entry] = Object.keys(module).length;
}

const data = join(import.meta.dirname, 'node_modules/isoflop/data/chinchilla.csv');
const runs = await readRuns(data, { where: 'loss < 3.44' });
// The bootstrap runs in worker threads.
const fit = await fitRuns(runs, { law: 'chinchilla', bootstrap: 400, seed: 0 });
await stopThreads();
const { loss, lower, upper } = predictLoss(fit, { params: [70e9], tokens: [1.4e12] });
const plan = allocate(fit, 5.76e23);

const figure = buildFigure(fit, 'frontier');
const starts = {
  svg: figureSvg(figure).slice(0, 4),
  png: Buffer.from(await figurePng(figure)).toString('latin1', 1, 4),
  pdf: Buffer.from(await figurePdf(figure)).toString('latin1', 0, 4),
};

const numbers = [
  fit.objective.value,
  ...Object.values(fit.params).flatMap(({ value, stderr, interval }) => [value, stderr, ...interval]),
  ...[loss[0], lower[0], upper[0]],
  ...[plan.params, plan.tokens, plan.loss, ...plan.intervals.params],
];
const { name } = JSON.parse(await readFile(join(import.meta.dirname, 'node_modules/isoflop/package.json'), 'utf8'));
console.log(JSON.stringify({ name, exported, certified: fit.bootstrap.certified, starts, numbers }));
