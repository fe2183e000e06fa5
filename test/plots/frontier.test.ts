import { describe, expect, it } from 'vitest';
import { allocate } from '../../src/plan/allocate.ts';
import { buildFigure } from '../../src/plots/index.ts';
import { besiroglu, bootstrappedFit, chinchillaFit, fitOf, flopsFit, publishedFit } from './exampleFit.ts';
import { axisOf, errorOf, notesOf, titleOf, tracesNamed } from './traces.ts';

describe('frontier of a law with an allocation', () => {
  const fit = chinchillaFit();
  const figure = buildFigure(fit, 'frontier');
  const [solid] = tracesNamed(figure, 'Compute-optimal');
  const [dashed] = tracesNamed(figure, 'Extrapolated');

  it('equals the compute-optimal loss at every point', () => {
    for (const { x, y } of [solid, dashed])
      x.forEach((flops, i) => {
        expect(y[i]).toBeCloseTo(allocate(fit, flops).loss, 6);
      });
  });

  it('is solid to the end of the data and dashed for a hundred times that', () => {
    expect(solid.line.dash).toBe('solid');
    expect([solid.x[0], solid.x.at(-1)]).toEqual([1e19, 1e21]);
    expect(dashed.line.dash).toBe('dash');
    expect([dashed.x[0], dashed.x.at(-1)]).toEqual([1e21, 1e23]);
  });

  it('marks the end of the data with a line in natural units and a note in log10', () => {
    expect(figure.layout.shapes).toContainEqual(expect.objectContaining({ x0: 1e21, x1: 1e21, yref: 'paper' }));
    expect(figure.layout.annotations).toContainEqual(expect.objectContaining({ x: 21, text: 'data end at 1e21' }));
  });

  it('has a band around the curve, closed on itself, from the covariance and from a bootstrap', () => {
    for (const source of [fit, bootstrappedFit()]) {
      const [band] = tracesNamed(buildFigure(source, 'frontier'), '95% confidence band');
      const half = band.x.length / 2;
      expect(band.x.slice(half).toReversed()).toEqual(band.x.slice(0, half));
      const expected = allocate(source, 1e23).intervals.loss;
      expect([band.y[half - 1], band.y[half]]).toEqual([
        expect.closeTo(expected?.[0] ?? NaN, 6),
        expect.closeTo(expected?.[1] ?? NaN, 6),
      ]);
    }
  });

  it('draws the band of another confidence', () => {
    const wide = tracesNamed(buildFigure(fit, 'frontier', { confidence: 0.999 }), '99.9% confidence band');
    expect(wide[0].y.at(-1)).toBeGreaterThan(tracesNamed(figure, '95%')[0].y.at(-1) ?? NaN);
  });

  it('colors the runs by model size, with sizes beside the color bar', () => {
    const [runs] = tracesNamed(figure, 'Runs');
    expect(runs.x).toHaveLength(45);
    expect(runs.marker.color[0]).toBeCloseTo(Math.log10(fit.fitted.columns.params?.[0] ?? NaN), 6);
    expect(runs.marker).toMatchObject({ colorbar: { ticktext: expect.arrayContaining(['1B']) as string[] } });
    expect(runs.text[0]).toContain('<b>run-0</b><br>N ');
  });

  it('has logarithmic axes that hold everything drawn', () => {
    const [x, y] = [axisOf(figure, 'xaxis'), axisOf(figure, 'yaxis')];
    expect([x.type, y.type]).toEqual(['log', 'log']);
    expect(x.range[0]).toBeLessThan(19);
    expect(x.range[1]).toBeGreaterThan(23);
    const [runs] = tracesNamed(figure, 'Runs');
    for (const loss of runs.y) expect(Math.log10(loss)).toBeLessThan(y.range[1]);
    expect(x.ticktext).toEqual(['1e19', '1e20', '1e21', '1e22', '1e23']);
  });

  it('says what is seen', () => {
    const at = (flops: number): string => String(Number(allocate(fit, flops).loss.toPrecision(4)));
    expect(titleOf(figure)).toEqual({
      title: `Compute-optimal loss: ${at(1e21)} where the data end, ${at(1e23)} at 100x`,
      subtitle: 'L = 1.817 + 477.8/N<sup>0.3473</sup> + 2143/D<sup>0.3672</sup>  |  45 points',
    });
  });
});

it('draws a law of one input against that input', () => {
  const figure = buildFigure(flopsFit(), 'frontier');
  const [law] = tracesNamed(figure, 'Fitted law');
  law.x.forEach((flops, i) => {
    expect(law.y[i]).toBeCloseTo(25 * flops ** -0.05, 6);
  });
  expect(titleOf(figure).title).toMatch(/^Loss against training compute: /);
  expect(titleOf(figure).subtitle).toContain('no confidence band');
  expect(tracesNamed(figure, '95%')).toEqual([]);
});

it('shows the irreducible loss only where it does not squeeze the picture', () => {
  expect(notesOf(buildFigure(chinchillaFit(), 'frontier'))).toContain('irreducible loss 1.817');
  const { flops, loss } = flopsFit().fitted.columns as Record<string, Float64Array>;
  const far = fitOf('flops-irreducible', { E: 0.1, A: 25, gamma: 0.05 }, { flops, loss });
  expect(notesOf(buildFigure(far, 'frontier')).filter((note) => note.startsWith('irreducible'))).toEqual([]);
});

it('draws published coefficients without data as one line', () => {
  const figure = buildFigure(publishedFit(), 'frontier');
  expect(figure.data).toHaveLength(1);
  expect(titleOf(figure).title).toBe('Compute-optimal loss from 1e18 to 1e24');
});

it('refuses a fit without an optimum, with the reason', () => {
  const { columns } = chinchillaFit().fitted;
  const flat = fitOf('chinchilla', { ...besiroglu, B: 0 }, columns as Record<string, Float64Array>);
  expect(errorOf(() => buildFigure(flat, 'frontier'))).toMatchObject({
    code: 'FIGURE_UNAVAILABLE',
    message: expect.stringContaining('does not fall with tokens') as string,
  });
});
