import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BacktestJson } from '../../src/report/backtestJson.ts';
import { besiroglu, chinchilla, folderWith, isoflop, jsonOf, runsCsv } from './run.ts';

const opt = [
  join(import.meta.dirname, '../../data/opt-trajectories.csv'),
  '--columns',
  'params=model_size,tokens=10^num_token,flops=10^flops,loss=log(ppl),run=model_size',
];
/** The protocol of arXiv 2410.11840: least squares of the loss itself, all sizes but the largest. */
const protocol = ['--holdout', 'size', '--cut', '175B', '--matrix', '--objective', 'mse', '--shares', '1', '--json'];

it('predicts the Chinchilla runs beyond three cuts to 0.0089, 0.0100 and 0.0105', async () => {
  const args = ['backtest', chinchilla, ...besiroglu, '--cut', '1e20,3e20,1e21', '--json'];
  const document = await jsonOf<BacktestJson>(args);
  expect(document).toMatchObject({ holdout: 'flops', confidence: 0.9 });
  const [law] = document.laws;
  expect(law.splits.map(({ cut, train, test }) => [cut, train, test])).toEqual([
    [1e20, 136, 104],
    [3e20, 177, 63],
    [1e21, 217, 23],
  ]);
  for (const [k, are] of [0.0089, 0.01, 0.0105].entries()) expect(law.splits[k].are).toBeCloseTo(are, 4);
  for (const { coverage, winkler, equivalentCompute } of law.splits) {
    expect(coverage).toBeGreaterThan(0.5);
    expect(winkler).toBeLessThan(0.2);
    expect(equivalentCompute).toBeGreaterThan(1);
  }
  expect(document.baselines.map(({ law }) => law)).toEqual(['best-so-far', 'last-value']);
  for (const { pooled } of document.baselines) expect(pooled?.are).toBeGreaterThan(0.05);
}, 60_000);

describe('OPT-175B from the five smaller sizes', () => {
  it.each([
    ['--all-checkpoints', undefined, 0.0504],
    ['--drop-tokens', '10B', 0.0311],
  ])(
    'with %s %s',
    async (option, value, are) => {
      const { matrix } = await jsonOf<BacktestJson>([
        'backtest',
        ...opt,
        ...protocol,
        option,
        ...(value === undefined ? [] : [value]),
      ]);
      expect(matrix?.rows.at(-1)).toEqual({ models: 5, from: 125e6, to: 30e9, target: 175e9, test: 10 });
      expect(matrix?.cells.at(-1)?.[0].are).toBeCloseTo(are, 4);
      expect(matrix?.dropTokens).toBe(value === undefined ? 0 : 1e10);
    },
    60_000,
  );
});

it('prints a leaderboard of laws and baselines, a matrix, and saves the figures', async () => {
  const folder = await folderWith();
  const out = `${folder}/new/backtest.html`;
  const { status, stdout, stderr } = await isoflop([
    'backtest',
    ...opt,
    '--law',
    'multiplicative',
    '--holdout',
    'size',
    '--cut',
    '30B',
    '--matrix',
    '--shares',
    '0.5,1',
    '--models',
    '4,5',
    '--out',
    out,
  ]);
  expect(status).toBe(0);
  expect(stdout).toContain('Backtest: model size N held out');
  expect(stdout).toMatch(/^ {2}multiplicative .*%/m);
  expect(stdout).toMatch(/^ {2}best-so-far /m);
  expect(stdout).toMatch(/^ {2}5, 125M to 30B /m);
  expect(stderr.trim().split('\n').at(-1)).toBe(`wrote ${out}`);
  const page = await readFile(out, 'utf8');
  for (const id of ['backtest-1', 'matrix']) expect(page).toContain(`<div id="${id}" class="plot">`);
}, 60_000);

it('compares laws given by formula and by name', async () => {
  const folder = await folderWith({
    'runs.csv': runsCsv([1e8, 3e8, 1e9, 3e9, 1e10], [1e9, 3e9, 1e10, 3e10, 1e11]),
  });
  const { laws } = await jsonOf<BacktestJson>([
    'backtest',
    `${folder}/runs.csv`,
    '--laws',
    'chinchilla,loss ~ E + A/params^a',
    '--cut',
    '3e20',
    '--json',
  ]);
  expect(laws.map(({ law }) => law)).toEqual(['chinchilla', 'loss ~ E + A/params^a']);
  expect(laws[0].pooled?.are).toBeLessThan(1e-5);
  expect(laws[1].pooled?.are).toBeGreaterThan(1e-3);
}, 60_000);

const refused: readonly [string, readonly string[]][] = [
  ['', ['No file is named']],
  ['RUNS --cut 1e30', ['--cut "1e30"', 'runs below and above']],
  ['RUNS --cut 1e20,x', ['--cut "1e20,x"', 'numbers with commas']],
  ['RUNS --holdout width', ["'width' is invalid", 'flops, size, tokens']],
  ['RUNS --laws chinchilla,skaling --matrix', ['--matrix is of one law']],
  ['RUNS --law chinchilla --laws skaling', ['--laws and --law do not go together']],
  ['RUNS --matrix --shares 2', ['--shares "2"', 'up to 1']],
  ['RUNS --matrix --models 0', ['--models "0"', 'whole numbers of sizes']],
  ['RUNS --out figure.gif', ['--out "figure.gif"', '.html']],
  ['RUNS --confidence 90', ['--confidence "90"', 'between 0 and 1']],
  ['RUNS --columns params=size', ['no column "size"']],
  ['ONE', ['nothing to backtest']],
  ['EMPTY', ['is empty']],
];

it.each(refused)('refuses backtest %s', async (line, words) => {
  const folder = await folderWith({ 'empty.csv': '', 'one.csv': 'params,tokens,loss\n1e9,2e10,2.5\n' });
  const args = line
    .split(' ')
    .filter((word) => word !== '')
    .map((word) =>
      word.replace('RUNS', chinchilla).replace('EMPTY', `${folder}/empty.csv`).replace('ONE', `${folder}/one.csv`),
    );
  const { status, stdout, stderr } = await isoflop(['backtest', ...args]);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(
    words.some((word) => stderr.includes(word)),
    stderr,
  ).toBe(true);
  expect(stderr).not.toContain('defect');
});
