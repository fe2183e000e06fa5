import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { defineFormula } from '../../src/laws/formula/defineFormula.ts';
import { findLaw } from '../../src/laws/index.ts';
import { toCoordinates, type Law } from '../../src/laws/law.ts';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { findOptimum } from '../../src/plan/optimum.ts';
import { readRuns } from '../../src/runs/files.ts';
import { errorOf } from '../helpers/errors.ts';

const runs = await readRuns('data/chinchilla.csv', { where: 'loss < 3.44' });
const listed = findLaw('chinchilla');
const params = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
/** The same law without its closed form. */
const open = Object.fromEntries(Object.entries(listed).filter(([key]) => key !== 'allocation')) as unknown as Law;

describe('an optimum that is searched for', () => {
  it.each([1e18, 1e21, 5.76e23, 1e26])('is the one of the closed form at %e FLOP', (flops) => {
    const theta = toCoordinates(listed, params);
    const closed = findOptimum(listed, theta, Math.log(flops / 6));
    const searched = findOptimum(open, theta, Math.log(flops / 6));
    if ('fault' in closed || 'fault' in searched) throw new Error('there is an optimum');
    expect(Math.abs(searched[0] - closed[0])).toBeLessThan(1e-6);
    expect(Math.abs(searched[1] - closed[1])).toBeLessThan(1e-6);
    expect(Math.abs(searched[2] - closed[2])).toBeLessThan(1e-12);
  });

  it('has the intervals of the closed form', async () => {
    // The same law under a formula that hides its closed form.
    const text = 'loss ~ A*exp(-alpha*log(params)) + E + B*exp(-beta*log(tokens))';
    for (const bootstrap of [0, 60]) {
      const a = allocate(await fitRuns(runs, { bootstrap }), 5.76e23);
      const b = allocate(await fitRuns(runs, { law: text, positive: ['A', 'B', 'E'], bootstrap }), 5.76e23);
      expect(b.params / a.params).toBeCloseTo(1, 6);
      for (const key of ['params', 'tokens', 'tokensPerParam', 'loss'] as const)
        for (const end of [0, 1])
          expect((b.intervals[key]?.[end] ?? NaN) / (a.intervals[key]?.[end] ?? NaN)).toBeCloseTo(1, 4);
    }
  });

  it.each(['kaplan', 'farseer'])('is at the bottom of the valley of %s', async (law) => {
    const fit = await fitRuns(runs, { law });
    const { params: n, tokens, loss } = allocate(fit, 1e21);
    const { predictLoss } = await import('../../src/uncertainty/predict.ts');
    const near = predictLoss(fit, { params: [n * 0.97, n, n * 1.03], tokens: [tokens / 0.97, tokens, tokens / 1.03] });
    expect(near.loss[1]).toBeCloseTo(loss, 10);
    expect(near.loss[0]).toBeGreaterThan(loss);
    expect(near.loss[2]).toBeGreaterThan(loss);
  });

  it('does not exist where the loss falls all the way, and the error says so', async () => {
    const fit = await fitRuns(runs, { law: 'multiplicative' });
    expect(errorOf(() => allocate(fit, 1e21))).toMatchObject({ code: 'NO_OPTIMUM' });
    const theta = toCoordinates(listed, params);
    expect(findOptimum(open, theta, Math.log(1e5))).toMatchObject({
      fault: expect.stringContaining('too small') as string,
    });
    const flat = defineFormula({ ...open, id: 'flat', text: 'E + A/(params*tokens)^alpha + 0*B*beta', published: [] });
    expect(findOptimum(flat, theta, Math.log(1e20))).toHaveProperty('fault');
    expect(fitLaw(findLaw('params'), runs).status).toBe('converged');
    expect(findOptimum(findLaw('params'), Float64Array.of(1, 1), 40)).toHaveProperty('fault');
  });
});
