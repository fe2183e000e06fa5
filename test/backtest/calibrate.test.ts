import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/backtest/calibrate.ts';
import { formsOf } from '../../src/backtest/forms.ts';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import type { Calibration } from '../../src/fit/result.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { describeFormula, formulaLaw } from '../../src/laws/formula/formulaLaw.ts';
import { findLaw } from '../../src/laws/index.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import { takeRows } from '../../src/runs/select.ts';
import { predictCalibrated } from '../../src/uncertainty/calibration.ts';
import { fittedRows } from '../../src/uncertainty/fittedData.ts';
import {
  checkpointGrid,
  coupledLoss,
  isoflopGrid,
  plannedRuns,
  sizeGrid,
  sixSizes,
  sumLoss,
} from '../helpers/designs.ts';

const plan = sizeGrid(sixSizes, [5, 20, 80, 320, 1280]);
const codesOf = (runs: Runs, law = 'chinchilla'): string[] =>
  calibrate(fitLaw(findLaw(law), runs)).warnings.map(({ code }) => code);
function calibrationOf(...[fit, options]: Parameters<typeof calibrate>): Calibration {
  const { calibration } = calibrate(fit, options);
  if (calibration === null) throw new Error('no calibration');
  return calibration;
}

describe('calibration on simulated runs of the law that is fitted', () => {
  it('is the same each time', () => {
    const fit = fitLaw(chinchilla, plannedRuns(plan, sumLoss()));
    expect(calibrate(fit)).toEqual(calibrate(fit));
  });

  it('holds new runs at ten times the compute about as often as it says', () => {
    const noise = 0.01;
    let held = 0;
    let asked = 0;
    let widest = 0;
    for (let seed = 1; seed <= 15; seed++) {
      const fit = fitLaw(chinchilla, plannedRuns(isoflopGrid(), sumLoss(), { noise, seed }));
      const calibration = calibrationOf(fit, { confidence: 0.8 });
      const params = 6e10;
      const flops = 10 * calibration.largest;
      const point = { params, tokens: flops / (6 * params) };
      const columns = {
        params: Float64Array.of(params),
        tokens: Float64Array.of(point.tokens),
        flops: Float64Array.of(flops),
      };
      const [[lower], [upper]] = predictCalibrated(fittedRows(fit), calibration, columns, 0.8).newRun;
      const random = createRandom(seed, 77);
      for (let k = 0; k < 40; k++, asked++) {
        const came = sumLoss()(point) * Math.exp(noise * random.normal());
        if (lower <= came && came <= upper) held++;
      }
      widest = Math.max(widest, Math.log(upper / lower));
    }
    // 15 fits: the standard error of the share is 0.1 at most.
    expect(held / asked).toBeGreaterThan(0.66);
    expect(held / asked).toBeLessThan(0.95);
    expect(widest).toBeLessThan(0.25);
  });

  it('rolls forward, and each backtest asks about larger runs than it knew', () => {
    const { splits, measured, largest } = calibrationOf(fitLaw(chinchilla, plannedRuns(plan, sumLoss())));
    expect(splits.length).toBeGreaterThanOrEqual(5);
    for (const [k, { cut, train, test, distances, scores }] of splits.entries()) {
      expect([distances.length, scores.length]).toEqual([test, test]);
      expect(distances.every((distance) => distance > 0)).toBe(true);
      expect(Math.max(...distances)).toBeLessThanOrEqual(Math.log(largest / 1e16));
      if (k > 0) expect([cut > splits[k - 1].cut, train > splits[k - 1].train]).toEqual([true, true]);
    }
    expect(measured.runs).toBe(splits.reduce((sum, { test }) => sum + test, 0));
    expect(measured.nominal).toBe(0.95);
  });
});

describe('other forms', () => {
  it('are laws of the same inputs and response', () => {
    expect(formsOf(chinchilla).map(({ id }) => id)).toEqual([
      'chinchilla',
      'skaling',
      'kaplan',
      'multiplicative-irreducible',
    ]);
    expect(
      formsOf(findLaw('farseer'))
        .map(({ id }) => id)
        .slice(0, 3),
    ).toEqual(['farseer', 'chinchilla', 'skaling']);
    expect(formsOf(findLaw('flops')).map(({ id }) => id)).toEqual(['flops', 'flops-irreducible']);
    expect(formsOf(findLaw('data-constrained')).map(({ id }) => id)).toEqual(['data-constrained']);
  });

  it('beat a law without an irreducible loss where there is one, and no law on its own runs', () => {
    for (const seed of [1, 2]) {
      const coupled = plannedRuns(plan, coupledLoss(0.5), { noise: 0.002, seed });
      expect(codesOf(coupled, 'multiplicative')).toEqual(['FORM_BEATEN']);
      expect(codesOf(plannedRuns(isoflopGrid(), sumLoss(), { noise: 0.002, seed }))).toEqual([]);
    }
  });

  it('do not beat a law that is exact', () => {
    expect(codesOf(plannedRuns(sizeGrid(sixSizes, [20, 100]), sumLoss(), { noise: 0 }))).toEqual([]);
  });

  it('take part only where they err little more than the best', () => {
    const runs = plannedRuns(plan, coupledLoss(0.5), { noise: 0.002 });
    const { forms } = calibrationOf(fitLaw(findLaw('multiplicative'), runs));
    const errors = forms.map(({ backtestError }) => backtestError ?? NaN);
    expect(forms[0].law).toBe('multiplicative');
    for (const error of errors.slice(1)) expect(error).toBeLessThanOrEqual(1.5 * Math.min(...errors));
    expect(errors[0]).toBeGreaterThan(1.5 * Math.min(...errors));
  });
});

