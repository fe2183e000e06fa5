import { expect, it } from 'vitest';
import type { BacktestMatrix } from '../../src/backtest/matrix.ts';
import type { MatrixCell } from '../../src/backtest/matrixCell.ts';
import { formatMatrix } from '../../src/report/matrixText.ts';

const cell = (are: number | null, changes: Partial<MatrixCell> = {}): MatrixCell => ({
  models: 3,
  share: 0.5,
  rows: 12,
  flops: 2e21,
  are,
  bias: are,
  naive: 0.2,
  status: are === null ? 'refused' : 'converged',
  reason: null,
  warnings: [],
  ...changes,
});

const good = cell(0.0412, { share: 1 });
const lucky = cell(0.03, { warnings: ['FEW_SIZES'], flops: 1e20 });
const matrix: BacktestMatrix = {
  law: 'chinchilla',
  objective: 'mse',
  experiment: 'grow',
  shares: [0.5, 1],
  fractionOf: 'run',
  dropTokens: 1e10,
  fromFraction: 0,
  testFrom: 0.7,
  rows: [
    { models: 2, from: 125e6, to: 1.3e9, target: 175e9, test: 10 },
    { models: 3, from: 125e6, to: 6.7e9, target: 175e9, test: 10 },
  ],
  cells: [
    [cell(null), lucky],
    [cell(0.12), good],
  ],
  cheapest: [{ threshold: 0.05, reliable: good, any: lucky }],
  warnings: [],
};
const lines = formatMatrix(matrix).split('\n');

it('prints errors in per cent, unsound fits with a mark, and a dash where there is none', () => {
  expect(lines[0]).toBe('ARE in per cent of predicting the last 30% of training at 175B parameters (10 checkpoints)');
  expect(lines[1]).toBe('  chinchilla, mse, without the first 10B tokens');
  expect(lines.slice(3, 6)).toEqual([
    '  sizes              50%   100%',
    '  2, 125M to 1.3B       -  3.00~',
    '  3, 125M to 6.7B  12.00   4.12',
  ]);
});

it('prints the cheapest experiment that stays below a threshold beside the cheapest at all', () => {
  const row = lines.find((line) => line.startsWith('  below 5%')) ?? '';
  expect(row.trim().split(/ {2,}/)).toEqual([
    'below 5%',
    '3 sizes, 100%',
    '2e21 FLOP',
    '4.12',
    '3 sizes, 50%',
    '1e20 FLOP',
    '3.00~',
  ]);
});

it('has its own words for runs that predict their own end', () => {
  const own = formatMatrix({ ...matrix, experiment: 'own', cheapest: [], fractionOf: 'family' });
  expect(own).toContain("the last 30% of training from a run's own beginning");
  expect(own).toContain('Columns: share of the most tokens of the fitted sizes that is fitted.');
  expect(own).not.toContain('Cheapest');
});
