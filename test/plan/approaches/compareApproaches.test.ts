import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import type { Fit } from '../../../src/fit/result.ts';
import { chinchilla } from '../../../src/laws/chinchilla.ts';
import { fitRuns } from '../../../src/node/fitRuns.ts';
import { loadFit } from '../../../src/node/savedFits.ts';
import { allocate } from '../../../src/plan/allocate.ts';
import { compareApproaches, type Approach } from '../../../src/plan/approaches/index.ts';
import { createRuns } from '../../../src/runs/index.ts';
import { publishedFit } from '../../../src/uncertainty/published.ts';

const target = 5.76e23;
const truth = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
const surface = publishedFit(chinchilla, { id: 'surface', source: 'test', params: truth, note: '', verified: false });
const lossAt = (params: number, tokens: number): number =>
  truth.E + truth.A * params ** -truth.alpha + truth.B * tokens ** -truth.beta;

interface Columns {
  params: number[];
  tokens: number[];
  loss: number[];
  run?: string[];
}

const fitOf = ({ run, ...numbers }: Columns): Promise<Fit> =>
  fitRuns(createRuns(run === undefined ? numbers : { ...numbers, run }), { law: 'chinchilla' });

/** Models at budgets of compute, from the best size divided to multiplied by 8, with a little noise. */
function isoflopRuns(noise = 0.002, shifts: readonly number[] = [1, 1, 1, 1, 1]): Columns {
  const random = createRandom(11);
  const rows = shifts.flatMap((shift, k) => {
    const flops = 1e18 * 10 ** k;
    const best = allocate(surface, flops).params * shift;
    return Array.from({ length: 9 }, (_, i) => ({ params: best * 8 ** (i / 4 - 1), flops }));
  });
  return {
    params: rows.map((row) => row.params),
    tokens: rows.map(({ params, flops }) => flops / (6 * params)),
    loss: rows.map(({ params, flops }) => lossAt(params, flops / (6 * params)) * Math.exp(noise * random.normal())),
  };
}

/** Runs of twelve sizes with checkpoints from 1e9 tokens to 256 tokens for each parameter. */
function checkpointRuns(): Required<Columns> {
  const columns: Required<Columns> = { params: [], tokens: [], loss: [], run: [] };
  for (let size = 0; size < 12; size++)
    for (let step = 0; step < 24; step++) {
      const params = 2e7 * 2 ** (size / 1.5);
      const tokens = 2 ** (step / 3) * params;
      columns.params.push(params);
      columns.tokens.push(tokens);
      columns.loss.push(lossAt(params, tokens));
      columns.run.push(`run ${String(size)}`);
    }
  return columns;
}

const byMethod = (approaches: readonly Approach[]): Record<Approach['method'], Approach> =>
  Object.fromEntries(approaches.map((one) => [one.method, one])) as Record<Approach['method'], Approach>;

const inside = (value: number, interval: readonly [number, number] | null): boolean =>
  interval !== null && interval[0] <= value && value <= interval[1];

describe('the Chinchilla runs', async () => {
  const fit = await loadFit(join(import.meta.dirname, '../../../fits/chinchilla.json'));
  const { approaches, budgets } = compareApproaches(fit, target);
  const { envelope, parabola, akima, law } = byMethod(approaches);

  it('gives the published exponents of approaches 1 and 2 inside the intervals, and approach 3 its own', () => {
    // Hoffmann et al., table 2: 0.50 and 0.49; Besiroglu et al.: 0.514 from these points by approach 3.
    expect(budgets).toBe('isoflop');
    expect(inside(0.5, envelope.intervals.paramsExponent)).toBe(true);
    expect(parabola.paramsExponent).toBeCloseTo(0.497, 2);
    expect(akima.paramsExponent).toBeCloseTo(0.497, 1);
    expect(inside(0.49, parabola.intervals.paramsExponent)).toBe(true);
    expect(inside(0.49, akima.intervals.paramsExponent)).toBe(true);
    expect(law.paramsExponent).toBeCloseTo(0.5139, 4);
    expect(law.tokensExponent).toBeCloseTo(0.4861, 4);
  });

  it('finds the nine budgets of the paper', () => {
    const expected = [6e18, 1e19, 3e19, 6e19, 1e20, 3e20, 6e20, 1e21, 3e21];
    expect(parabola.budgets).toHaveLength(9);
    for (const [k, { flops, isUsed }] of parabola.budgets.entries()) {
      expect(Math.abs(Math.log(flops / expected[k]))).toBeLessThan(0.12);
      expect(isUsed).toBe(true);
    }
  });

  it('reports what allocate reports as approach 3', () => {
    const { params, tokens, tokensPerParam, loss, intervals } = allocate(fit, target);
    expect(law).toMatchObject({ params, tokens, tokensPerParam, loss, reason: null });
    expect(law.intervals).toMatchObject(intervals);
  });

  it('keeps N* D* at the compute, and every estimate inside its intervals', () => {
    for (const one of approaches) {
      expect(((one.params ?? 0) * (one.tokens ?? 0) * 6) / target).toBeCloseTo(1, 1);
      for (const name of ['params', 'tokens', 'tokensPerParam', 'paramsExponent', 'tokensExponent'] as const)
        expect(inside(one[name] ?? NaN, one.intervals[name])).toBe(true);
    }
  });
});

