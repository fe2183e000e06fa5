import { describe, expect, it } from 'vitest';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { buildFigure } from '../../src/plots/index.ts';
import { besiroglu, chinchillaFit, fitOf, publishedFit } from './exampleFit.ts';
import { axisOf, errorOf, titleOf, tracesNamed } from './traces.ts';

const fit = chinchillaFit();
const { params, tokens, loss } = fit.fitted.columns as Record<string, Float64Array>;

describe('observed against predicted', () => {
  const figure = buildFigure(fit, 'parity');

  it('puts what the law says across and what was measured up', () => {
    const [runs] = tracesNamed(figure, 'Runs');
    const predicted = evaluateLaw(findLaw('chinchilla'), besiroglu, { params, tokens });
    expect(runs.x).toHaveLength(45);
    runs.x.forEach((x, i) => {
      expect(x).toBeCloseTo(predicted[i], 5);
      expect(runs.y[i]).toBeCloseTo(loss[i], 5);
      expect(runs.marker.color[i]).toBeCloseTo(Math.log10(params[i]), 5);
    });
  });

  it('draws the line on which both agree, and the band of the residuals around it', () => {
    const [line] = tracesNamed(figure, 'Observed as predicted');
    expect(line.x).toEqual(line.y);
    const [band] = tracesNamed(figure, 'Within 0.50%');
    expect(band.y[0] / band.x[0]).toBeCloseTo(Math.exp(-0.005), 5);
    expect(band.y[3] / band.x[3]).toBeCloseTo(Math.exp(0.005), 5);
  });

  it('has two equal logarithmic axes and says the number', () => {
    expect(axisOf(figure, 'xaxis').range).toEqual(axisOf(figure, 'yaxis').range);
    expect(axisOf(figure, 'xaxis').type).toBe('log');
    expect(axisOf(figure, 'yaxis').title.text).toBe('Observed loss (nats per token)');
    expect(titleOf(figure).title).toBe('Observed loss is 0.50% off the law (root mean square)');
  });
});

it('is linear where the response is not positive everywhere', () => {
  const signed = loss.map((value) => value - 2.5);
  const raw = fitOf(
    'chinchilla',
    besiroglu,
    { params, tokens, loss: signed },
    { residualScale: 'raw', residualRms: 2.6 },
  );
  const figure = buildFigure(raw, 'parity');
  expect(axisOf(figure, 'xaxis').type).toBeUndefined();
  const [band] = tracesNamed(figure, 'Within 2.6');
  expect(band.y[0] - band.x[0]).toBeCloseTo(-2.6, 5);
  expect(titleOf(figure).title).toContain('2.6 off the law');
});

it('refuses a fit without rows', () => {
  expect(errorOf(() => buildFigure(publishedFit(), 'parity'))).toMatchObject({ code: 'FIGURE_UNAVAILABLE' });
});
