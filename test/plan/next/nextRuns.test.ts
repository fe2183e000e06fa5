import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fit } from '../../../src/fit/result.ts';
import { loadFit } from '../../../src/node/savedFits.ts';
import { allocate } from '../../../src/plan/allocate.ts';
import { nextRuns } from '../../../src/plan/next/nextRuns.ts';
import type { NextOptions, RunShape } from '../../../src/plan/next/types.ts';
import { predictPoints } from '../../../src/plan/predictPoints.ts';
import { createRuns, type Runs } from '../../../src/runs/index.ts';
import { predictLoss } from '../../../src/uncertainty/predict.ts';
import { chinchilla240, columnsOf } from '../../helpers/data.ts';
import { errorOf } from '../../helpers/errors.ts';
import { fitHere } from '../../helpers/refits.ts';

const target = { flops: 1e24 };
const root = join(import.meta.dirname, '../../..');

let runs: Runs;
/** Least squares with the classical covariance, where a design is exact. */
let classical: Fit;
/** The fit that ships: robust, calibrated with a second law. */
let shipped: Fit;
beforeAll(async () => {
  runs = await chinchilla240();
  const { fit } = await fitHere(runs, { objective: 'log-mse', covariance: 'classical' });
  classical = fit;
  shipped = await loadFit(join(root, 'fits/chinchilla.json'));
});

const halfOf = ([low, high]: readonly [number, number]): number => Math.log(high / low) / 2;

describe('the interval of today', () => {
  it('is that of predict, calibrated and of the coefficients alone', () => {
    const plan = nextRuns(shipped, { target, budget: 1e22 });
    const { calibrated } = predictPoints(shipped, [target]).points[0];
    expect(plan.errors).toBe('calibrated');
    expect(halfOf(plan.before.interval)).toBeCloseTo(halfOf(calibrated?.mean ?? [1, 1]), 9);
    expect(plan.before.interval[0]).toBeCloseTo(calibrated?.mean[0] ?? NaN, 7);
    const plain = nextRuns(classical, { target, budget: 1e22 });
    const { params, tokens } = plain.target;
    const { lower, upper } = predictLoss(classical, { params: [params], tokens: [tokens] });
    expect(plain.errors).toBe('coefficients');
    expect(plain.before.interval[0]).toBeCloseTo(lower?.[0] ?? NaN, 9);
    expect(plain.before.interval[1]).toBeCloseTo(upper?.[0] ?? NaN, 9);
  });

  it('of the best size is that of allocate', () => {
    const { before } = nextRuns(classical, { target, budget: 1e22, criterion: 'params' });
    const { intervals } = allocate(classical, target.flops);
    expect(Math.log(before.interval[0] / (intervals.params?.[0] ?? NaN))).toBeCloseTo(0, 2);
    expect(halfOf(before.interval) / halfOf(intervals.params ?? [1, 1])).toBeCloseTo(1, 2);
  });
});

