import { describe, expect, it } from 'vitest';
import { backtestLaws, type Backtest } from '../../src/backtest/backtest.ts';
import { scorePredictions } from '../../src/backtest/scores.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import { takeRows } from '../../src/runs/select.ts';
import type { IsoflopError } from '../../src/core/errors.ts';
import { isoflopGrid, plannedRuns, sizeGrid, sumLoss } from '../helpers/designs.ts';

const runs = plannedRuns(isoflopGrid(), sumLoss(), { noise: 0.004 });
const cuts = [3e20, 1e21];

const join = (parts: readonly (Float64Array | null)[]): Float64Array =>
  Float64Array.from(parts.flatMap((part) => [...(part ?? [])]));

/** The error that a backtest ends with. */
const failureOf = (backtest: Promise<Backtest>): Promise<IsoflopError> =>
  backtest.then(
    () => {
      throw new Error('it worked');
    },
    (error: unknown) => error as IsoflopError,
  );

describe('backtests of laws', () => {
  it('fit what lies below the cut and score what the fit says about the rest', async () => {
    const { laws, holdout, confidence } = await backtestLaws(runs, [chinchilla], { cuts });
    expect([holdout, confidence]).toEqual(['flops', 0.9]);
    const flops = runs.quantities.flops ?? new Float64Array(0);
    for (const [k, split] of laws[0].splits.entries()) {
      const isKnown = (row: number): boolean => flops[row] < cuts[k];
      const rows = Int32Array.from(flops.keys());
      const fit = fitLaw(chinchilla, takeRows(runs, rows.filter(isKnown)));
      const test = rows.filter((row) => !isKnown(row));
      const { params, tokens, loss } = takeRows(runs, test).quantities;
      const predicted = evaluateLaw(chinchilla, toParams(chinchilla, fit.theta), {
        params: params ?? [],
        tokens: tokens ?? [],
      });
      expect([...split.heldOut.rows]).toEqual([...test]);
      expect(split.heldOut.observed).toEqual(loss);
      expect(split.heldOut.predicted).toEqual(predicted);
      expect([split.train, split.test]).toEqual([rows.length - test.length, test.length]);
    }
  });

  it('pool the runs of all cuts', async () => {
    const { laws, baselines } = await backtestLaws(runs, [chinchilla, findLaw('skaling')], { cuts });
    for (const { splits, pooled } of laws) {
      const held = splits.map(({ heldOut }) => heldOut);
      const together = {
        observed: join(held.map((one) => one.observed)),
        predicted: join(held.map((one) => one.predicted)),
        lower: join(held.map((one) => one.lower)),
        upper: join(held.map((one) => one.upper)),
      };
      expect(together.upper.length).toBe(together.observed.length);
      expect(pooled).toEqual(scorePredictions(together, 0.9));
    }
    expect(baselines.map(({ law }) => law)).toEqual(['best-so-far', 'last-value']);
    for (const { pooled } of baselines) expect(pooled).toMatchObject({ coverage: null, winkler: null });
  });

  it('know nothing of what lies beyond the cut: other losses there change no prediction', async () => {
    const flops = runs.quantities.flops ?? new Float64Array(0);
    const loss = (runs.quantities.loss ?? new Float64Array(0)).map((y, i) => (flops[i] < cuts[0] ? y : 1.5 * y));
    const changed = { ...runs, quantities: { ...runs.quantities, loss } };
    const [before, after] = await Promise.all(
      [runs, changed].map(
        async (of) => (await backtestLaws(of, [chinchilla], { cuts: [cuts[0]] })).laws[0].splits[0].heldOut,
      ),
    );
    expect(after.predicted).toEqual(before.predicted);
    expect(after.lower).toEqual(before.lower);
    expect(after.upper).toEqual(before.upper);
    expect(after.observed).not.toEqual(before.observed);
  });

  it('tell why a law could not be fitted below a cut, and score it at the others', async () => {
    const few = plannedRuns(sizeGrid([1e8, 1e9, 1e10], [5, 20, 80, 320]), sumLoss(), { noise: 0.004 });
    const { laws } = await backtestLaws(few, [chinchilla, findLaw('flops')], { cuts: [2e19, 1e21] });
    const [law, simple] = laws;
    expect(law.failed.map(({ cut }) => cut)).toEqual([2e19]);
    expect(law.failed[0].why).toMatch(/\brows?\b/);
    expect(law.splits.map(({ cut }) => cut)).toEqual([1e21]);
    expect(law.pooled).toMatchObject({ are: law.splits[0].are });
    expect(simple.failed).toEqual([]);
    expect(simple.splits).toHaveLength(2);
  });

  it('say where rows below the cut are too few to calibrate; the intervals are then those of no backtest', async () => {
    const few = plannedRuns(sizeGrid([1e8, 1e9, 1e10], [5, 20, 80, 320]), sumLoss(), { noise: 0.004 });
    const { laws } = await backtestLaws(few, [findLaw('flops')], { cuts: [1e20, 1e22] });
    const [early, late] = laws[0].splits.map(({ warnings }) => warnings.map(({ code }) => code));
    expect(early).toContain('NOT_CALIBRATED');
    expect(late).not.toContain('NOT_CALIBRATED');
    const { lower, upper } = laws[0].splits[0].heldOut;
    expect(lower?.every((low, i) => low < (upper?.[i] ?? 0))).toBe(true);
  });

  it('use weights row by row', async () => {
    const weights = Float64Array.from({ length: runs.rows }, (_, i) => 1 + (i % 3));
    const order = Int32Array.from({ length: runs.rows }, (_, i) => runs.rows - 1 - i);
    const scoresOf = async (of: typeof runs, given: Float64Array): Promise<number> => {
      const { laws } = await backtestLaws(of, [chinchilla], { cuts: [1e21], fit: { weights: given } });
      return laws[0].splits[0].are;
    };
    const are = await scoresOf(runs, weights);
    expect((await scoresOf(takeRows(runs, order), weights.slice().reverse())) / are).toBeCloseTo(1, 6);
    expect((await scoresOf(takeRows(runs, order), weights)) / are).not.toBeCloseTo(1, 3);
  });

  it('report each piece that is done, in whichever order', async () => {
    const done: [number, number][] = [];
    await backtestLaws(runs, [findLaw('flops'), findLaw('params')], {
      cuts,
      onProgress: (k, of) => done.push([k, of]),
    });
    expect(done).toEqual([1, 2, 3, 4].map((k) => [k, 4]));
  });

  it('refuse what cannot be backtested', async () => {
    const alike = plannedRuns(sizeGrid([1e8], [20, 20, 20]), sumLoss());
    expect((await failureOf(backtestLaws(alike, [chinchilla]))).code).toBe('BACKTEST_IMPOSSIBLE');
    expect((await failureOf(backtestLaws(runs, [chinchilla], { confidence: 1 }))).code).toBe('OPTION_INVALID');
    expect((await failureOf(backtestLaws(runs, [chinchilla], { cuts: [1] }))).code).toBe('OPTION_INVALID');
  });
});
