import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FitJson } from '../../src/report/json.ts';
import { folderWith, isoflop, jsonOf } from './run.ts';

const data = (name: string): string => join(import.meta.dirname, '../../data', name);
const columns = 'params=model_size,tokens=10^num_token,flops=6*model_size*10^num_token,loss=log(ppl),run=model_size';
const opt = ['fit', data('opt-trajectories.csv'), '--columns', columns, '--objective', 'mse'];
/** Without backtests, which say nothing about the choice of checkpoints. */
const quick = ['--no-calibration', '--json'];

const codes = ({ warnings }: FitJson): string[] => warnings.map(({ code }) => code);

it('a fit of checkpoints leaves out the first tenth of each run, and says so', async () => {
  const { status, stdout } = await isoflop(opt);
  expect(status).toBe(0);
  expect(stdout).toContain('dropped      28 rows: --from-fraction 0.1, by default');
  expect(stdout).toContain('kept         114 rows of 6 runs, 14 to 27 each (median 16.5)');
  expect(stdout).toContain('EARLY_CHECKPOINTS: Rows are checkpoints, so the first 10% of each run, 28 rows,');
});

it('options choose other parts, in one order, and are recorded', async () => {
  const fit = await jsonOf<FitJson>([...opt, '--thin', '3', '--drop-tokens', '10B', '--run-weights', ...quick]);
  expect(fit.data.dropped.map(({ rows, why }) => `${String(rows)}: ${why}`)).toEqual([
    '12: --drop-tokens 10B',
    '112: --thin 3',
  ]);
  expect(fit.settings).toMatchObject({ dropTokens: 10e9, thin: 3, finals: false, fromFraction: null, weights: 'run' });
  expect(fit.data.runs).toEqual({ count: 6, fewest: 3, median: 3, most: 3 });
  expect(codes(fit)).not.toContain('EARLY_CHECKPOINTS');
  const all = await jsonOf<FitJson>([...opt, '--all-checkpoints', ...quick]);
  expect(all.data).toMatchObject({ used: 142, dropped: [] });
});

it('the drop of the first 10B tokens switches E off, and says so', async () => {
  const cut = await jsonOf<FitJson>([...opt, '--where', 'model_size < 100e9', '--drop-tokens', '10B', ...quick]);
  expect(cut.status).toBe('degenerate');
  expect(cut.params.E.state).toBe('off');
  expect(cut.params.beta.value).toBeCloseTo(0.0525, 4);
  expect(codes(cut)).toContain('TERM_OFF');
});

it('the length of a warm-up is in steps or in tokens', async () => {
  const dropped = async (length: string): Promise<string[]> =>
    (await jsonOf<FitJson>([...opt, '--after-warmup', length, ...quick])).data.dropped.map(({ why }) => why);
  expect(await dropped('5000steps')).toEqual(['--after-warmup 5000steps']);
  expect(await dropped('2B tokens')).toEqual(['--after-warmup 2Btokens']);
});

it('checkpoints before the decay of the learning rate are flagged, finished runs are not', async () => {
  const curves = ['fit', data('multi-power.csv'), '--law', 'loss ~ E + B/step^beta', '--start', 'beta=0.5', ...quick];
  expect(codes(await jsonOf<FitJson>(curves))).toContain('BEFORE_DECAY');
  const decayed = [
    '--finals',
    '--where',
    'schedule == "cosine_24000" or schedule == "cosine_72000" or schedule == "wsd_20000_24000"',
  ];
  expect(codes(await jsonOf<FitJson>([...curves, ...decayed]))).not.toContain('BEFORE_DECAY');
});

it.each([
  [['--after-warmup', '5'], '--after-warmup "5" is not valid'],
  [['--thin', '0'], '--thin "0" is not valid'],
  [['--last-part', '2'], '--last-part "2" is not valid'],
  [['--drop-tokens', '1T'], 'None of the 142 rows is left to fit (142: --drop-tokens 1T (6 runs with all rows))'],
  [['--finals', '--all-checkpoints'], '--all-checkpoints leaves nothing out, so it does not go with --finals'],
  [['--after-warmup', 'lr'], 'no column for learningRate, which --after-warmup lr looks at'],
])('%j is refused', async (options, message) => {
  const { status, stdout, stderr } = await isoflop([...opt, ...options]);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

it('rows without tokens are refused with their line', async () => {
  const folder = await folderWith({ 'runs.csv': 'N,D,loss,run\n1e9,1e9,3,a\n1e9,,2.9,a\n2e9,1e10,2.5,b\n' });
  const { status, stderr } = await isoflop(['fit', join(folder, 'runs.csv'), '--law', 'params', '--finals']);
  expect(status).toBe(2);
  expect(stderr).toContain('line 3, column "D"');
});