describe('the interval after the runs', () => {
  it('is what a refit with these runs finds', async () => {
    const plan = nextRuns(classical, { target, budget: 3e22, maxRuns: 6, maxRunFlops: 1e22, seeds: 2 });
    expect(plan.runs.length).toBeGreaterThan(2);
    const known = columnsOf(runs);
    const added = {
      params: [...known.params, ...plan.runs.map((run) => run.params)],
      tokens: [...known.tokens, ...plan.runs.map((run) => run.tokens)],
    };
    const { loss } = predictLoss(classical, {
      params: plan.runs.map((run) => run.params),
      tokens: plan.runs.map((run) => run.tokens),
    });
    // Without noise the new rows change no coefficient, only how well they are known.
    const { fit } = await fitHere(createRuns({ ...added, loss: [...known.loss, ...loss] }), {
      objective: 'log-mse',
      covariance: 'classical',
    });
    const spreadOf = (of: Fit): number => {
      const { lower, upper } = predictLoss(of, { params: [plan.target.params], tokens: [plan.target.tokens] });
      const noise = of.residualRms * Math.sqrt(of.points / of.covariance.degreesOfFreedom);
      return halfOf([lower?.[0] ?? NaN, upper?.[0] ?? NaN]) / noise;
    };
    // The quantile of Student's t moves by less than this with six more degrees of freedom.
    expect(spreadOf(fit) / spreadOf(classical) / (plan.after.halfWidth / plan.before.halfWidth)).toBeCloseTo(1, 3);
    expect(plan.noise).toBeCloseTo(
      classical.residualRms * Math.sqrt(classical.points / classical.covariance.degreesOfFreedom),
      9,
    );
  });

  it('says of each run what the others leave without it, and of the last what the plan leaves', () => {
    const plan = nextRuns(shipped, { target, budget: 1e23, batch: 2 });
    for (const run of plan.runs) {
      expect(run.without).toBeGreaterThan(plan.after.halfWidth);
      expect(run.saves).toBeCloseTo(1 - plan.after.halfWidth / run.without, 12);
      expect(run.batch).toBe(Math.ceil(run.run / 2));
    }
    expect(plan.runs.at(-1)?.after).toBeCloseTo(plan.after.halfWidth, 12);
    expect(plan.limit.halfWidth).toBeLessThan(plan.after.halfWidth);
    expect(plan.after.halfWidth).toBeLessThan(plan.before.halfWidth);
  });

  it('is narrower than what an isoFLOP grid and random candidates of the same cost leave', () => {
    const options = { target, budget: 1e23, maxRunFlops: 5e22 };
    const plan = nextRuns(shipped, options);
    const grid = plan.rivals.find(({ name }) => name === 'isoFLOP grid');
    expect(grid?.flops).toBeLessThanOrEqual(1e23 * (1 + 1e-9));
    expect(plan.after.halfWidth).toBeLessThan(grid?.halfWidth ?? NaN);
  });

  it('can only be worse with fewer choices and better with more budget', () => {
    const at = (options: Partial<NextOptions>): number =>
      nextRuns(shipped, { target, budget: 1e22, maxRunFlops: 1e22, ...options }).after.halfWidth;
    const whole = at({});
    expect(at({ maxRuns: 1 })).toBeGreaterThanOrEqual(whole - 1e-12);
    expect(at({ sizes: [1e9, 2e9] })).toBeGreaterThan(whole);
    expect(at({ budget: 1e23, maxRunFlops: 1e23 })).toBeLessThan(whole);
  });
});

describe('the runs', () => {
  it('keep to every constraint', () => {
    const plan = nextRuns(classical, {
      target,
      budget: 1e22,
      minParams: 2e8,
      maxParams: 8e9,
      maxRunFlops: 3e21,
      tokensPerParam: [8, 60],
      maxRuns: 5,
    });
    expect(plan.runs.length).toBeGreaterThan(0);
    expect(plan.runs.length).toBeLessThanOrEqual(5);
    expect(plan.flops).toBeLessThanOrEqual(1e22);
    for (const run of plan.runs) {
      expect(run.params).toBeGreaterThanOrEqual(2e8);
      expect(run.params).toBeLessThanOrEqual(8e9);
      expect(run.flops).toBeLessThanOrEqual(3e21);
      expect(run.flops).toBeCloseTo(6 * run.params * run.tokens, -12);
      expect(run.tokensPerParam).toBeGreaterThan(7.9999);
      expect(run.tokensPerParam).toBeLessThan(60.001);
    }
  });

  it('have the tokens per parameter that are asked for, where there is only one', () => {
    const plan = nextRuns(classical, { target, budget: 1e22, tokensPerParam: [20, 20], minParams: 123456789 });
    expect(plan.runs.length).toBeGreaterThan(0);
    for (const { tokensPerParam } of plan.runs) expect(tokensPerParam).toBeCloseTo(20, 3);
  });

  it('come from the candidates alone, whatever their order', () => {
    const candidates: RunShape[] = [1e8, 3e8, 1e9, 3e9].flatMap((params) =>
      [10, 30, 90].map((ratio) => ({ params, tokens: ratio * params, flops: 7 * ratio * params ** 2 })),
    );
    const plan = nextRuns(shipped, { target, budget: 2e22, candidates });
    const turned = nextRuns(shipped, { target, budget: 2e22, candidates: [...candidates, ...candidates].toReversed() });
    expect(turned).toEqual(plan);
    for (const { params, tokens, flops } of plan.runs) expect(candidates).toContainEqual({ params, tokens, flops });
  });

  it('are the same whatever the order of the rows', () => {
    const { fitted } = shipped;
    const order = Array.from({ length: fitted.rows }, (_, k) => (k * 7) % fitted.rows);
    const columns = Object.fromEntries(
      Object.entries(fitted.columns).map(([name, column]) => [
        name,
        column === undefined ? undefined : Float64Array.from(order, (k) => column[k]),
      ]),
    );
    const calibration = shipped.calibration && {
      ...shipped.calibration,
      rows: shipped.calibration.rows.map((row) => order.indexOf(row)),
    };
    const options = { target, budget: 1e23 };
    const turned = nextRuns({ ...shipped, fitted: { ...fitted, columns }, calibration }, options);
    const plan = nextRuns(shipped, options);
    expect(turned.runs.map(({ params, tokens }) => [params, tokens])).toEqual(
      plan.runs.map(({ params, tokens }) => [params, tokens]),
    );
    expect(turned.after.halfWidth).toBeCloseTo(plan.after.halfWidth, 9);
  });

  it('tell a run that is most of the plan, and a plan that cannot do better', () => {
    const one = nextRuns(shipped, { target, budget: 1e23, maxRuns: 1, maxRunFlops: 1e23 });
    expect(one.warnings.map(({ code }) => code)).toContain('DESIGN_RESTS_ON_ONE_RUN');
    const small = nextRuns(shipped, { target, budget: 1e21 });
    expect(small.warnings.map(({ code }) => code)).toContain('DESIGN_AT_LIMIT');
    const plain = nextRuns(shipped, { target, budget: 1e21, errors: 'coefficients' });
    expect(plain.warnings.map(({ code }) => code)).toContain('DESIGN_WITHOUT_FORM');
  });
});

