import { expect, it } from 'vitest';
import { backtestToJson } from '../../src/report/backtestJson.ts';
import { exampleBacktest, lawOf } from './backtestExample.ts';

it('has the keys of the contract, laws in the order asked for', () => {
  const json = backtestToJson(exampleBacktest, []);
  expect(Object.keys(json)).toEqual(['holdout', 'confidence', 'laws', 'baselines', 'warnings']);
  expect(json.laws.map(({ law }) => law)).toEqual(['skaling', 'farseer', 'chinchilla']);
  const [split] = json.laws[2].splits;
  expect(Object.keys(split)).toEqual(
    'cut train test are medianAre worst bias coverage width winkler equivalentCompute'.split(' '),
  );
  expect(split).toMatchObject({ cut: 1e20, train: 2, test: 2, coverage: 1, equivalentCompute: 1.25 });
  expect(split.are).toBeCloseTo(0.01, 12);
  expect(json.laws[1]).toMatchObject({ splits: [], pooled: null, failed: [{ cut: 1e20 }] });
  expect(json.baselines[0].pooled).toMatchObject({ coverage: null, winkler: null, equivalentCompute: null });
});

it('holds no number that JSON does not know', () => {
  const wild = lawOf('wild', Infinity);
  const [split] = backtestToJson({ ...exampleBacktest, laws: [wild] }, []).laws[0].splits;
  expect(split.are).toBeNull();
  expect(JSON.parse(JSON.stringify(split))).toEqual(split);
});