describe('isoFLOP runs of a known surface', () => {
  const exact = allocate(surface, target);

  it('brings all approaches near the truth, and the bias is that of the grid', async () => {
    const fit = await fitOf(isoflopRuns());
    const { approaches } = compareApproaches(fit, target);
    const { parabola, akima, law } = byMethod(approaches);
    for (const { params, intervals, paramsExponent } of [parabola, akima, law]) {
      expect(Math.abs(Math.log((params ?? NaN) / exact.params))).toBeLessThan(0.5);
      expect(inside(exact.params, intervals.params)).toBe(true);
      expect(Math.abs((paramsExponent ?? NaN) - 0.4516)).toBeLessThan(0.06);
    }
    expect(parabola.bias?.tokens).toBeCloseTo(-0.029, 1);
    expect(Math.abs(akima.bias?.tokens ?? NaN)).toBeLessThan(0.02);
  });

  it('is exact for the law and off by the predicted bias for parabolas when there is no noise', async () => {
    const fit = await fitOf(isoflopRuns(0));
    const { parabola, law } = byMethod(compareApproaches(fit, target, { noise: 0, resamples: 50 }).approaches);
    expect((law.tokens ?? NaN) / exact.tokens).toBeCloseTo(1, 4);
    expect((parabola.tokens ?? NaN) / exact.tokens - 1).toBeCloseTo(parabola.bias?.tokens ?? NaN, 4);
  });

  it('drops a budget whose minimum lies at an edge, and says why', async () => {
    const fit = await fitOf(isoflopRuns(0.0005, [1, 1, 100, 1, 1]));
    const { parabola, akima } = byMethod(compareApproaches(fit, target, { resamples: 100 }).approaches);
    for (const { budgets, notes, params } of [parabola, akima]) {
      expect(budgets.map((budget) => budget.isUsed)).toEqual([true, true, false, true, true]);
      expect(budgets[2].params).toBeNull();
      expect(budgets[2].reason).toMatch(/smallest size/);
      expect(notes.some((note) => note.includes('dropped'))).toBe(true);
      expect(params).not.toBeNull();
    }
  });

  it('answers with a reason where fewer than two budgets are usable', async () => {
    const fit = await fitOf(isoflopRuns(0.0005, [1, 100, 100, 100, 100]));
    const { parabola } = byMethod(compareApproaches(fit, target, { resamples: 100 }).approaches);
    expect(parabola).toMatchObject({ params: null, paramsExponent: null, bias: null });
    expect(parabola.reason).toMatch(/only one budget has a minimum/);
  });

  it('does not depend on the order of rows, and follows the unit of size', async () => {
    const columns = isoflopRuns();
    const fit = await fitOf(columns);
    const { fitted } = fit;
    const order = Array.from(columns.params.keys()).sort((i, j) => Math.sin(i) - Math.sin(j));
    const change = (scale: number, rows: readonly number[]): Fit => ({
      ...fit,
      fitted: {
        ...fitted,
        columns: {
          params: Float64Array.from(rows, (i) => scale * (fitted.columns.params?.[i] ?? NaN)),
          tokens: Float64Array.from(rows, (i) => fitted.columns.tokens?.[i] ?? NaN),
          flops: Float64Array.from(rows, (i) => fitted.columns.flops?.[i] ?? NaN),
          loss: Float64Array.from(rows, (i) => fitted.columns.loss?.[i] ?? NaN),
        },
      },
    });
    const options = { approaches: [1, 2] as const, resamples: 100 };
    const before = compareApproaches(fit, target, options).approaches;
    const shuffled = compareApproaches(change(1, order), target, options).approaches;
    const scaled = compareApproaches(change(1000, Array.from(columns.params.keys())), target, options).approaches;
    for (const [k, one] of before.entries()) {
      if (one.params === null) continue;
      expect((shuffled[k].params ?? NaN) / one.params).toBeCloseTo(1, 9);
      expect((scaled[k].params ?? NaN) / one.params / 1000).toBeCloseTo(1, 9);
      expect(scaled[k].paramsExponent).toBeCloseTo(one.paramsExponent ?? NaN, 9);
      expect(scaled[k].tokens).toBeCloseTo(one.tokens ?? NaN, -6);
    }
  });

  it('is the same for the same seed, and another for another', async () => {
    const fit = await fitOf(isoflopRuns());
    const at = (seed: number): string => JSON.stringify(compareApproaches(fit, target, { resamples: 50, seed }));
    expect(at(3)).toBe(at(3));
    expect(at(4)).not.toBe(at(3));
  });
});

