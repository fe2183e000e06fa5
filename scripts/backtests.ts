/**
 * Backtests laws on the runs that ship, and on further ones where their folder is named, and writes what came out to
 * docs/backtest-results.md: `npm run backtests [-- FOLDER]`. FOLDER holds `isoflops/isoflops.csv` (Open-Athena's reading of
 * isoFLOP experiments) and `steplaw/dense_lr_bs_loss.csv` (Step Law), which have no licence and are not shipped.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as prettier from 'prettier';
import {
  backtestInThreads,
  backtestLaws,
  findLaw,
  fitRuns,
  predictLoss,
  readRuns,
  stopThreads,
  takeRows,
  type LawBacktest,
  type Runs,
} from '../src/index.ts';
import { scorePredictions, type Scores } from '../src/backtest/scores.ts';
import { splitsOf, type Holdout } from '../src/backtest/splits.ts';

interface Set {
  readonly name: string;
  readonly file: string;
  readonly columns?: string;
  readonly where?: string;
  readonly holdout?: Holdout;
  readonly cuts?: readonly number[];
  readonly dropTokens?: number;
  /** Keeps the best run of each size and number of tokens. */
  readonly best?: boolean;
}

const root = join(import.meta.dirname, '..');
const data = (name: string): string => join(root, 'data', name);
const chinchillaCuts = [1e20, 3e20, 1e21];
const confidence = 0.9;
const laws = ['chinchilla', 'skaling', 'multiplicative-irreducible', 'kaplan'];
const optColumns = 'params=model_size,tokens=10^num_token,flops=10^flops,loss=log(ppl),run=model_size';

const porian = [
  ['base', 'long', 'kaplan', 'kaplan'],
  ['base', 'long', 'kaplan', 'standard'],
  ['base', 'short', 'kaplan', 'standard'],
  ['base', 'short', 'chinchilla', 'standard'],
  ['tuned', 'short', 'const', 'standard'],
].map(([hparams, warmup, decay, count]): Set => ({
  name: `Porian RefinedWeb, ${hparams}, ${warmup} warm-up, ${decay} decay, ${count} count`,
  file: data('porian.csv'),
  where: `hparams == "${hparams}" and warmup == "${warmup}" and decay == "${decay}" and param_count == "${count}"`,
}));

const shipped: readonly Set[] = [
  { name: 'Chinchilla', file: data('chinchilla.csv'), where: 'loss < 3.44', cuts: chinchillaCuts },
  { name: 'Chinchilla, all 245', file: data('chinchilla.csv'), cuts: chinchillaCuts },
  ...porian,
  ...['c4_original', 'rpj'].map((set): Set => ({
    name: `Gadre ${set}`,
    file: data('gadre.csv'),
    columns: 'params=N,tokens=D,loss=loss_c4_val,run=name,family=dataset',
    where: `dataset == "${set}"`,
  })),
  {
    name: 'datablations, one epoch',
    file: data('datablations-contour.csv'),
    where: 'tokens <= 1.001 * uniqueTokens',
  },
  { name: 'OPT by size', file: data('opt-trajectories.csv'), columns: optColumns, holdout: 'size', dropTokens: 10e9 },
  { name: 'OPT by compute', file: data('opt-trajectories.csv'), columns: optColumns, dropTokens: 10e9 },
];

function further(folder: string): Set[] {
  const isoflops = join(folder, 'isoflops/isoflops.csv');
  const columns = 'params=params,tokens=tokens,loss=loss,family=experiment';
  const experiments = [
    'epochai_chinchilla__massivetext__chinchilla',
    'llama_3__exp_loss',
    'llama_3__raw_loss',
    'ml_scalefit__massivetext__chinchilla',
    'marin__comma__llama_3',
    'marin__dclm__llama_3',
    'marin__nemotron__llama_3',
    'misfitting__fineweb_c4__transformer',
  ];
  return [
    ...experiments.map((name): Set => {
      return { name: `isoFLOP ${name}`, file: isoflops, columns, where: `experiment == "${name}"` };
    }),
    {
      name: 'Step Law, best run of each size and length',
      file: join(folder, 'steplaw/dense_lr_bs_loss.csv'),
      columns: 'params=N,tokens=D,loss=smooth loss',
      best: true,
    },
  ].filter(({ file }) => existsSync(file));
}

/** The run of the least loss of each size and number of tokens. */
function bestRuns(runs: Runs): Runs {
  const { params, tokens, loss } = runs.quantities;
  if (params === undefined || tokens === undefined || loss === undefined) return runs;
  const best = new Map<string, number>();
  for (let i = 0; i < runs.rows; i++) {
    const key = `${String(params[i])}/${String(tokens[i])}`;
    const known = best.get(key);
    if (known === undefined || loss[i] < loss[known]) best.set(key, i);
  }
  return takeRows(runs, [...best.values()]);
}