describe('what cannot be', () => {
  const refused = (options: Partial<NextOptions>) =>
    errorOf(() => nextRuns(shipped, { target, budget: 1e22, ...options }));

  it('is told with the two that collide and by how much', () => {
    const sizes = refused({ minParams: 1e10, maxParams: 1e9 });
    expect(sizes.code).toBe('CONSTRAINTS_COLLIDE');
    expect(sizes.message).toContain('--min-params and --max-params exclude each other');
    expect(sizes.message).toContain('a factor of 10');
    const cost = refused({ budget: 1e23, minParams: 1e10, tokensPerParam: [20, 40], maxRunFlops: 1.2e21 });
    expect(cost.message).toMatch(/--min-params and --max-run-flops .* a factor of 10\b/);
    const list = refused({ sizes: [1e9, 2e9], maxParams: 5e8 });
    expect(list.message).toMatch(/--sizes and --max-params .* a factor of 2\b/);
    const file = refused({
      candidates: [
        { params: 1e8, tokens: 1e8 },
        { params: 1e9, tokens: 4e10 },
      ],
      maxParams: 5e8,
      tokensPerParam: [10, 100],
    });
    expect(file.message).toMatch(/--max-params and --tokens-per-param .* a factor of 2\b/);
  });

  it('names the budget and the cheapest run', () => {
    const error = refused({ budget: 1e16, candidates: [{ params: 1e8, tokens: 1e9 }] });
    expect(error.code).toBe('BUDGET_TOO_SMALL');
    expect(error.message).toContain('1e16 FLOP');
    expect(error.message).toContain('6e17 FLOP, 60 times');
  });

  it('is refused where the fit has no runs, no calibration or another law', async () => {
    const published = await loadFit(join(root, 'fits/besiroglu-2024.json'));
    expect(errorOf(() => nextRuns(published, { target, budget: 1e22 })).code).toBe('DESIGN_UNAVAILABLE');
    expect(errorOf(() => nextRuns(classical, { target, budget: 1e22, errors: 'calibrated' })).message).toContain(
      'not calibrated',
    );
    const step = await loadFit(join(root, 'fits/muennighoff-2023.json'));
    expect(errorOf(() => nextRuns(step, { target, budget: 1e22 })).message).toContain('uniqueTokens');
  });

  it('is refused where numbers make no sense', () => {
    expect(refused({ budget: -1 }).code).toBe('QUANTITY_NOT_POSITIVE');
    expect(refused({ maxRuns: 0 }).code).toBe('OPTION_INVALID');
    expect(refused({ confidence: 1 }).code).toBe('OPTION_INVALID');
    expect(refused({ tokensPerParam: [20, 10] }).code).toBe('OPTION_INVALID');
    expect(refused({ target: { params: 1e9, tokens: 1e10 }, criterion: 'params' }).code).toBe('OPTION_INVALID');
    expect(refused({ candidates: [{ params: NaN, tokens: 1 }] }).code).toBe('QUANTITY_NOT_POSITIVE');
  });
});
