import { describe, expect, it } from 'vitest';
import { createRuns, nearOptimal } from '../../src/runs/index.ts';
import { errorOf } from '../helpers/errors.ts';

const sweep = createRuns({
  params: [1e8, 1e8, 1e8, 2e8, 2e8, 3e8],
  tokens: [1e9, 1e9, 1e9, 1e9, 1e9, 1e9],
  learningRate: [1, 2, 4, 1, 2, 1],
  loss: [3, 2.995, 3.1, 2.8, 2.9, 2.7],
  run: ['a', 'b', 'c', 'd', 'e', 'f'],
});
const rates = (within: number, by?: readonly string[]): number[] =>
  Array.from(nearOptimal(sweep, { within, ...(by === undefined ? {} : { by }) }).quantities.learningRate ?? []);

describe('nearOptimal', () => {
  it('keeps what is within a share of the least loss of its cell', () => {
    expect(rates(0.0025)).toEqual([1, 2, 1, 1]);
    expect(rates(0)).toEqual([2, 1, 1]);
    expect(rates(0.04)).toEqual([1, 2, 4, 1, 2, 1]);
  });

  it('keeps the best run of every cell, and all of them when they tie', () => {
    const tied = createRuns({ params: [1, 1, 2].map((n) => n * 1e8), tokens: [1e9, 1e9, 1e9], loss: [3, 3, 2] });
    expect(nearOptimal(tied, { within: 0 }).rows).toBe(3);
  });

  it('compares by other columns, also by names', () => {
    expect(rates(0, ['tokens'])).toEqual([1]);
    expect(rates(0, ['run'])).toEqual([1, 2, 4, 1, 2, 1]);
  });

  it('says what it left out, and carries the rest along', () => {
    const kept = nearOptimal(sweep, { within: 0.0025 });
    expect(kept.dropped).toEqual([{ rows: 2, why: 'more than 0.25% above the least loss of equal params and tokens' }]);
    expect(kept.lines).toEqual(Uint32Array.of(1, 2, 4, 6));
    expect(kept.categories.run?.codes).toHaveLength(4);
    const whole = nearOptimal(sweep, { within: 0.5 });
    expect(whole.quantities).toBe(sweep.quantities);
    expect(whole.selection?.nearOptimal).toEqual({ within: 0.5, by: ['params', 'tokens'] });
  });

  it('leaves out rows that lack what is compared', () => {
    const holes = { ...sweep, quantities: { ...sweep.quantities, loss: Float64Array.of(3, NaN, 3.1, 2.8, 2.9, 2.7) } };
    expect(nearOptimal(holes, { within: 0 }).rows).toBe(3);
  });

  it.each([-0.1, 1, NaN])('refuses a share of %d', (within) => {
    expect(errorOf(() => nearOptimal(sweep, { within }))).toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('refuses a quantity that is not there', () => {
    expect(errorOf(() => nearOptimal(sweep, { within: 0.1, by: ['batchSize'] }))).toMatchObject({
      code: 'QUANTITY_MISSING',
    });
  });
});
