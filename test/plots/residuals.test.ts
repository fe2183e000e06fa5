import { describe, expect, it } from 'vitest';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { buildFigure } from '../../src/plots/index.ts';
import { robustLimit } from '../../src/plots/residuals.ts';
import { besiroglu, chinchillaFit, fitOf, flopsFit, publishedFit } from './exampleFit.ts';
import { axisOf, errorOf, titleOf, tracesNamed } from './traces.ts';

const fit = chinchillaFit();
const columns = fit.fitted.columns as Record<string, Float64Array>;
const predicted = evaluateLaw(findLaw('chinchilla'), besiroglu, columns);

describe('residuals against N, D and predicted loss', () => {
  const figure = buildFigure(fit, 'residuals');

  it('are 100 ln(observed / predicted), in every panel', () => {
    const panels = tracesNamed(figure, 'Runs');
    expect(panels.map((panel) => panel.xaxis)).toEqual(['x', 'x2', 'x3']);
    const across = [columns.params, columns.tokens, predicted];
    panels.forEach((panel, k) => {
      for (const [i, x] of panel.x.entries()) {
        const row = across[k].findIndex((value) => Math.abs(value / x - 1) < 1e-6);
        expect(panel.y[i]).toBeCloseTo(100 * Math.log(columns.loss[row] / predicted[row]), 4);
      }
    });
  });

  it('share one vertical scale with a zero line', () => {
    expect(axisOf(figure, 'yaxis').range[0]).toBe(-axisOf(figure, 'yaxis').range[1]);
    expect(figure.layout.yaxis).toMatchObject({ zeroline: true });
    expect(figure.layout.yaxis2).toMatchObject({ matches: 'y', range: axisOf(figure, 'yaxis').range });
    expect(axisOf(figure, 'yaxis').ticktext).toContain('+1%');
    expect(axisOf(figure, 'xaxis2').title.text).toBe('D (tokens)');
  });

  it('show a running median', () => {
    const [trend] = tracesNamed(figure, 'Running median');
    expect(trend.x).toHaveLength(3);
    const order = Array.from(columns.params.keys()).sort((a, b) => columns.params[a] - columns.params[b]);
    const first = order.slice(0, 15).map((i) => 100 * Math.log(columns.loss[i] / predicted[i]));
    expect(trend.y[0]).toBeCloseTo(first.sort((a, b) => a - b)[7], 4);
  });
});

it('draws a broken run as a triangle at the edge, and tells the true value', () => {
  const loss = columns.loss.slice();
  loss[4] = 3 * predicted[4];
  const figure = buildFigure({ ...fit, fitted: { ...fit.fitted, columns: { ...columns, loss } } }, 'residuals');
  const [edge] = tracesNamed(figure, 'Beyond the axis');
  const [, top] = axisOf(figure, 'yaxis').range;
  expect(top).toBeLessThan(5);
  expect(edge.y).toEqual([expect.closeTo(0.95 * top, 6)]);
  expect(edge.marker.symbol).toEqual(['triangle-up']);
  expect(edge.text[0]).toContain('+109.86%');
  expect(tracesNamed(figure, 'Runs')[0].y).toHaveLength(44);
  expect(titleOf(figure).subtitle).toContain('1 beyond the axis');
});

it('puts the input of a law of one variable first, then a quantity that it ignores', () => {
  const figure = buildFigure(flopsFit(), 'residuals');
  expect(axisOf(figure, 'xaxis').title.text).toBe('C (FLOP)');
  expect(axisOf(figure, 'xaxis2').title.text).toBe('N (parameters)');
  expect(axisOf(figure, 'xaxis3').title.text).toBe('Predicted loss (nats/token)');
});

it('has two panels when nothing but the input is known', () => {
  const { flops, loss } = columns;
  const figure = buildFigure(fitOf('flops', { A: 25, gamma: 0.05 }, { flops, loss }), 'residuals');
  expect(tracesNamed(figure, 'Runs')).toHaveLength(2);
  expect(figure.layout.xaxis3).toBeUndefined();
});

it('refuses a fit without rows', () => {
  expect(errorOf(() => buildFigure(publishedFit(), 'residuals'))).toMatchObject({ code: 'FIGURE_UNAVAILABLE' });
});

it('limits the axis by the bulk of the residuals', () => {
  expect(robustLimit([...Array.from({ length: 99 }, () => -1), 50])).toBeCloseTo(1.15, 10);
  expect(robustLimit([0, 0])).toBe(1);
  expect(robustLimit([])).toBe(1);
});
