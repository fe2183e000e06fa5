import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineForms, predictCalibrated, reachOf, wideningAt } from '../../src/uncertainty/calibration.ts';
import type { Calibration, FitRows } from '../../src/fit/result.ts';
import { normalQuantile, studentQuantile } from '../../src/core/special.ts';

/** A backtest that asked at one distance. */
const split = (distance: number, ...scores: number[]): { distances: Float64Array; scores: Float64Array } => ({
  distances: new Float64Array(scores.length).fill(distance),
  scores: Float64Array.from(scores),
});
/** Five runs that were all off by the same number of times what a 90% interval of a known spread allows. */
const off = (times: number, distance = 1): ReturnType<typeof split> =>
  split(distance, ...Array.from({ length: 5 }, () => times * normalQuantile(0.95)));

describe('how much wider intervals have to be', () => {
  it('is twice where no backtest was made, with the t of five degrees of freedom', () => {
    const none = wideningAt([], 1);
    expect(none).toEqual({ factor: 2, degreesOfFreedom: 5, splits: 0, runs: 0 });
    expect(reachOf(none, 0.95)).toBeCloseTo(2 * 2.5706, 3); // t of 5 degrees of freedom, from tables
  });

  it('averages logarithms over four backtests of the prior and those that were made', () => {
    const one = wideningAt([off(2)], 1);
    expect(one.factor).toBeCloseTo(2 ** (1 / 5), 12);
    expect(one).toMatchObject({ degreesOfFreedom: 6, splits: 1, runs: 5 });
    expect(wideningAt([off(2), off(0.5), off(3)], 1).factor).toBeCloseTo(3 ** (1 / 7), 12);
  });

  it('counts a backtest of fewer than five runs in part', () => {
    const two = wideningAt([split(1, 4, 4)], 1);
    expect(two.factor).toBeCloseTo((4 / normalQuantile(0.95)) ** (0.4 / 4.4), 12);
    expect(two.degreesOfFreedom).toBeCloseTo(5.4, 12);
  });

  it('knows nothing of backtests at other distances', () => {
    expect(wideningAt([off(3, 0.1)], 3)).toEqual(wideningAt([], 3));
    expect(wideningAt([off(3, 3)], 0)).toEqual(wideningAt([], 0));
    // ln(0.5 + distance) may differ by 0.8.
    expect(wideningAt([off(3, 1)], 1.5 * Math.exp(0.79) - 0.5).splits).toBe(1);
    expect(wideningAt([off(3, 1)], 1.5 * Math.exp(0.81) - 0.5).splits).toBe(0);
    // Inside the data is one place.
    expect(wideningAt([off(3, 0)], -2)).toEqual(wideningAt([off(3, 0)], 0));
  });

  it('is bounded for one backtest, and a prediction that is no number is the worst', () => {
    const bound = 5 ** (1 / 5);
    expect(wideningAt([off(5)], 1).factor).toBeCloseTo(bound, 12);
    expect(wideningAt([off(0)], 1).factor).toBeCloseTo(1 / bound, 12);
    expect(wideningAt([off(1e6)], 1).factor).toBeCloseTo(bound, 12);
    expect(wideningAt([split(1, ...new Array<number>(5).fill(Infinity))], 1).factor).toBeCloseTo(bound, 12);
  });

  it('never falls where a score rises, and leaves the scores as they were', () => {
    const scores = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(scores, fc.nat(), fc.double({ min: 0, max: 10, noNaN: true }), (before, at, more) => {
        const after = before.map((score, i) => (i === at % before.length ? score + more : score));
        const given = split(1, ...before);
        expect(wideningAt([split(1, ...after)], 1).factor).toBeGreaterThanOrEqual(wideningAt([given], 1).factor);
        expect([...given.scores]).toEqual(before);
      }),
      { seed: 3 },
    );
  });
});

