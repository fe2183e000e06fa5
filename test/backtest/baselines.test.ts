import { expect, it } from 'vitest';
import { baselines } from '../../src/backtest/baselines.ts';

const predictions = (known: Parameters<(typeof baselines)[0]['predict']>[0]) =>
  Object.fromEntries(baselines.map(({ id, predict }) => [id, predict(known)]));

it('predicts the least loss, and that of the largest run', () => {
  const known = { observed: [3, 2.2, 2.5], held: [1e18, 1e19, 1e20] };
  expect(predictions(known)).toEqual({ 'best-so-far': 2.2, 'last-value': 2.5 });
});

it('takes the last checkpoint of the largest run, and the mean of equal ones', () => {
  const known = { observed: [2, 3, 2.6, 2.4, 9], held: [1e9, 2e9, 2e9, 2e9, 1e9], tokens: [9, 1, 5, 5, 10] };
  expect(predictions(known)['last-value']).toBe(2.5);
  expect(predictions({ ...known, tokens: known.tokens.map(() => NaN) })['last-value']).toBeCloseTo(8 / 3, 12);
});
