import { expect, it } from 'vitest';
import { backtestWarnings } from '../../src/backtest/findings.ts';
import { formatBacktest, middleFactor, rankLaws } from '../../src/report/backtestText.ts';
import { exampleBacktest, exampleRuns, failedLaw, lawOf } from './backtestExample.ts';

const text = formatBacktest(exampleBacktest, backtestWarnings(exampleBacktest, exampleRuns));
const cells = (start: string): string[] =>
  (text.split('\n').find((line) => line.trimStart().startsWith(`${start} `)) ?? '').trim().split(/ {2,}/);

it('ranks by the Winkler score, then by ARE, failures last', () => {
  const ranked = rankLaws([failedLaw, lawOf('no-intervals', 0.001, { intervals: false }), ...exampleBacktest.laws]);
  expect(ranked.map(({ law }) => law)).toEqual(['chinchilla', 'skaling', 'no-intervals', 'farseer', 'farseer']);
});

it('prints the scores of each law and baseline', () => {
  expect(cells('chinchilla')).toEqual([
    'chinchilla',
    '1.00%',
    '1.00%',
    '1.00%',
    '+1.00%',
    '100%',
    '4.0%',
    '0.0400',
    '1.25x',
  ]);
  expect(cells('skaling')[1]).toBe('5.00%');
  expect(cells('skaling')[4]).toBe('-5.00%');
  expect(cells('best-so-far').slice(5)).toEqual(['-', '-', '-', '-']);
  expect(text.indexOf('chinchilla ')).toBeLessThan(text.indexOf('skaling '));
  expect(text.indexOf('skaling ')).toBeLessThan(text.indexOf('best-so-far '));
});

it('says what was held out at each cut', () => {
  expect(text).toContain('Backtest: training compute C held out');
  expect(text).toContain('C < 3e20: 2 rows known, 2 predicted');
});

it('says why a law is missing', () => {
  expect(text).toContain('farseer: no prediction, see the warnings');
  expect(text.replaceAll(/\s+/g, ' ')).toContain('2 rows cannot determine 9 parameters.');
});

it('gives a factor of compute only where every cut has one', () => {
  const factors = (values: (number | null)[]) =>
    middleFactor(values.map((equivalentCompute) => ({ equivalentCompute })));
  expect(factors([1.1, 3, 2])).toBe(2);
  expect(factors([1.1, null])).toBeNull();
  expect(factors([])).toBeNull();
});
