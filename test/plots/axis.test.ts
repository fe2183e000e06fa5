import { describe, expect, it } from 'vitest';
import { linearTicks, logAxis, logSpace, logTicks, padRange, quantityStyle } from '../../src/plots/axis.ts';
import { findLaw } from '../../src/laws/index.ts';

describe('logTicks', () => {
  it.each([
    [5e18, 2e24, 8, [1e19, 1e20, 1e21, 1e22, 1e23, 1e24]],
    [4e7, 3e11, 8, [1e8, 3e8, 1e9, 3e9, 1e10, 3e10, 1e11, 3e11]],
    [1e9, 2e10, 8, [1e9, 2e9, 5e9, 1e10, 2e10]],
    [1.9, 3.1, 7, [2, 2.2, 2.4, 2.6, 2.8, 3]],
    [1e3, 1e33, 8, [1e4, 1e8, 1e12, 1e16, 1e20, 1e24, 1e28, 1e32]],
  ])('from %d to %d, at most %d', (low, high, most, ticks) => {
    expect(logTicks(low, high, most)).toEqual(ticks);
  });

  it('has no ticks for an axis without ends', () => {
    expect(logTicks(0, 1)).toEqual([]);
    expect(logTicks(Infinity, -Infinity)).toEqual([]);
  });

  it('stays inside the axis and within the number of ticks, whatever the range', () => {
    for (let span = 0.01; span < 40; span *= 1.3) {
      const [low, high] = [3.3e5, 3.3e5 * 10 ** span];
      const ticks = logTicks(low, high, 8);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(8);
      expect(ticks.every((tick) => tick >= low && tick <= high)).toBe(true);
    }
  });
});

it('linear ticks have no rounding noise', () => {
  expect(linearTicks(-0.5, 0.7, 8)).toEqual([-0.4, -0.2, 0, 0.2, 0.4, 0.6]);
});

it('prints ticks as people write them', () => {
  const axis = logAxis({ quantity: 'params', range: [4e7, 3e11] });
  expect(axis).toMatchObject({
    type: 'log',
    range: [Math.log10(4e7), Math.log10(3e11)],
    ticktext: ['100M', '300M', '1B', '3B', '10B', '30B', '100B', '300B'],
    title: { text: 'Model size N (parameters)' },
  });
  expect(logAxis({ quantity: 'tokens', range: [9e11, 3e12] }).ticktext).toContain('1T');
  expect(logAxis({ quantity: 'flops', range: [5e18, 2e24] }).ticktext).toEqual([
    '1e19',
    '1e20',
    '1e21',
    '1e22',
    '1e23',
    '1e24',
  ]);
  expect(quantityStyle('tokens').format(1.4e12)).toBe('1.4T');
  expect(quantityStyle('flops').format(5e13)).toBe('5e13');
});

it('names an input that is none of the usual quantities by its own symbol and unit', () => {
  const law = { ...findLaw('params'), inputs: [{ name: 'batch', symbol: 'S', unit: 'tokens per step' }] };
  expect(quantityStyle('batch', law).title).toBe('batch S (tokens per step)');
});

it('pads a range in log space, also one of no length', () => {
  expect(padRange([1, 100], 0.5)).toEqual([0.1, 1000]);
  const [low, high] = padRange([5, 5]);
  expect(low).toBeLessThan(5);
  expect(high).toBeGreaterThan(5);
});

it('spaces numbers evenly in log space, with exact ends', () => {
  const x = logSpace(3, 3e7, 8);
  expect([x[0], x[7]]).toEqual([3, 3e7]);
  expect(x[4] / x[3]).toBeCloseTo(10, 10);
});
