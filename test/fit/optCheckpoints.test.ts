import { beforeAll, describe, expect, it } from 'vitest';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { findLaw } from '../../src/laws/index.ts';
import { toParams } from '../../src/laws/law.ts';
import { readRuns } from '../../src/runs/files.ts';
import { selectCheckpoints, takeRows, type Runs } from '../../src/runs/index.ts';

/**
 * The experiment of arXiv 2410.11840 on OPT: fit the sizes below 175B and predict the last 30% of the tokens of that one.
 * The expected errors are those of the authors' code, scipy's curve_fit with E, A and B as exponentials, from one start.
 */
let all: Runs;
const largest = 175e9;

beforeAll(async () => {
  all = await readRuns('data/opt-trajectories.csv', {
    columns: 'params=model_size,tokens=10^num_token,flops=6*model_size*10^num_token,loss=log(ppl),run=model_size',
  });
});

const rowsWhere = (runs: Runs, isKept: (params: number, tokens: number) => boolean): Runs => {
  const { params = [], tokens = [] } = runs.quantities;
  return takeRows(
    runs,
    [...params].flatMap((size, i) => (isKept(size, tokens[i]) ? [i] : [])),
  );
};

const smallest = (count: number): number => {
  const sizes = [...new Set(all.quantities.params)].sort((a, b) => a - b);
  return sizes[count - 1];
};

const fitTo = (count: number, dropTokens: number | undefined): LawFit => {
  const known = rowsWhere(all, (params) => params <= smallest(count));
  const runs = dropTokens === undefined ? known : selectCheckpoints(known, { dropTokens });
  return fitLaw(findLaw('chinchilla'), runs, { objective: 'mse' });
};

/** Mean absolute relative error, in per cent, on the last 30% of the largest model. */
function errorOn(predict: (params: number, tokens: number) => number): number {
  const end = Math.max(...(all.quantities.tokens ?? []));
  const target = rowsWhere(all, (params, tokens) => params === largest && tokens >= 0.7 * end);
  const { params = [], tokens = [], loss = [] } = target.quantities;
  expect(target.rows).toBe(10);
  let sum = 0;
  for (let i = 0; i < target.rows; i++) sum += Math.abs(predict(params[i], tokens[i]) - loss[i]) / loss[i];
  return (100 * sum) / target.rows;
}

const errorOf = (fit: LawFit): number => {
  const { E, A, B, alpha, beta } = toParams(fit.law, fit.theta);
  return errorOn((n, d) => E + A * n ** -alpha + B * d ** -beta);
};

describe('OPT 175B from the smaller sizes', () => {
  it.each([
    [5, 5.0427, 3.1091],
    [4, 5.1163, 3.5205],
    [3, 4.0389, 3.2001],
  ])('from %i sizes: dropping the first 10B tokens takes the error from %d% to %d%', (sizes, whole, cut) => {
    expect(errorOf(fitTo(sizes, undefined))).toBeCloseTo(whole, 3);
    expect(errorOf(fitTo(sizes, 10e9))).toBeCloseTo(cut, 3);
  });

  it('finds the optimum of curve_fit without the cut', () => {
    const fit = fitTo(5, undefined);
    expect(fit.status).toBe('converged');
    expect(fit.minimum.value).toBeCloseTo(0.5158777578953, 10);
    const { E, alpha, beta } = toParams(fit.law, fit.theta);
    expect([E, alpha, beta]).toEqual([
      expect.closeTo(Math.exp(0.36535037), 4),
      expect.closeTo(0.28810632, 5),
      expect.closeTo(0.14263886, 5),
    ]);
  });

  it('with the cut switches E off, towards which curve_fit creeps until it gives up', () => {
    const fit = fitTo(5, 10e9);
    expect(fit.rows.data.rows).toBe(101);
    expect(fit.status).toBe('degenerate');
    expect(fit.off).toEqual(['E']);
    expect(fit.warnings).toContainEqual(expect.objectContaining({ code: 'TERM_OFF', level: 'error' }));
    // curve_fit ends at ln E = -14.6 with an objective that is higher by 4e-10.
    expect(fit.minimum.value).toBeLessThan(0.08788625539429);
    expect(fit.minimum.value).toBeCloseTo(0.08788625499, 10);
    expect(toParams(fit.law, fit.theta).beta).toBeCloseTo(0.05246175, 6);
  });

  it('beats the best loss seen among the smaller sizes', () => {
    const seen = rowsWhere(all, (params) => params < largest).quantities.loss ?? [];
    expect(errorOn(() => Math.min(...seen))).toBeCloseTo(5.82, 2);
  });
});