describe('what backtests roll over', () => {
  const ladder = sizeGrid([1e7, 2e7, 4e7, 8e7, 1.6e8, 3.2e8, 6.4e8, 1.3e9, 2.6e9, 5e9, 1e10, 2e10], [20]);

  it('is compute for laws of one variable and for formulas', () => {
    const runs = plannedRuns(ladder, sumLoss());
    const formula = formulaLaw(
      describeFormula('loss ~ E + A/(flops/1e20)^a', { columns: Object.keys(runs.quantities) }),
    );
    for (const law of [findLaw('flops-irreducible'), formula]) {
      const calibration = calibrationOf(fitLaw(law, runs));
      expect(calibration.holdout).toBe('flops');
      expect(calibration.splits.length).toBeGreaterThan(0);
      expect(calibration.forms[0].law).toBe(law.id);
      const asked = predictCalibrated(
        fittedRows(fitLaw(law, runs)),
        calibration,
        { flops: Float64Array.of(1e23) },
        0.9,
      );
      expect(asked.newRun[0][0]).toBeLessThan(asked.center[0]);
      expect(asked.center[0]).toBeGreaterThan(1.7);
      expect(asked.center[0]).toBeLessThan(2.3);
    }
  });

  it('is size where rows are checkpoints, whose runs are told apart', () => {
    const runs = plannedRuns(checkpointGrid(sixSizes, 8), sumLoss());
    const { holdout, splits, runs: codes, forms } = calibrationOf(fitLaw(chinchilla, runs));
    expect(holdout).toBe('params');
    expect(splits.length).toBeGreaterThanOrEqual(3);
    expect(new Set(codes).size).toBe(6);
    expect(forms.every(({ scales }) => scales.run > 0)).toBe(true);
    expect(calibrationOf(fitLaw(chinchilla, runs), { holdout: 'tokens' }).holdout).toBe('tokens');
  });

  it('is tokens where compute is known of few rows', () => {
    const runs = plannedRuns(plan, sumLoss());
    const flops = (runs.quantities.flops ?? new Float64Array(0)).map((value, i) => (i < 20 ? NaN : value));
    const fit = fitLaw(chinchilla, { ...runs, quantities: { ...runs.quantities, flops } });
    expect(calibrationOf(fit).holdout).toBe('tokens');
    // Asked to roll over compute it leaves out the rows without.
    const { rows, largest } = calibrationOf(fit, { holdout: 'flops' });
    expect([...rows].sort((a, b) => a - b)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
    expect(largest).toBeCloseTo(Math.max(...flops.slice(20)), -10);
    expect(calibrate(fit, { holdout: 'steps' }).warnings.map(({ code }) => code)).toEqual(['NOT_CALIBRATED']);
  });

  it('is nothing where runs are too few', () => {
    const runs = plannedRuns(sizeGrid([1e8, 3e8, 1e9, 3e9], [20, 100]), sumLoss());
    const { calibration, warnings } = calibrate(fitLaw(chinchilla, runs));
    expect(warnings.map(({ code }) => code)).toEqual(['NOT_CALIBRATED']);
    expect(calibration?.splits).toEqual([]);
    expect(calibration?.measured).toMatchObject({ runs: 0, coverage: null, plainCoverage: null });
  });
});

describe('the law is backtested as it was fitted', () => {
  const runs = plannedRuns(plan, sumLoss(), { noise: 0.003 });

  it('with weights, which follow their rows', () => {
    // Every third row is wrong by a tenth and weighs next to nothing.
    const isWrong = (i: number): boolean => i % 3 === 0;
    const loss = (runs.quantities.loss ?? new Float64Array(0)).map((y, i) => (isWrong(i) ? 1.1 * y : y));
    const spoilt = { ...runs, quantities: { ...runs.quantities, loss } };
    const weights = Float64Array.from(loss, (_, i) => (isWrong(i) ? 1e-6 : 1));
    const errorOf = (of: Runs, given?: Float64Array): number => {
      const how = { objective: 'log-mse', ...(given === undefined ? {} : { weights: given }) };
      return calibrationOf(fitLaw(chinchilla, of, how), { fit: how }).forms[0].backtestError ?? NaN;
    };
    const reversed = takeRows(
      spoilt,
      Int32Array.from(loss, (_, i) => loss.length - 1 - i),
    );
    const weighted = errorOf(spoilt, weights);
    expect(errorOf(reversed, weights.slice().reverse()) / weighted).toBeCloseTo(1, 4);
    expect(Math.abs(errorOf(spoilt) / weighted - 1)).toBeGreaterThan(0.02);
    const byRun = fitLaw(chinchilla, plannedRuns(checkpointGrid(sixSizes, 8), sumLoss()), { weights: 'run' });
    expect(calibrationOf(byRun, { fit: { weights: 'run' } }).splits.length).toBeGreaterThan(2);
  });

  it('with fixed and tied parameters', () => {
    const how = { fixed: { E: 1.8 }, tied: { beta: 'alpha' } };
    const [form] = calibrationOf(fitLaw(chinchilla, runs, how), { fit: how }).forms;
    expect(form).toMatchObject({ held: ['E'], tied: { beta: 'alpha' } });
    expect(Math.exp(form.theta[0])).toBeCloseTo(1.8, 12);
    expect(form.theta[3]).toBe(form.theta[4]);
  });

  it('on the scale of the response where that may be below zero', () => {
    const below = createRuns({
      flops: Array.from({ length: 30 }, (_, i) => 1e18 * 2 ** i),
      score: Array.from({ length: 30 }, (_, i) => -3 + 0.25 * i + 0.05 * Math.sin(5 * i)),
    });
    const line = formulaLaw(describeFormula('score ~ a + b*log(flops/1e20)', { columns: ['flops', 'score'] }));
    const fit = fitLaw(line, below, { objective: 'mse' });
    const calibration = calibrationOf(fit, { fit: { objective: 'mse' } });
    expect(calibration.scale).toBe('raw');
    const found = predictCalibrated(fittedRows(fit), calibration, { flops: Float64Array.of(1e18) }, 0.9);
    expect(found.center[0]).toBeCloseTo(-3, 1);
    expect(found.newRun[0][0]).toBeLessThan(-3);
  });
});

it('names rows of the fit, also where that carries only some of very many', () => {
  const rows = 40_050;
  const flops = Array.from({ length: rows }, (_, i) => 1e18 * (1 + i));
  const loss = flops.map((c, i) => 1.7 + 5 * (c / 1e18) ** -0.2 + 0.001 * Math.sin(i * i));
  const fit = fitLaw(findLaw('flops-irreducible'), createRuns({ flops, loss }));
  const calibration = calibrationOf(fit);
  const fitted = fittedRows(fit);
  expect(fitted.rows).toBe(13_350);
  const carried = fitted.columns.flops ?? new Float64Array(0);
  expect(calibration.rows.every((row) => row < fitted.rows)).toBe(true);
  expect(Math.max(...Array.from(calibration.rows, (row) => carried[row]))).toBe(calibration.largest);
  expect(calibration.largest).toBe(Math.max(...carried));
});

describe('calibration with one gross mistake among the runs', () => {
  const mistaken = (size: number): Calibration => {
    const runs = plannedRuns(plan, sumLoss(), { noise: 0.003 });
    const { flops } = runs.quantities;
    const largest = flops?.indexOf(Math.max(...flops)) ?? 0;
    const loss = runs.quantities.loss?.slice() ?? new Float64Array();
    loss[largest] *= size;
    const fit = fitLaw(chinchilla, { ...runs, quantities: { ...runs.quantities, loss } });
    return calibrationOf(fit);
  };

  it('does not take the laws that predict the mistake no worse for laws that predict as well', () => {
    const clean = mistaken(1);
    for (const size of [4, 1e299]) {
      const { forms } = mistaken(size);
      expect(forms[0].law).toBe('chinchilla');
      const wrong = ['kaplan', 'multiplicative-irreducible'];
      expect(forms.filter(({ law }) => wrong.includes(law))).toEqual([]);
      expect(forms[0].backtestError).toBeLessThan(2 * (clean.forms[0].backtestError ?? 0));
    }
  });
});

it('is not made for a law of the loss, which falls as runs grow', () => {
  const loss = Array.from({ length: 20 }, (_, i) => 2 + i / 10);
  const runs = createRuns({ loss, error: loss.map((x) => 0.8 - 2 * Math.exp(-0.6 * x)) });
  const { calibration, warnings } = calibrate(fitLaw(findLaw('downstream-exponential'), runs));
  expect(calibration).toBeNull();
  expect(warnings.map(({ code }) => code)).toEqual(['NOT_CALIBRATED']);
});
