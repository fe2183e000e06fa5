import { expect, it } from 'vitest';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { buildFigure } from '../../src/plots/index.ts';
import { besiroglu, chinchillaFit, fitOf, flopsFit, publishedFit } from './exampleFit.ts';
import { axisOf, errorOf, notesOf, titleOf, tracesNamed } from './traces.ts';

const fit = chinchillaFit();
const figure = buildFigure(fit, 'contour');

it('labels each contour at the right edge with its loss', () => {
  const [labels] = tracesNamed(figure, 'Loss of each contour');
  expect(labels.x.length).toBeGreaterThan(5);
  const losses = evaluateLaw(findLaw('chinchilla'), besiroglu, { params: labels.x, tokens: labels.y });
  labels.text.forEach((text, k) => {
    expect(losses[k]).toBeCloseTo(Number(text), 3);
  });
});

it('keeps the labels of contours apart', () => {
  const [labels] = tracesNamed(figure, 'Loss of each contour');
  const [low, high] = axisOf(figure, 'yaxis').range;
  for (let k = 1; k < labels.y.length; k++)
    expect(Math.log10(labels.y[k - 1] / labels.y[k])).toBeGreaterThan(0.0249 * (high - low));
});

it('draws contours on which the loss is a labelled level', () => {
  const [contours] = tracesNamed(figure, 'Loss contours');
  const ends = contours.x.flatMap((x, i) => ((x as number | null) === null ? [i] : []));
  expect(ends.length).toBeGreaterThan(5);
  const first = { params: contours.x.slice(0, ends[0]), tokens: contours.y.slice(0, ends[0]) };
  const losses = evaluateLaw(findLaw('chinchilla'), besiroglu, first);
  for (const loss of losses) expect(loss).toBeCloseTo(losses[0], 5);
});

it('draws the optimum line through the data and dashed to a hundred times the compute', () => {
  const [solid] = tracesNamed(figure, 'Compute-optimal');
  const [dashed] = tracesNamed(figure, 'Extrapolated');
  const at = (flops: number): [number, number] => [allocate(fit, flops).params, allocate(fit, flops).tokens];
  for (const [trace, k, flops] of [
    [solid, 0, 1e19],
    [solid, 1, 1e21],
    [dashed, 0, 1e21],
    [dashed, 1, 1e23],
  ] as const) {
    const [n, d] = at(flops);
    expect(trace.x[k] / n).toBeCloseTo(1, 6);
    expect(trace.y[k] / d).toBeCloseTo(1, 6);
  }
  expect(dashed.line.dash).toBe('dash');
});

it('marks every power of ten of compute with its tokens per parameter', () => {
  const [marks] = tracesNamed(figure, 'Budgets');
  marks.x.forEach((n, k) => {
    expect((6 * n * marks.y[k]) / 10 ** (19 + k)).toBeCloseTo(1, 5);
  });
  const ratio = (flops: number): string => String(Number(allocate(fit, flops).tokensPerParam.toPrecision(2)));
  expect(notesOf(figure)).toEqual([19, 20, 21, 22, 23].map((k) => `1e${String(k)}: ${ratio(10 ** k)} tokens/param`));
  expect(figure.layout.annotations).toContainEqual(
    expect.objectContaining({ x: Math.log10(allocate(fit, 1e21).params), y: Math.log10(allocate(fit, 1e21).tokens) }),
  );
});

it('holds all runs and the whole line', () => {
  const [x, y] = [axisOf(figure, 'xaxis'), axisOf(figure, 'yaxis')];
  for (const trace of [...tracesNamed(figure, 'Runs'), ...tracesNamed(figure, 'Extrapolated')])
    trace.x.forEach((n, i) => {
      expect(Math.log10(n)).toBeGreaterThan(x.range[0]);
      expect(Math.log10(n)).toBeLessThan(x.range[1]);
      expect(Math.log10(trace.y[i])).toBeGreaterThan(y.range[0]);
      expect(Math.log10(trace.y[i])).toBeLessThan(y.range[1]);
    });
  expect(y.ticktext).toContain('100B');
  expect(titleOf(figure).title).toBe(
    'Compute-optimal training: N* grows as C<sup>0.514</sup>, D* as C<sup>0.486</sup>',
  );
});

it('draws contours alone for a fit without an optimum', () => {
  const flat = fitOf('chinchilla', { ...besiroglu, B: 0 }, fit.fitted.columns as Record<string, Float64Array>, {
    optimum: null,
  });
  const drawn = buildFigure(flat, 'contour');
  expect(drawn.data).toHaveLength(4);
  expect(notesOf(drawn)).toEqual([]);
});

it('draws published coefficients with one line that is not dashed', () => {
  const drawn = buildFigure(publishedFit(), 'contour');
  expect(tracesNamed(drawn, 'Runs')).toEqual([]);
  expect(tracesNamed(drawn, 'Extrapolated')).toEqual([]);
  expect(tracesNamed(drawn, 'Compute-optimal')).toHaveLength(1);
});

it('refuses a law of one input', () => {
  expect(errorOf(() => buildFigure(flopsFit(), 'contour'))).toMatchObject({ code: 'FIGURE_UNAVAILABLE' });
});
