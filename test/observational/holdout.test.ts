import { describe, expect, it } from 'vitest';
import type { BenchmarkTable } from '../../src/observational/benchmarkTable.ts';
import type { Holdout, Way } from '../../src/observational/holdout.ts';
import { observe, type ObserveOptions } from '../../src/observational/observe.ts';
import { errorOf } from '../helpers/errors.ts';
import { madeUpModels, publicModels } from './example.ts';

const made = (seed: number, change = {}): BenchmarkTable =>
  madeUpModels({ families: 10, models: 6, slope: 0.3, spread: 0.05, noise: 0.01, seed, ...change });

function holdoutOf(table: BenchmarkTable, options: ObserveOptions): Holdout {
  const { task } = observe(table, options);
  if (task?.holdout == null) throw new Error('no holdout');
  return task.holdout;
}
const errorBy = ({ errors }: Holdout, way: Way): Holdout['errors'][number] => {
  const found = errors.find((one) => one.way === way);
  if (found === undefined) throw new Error(way);
  return found;
};

describe('a task with models held out by compute', () => {
  it('is predicted on public models: 77 learn, 46 above 8.4e22 FLOP are asked about', () => {
    const holdout = holdoutOf(publicModels, { task: 'GSM8K', cutoff: 8.4e22, resamples: 20 });
    expect([holdout.train, holdout.test]).toEqual([77, 46]);
    const own = errorBy(holdout, 'capabilities');
    expect(own.meanAbsolute).toBeCloseTo(0.0866, 3);
    expect(own.meanAbsolute).toBeLessThan(errorBy(holdout, 'compute').meanAbsolute / 2);
    expect(errorBy(holdout, 'compute').meanAbsolute).toBeLessThan(errorBy(holdout, 'mean').meanAbsolute);
    expect(errorBy(holdout, 'family')).toMatchObject({ models: 7 });
    for (const { intervals } of holdout.heldOut)
      for (const end of intervals.capabilities ?? [0]) expect(end >= 0 && end <= 1).toBe(true);
  });

  it('sees nothing of the models that it is asked about', () => {
    const table = made(1);
    const options = { task: 'task', cutoff: 1e22, resamples: 8 };
    const before = holdoutOf(table, options);
    // Other scores of the models above the cutoff change neither what was learnt nor how wide intervals are.
    const p = table.benchmarks.length;
    const scores = table.scores.map((x, at) => (table.flops[Math.floor(at / p)] > 1e22 ? 1 - x : x));
    const after = holdoutOf({ ...table, scores }, options);
    expect(after.model.sigmoid).toEqual(before.model.sigmoid);
    expect(after.model.capabilities).toEqual(before.model.capabilities);
    expect(after.model.draws.map(({ sigmoid }) => sigmoid)).toEqual(before.model.draws.map(({ sigmoid }) => sigmoid));
    expect(after.calibration).toEqual(before.calibration);
    expect(errorBy(after, 'capabilities').meanAbsolute).not.toBe(errorBy(before, 'capabilities').meanAbsolute);
  });

  it('holds about as many made-up models as it says, from scores and from families', () => {
    const counts = { capabilities: [0, 0], family: [0, 0] };
    for (let seed = 0; seed < 6; seed++) {
      const { heldOut } = holdoutOf(made(seed), {
        task: 'task',
        cutoff: 1e22,
        resamples: 20,
        confidence: 0.9,
      });
      for (const { observed, intervals } of heldOut)
        for (const way of ['capabilities', 'family'] as const) {
          const interval = intervals[way];
          if (interval === null) continue;
          counts[way][0]++;
          counts[way][1] += observed >= interval[0] && observed <= interval[1] ? 1 : 0;
        }
    }
    for (const way of ['capabilities', 'family'] as const) {
      expect(counts[way][0]).toBeGreaterThan(150);
      // Never narrower than estimated, so they may hold more; models of one draw of families err together.
      expect(counts[way][1] / counts[way][0]).toBeGreaterThan(0.85);
    }
  });

  it('is the same on every run with the same seed, and another with another', () => {
    const spread = (seed: number): readonly [number, number] | null | undefined =>
      holdoutOf(made(2), { task: 'task', cutoff: 1e22, resamples: 8, seed }).heldOut[0].intervals.capabilities;
    expect(spread(0)).toEqual(spread(0));
    expect(spread(0)).not.toEqual(spread(1));
  });

  it('says when a baseline predicts as well', () => {
    const table = made(3);
    const p = table.benchmarks.length;
    // A task that has nothing to do with the rest but its level.
    const scores = table.scores.map((x, at) => (at % p === p - 1 ? 0.5 + 0.3 * Math.sin(1e6 * at) : x));
    const { warnings } = observe({ ...table, scores }, { task: 'task', cutoff: 1e22, resamples: 8 });
    expect(warnings.find(({ code }) => code === 'BASELINE_WINS')).toMatchObject({ level: 'error' });
  });

  it('says when too few models lie below for calibrated intervals', () => {
    const small = made(4, { families: 3, models: 4 });
    const { warnings, task } = observe(small, { task: 'task', cutoff: 1e23, components: 1, resamples: 8 });
    expect(task?.calibration.capabilities.splits).toEqual([]);
    expect(warnings.map(({ code }) => code)).toContain('NOT_CALIBRATED');
  });

  it.each([
    ['a cutoff below all models', { task: 'task', cutoff: 1e10 }, 'MODELS_TOO_FEW'],
    ['a cutoff without a task', { cutoff: 1e22 }, 'OPTION_INVALID'],
    ['an unknown task', { task: 'tsk' }, 'COLUMN_UNKNOWN'],
    ['half a capability', { task: 'task', components: 0.5 }, 'OPTION_INVALID'],
    ['a family without compute', { families: ['f0'] }, 'OPTION_INVALID'],
    ['compute without a family', { flops: [1e24] }, 'OPTION_INVALID'],
    ['an unknown family', { families: ['g0'], flops: [1e24] }, 'FAMILY_WITHOUT_LINE'],
    ['an unknown reference', { reference: 'g0' }, 'FAMILY_WITHOUT_LINE'],
    ['a confidence above 1', { confidence: 95 }, 'OPTION_INVALID'],
  ])('is refused for %s', (_, options, code) => {
    expect(errorOf(() => observe(made(5), { resamples: 4, ...options })).code).toBe(code);
  });
});

