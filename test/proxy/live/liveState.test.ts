import { describe, expect, it } from 'vitest';
import { fitEnded } from '../../../src/proxy/live/fitEnded.ts';
import { liveState } from '../../../src/proxy/live/liveState.ts';
import { costOf } from '../../../src/proxy/sweep/cost.ts';
import { madeConfig, madeInput, madeLadder, madeLaw, type MadeRun } from '../../helpers/sweeps.ts';

const statuses = (runs: readonly { readonly status: string }[]): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const { status } of runs) found[status] = (found[status] ?? 0) + 1;
  return found;
};

describe('a sweep that goes on', () => {
  const input = madeInput(madeLadder(14));
  const { now, times } = input;
  const state = liveState(input);

  it('says how far each run is, in the order of the plan', () => {
    expect(state).toMatchObject({ name: 'made', state: 'running', at: '2026-01-02T03:04:05.000Z', confidence: 0.9 });
    expect(statuses(state.runs)).toEqual({ done: 14, training: 2, waiting: 8 });
    expect(state.runs.map(({ name }) => name)).toEqual(input.recorded.plan.map(({ name }) => name));
    const cost = costOf(madeConfig({ width: 48, tokens: 400_000, share: null }));
    expect(state.runs[14]).toMatchObject({
      name: 'w48-d400K-s0',
      status: 'training',
      family: 'none',
      params: cost.params,
      plannedTokens: cost.tokens,
      plannedFlops: cost.flops,
      share: expect.closeTo(0.32, 4) as number,
      reason: null,
    });
    expect(state.runs[23]).toMatchObject({ status: 'waiting', tokens: 0, share: 0, loss: null, tokensPerSecond: null });
  });

  it('counts what is done in compute', () => {
    const planned = state.runs.reduce((sum, run) => sum + run.plannedFlops, 0);
    const done = state.runs.reduce((sum, run) => sum + run.share * run.plannedFlops, 0);
    expect(state.done.plannedFlops).toBe(planned);
    expect(state.done.share).toBeCloseTo(done / planned, 12);
    expect(state.done.tokens).toBe(state.runs.reduce((sum, run) => sum + run.tokens, 0));
  });

  it('estimates how long it still takes: two at once, and the last alone', () => {
    // All made-up runs do 2e8 FLOP a second.
    const seconds = state.runs.map(({ plannedFlops, share }) => ((1 - share) * plannedFlops) / 2e8);
    const least = seconds.reduce((sum, one) => sum + one, 0) / 2;
    // The pace of the size that no run has begun is that of the next in proportion to the parameters: about right.
    expect(state.done.secondsLeft ?? NaN).toBeGreaterThan(0.7 * least);
    expect(state.done.secondsLeft ?? NaN).toBeLessThan(1.4 * least + Math.max(...seconds));
    // The last rows are a minute old: so much has been done since.
    const aged = new Map([...times].map(([name, { changed }]) => [name, { changed, rows: now - 60_000 }]));
    const later = liveState({ ...input, times: aged }).done.secondsLeft ?? NaN;
    expect(later).toBeLessThan(state.done.secondsLeft ?? NaN);
    expect(later).toBeGreaterThanOrEqual((state.done.secondsLeft ?? NaN) - 60.001);
  });

  it('fits the ends of the ended runs, and predicts the most expensive ones to come', () => {
    const [{ fit, missing, predictions }] = state.families;
    expect([missing, fit?.points, fit?.law]).toEqual([null, 14, 'chinchilla']);
    for (const [name, value] of Object.entries(madeLaw)) {
      const param = fit?.params[name] ?? { value: NaN, stderr: null };
      expect(Math.abs(param.value - value), name).toBeLessThan(4 * (param.stderr ?? NaN));
    }
    const [width96, width48] = [96, 48].map((width) => costOf(madeConfig({ width, tokens: 1e6, share: null })).params);
    const budgets = [1e6, 400_000].map((tokens) => costOf(madeConfig({ width: 96, tokens, share: null })).tokens);
    expect(predictions.map(({ params, tokens }) => [params, tokens])).toEqual([
      [width96, budgets[0]],
      [width96, budgets[1]],
      [width48, budgets[0]],
    ]);
    const { E, A, B, alpha, beta } = madeLaw;
    for (const { params, tokens, loss, interval, extrapolation, isPlanned } of predictions) {
      const truth = E + A / params ** alpha + B / tokens ** beta;
      expect(isPlanned).toBe(true);
      expect(Math.abs(loss / truth - 1)).toBeLessThan(0.02);
      const [low, high] = interval ?? [NaN, NaN];
      expect(low).toBeLessThan(truth);
      expect(high).toBeGreaterThan(truth);
      // A single run lies about the law by two thousandths.
      expect(Math.log(high / low)).toBeGreaterThan(2 * 0.002);
      expect(extrapolation.params).toBeCloseTo(Math.max(1, params / width48), 6);
    }
  });
});

it('a sweep in which all runs have ended is asked about a model beyond it', () => {
  const runs = madeLadder(24);
  const state = liveState(madeInput(runs, { isWorking: false }));
  expect(state).toMatchObject({ state: 'ended', done: { share: 1, secondsLeft: null } });
  const largest = costOf(madeConfig({ width: 96, tokens: 1e6, share: null }));
  expect(state.families[0].predictions).toMatchObject([
    {
      params: 4 * largest.params,
      tokens: 4 * largest.tokens,
      isPlanned: false,
      extrapolation: { params: expect.closeTo(4, 6) as number, flops: expect.closeTo(16, 6) as number },
    },
  ]);
});