describe('several forms as one', () => {
  const say = (center: number[], meanSd: number[], newSd: number[]): Parameters<typeof combineForms>[0] => ({
    center: Float64Array.from(center),
    meanSd: Float64Array.from(meanSd),
    newSd: Float64Array.from(newSd),
  });

  it('have the mean of the centres and the spread about it', () => {
    const main = say([1, 2], [0.3, 0.1], [0.4, 0.2]);
    const found = combineForms(main, [main, say([1.4, 2], [9, 9], [9, 9])]);
    expect([...found.center]).toEqual([1.2, 2]);
    // Both forms are 0.2 from their mean.
    expect(found.meanSd[0]).toBeCloseTo(Math.hypot(0.3, 0.2), 12);
    expect(found.newSd[0]).toBeCloseTo(Math.hypot(0.4, 0.2), 12);
    expect([found.meanSd[1], found.newSd[1]]).toEqual([0.1, 0.2]);
  });

  it('leave out a form that gives no number', () => {
    const main = say([1], [0.3], [0.4]);
    expect(combineForms(main, [main, say([NaN], [1], [1])])).toEqual(main);
    expect(combineForms(main, [main, say([-Infinity], [1], [1])])).toEqual(main);
  });
});

describe('calibrated intervals', () => {
  /** A power law of params, held, so that its misfit is all there is, and rows far from what is asked. */
  const calibration: Calibration = {
    holdout: 'flops',
    largest: 1e20,
    scale: 'log',
    forms: [
      {
        law: 'params',
        formula: null,
        theta: Float64Array.of(Math.log(10), 0.1),
        means: Float64Array.of(0),
        held: ['A', 'alpha'],
        tied: {},
        scales: { misfit: 0.03, lengths: [1], noise: 0.04, run: 0 },
        backtestError: 0.01,
      },
    ],
    rows: Int32Array.of(1, 2),
    runs: null,
    splits: [{ cut: 1e19, train: 9, test: 5, ...off(2, Math.log(10)) }],
    measured: { nominal: 0.9, runs: 5, coverage: 1, plainCoverage: 0 },
  };
  const fitted: FitRows = {
    rows: 3,
    columns: { params: Float64Array.of(1e2, 2e2, 3e2), loss: Float64Array.of(99, 6, 5.7) },
    names: null,
  };

  it('reach as far as the widening at their distance and the t quantile say', () => {
    const asked = { params: Float64Array.of(1e20, 1e20), flops: Float64Array.of(1e21, 1e19) };
    const found = predictCalibrated(fitted, calibration, asked, 0.9);
    expect([...found.distance]).toEqual([expect.closeTo(Math.log(10), 12), 0]);
    expect(found.center[0]).toBeCloseTo(0.1, 12);
    const wide = 2 ** (1 / 5) * studentQuantile(0.95, 6);
    expect(Math.log(found.newRun[1][0] / 0.1)).toBeCloseTo(0.05 * wide, 10);
    expect(Math.log(found.mean[0][0] / 0.1)).toBeCloseTo(-0.03 * wide, 10);
    // Inside the data no backtest at ten times the compute counts, so the spread is doubled.
    expect(Math.log(found.newRun[1][1] / 0.1)).toBeCloseTo(2 * 0.05 * studentQuantile(0.95, 5), 10);
  });

  it('learn the misfit from the rows that the calibration names', () => {
    const near = predictCalibrated(
      fitted,
      calibration,
      { params: Float64Array.of(200), flops: Float64Array.of(1e19) },
      0.9,
    );
    const law = 10 * 200 ** -0.1;
    // Row 0, with its loss of 99, is not among them.
    expect(near.center[0]).toBeGreaterThan(law);
    expect(near.center[0]).toBeLessThan(6.1);
    const rest = { ...calibration, rows: Int32Array.of(2, 2) };
    const other = predictCalibrated(fitted, rest, { params: Float64Array.of(200), flops: Float64Array.of(1e19) }, 0.9);
    expect(other.center[0]).not.toBeCloseTo(near.center[0], 4);
  });

  it('are plain differences where the response may be below zero', () => {
    const raw: Calibration = { ...calibration, scale: 'raw' };
    const found = predictCalibrated(fitted, raw, { params: Float64Array.of(1e20), flops: Float64Array.of(1e19) }, 0.9);
    const reach = 2 * 0.05 * studentQuantile(0.95, 5);
    expect(found.newRun.map((end) => end[0])).toEqual([
      expect.closeTo(0.1 - reach, 10),
      expect.closeTo(0.1 + reach, 10),
    ]);
  });
});