describe('an observation', () => {
  it('predicts a family at compute that it has not reached', () => {
    const table = made(6, { spread: 0.01, noise: 0 });
    const { predictions, warnings } = observe(table, {
      task: 'task',
      families: ['f1'],
      flops: [1e26, 1e22],
      reference: 'f0',
      components: 1,
      resamples: 30,
    });
    expect(predictions.map(({ flops, extrapolation }) => [flops, extrapolation > 10, extrapolation === 1])).toEqual([
      [1e26, true, false],
      [1e22, false, true],
    ]);
    expect(warnings.map(({ code }) => code)).toContain('EXTRAPOLATION');
    const [far, near] = predictions;
    const width = ({ task }: (typeof predictions)[number]): number =>
      (task?.interval?.[1] ?? NaN) - (task?.interval?.[0] ?? NaN);
    expect(far.capabilities[0].value).toBeGreaterThan(near.capabilities[0].value);
    expect(width(near)).toBeGreaterThan(0);
    expect(near.equivalent?.reference).toBe('f0');
  });

  it('has no errors without draws, and no task unless one is named', () => {
    const table = made(7);
    const one = observe(table, { resamples: 0 });
    expect(one.errors).toBeNull();
    expect(one.capabilities.explained[0]).toBeGreaterThan(0.9);
    expect(one.task).toBeNull();
  });
});
