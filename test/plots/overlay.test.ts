import { describe, expect, it } from 'vitest';
import type { Fit } from '../../src/fit/result.ts';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { darkFigure, figureSvg, overlayFigure } from '../../src/plots/index.ts';
import { series } from '../../src/plots/theme.ts';
import { besiroglu, bootstrappedFit, chinchillaFit, fitOf, flopsFit, publishedFit } from './exampleFit.ts';
import { axisOf, errorOf, titleOf, tracesNamed, type Trace } from './traces.ts';

const ours = chinchillaFit();
const { flops, params, tokens, loss } = ours.fitted.columns as Record<string, Float64Array>;
/** The same data with an irreducible loss that is lower, up to 3e20 FLOP only. */
const theirs: Fit = {
  ...fitOf(
    'chinchilla',
    { ...besiroglu, E: 1.7 },
    Object.fromEntries(Object.entries({ params, tokens, flops, loss }).map(([name, x]) => [name, x.subarray(0, 36)])),
  ),
  covariance: ours.covariance,
};
const pair = [
  { name: 'ours', fit: ours },
  { name: '<theirs>', fit: theirs },
];
const print = (value: number): string => String(Number(value.toPrecision(4)));

describe('two fits in one figure', () => {
  const figure = overlayFigure(pair);
  const own = (trace: string): Trace => tracesNamed(figure, trace)[0];

  it('draws the loss at the compute optimum of each, to ten times the larger data', () => {
    for (const [name, fit] of [
      ['ours', ours],
      ['&lt;theirs&gt;', theirs],
    ] as const) {
      const curve = (figure.data as unknown as Trace[]).find((trace) => trace.name === name);
      expect([curve?.x[0], curve?.x.at(-1)]).toEqual([1e19, 1e22]);
      curve?.x.forEach((at, i) => {
        expect(curve.y[i]).toBeCloseTo(allocate(fit, at).loss, 5);
      });
    }
  });

  it('draws the optimal size of each beside it', () => {
    const curve = own('&lt;theirs&gt;, N*');
    expect(curve.xaxis).toBe('x2');
    curve.x.forEach((at, i) => {
      expect(curve.y[i] / allocate(theirs, at).params).toBeCloseTo(1, 5);
    });
    const { params: interval } = allocate(theirs, 1e22).intervals;
    const band = own('&lt;theirs&gt;, band of N*');
    const half = band.x.length / 2;
    expect(band.y[half - 1] / (interval?.[0] ?? NaN)).toBeCloseTo(1, 5);
    expect(band.y[half] / (interval?.[1] ?? NaN)).toBeCloseTo(1, 5);
    expect(axisOf(figure, 'yaxis2').title.text).toContain('Compute-optimal size');
  });

  it('keeps them apart by colour, dash and marker, and says which rows are whose', () => {
    for (const [k, [name, count]] of (
      [
        ['ours', 45],
        ['&lt;theirs&gt;', 36],
      ] as const
    ).entries()) {
      const rows = own(`${name}, runs`);
      expect(rows).toMatchObject({
        meta: { rows: true, fit: k },
        customdata: Array.from({ length: count }, (_, i) => i),
        marker: { color: series[k].color, symbol: series[k].symbol },
      });
      expect(own(name === 'ours' ? 'ours, end' : '&lt;theirs&gt;, end').x).toEqual([k === 0 ? 1e21 : 3e20]);
    }
    expect(new Set(series.map(({ color }) => color)).size).toBe(8);
    expect(new Set(series.map(({ symbol }) => symbol)).size).toBe(8);
  });

  it('says how far they are apart where the data of both reach', () => {
    const [a, b] = [ours, theirs].map((fit) => allocate(fit, 3e20).loss);
    expect(titleOf(figure).title).toBe(
      `&lt;theirs&gt; is ${(100 * (1 - b / a)).toFixed(2)}% below ours at 3e20 FLOP (loss ${print(b)} against ${print(a)})`,
    );
    expect(titleOf(figure).subtitle).toContain('ours: L = 1.817 + 477.8/N');
    expect(titleOf(figure).subtitle).toContain('N* grows as C<sup>0.514</sup>');
  });

  it('is drawn as SVG and on dark ground', () => {
    expect(figureSvg(figure)).not.toMatch(/NaN|undefined/);
    expect(figureSvg(darkFigure(figure))).toContain('#14181d');
  });
});

