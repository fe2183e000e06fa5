import { describe, expect, it } from 'vitest';
import { scorePredictions } from '../../src/backtest/scores.ts';

const of = (...values: number[]): Float64Array => Float64Array.from(values);

describe('scores of predictions', () => {
  const observed = of(2, 4, 5);
  const predicted = of(2.2, 3.8, 5);

  it('of points', () => {
    const scores = scorePredictions({ observed, predicted, lower: null, upper: null }, 0.9);
    expect([scores.coverage, scores.width, scores.winkler]).toEqual([null, null, null]);
    expect(scores.are).toBeCloseTo(0.05, 12);
    expect(scores.medianAre).toBeCloseTo(0.05, 12);
    expect(scores.worst).toBeCloseTo(0.1, 12);
    expect(scores.bias).toBeCloseTo(0.05 / 3, 12);
  });

  it('the median of an even number lies between the middle two', () => {
    const scores = scorePredictions(
      { observed: of(1, 1, 1, 1), predicted: of(1.5, 1.1, 1, 1.3), lower: null, upper: null },
      0.9,
    );
    expect(scores.medianAre).toBeCloseTo(0.2, 12);
  });

  it('of intervals: an end holds, and what lies outside costs 2 / (1 - confidence) times its distance', () => {
    // Widths ln 2, ln 1.25 and ln 1.2; the first holds by its end, the second lies ln(4 / 3.75) above, the third ln(5.5 / 5) below.
    const intervals = { lower: of(1, 3, 5.5), upper: of(2, 3.75, 6.6) };
    const { coverage, width, winkler } = scorePredictions({ observed, predicted, ...intervals }, 0.8);
    const widths = Math.log(2) + Math.log(1.25) + Math.log(1.2);
    expect(coverage).toBeCloseTo(1 / 3, 12);
    expect(width).toBeCloseTo(widths / 3, 12);
    expect(winkler).toBeCloseTo((widths + 10 * (Math.log(4 / 3.75) + Math.log(1.1))) / 3, 12);
  });
});