describe('a sweep on which nothing works', () => {
  it('has stopped, its runs were interrupted, and nobody knows how long it takes', () => {
    const state = liveState(madeInput(madeLadder(14), { isWorking: false }));
    expect(state.state).toBe('stopped');
    expect(statuses(state.runs)).toEqual({ done: 14, interrupted: 2, waiting: 8 });
    expect(state.done.secondsLeft).toBeNull();
    expect(state.families[0].predictions).toHaveLength(3);
  });

  it('tells of runs that failed, until a process goes on with it', () => {
    const failed = new Map([['w48-d400K-s0', 'out of memory']]);
    const stopped = liveState(madeInput(madeLadder(14), { isWorking: false, failed }));
    expect(stopped.runs[14]).toMatchObject({ status: 'failed', reason: 'out of memory' });
    expect(liveState(madeInput(madeLadder(14), { failed })).runs[14]).toMatchObject({
      status: 'training',
      reason: null,
    });
  });

  it('when it goes on, trains only what has been touched since', () => {
    const input = madeInput(madeLadder(14));
    const since = input.now - 10_000;
    const times = new Map([...input.times].map(([name, time], k) => [name, { ...time, changed: since - 5 + 10 * k }]));
    const { runs } = liveState({ ...input, workingSince: since, times });
    expect(statuses(runs)).toEqual({ done: 14, training: 1, waiting: 9 });
    expect(runs[14]).toMatchObject({ status: 'waiting', tokens: expect.any(Number) as number });
    expect(runs[14].tokens).toBeGreaterThan(0);
  });
});

it('runs that diverged have ended, and are in no fit', () => {
  const runs = madeLadder(24).map((run, k): MadeRun =>
    k % 6 === 5 ? { ...run, ended: 'diverged', share: 0.32 } : run,
  );
  const state = liveState(madeInput(runs, { isWorking: false }));
  expect(state.state).toBe('ended');
  expect(statuses(state.runs)).toEqual({ done: 20, diverged: 4 });
  expect(state.runs[5]).toMatchObject({ status: 'diverged', share: 1, loss: 9 });
  expect(state.runs[5].reason).toContain('above the 4.158');
  expect(state.families[0].fit?.points).toBe(20);
});

describe('where there is no fit yet', () => {
  const missingOf = (runs: readonly MadeRun[]): string | null => liveState(madeInput(runs)).families[0].missing;

  it('a sentence says how many runs, sizes and budgets there have to be', () => {
    expect(missingOf(madeLadder(3))).toBe(
      'A fit takes 6 ended runs of 2 sizes and 2 budgets; so far there are 3 runs, 1 size and 2 budgets of tokens.',
    );
    expect(missingOf(madeLadder(0, 0))).toContain('so far there are 0 runs, 0 sizes and 0 budgets');
    const oneBudget = [12, 24, 48].flatMap((width) =>
      [0, 1].map((seed): MadeRun => ({ width, tokens: 150_000, seed, share: 1, ended: 'done' })),
    );
    expect(missingOf(oneBudget)).toContain('6 runs, 3 sizes and 1 budget of tokens');
    expect(liveState(madeInput(oneBudget)).families[0]).toMatchObject({ fit: null, predictions: [] });
  });

  it('or what is wrong with the runs or with the fit', () => {
    // Tokens in proportion to the parameters: the two terms are one.
    const ends = liveState(madeInput(madeLadder(24))).runs.map((run) => ({ ...run, tokens: 20 * run.params }));
    const collinear = fitEnded(ends, 0.9);
    expect('missing' in collinear && collinear.missing).toMatch(
      /^The 24 ended runs cannot be fitted yet\. .*tokens \/ params is 20/,
    );
    // Two sizes cannot tell the floor from the exponent.
    const twoSizes = madeLadder(12);
    expect(missingOf(twoSizes)).toMatch(/^The fit of the 12 ended runs is (degenerate|stalled)\. /);
  });

  it('a run alone has none', () => {
    const state = liveState(madeInput([{ width: 12, tokens: 150_000, share: 0.6 }]));
    expect(state).toMatchObject({ state: 'running', families: [{ fit: null, predictions: [] }] });
    expect(state.done.share).toBeCloseTo(0.6, 4);
  });

  it('and without a speed no estimate', () => {
    expect(liveState(madeInput(madeLadder(0, 0))).done).toMatchObject({ share: 0, secondsLeft: null });
  });
});

it('families are fitted apart, each as far as its runs allow', () => {
  const runs = [
    ...madeLadder(24).map((run): MadeRun => ({ ...run, family: 'dense' })),
    ...madeLadder(4).map((run): MadeRun => ({ ...run, family: 'sparse' })),
  ];
  const { families } = liveState(madeInput(runs));
  expect(families.map(({ family, fit }) => [family, fit?.points ?? null])).toEqual([
    ['dense', 24],
    ['sparse', null],
  ]);
  expect(families[0].predictions).toHaveLength(1);
  expect(families[1].missing).toContain('4 runs');
});
