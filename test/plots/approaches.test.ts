import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Fit } from '../../src/fit/result.ts';
import { loadFit } from '../../src/node/savedFits.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { compareApproaches } from '../../src/plan/approaches/index.ts';
import { buildFigure } from '../../src/plots/index.ts';
import { axisOf, errorOf, titleOf, tracesNamed } from './traces.ts';
import { fitOf, publishedFit } from './exampleFit.ts';

const fit: Fit = await loadFit(join(import.meta.dirname, '../../fits/chinchilla.json'));

describe('isoflop-minima', () => {
  const figure = buildFigure(fit, 'isoflop-minima');
  const { approaches } = compareApproaches(fit, 1e23, { resamples: 200 });
  const [, parabola, akima] = approaches;

  it('draws the runs of each budget, labelled by its compute', () => {
    const runs = tracesNamed(figure, 'runs at');
    expect(runs).toHaveLength(9);
    expect(runs.map((trace) => trace.text.at(-1))).toEqual([
      ' 5.4e18',
      ' 9.3e18',
      ' 2.8e19',
      ' 5.6e19',
      ' 9.3e19',
      ' 2.9e20',
      ' 5.8e20',
      ' 9.8e20',
      ' 2.9e21',
    ]);
  });

  it('marks the minima that allocate --approach 2 reports, at the bottom of their curves', () => {
    for (const [name, { budgets }] of [
      ['Minimum of the parabola', parabola],
      ['Minimum of the interpolation', akima],
    ] as const) {
      const [marks] = tracesNamed(figure, name);
      const used = budgets.filter((budget) => budget.isUsed);
      expect(marks.x).toHaveLength(used.length);
      for (const [k, { params }] of used.entries()) expect(marks.x[k] / (params ?? NaN)).toBeCloseTo(1, 6);
    }
    const [marks] = tracesNamed(figure, 'Minimum of the parabola');
    for (const [k, curve] of tracesNamed(figure, 'Parabola').entries())
      expect(Math.min(...curve.y)).toBeGreaterThanOrEqual(marks.y[k] - 1e-6);
  });

  it('names both exponents in its title', () => {
    expect(titleOf(figure).title).toContain(`C<sup>${(parabola.paramsExponent ?? NaN).toFixed(3)}</sup> by parabolas`);
  });
});

describe('approaches', () => {
  const figure = buildFigure(fit, 'approaches');

  it('draws a line and a band for each approach to 100 times the data', () => {
    const end = fit.data.ranges.flops?.[1] ?? NaN;
    for (const name of ['1 envelope', '2 parabola', '2 Akima', '3 law']) {
      const named = (text: string) => tracesNamed(figure, name).find((trace) => trace.name === text);
      const [line, band] = [named(name), named(`${name}, band`)];
      expect((line?.x.at(-1) ?? NaN) / end).toBeCloseTo(100, 3);
      expect(Math.max(...(band?.y ?? []))).toBeGreaterThan(Math.max(...(line?.y ?? [])));
      expect(Math.min(...(band?.y ?? []))).toBeLessThan(Math.min(...(line?.y ?? [])));
    }
    const law = tracesNamed(figure, '3 law').find((trace) => trace.name === '3 law');
    expect((law?.y.at(-1) ?? NaN) / allocate(fit, end * 100).params).toBeCloseTo(1, 5);
    expect(axisOf(figure, 'xaxis').range[1]).toBeGreaterThan(Math.log10(end * 100));
  });

  it('shows the points that approaches 1 and 2 rest on', () => {
    for (const name of ['1 envelope, points', '2 parabola, points', '2 Akima, points'])
      expect(tracesNamed(figure, name)[0].x.length).toBeGreaterThan(5);
  });
});

it('says why there is no figure', () => {
  expect(errorOf(() => buildFigure(publishedFit(), 'isoflop-minima'))).toMatchObject({
    message: expect.stringContaining('no runs') as string,
  });
  expect(errorOf(() => buildFigure(publishedFit(), 'approaches'))).toMatchObject({
    message: expect.stringContaining('need runs') as string,
  });
  const params = Float64Array.from({ length: 40 }, (_, i) => 1e7 * 1.2 ** i);
  const tokens = params.map((n, i) => n * (20 + 3 * (i % 7)));
  const loss = params.map((n, i) => 1.7 + 406 * n ** -0.34 + 410 * tokens[i] ** -0.28);
  const spread = fitOf('chinchilla', { E: 1.7, A: 406, B: 410, alpha: 0.34, beta: 0.28 }, { params, tokens, loss });
  expect(errorOf(() => buildFigure(spread, 'isoflop-minima'))).toMatchObject({ code: 'FIGURE_UNAVAILABLE' });
});