/** Scores of the intervals that papers print, split by split: the bootstrap, that with residuals, and the delta method. */
async function plainScores(runs: Runs, holdout: Holdout, cuts?: readonly number[]): Promise<Record<string, Scores[]>> {
  const scores: Record<string, Scores[]> = { bootstrap: [], 'bootstrap and residuals': [], 'delta method': [] };
  for (const { train, test } of splitsOf(runs, holdout, cuts)) {
    const known = takeRows(runs, train);
    const asked = takeRows(runs, test);
    let fit;
    try {
      fit = await fitRuns(known, { bootstrap: 300, confidence, calibrate: false, resampling: 'cases' });
    } catch {
      continue;
    }
    const { params, tokens, loss } = asked.quantities;
    if (params === undefined || tokens === undefined || loss === undefined) continue;
    const inputs = { params, tokens };
    const drawn = predictLoss(fit, inputs);
    const delta = predictLoss({ ...fit, bootstrap: null }, inputs);
    const add = (name: string, lower: Float64Array | null, upper: Float64Array | null): void => {
      scores[name].push(scorePredictions({ observed: loss, predicted: drawn.loss, lower, upper }, confidence));
    };
    const noise = 1.645 * fit.residualRms;
    const widen = (ends: Float64Array | null, sign: number): Float64Array | null =>
      ends?.map((end, i) => drawn.loss[i] * Math.exp(sign * Math.hypot(Math.log(end / drawn.loss[i]), noise))) ?? null;
    add('bootstrap', drawn.lower, drawn.upper);
    add('bootstrap and residuals', widen(drawn.lower, -1), widen(drawn.upper, 1));
    add('delta method', delta.lower, delta.upper);
  }
  return scores;
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
const percent = (x: number | null | undefined, digits = 0): string =>
  x == null ? '-' : `${(100 * x).toFixed(digits)}%`;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const folder = process.argv[2] as string | undefined;
const sets = [...shipped, ...(folder === undefined ? [] : further(folder))];
const table: string[] = [];
const pooled = new Map<string, { held: number; runs: number; winkler: number[] }>();
const count = (name: string, scores: readonly (Pick<Scores, 'coverage' | 'winkler'> & { runs: number })[]): void => {
  const total = pooled.get(name) ?? { held: 0, runs: 0, winkler: [] };
  pooled.set(name, total);
  for (const { coverage, winkler, runs } of scores) {
    if (coverage === null || winkler === null) continue;
    total.held += coverage * runs;
    total.runs += runs;
    total.winkler.push(winkler);
  }
};

for (const { name, file, columns, where, holdout = 'flops', cuts, dropTokens, best } of sets) {
  let runs: Runs;
  try {
    const all = await readRuns(file, {
      columns,
      where,
      ...(dropTokens === undefined ? {} : { checkpoints: { dropTokens } }),
    });
    runs = best === true ? bestRuns(all) : all;
  } catch (error) {
    process.stderr.write(`${name}: ${String(error)}\n`);
    continue;
  }
  const tested = await backtestLaws(runs, laws.map(findLaw), { holdout, cuts, confidence, execute: backtestInThreads });
  const splits = tested.laws[0].splits.length;
  const held = tested.laws[0].splits.reduce((sum, { test }) => sum + test, 0);
  const cell = ({ pooled: scores }: LawBacktest): string =>
    scores === null ? '-' : `${percent(scores.are, 2)}, ${percent(scores.coverage)}`;
  table.push(
    row([
      name,
      `${String(splits)} (${String(held)})`,
      ...tested.laws.map(cell),
      percent(tested.baselines[0]?.pooled?.are, 2),
    ]),
  );
  for (const { law, splits: scored } of tested.laws)
    count(
      `${law}, calibrated`,
      scored.map((score) => ({ ...score, runs: score.test })),
    );
  const plain = await plainScores(runs, holdout, cuts);
  const asked = tested.laws[0].splits;
  for (const [kind, scores] of Object.entries(plain))
    count(
      `chinchilla, ${kind}`,
      scores.map((score, k) => ({ ...score, runs: asked[k]?.test ?? 0 })),
    );
  process.stderr.write(`${table.at(-1) ?? ''}\n`);
}
await stopThreads();

const intervals = [...pooled].map(([name, { held, runs, winkler }]) =>
  row([
    name,
    String(winkler.length),
    String(runs),
    percent(held / runs, 1),
    median(winkler).toFixed(3),
    (winkler.reduce((sum, x) => sum + x, 0) / winkler.length).toFixed(3),
  ]),
);
const page = `# Backtests on public runs

Made by \`npm run backtests${folder === undefined ? '' : ' -- FOLDER'}\` (scripts/backtests.ts): each law is fitted below a cut and predicts the runs at or
above it; what an interval learns, it learns below the cut. Cuts are those that \`isoflop backtest\` chooses, except for
Chinchilla (1e20, 3e20 and 1e21 FLOP). The isoFLOP sets and Step Law's runs are public but have no licence, so they are not
shipped; FOLDER holds them.

## Intervals for a new run

Nominal coverage 90%, over all held-out runs of all cuts; Winkler is the interval score of a cut in log loss (width plus 20
times what is missed), as median and mean over cuts. The first rows are isoflop's; the last three are what is printed
elsewhere.

| interval | cuts | held-out runs | coverage | median Winkler | mean Winkler |
| --- | --- | --- | --- | --- | --- |
${intervals.join('\n')}

## Errors by law

Mean absolute relative error of the predictions, and coverage of the calibrated 90% intervals, over the held-out runs of all
cuts of a set. The last column is the error of the best loss so far, which knows no law.

| set | cuts (runs) | ${laws.join(' | ')} | best so far |
| --- | --- | ${laws.map(() => '---').join(' | ')} | --- |
${table.join('\n')}
`;
const path = join(root, 'docs/backtest-results.md');
const options = await prettier.resolveConfig(path);
await writeFile(path, await prettier.format(page, { ...options, parser: 'markdown' }));
process.stdout.write(page);
