import { describe, expect, it } from 'vitest';
import { bindCurves } from '../../src/fit/bindCurves.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { annealing } from '../../src/laws/annealing.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { parseSchedule } from '../../src/laws/curve/parseSchedule.ts';
import { lawOf } from '../../src/laws/index.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { predictCurve } from '../../src/plan/schedule/predictCurve.ts';
import { decodeFit, encodeFit } from '../../src/report/savedFit.ts';
import { createRuns, fromFraction } from '../../src/runs/index.ts';
import { recordRates } from '../../src/runs/recordedRates.ts';
import { inThisThread } from '../../src/uncertainty/bootstrap.ts';
import { refitSaved } from '../../src/uncertainty/refit.ts';
import { curveRuns } from '../helpers/curves.ts';
import { errorOf } from '../helpers/errors.ts';

const params = { L0: 3, A: 0.5, alpha: 0.5, C: 0.6, memory: 150 };
const schedules = ['cosine', 'constant', 'wsdcon'].map((kind) =>
  parseSchedule(`${kind}:steps=1500,peak=1e-3,warmup=100,decay=400`),
);
const runs = curveRuns(annealing, params, schedules);
const column = (name: string): Float64Array => runs.quantities[name] ?? new Float64Array();

describe('a law of curves and the runs', () => {
  it('finds the parameters, whatever order and selection the rows have', () => {
    for (const some of [runs, fromFraction(recordRates(runs), 0.4)]) {
      const fit = fitLaw(annealing, some, { warmup: 100, objective: 'log-mse' });
      expect(fit.status).toBe('converged');
      for (const [name, value] of Object.entries(toParams(fit.law, fit.theta)))
        // The rates between the rows of a cosine are not quite those that made the losses.
        expect(value / params[name as keyof typeof params], name).toBeCloseTo(1, 4);
    }
    const order = Int32Array.from({ length: runs.rows }, (_, i) => (i * 37) % runs.rows);
    const names = runs.categories.run;
    const shuffled = createRuns({
      run: Array.from(order, (i) => names?.labels[names.codes[i]] ?? ''),
      ...Object.fromEntries(
        ['step', 'learningRate', 'loss'].map((name) => [name, Array.from(order, (i) => column(name)[i])]),
      ),
    });
    const [a, b] = [runs, shuffled].map((one) => fitLaw(annealing, one, { warmup: 100 }).minimum.value);
    expect(a / b).toBeCloseTo(1, 9);
  });

  it('is refused where nothing anneals, unless annealing is left out', () => {
    const constant = curveRuns(annealing, params, [schedules[1]]);
    expect(errorOf(() => fitLaw(annealing, constant, { warmup: 100 }))).toMatchObject({
      code: 'SCHEDULES_CONSTANT',
      exit: 2,
    });
    const fit = fitLaw(annealing, constant, { warmup: 100, fixed: { C: 0, memory: 100 } });
    expect(fit.minimum.certified).toBe(true);
  });

  it('says what it assumes of the warm-up, and what it lacks', () => {
    expect(fitLaw(annealing, runs).warnings.map(({ code }) => code)).toContain('WARMUP_ASSUMED');
    expect(bindCurves(annealing, runs, { warmup: 100 }).warnings).toEqual([]);
    const { step, learningRate } = { step: column('step'), learningRate: column('learningRate') };
    const bare = createRuns({ step, loss: column('loss') });
    expect(errorOf(() => fitLaw(annealing, bare))).toMatchObject({ code: 'QUANTITY_MISSING' });
    expect(errorOf(() => fitLaw(annealing, runs, { warmup: 0.5 }))).toMatchObject({ code: 'OPTION_INVALID' });
    expect(errorOf(() => fitLaw(chinchilla, runs, { warmup: 100 }))).toMatchObject({ code: 'USAGE' });
    const odd = createRuns({ run: ['a', 'a'], step: [1, 1.5], learningRate: [1, 1], loss: [4, 3] });
    expect(errorOf(() => recordRates(odd))).toMatchObject({ code: 'SCHEDULE_INVALID' });
    const twice = createRuns({ run: ['a', 'a'], step: [1, 1], learningRate: [1, 2], loss: [4, 3] });
    expect(String(errorOf(() => recordRates(twice)))).toContain('has the learning rates 1 and 2');
    const negative = createRuns({
      step,
      learningRate: learningRate.map((rate) => -rate),
      loss: column('loss'),
      run: Array<string>(runs.rows).fill('a'),
    });
    expect(errorOf(() => recordRates(negative))).toMatchObject({ code: 'SCHEDULE_INVALID' });
  });

  it('is saved with its schedules, read, refitted, resampled and used for others', async () => {
    const fit = await fitRuns(runs, {
      law: 'annealing',
      warmup: 100,
      objective: 'log-mse',
      bootstrap: 20,
      execute: inThisThread,
    });
    expect(fit.bootstrap?.certified).toBe(20);
    expect(fit.calibration).toBeNull();
    const text = encodeFit(fit, { command: null });
    const read = decodeFit(text, 'fit.json');
    expect(encodeFit(read, { command: null })).toBe(text);
    expect(read.schedules).toEqual(fit.schedules);
    expect(lawOf(read).curve?.schedules).toHaveLength(3);
    expect('fault' in refitSaved(read)).toBe(false);
    const other = parseSchedule('wsdld:steps=1400,peak=1e-3,warmup=100,decay=300');
    const [loss] = evaluateLaw(annealing.curve?.bind([other]) ?? annealing, params, { schedule: [0], step: [1400] });
    expect(predictCurve(read, other).final.loss / loss).toBeCloseTo(1, 5);
    const broken = text.replace(/"step": \[\s*100/, '"step": [900');
    expect(broken).not.toBe(text);
    expect(String(errorOf(() => decodeFit(broken, 'fit.json')))).toContain('its steps do not rise');
  });
});