describe('runs with checkpoints', async () => {
  const fit = await fitOf(checkpointRuns());
  const { approaches, budgets } = compareApproaches(fit, target, { resamples: 100 });
  const { envelope, akima } = byMethod(approaches);

  it('are compared as learning curves', () => {
    expect(budgets).toBe('curves');
    expect(envelope.data).toMatch(/288 of 288 points on 12 curves/);
    expect(envelope.paramsExponent).toBeCloseTo(0.4516, 1);
    expect(akima.paramsExponent).toBeCloseTo(0.4516, 1);
    const exact = allocate(surface, target).params;
    for (const { params } of [envelope, akima]) expect(Math.abs(Math.log((params ?? NaN) / exact))).toBeLessThan(0.5);
  });

  it('use a size only where a smaller and a larger one are there', () => {
    const sizes = envelope.steps.map((step) => step.params);
    expect(Math.min(...sizes)).toBeGreaterThan(2.0001e7);
    expect(Math.max(...sizes)).toBeLessThan(2e7 * 2 ** (11 / 1.5) * 0.999);
  });
});

it('says that too few learning curves reach one budget', async () => {
  const columns = checkpointRuns();
  const few = columns.run.flatMap((run, i) => (['run 0', 'run 5', 'run 11'].includes(run) ? [i] : []));
  const pick = (name: 'params' | 'tokens' | 'loss'): number[] => few.map((i) => columns[name][i]);
  const fit = await fitOf({
    params: pick('params'),
    tokens: pick('tokens'),
    loss: pick('loss'),
    run: few.map((i) => columns.run[i]),
  });
  const { akima } = byMethod(compareApproaches(fit, target, { resamples: 20 }).approaches);
  expect(akima.reason).toMatch(/curves of 4 sizes/);
});

it('answers with reasons where there is nothing to work on', async () => {
  const without = compareApproaches(surface, target).approaches;
  expect(without.map((one) => one.reason)).toEqual([
    'the fit has no runs (published coefficients)',
    'the fit has no runs (published coefficients)',
    'the fit has no runs (published coefficients)',
    null,
  ]);
  const random = createRandom(2);
  const spread = Array.from({ length: 60 }, () => ({
    params: 1e7 * 1000 ** random.next(),
    tokens: 1e9 * 1000 ** random.next(),
  }));
  const fit = await fitOf({
    params: spread.map((row) => row.params),
    tokens: spread.map((row) => row.tokens),
    loss: spread.map((row) => lossAt(row.params, row.tokens)),
  });
  const { parabola, law } = byMethod(compareApproaches(fit, target).approaches);
  expect(parabola.reason).toMatch(/not made at a few budgets/);
  expect(law.params).not.toBeNull();
});

it.each([
  [{ approaches: [] }, 'approaches'],
  [{ approaches: [4 as 3] }, 'approaches'],
  [{ noise: -1 }, 'noise'],
  [{ resamples: 1.5 }, 'resamples'],
  [{ seed: 0.5 }, 'seed'],
])('refuses %j', (options, name) => {
  expect(() => compareApproaches(surface, target, options)).toThrow(name);
});