it('compares eight fits by their exponents, those of a bootstrap with a part of its draws', () => {
  const boot = bootstrappedFit();
  const many = Array.from({ length: 8 }, (_, k) => ({ name: `fit ${String(k)}`, fit: k === 7 ? boot : ours }));
  const figure = overlayFigure(many, { maxPoints: 80 });
  expect(titleOf(figure).title).toMatch(/^Loss of 8 fits: [\d.]+ to [\d.]+ at 1e21 FLOP$/);
  expect(titleOf(figure).subtitle).toContain('Exponents of N*: fit 0 0.514');
  for (const rows of tracesNamed(figure, 'fit').filter(({ name }) => name.endsWith('runs')))
    expect(rows.x).toHaveLength(10);
  expect(figureSvg(figure)).not.toMatch(/NaN|undefined/);
});

it('draws laws of one quantity over it, in one panel', () => {
  const other = fitOf('flops', { A: 26, gamma: 0.05 }, { flops, loss });
  const figure = overlayFigure([
    { name: 'a', fit: flopsFit() },
    { name: 'b', fit: other },
  ]);
  expect(figure.layout.xaxis2).toBeUndefined();
  const [curve] = (figure.data as unknown as Trace[]).filter(({ name }) => name === 'b');
  curve.x.forEach((at, i) => {
    expect(curve.y[i]).toBeCloseTo(evaluateLaw(findLaw('flops'), { A: 26, gamma: 0.05 }, { flops: [at] })[0], 5);
  });
  expect(titleOf(figure).title).toMatch(/^b is 4.00% above a at 1e21 FLOP/);
});

it('says so where two are the same, and where compute is counted differently', () => {
  const { data } = ours;
  const counted = { ...ours, data: { ...data, conventions: { ...data.conventions, flopsPerParamToken: 5 } } };
  expect(titleOf(overlayFigure([pair[0], { name: 'again', fit: ours }])).title).toMatch(/^again is as ours at/);
  const { subtitle } = titleOf(overlayFigure([pair[0], { name: 'b', fit: counted }]));
  expect(subtitle).toContain('compute is counted as 6 N D and 5 N D');
});

it('draws published coefficients beside a fit', () => {
  const figure = overlayFigure([pair[0], { name: 'paper', fit: publishedFit() }]);
  expect(tracesNamed(figure, 'paper, runs')).toEqual([]);
  expect(tracesNamed(figure, 'paper')[0].x.length).toBeGreaterThan(10);
});

const ofTokens = fitOf('tokens', { B: 25, beta: 0.05 }, { tokens, loss });
it.each<[string, Fit[], string]>([
  ['one fit', [ours], 'it compares 2 to 8 fits, and there are 1'],
  ['nine fits', Array.from({ length: 9 }, () => ours), 'there are 9'],
  [
    'fits of different quantities',
    [ours, fitOf('step-law-batch', { k: 1, gamma: 0.5 }, { tokens, batchSize: tokens })],
    'fit 0 is a law of loss and fit 1 one of batchSize',
  ],
  ['laws of different inputs', [ours, ofTokens], 'fit 0 is drawn over training compute and fit 1 over training tokens'],
  [
    'laws without an allocation',
    [
      fitOf('moe-routed', Object.fromEntries(findLaw('moe-routed').params.map(({ name }) => [name, 1])), {
        params,
        loss,
      }),
      ours,
    ],
    'moe-routed has no compute-optimal allocation',
  ],
  [
    'a fit without an optimum',
    [ours, fitOf('chinchilla', { ...besiroglu, B: 0 }, { params, tokens, flops, loss })],
    'does not fall with tokens',
  ],
])('refuses %s', (_, fits, reason) => {
  const named = fits.map((fit, k) => ({ name: `fit ${String(k)}`, fit }));
  expect(errorOf(() => overlayFigure(named))).toMatchObject({
    code: 'FIGURE_UNAVAILABLE',
    message: expect.stringContaining(reason) as string,
  });
});
