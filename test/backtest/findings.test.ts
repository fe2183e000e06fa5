import { expect, it } from 'vitest';
import type { Backtest } from '../../src/backtest/backtest.ts';
import { backtestWarnings } from '../../src/backtest/findings.ts';
import { createWarning } from '../../src/core/warnings.ts';
import { createRuns } from '../../src/runs/index.ts';
import { exampleBacktest, failedLaw, lawOf } from '../report/backtestExample.ts';

const count = Array.from({ length: 100 }, (_, i) => i + 1);
const manyRuns = createRuns({ params: count, tokens: count, loss: count });
const codes = (changes: Partial<Backtest>): string[] =>
  backtestWarnings({ ...exampleBacktest, ...changes }, manyRuns).map(({ code, level }) => `${level} ${code}`);
/** A law with this coverage of `test` runs. */
const many = (law: Backtest['laws'][0], coverage: number, test: number): Backtest['laws'][0] => ({
  ...law,
  splits: law.splits.map((split) => ({
    ...split,
    heldOut: { ...split.heldOut, rows: Int32Array.from({ length: test }, (_, i) => i) },
  })),
  pooled: law.pooled && { ...law.pooled, coverage },
});

it('tells of a law that predicts no better than a baseline, and not of one that does', () => {
  expect(codes({ laws: [lawOf('chinchilla', 0.11, { intervals: false })] })).toEqual(['error BASELINE_WINS']);
  expect(codes({ laws: [lawOf('chinchilla', 0.09, { intervals: false })] })).toEqual([]);
});

it('tells of intervals that hold less than two standard errors below their confidence', () => {
  // The standard error of 0.9 among 100 runs is 0.03.
  expect(codes({ laws: [many(lawOf('chinchilla', 0.01), 0.83, 100)] })).toEqual(['warning INTERVALS_TOO_NARROW']);
  expect(codes({ laws: [many(lawOf('chinchilla', 0.01), 0.85, 100)] })).toEqual([]);
  expect(codes({ laws: [many(lawOf('chinchilla', 0.01), 0, 2)] })).toEqual([]);
});

it('tells of cuts without a fit, an error where no cut has one', () => {
  expect(codes({ laws: [failedLaw] })).toEqual(['error BACKTEST_FAILED']);
  const partly = { ...lawOf('chinchilla', 0.01), failed: failedLaw.failed };
  expect(codes({ laws: [partly] })).toEqual(['warning BACKTEST_FAILED']);
  // The same reason at several cuts is told once.
  const [{ why }] = failedLaw.failed;
  const failed = [1e20, 3e20].map((cut) => ({ cut, why }));
  const [warning, ...others] = backtestWarnings({ ...exampleBacktest, laws: [{ ...failedLaw, failed }] }, manyRuns);
  expect(others).toEqual([]);
  expect(warning.message).toContain('at the cuts 1e20, 3e20: 2 rows');
});

it('does not compare laws and baselines that are exact to rounding', () => {
  const baselines = [lawOf('last-value', 0, { intervals: false })];
  expect(codes({ laws: [lawOf('chinchilla', 1e-15, { intervals: false })], baselines })).toEqual([]);
  expect(codes({ laws: [lawOf('chinchilla', 1e-3, { intervals: false })], baselines })).toEqual([
    'error BASELINE_WINS',
  ]);
});

it('tells each code of the fits once for each law, at its most serious', () => {
  const law = lawOf('chinchilla', 0.01);
  const raised = [
    [createWarning('FEW_SIZES', '4 sizes.'), createWarning('STDERR_FROM_SANDWICH', 'told elsewhere')],
    [createWarning('FEW_SIZES', '2 sizes.', { level: 'error' })],
  ];
  const warnings = backtestWarnings(
    {
      ...exampleBacktest,
      laws: [{ ...law, splits: law.splits.map((split, k) => ({ ...split, warnings: raised[k] })) }],
    },
    manyRuns,
  );
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject({ level: 'error', message: 'chinchilla, 2 cuts: 2 sizes.' });
});
