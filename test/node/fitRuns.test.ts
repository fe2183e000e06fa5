import { beforeAll, describe, expect, it } from 'vitest';
import type { IsoflopError } from '../../src/core/errors.ts';
import { fitRuns, type FitRunsOptions } from '../../src/node/fitRuns.ts';
import { readRuns } from '../../src/runs/files.ts';
import { createRuns, nearOptimal, selectCheckpoints, type CheckpointOptions, type Runs } from '../../src/runs/index.ts';
import { chinchilla240, columnsOf } from '../helpers/data.ts';
import { fitHere } from '../helpers/refits.ts';

let runs: Runs;
beforeAll(async () => {
  runs = await chinchilla240();
});

describe('fitRuns', () => {
  it('fits Chinchilla with a sandwich covariance by default', async () => {
    const fit = await fitRuns(runs, { calibrate: false });
    const { fit: expected } = await fitHere(runs);
    expect(fit).toMatchObject({ law: 'chinchilla', status: 'converged', bootstrap: null, confidence: 0.95 });
    expect(fit.covariance.kind).toBe('sandwich');
    expect({ ...fit, timing: null }).toEqual({ ...expected, timing: null });
    expect(fit.timing.fitMs).toBeGreaterThan(0);
    expect(fit.timing.bootstrapMs).toBeNull();
  });

  it('adds a bootstrap that depends on the seed alone', async () => {
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => fitRuns(runs, { bootstrap: 100, seed })));
    expect(a.bootstrap).toMatchObject({ resamples: 100, seed: 1, group: 'row', groups: 240, certified: 100 });
    expect(a.bootstrap?.draws).toEqual(b.bootstrap?.draws);
    expect(a.params).toEqual(b.params);
    expect(a.bootstrap?.draws).not.toEqual(c.bootstrap?.draws);
    expect(a.timing.bootstrapMs).toBeGreaterThan(0);
    // The same from the parts.
    const { fit: expected } = await fitHere(runs, { bootstrap: 100, seed: 1 });
    expect(a.params).toEqual(expected.params);
  });

  it('has the intervals of the published bootstrap', async () => {
    const fit = await fitRuns(runs, { bootstrap: 2000, seed: 0 });
    const published = {
      A: [285, 744],
      B: [1042, 5810],
      E: [1.769, 1.871],
      alpha: [0.317, 0.373],
      beta: [0.331, 0.415],
    };
    for (const [name, [low, high]] of Object.entries(published)) {
      const [below, above] = fit.params[name].interval ?? [NaN, NaN];
      const width = Math.log(high / low);
      expect(Math.abs(Math.log(below / low)), name).toBeLessThan(0.12 * width);
      expect(Math.abs(Math.log(above / high)), name).toBeLessThan(0.12 * width);
    }
  });

  it('tells the progress of the resamples', async () => {
    const progress: [number, number][] = [];
    await fitRuns(runs, { bootstrap: 300, onProgress: (done, all) => progress.push([done, all]) });
    expect(progress).toEqual([
      [250, 300],
      [300, 300],
    ]);
  });

  it('groups by run when rows carry runs, and by what is asked', async () => {
    const columns = columnsOf(runs);
    const run = columns.params.map((_, i) => `run ${String(i % 40)}`);
    const named = createRuns({ ...columns, run });
    expect((await fitRuns(named, { bootstrap: 20 })).bootstrap).toMatchObject({ group: 'run', groups: 40 });
    expect((await fitRuns(named, { bootstrap: 20, group: 'row' })).bootstrap).toMatchObject({ group: 'row' });
    const few = createRuns({ ...columns, run: columns.params.map((_, i) => `run ${String(i % 5)}`) });
    const fit = await fitRuns(few);
    expect(fit.warnings.map((w) => w.code)).toContain('FEW_GROUPS');
    expect(fit.covariance.degreesOfFreedom).toBe(4);
    await expect(fitRuns(named, { group: 'famly' })).rejects.toMatchObject({ code: 'COLUMN_UNKNOWN' });
  });

  it('records how the rows were chosen', async () => {
    const chosen = await readRuns('data/chinchilla.csv', { where: 'loss < 3.44', fromFraction: 0.1 });
    const fit = await fitRuns(chosen, { start: { alpha: 0.3 } });
    expect(fit.settings).toMatchObject({ where: 'loss < 3.44', fromFraction: 0.1, start: { alpha: 0.3 } });
    expect((await fitRuns(createRuns(columnsOf(runs)))).settings).toMatchObject({ where: null, fromFraction: null });
  });

  it('records enough of the choice of checkpoints to repeat it', async () => {
    const columns =
      'params=model_size,tokens=10^num_token,flops=6*model_size*10^num_token,loss=log(ppl),run=model_size';
    const read = (checkpoints: CheckpointOptions) => readRuns('data/opt-trajectories.csv', { columns, checkpoints });
    const chosen = nearOptimal(await read({ dropTokens: 10e9, lastPart: 0.8, thin: 10 }), { within: 0.5 });
    const fit = await fitRuns(chosen, { weights: 'run', objective: 'mse' });
    const { dropTokens, lastPart, thin, nearOptimal: near, weights } = fit.settings;
    expect(near).toEqual({ within: 0.5, by: ['params', 'tokens'] });
    expect(weights).toBe('run');
    expect(fit.data.runs).toEqual({ count: 6, fewest: 10, median: 10, most: 10 });
    const options = { dropTokens: dropTokens ?? undefined, lastPart: lastPart ?? undefined, thin: thin ?? undefined };
    const again = await fitRuns(await read(options), { weights: 'run', objective: 'mse' });
    expect(again.params).toEqual(fit.params);
  });

  it('does not warn of undecayed checkpoints where the law is one of the learning rate', async () => {
    const sweep = createRuns({
      params: [1e8, 1e8, 2e8, 2e8, 4e8, 4e8],
      tokens: [1e9, 2e9, 1e9, 3e9, 2e9, 5e9],
      learningRate: [3e-3, 2e-3, 2e-3, 1e-3, 1e-3, 4e-4],
      run: ['a', 'a', 'b', 'b', 'c', 'c'],
    });
    const codes = async (law: string, runs: Runs) => (await fitRuns(runs, { law })).warnings.map(({ code }) => code);
    const chosen = selectCheckpoints(sweep, { all: true });
    expect(chosen.warnings.map(({ code }) => code)).toContain('BEFORE_DECAY');
    expect(await codes('step-law-learning-rate', chosen)).not.toContain('BEFORE_DECAY');
    const loss = Float64Array.of(4, 3.8, 3.7, 3.4, 3.3, 3.1);
    const other = { ...chosen, quantities: { ...chosen.quantities, loss } };
    expect(await codes('params', other)).toContain('BEFORE_DECAY');
  });

  it.each<[string, FitRunsOptions, string]>([
    ['a law that does not exist', { law: 'chinchila' }, 'LAW_UNKNOWN'],
    ['a negative number of resamples', { bootstrap: -1 }, 'OPTION_INVALID'],
    ['half a resample', { bootstrap: 0.5 }, 'OPTION_INVALID'],
    ['resamples that are no number', { bootstrap: NaN }, 'OPTION_INVALID'],
    ['more resamples than fit in memory', { bootstrap: 1e9 }, 'OPTION_INVALID'],
    ['a negative seed', { bootstrap: 10, seed: -1 }, 'OPTION_INVALID'],
    ['a seed that is no whole number', { bootstrap: 10, seed: 1.5 }, 'OPTION_INVALID'],
    ['a confidence of 95', { confidence: 95 }, 'OPTION_INVALID'],
    ['an objective that does not exist', { objective: 'mae' }, 'OPTION_INVALID'],
    ['a parameter that does not exist', { fixed: { gamma: 1 } }, 'PARAM_UNKNOWN'],
  ])('refuses %s', async (_, options, code) => {
    await expect(fitRuns(runs, options)).rejects.toMatchObject({ code, exit: 2 });
  });

  it('refuses a bad confidence before it spends time on a bootstrap', async () => {
    let done = 0;
    const options = { confidence: 95, bootstrap: 300, onProgress: () => done++ };
    const error = await fitRuns(runs, options).catch((reason: unknown) => reason as IsoflopError);
    expect(error).toMatchObject({ code: 'OPTION_INVALID' });
    expect(done).toBe(0);
  });
});
