import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import { overtraining } from '../../src/laws/overtraining.ts';
import { predictPoints, type QueryPoint } from '../../src/plan/predictPoints.ts';
import { readRuns } from '../../src/runs/files.ts';
import { type Runs } from '../../src/runs/index.ts';
import { publishedFit } from '../../src/uncertainty/published.ts';
import { errorOf } from '../helpers/errors.ts';

const file = join(import.meta.dirname, '../../data/gadre.csv');
const needs = ['flops', 'tokensPerParam', 'loss'];
const columns = 'params=N,tokens=D,loss=loss_c4_val';

const gadre = (where: string): Promise<Runs> => readRuns(file, { columns, needs, where });

/** The runs that the paper fits: 20 tokens for each parameter up to 411M, and 320 at 11M. */
const trained = (dataset: string): Promise<Runs> =>
  gadre(`dataset == "${dataset}" and (token_multiplier == 20 and N < 5e8 or token_multiplier == 320 and N < 2e7)`);

const column = (runs: Runs, name: string): Float64Array => runs.quantities[name] ?? new Float64Array();

describe.each([
  ['c4_original', 'gadre-2024-c4', { '1.4B, 20': 0.78, '1.4B, 80': 1.5, '6.9B, 20': 4.3 }],
  ['rpj', 'gadre-2024-redpajama', { '1.4B, 20': 0.11, '1.4B, 640': 0.71, '6.9B, 20': 0.73 }],
] as const)('over-trained models of %s', (dataset, id, errors) => {
  it('are predicted from five small ones with the errors of figure 5 of the paper', async () => {
    const runs = await trained(dataset);
    expect(runs.rows).toBe(5);
    const fit = fitLaw(overtraining, runs, { objective: 'mse' });
    expect(fit.status).toBe('converged');
    const large = await gadre(`dataset == "${dataset}" and N > 5e8`);
    const flops = column(large, 'flops');
    const perParam = column(large, 'tokensPerParam');
    const loss = column(large, 'loss');
    const predicted = evaluateLaw(overtraining, toParams(overtraining, fit.theta), { flops, tokensPerParam: perParam });
    const found = Array.from(loss, (observed, i): [string, number] => {
      const size = (column(large, 'params')[i] / 1e9).toFixed(1);
      return [`${size}B, ${perParam[i].toFixed(0)}`, 100 * Math.abs(predicted[i] / observed - 1)];
    });
    expect(found.map(([name]) => name).sort()).toEqual(Object.keys(errors));
    for (const [name, error] of found)
      expect(Math.abs(error - errors[name as keyof typeof errors]), name).toBeLessThan(0.02);
  });

  it('have the published coefficients as the optimum of those five', async () => {
    const fit = fitLaw(overtraining, await trained(dataset), { objective: 'mse' });
    const published = overtraining.published.find((candidate) => candidate.id === id);
    for (const [name, value] of Object.entries(toParams(overtraining, fit.theta)))
      expect(value / (published?.params[name] ?? NaN), name).toBeCloseTo(1, 7);
  });
});

it('takes tokens per parameter from its column where there is one', async () => {
  const where = 'dataset == "rpj"';
  const [given, derived, named] = await Promise.all([
    readRuns(file, { columns, needs, where }),
    readRuns(file, { columns: `${columns},tokensPerParam=D/N`, needs, where }),
    readRuns(join(import.meta.dirname, '../../data/chinchilla.csv'), { needs }),
  ]);
  expect(given.conventions.columns.tokensPerParam).toBe('token_multiplier');
  for (const [i, value] of column(given, 'tokensPerParam').entries())
    expect(column(derived, 'tokensPerParam')[i] / value).toBeCloseTo(1, 12);
  // Neither column nor expression: from params and tokens, and the tokens here from compute.
  expect(named.conventions.derived.tokensPerParam).toBe('tokens / params');
  for (const [i, value] of column(named, 'tokensPerParam').entries())
    expect(value / (column(named, 'tokens')[i] / column(named, 'params')[i])).toBeCloseTo(1, 12);
});

it('predicts models of given size and tokens', () => {
  const fit = publishedFit(overtraining, overtraining.published[1]);
  const at = (point: QueryPoint) => predictPoints(fit, [point]).points[0];
  const point = at({ params: 6.9e9, tokens: 1.38e11 });
  expect(point.inputs).toEqual({ tokensPerParam: 20 });
  expect(at({ flops: 6 * 6.9e9 * 1.38e11, tokensPerParam: 20 }).loss).toBeCloseTo(point.loss, 12);
  expect(at({ params: 6.9e9, flops: 6 * 6.9e9 * 1.38e11 }).loss).toBeCloseTo(point.loss, 12);
  expect(errorOf(() => at({ flops: 1e21 })).code).toBe('POINT_INCOMPLETE');
});

it('is chinchilla with equal exponents', () => {
  const { E, a, b, eta } = overtraining.published[1].params;
  const [params, tokens] = [7e9, 3e11];
  const chinchilla = E + (a * 6 ** -eta) / params ** (2 * eta) + (b * 6 ** -eta) / tokens ** (2 * eta);
  const [loss] = evaluateLaw(overtraining, overtraining.published[1].params, {
    flops: [6 * params * tokens],
    tokensPerParam: [tokens / params],
  });
  expect(loss).toBeCloseTo(chinchilla, 12);
});
