import { expect, it } from 'vitest';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { buildFigure } from '../../src/plots/index.ts';
import { besiroglu, chinchillaFit, exampleBudgets, fitOf, flopsFit, publishedFit } from './exampleFit.ts';
import { axisOf, errorOf, titleOf, tracesNamed } from './traces.ts';

const fit = chinchillaFit();
const figure = buildFigure(fit, 'isoflop');
const names = ['1e19', '3e19', '1e20', '3e20', '1e21'];

it('draws the law at each budget over the sizes of its runs, labelled where the curve ends', () => {
  exampleBudgets.forEach((flops, k) => {
    const [curve] = tracesNamed(figure, `${names[k]} FLOP`);
    const tokens = curve.x.map((n) => flops / (6 * n));
    const expected = evaluateLaw(findLaw('chinchilla'), besiroglu, { params: curve.x, tokens });
    curve.y.forEach((loss, i) => {
      expect(loss).toBeCloseTo(expected[i], 5);
    });
    expect(curve.text.filter((text) => text !== '')).toEqual([` ${names[k]}`]);
    expect(curve.text.at(-1)).toBe(` ${names[k]}`);
  });
});

it('draws the nine runs of each budget where they are', () => {
  names.forEach((name, k) => {
    const [runs] = tracesNamed(figure, `runs at ${name} FLOP`);
    const { params, loss } = fit.fitted.columns;
    const order = Array.from({ length: 9 }, (_, i) => 9 * k + i);
    expect(runs.x).toEqual(order.map((i) => Number(params?.[i].toPrecision(7))));
    expect(runs.y).toEqual(order.map((i) => Number(loss?.[i].toPrecision(7))));
    expect(runs.text[8]).toContain(`<b>run-${String(9 * k + 8)}</b>`);
  });
});

it('marks the optimum of each budget at the bottom of its curve, on the line of optima', () => {
  const [optima] = tracesNamed(figure, 'Optimum of each budget');
  const [line] = tracesNamed(figure, 'Compute-optimal size');
  exampleBudgets.forEach((flops, k) => {
    const best = allocate(fit, flops);
    expect(optima.x[k] / best.params).toBeCloseTo(1, 6);
    expect(optima.y[k]).toBeCloseTo(best.loss, 6);
    const [curve] = tracesNamed(figure, `${names[k]} FLOP`);
    expect(Math.min(...curve.y)).toBeGreaterThanOrEqual(optima.y[k] - 1e-6);
  });
  // Halfway along the line in log space lies the optimum of the middle budget, 1e20.
  expect(line.x[20] / allocate(fit, 1e20).params).toBeCloseTo(1, 6);
  expect(line.y[20]).toBeCloseTo(allocate(fit, 1e20).loss, 6);
});

it('says how the optimum grows and how many runs are drawn', () => {
  expect(titleOf(figure).title).toBe('IsoFLOP curves at 5 compute budgets: N* grows as C<sup>0.514</sup>');
  expect(titleOf(figure).subtitle).toContain('45 within 12% of a budget are drawn');
  expect(axisOf(figure, 'xaxis').title.text).toBe('Model size N (parameters)');
});

it('has one trace less for optima that do not exist', () => {
  const flat = fitOf('chinchilla', { ...besiroglu, B: 0 }, fit.fitted.columns as Record<string, Float64Array>);
  const drawn = buildFigure(flat, 'isoflop');
  expect(drawn.data).toHaveLength(10);
  expect(tracesNamed(drawn, 'Optimum')).toEqual([]);
});

it('draws published coefficients at five budgets', () => {
  expect(buildFigure(publishedFit(), 'isoflop').data).toHaveLength(7);
});

it('refuses a law of one input', () => {
  expect(errorOf(() => buildFigure(flopsFit(), 'isoflop'))).toMatchObject({
    code: 'FIGURE_UNAVAILABLE',
    message: expect.stringContaining('flops is a law of flops') as string,
  });
});
