import { describe, expect, it } from 'vitest';
import { selectCheckpoints } from '../../src/runs/checkpoints.ts';
import type { CheckpointOptions } from '../../src/runs/checkpointOptions.ts';
import { createRuns } from '../../src/runs/create.ts';
import { readRuns } from '../../src/runs/files.ts';
import type { Runs } from '../../src/runs/runs.ts';

/** What the report says of rows taken before the decay, or `undefined` when it says nothing. */
const said = ({ warnings }: Runs): string | undefined =>
  warnings.find(({ code }) => code === 'BEFORE_DECAY')?.message.split(' runs,')[0];

const read = (checkpoints: CheckpointOptions, where?: string): Promise<Runs> =>
  readRuns('data/multi-power.csv', { checkpoints, where, needs: ['step', 'loss'] });

const decayed =
  'schedule != "constant_24000" and schedule != "constant_72000" and schedule != "wsdcon_9" and schedule != "wsdcon_18"';

describe('BEFORE_DECAY', () => {
  it('counts the checkpoints of real curves whose learning rate is still high', async () => {
    const message = said(await read({ all: true }));
    // Independently: rows above 6e-5, a fifth of the peak of 3e-4 that all these schedules share.
    const all = await read({ all: true }, 'learningRate <= 6e-5');
    expect(message).toBe(`${String(4162 - all.rows)} of 4162 rows, in 18 of 18`);
  });

  it('is not raised by the ends of runs that have decayed', async () => {
    expect(said(await read({ finals: true }, decayed))).toBeUndefined();
    expect(said(await read({ lastPart: 0.04 }, 'schedule == "wsd_20000_24000"'))).toBeUndefined();
  });

  it('is raised by the ends of runs that have not', async () => {
    expect(said(await read({ finals: true }))).toBe('8 of 18 rows, in 8 of 18');
  });

  it('is raised by rows of the warm-up and by a learning rate that rises again', () => {
    const run = createRuns({
      tokens: [1, 2, 3, 4, 5, 6],
      learningRate: [0.1, 1, 0.1, 1, 0.3, 0.1],
      loss: [6, 5, 4, 4.1, 3.9, 3],
      run: Array<string>(6).fill('a'),
    });
    expect(said(selectCheckpoints(run, { all: true }))).toBe('5 of 6 rows, in 1 of 1');
  });

  it('says nothing where the column holds no schedule', () => {
    const constant = { tokens: [1, 2, 3, 4], loss: [6, 5, 4, 3], run: ['a', 'a', 'b', 'b'] };
    const silent = (learningRate: number[]): void => {
      expect(said(selectCheckpoints(createRuns({ ...constant, learningRate }), { all: true }))).toBeUndefined();
    };
    // Each run has its one learning rate: the peak, as tables of runs give it.
    silent([1, 1, 2, 2]);
    silent([NaN, NaN, NaN, NaN]);
    // A sweep under one name: the same tokens with several learning rates.
    const sweep = { tokens: [1, 1, 2, 2], loss: [6, 5, 4, 3], run: ['a', 'a', 'a', 'a'] };
    expect(
      said(selectCheckpoints(createRuns({ ...sweep, learningRate: [1, 0.1, 1, 0.1] }), { all: true })),
    ).toBeUndefined();
    // Final losses, each of another run.
    expect(
      said(selectCheckpoints(createRuns({ tokens: [1, 2], learningRate: [1, 0.1], loss: [3, 2] }))),
    ).toBeUndefined();
  });

  it('replaces what an earlier selection said, and keeps it where the rest does not tell', async () => {
    const all = await read({ all: true });
    expect(said(selectCheckpoints(all, { finals: true }))).toBe('8 of 18 rows, in 8 of 18');
    const finals = selectCheckpoints(all, { finals: true });
    expect(said(selectCheckpoints(finals, { all: true }))).toBe('8 of 18 rows, in 8 of 18');
  });
});

describe('the warm-up', () => {
  const run = createRuns({
    tokens: [1, 2, 3, 4, 5, 6],
    learningRate: [0.2, 0.6, 0.995, 1, 0.5, 0.1],
    loss: [6, 5, 4, 3.5, 3.2, 3],
    run: Array<string>(6).fill('a'),
  });

  it('ends where the learning rate comes to its peak', () => {
    const chosen = selectCheckpoints(run, { afterWarmup: 'learningRate' });
    expect([...(chosen.quantities.tokens ?? [])]).toEqual([3, 4, 5, 6]);
    expect(chosen.dropped).toEqual([{ rows: 2, why: '--after-warmup lr' }]);
    expect(chosen.warnings.map(({ code }) => code)).toEqual(['SUSPECT_UNITS', 'BEFORE_DECAY']);
  });

  it('is said not to be seen where the learning rate only falls', async () => {
    const chosen = await read({ afterWarmup: 'learningRate' });
    expect(chosen.rows).toBe(4162);
    expect(chosen.warnings.map(({ code }) => code)).toEqual(['WARMUP_NOT_SEEN', 'BEFORE_DECAY']);
  });

  it('needs a learning rate', () => {
    const bare = createRuns({ tokens: [1, 2], loss: [3, 2], run: ['a', 'a'] });
    expect(() => selectCheckpoints(bare, { afterWarmup: 'learningRate' })).toThrow('no column for learningRate');
  });
});
