import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { buildFigure, buildFigures, figures } from '../../src/plots/index.ts';
import type { Fit } from '../../src/fit/result.ts';
import { bootstrappedFit, chinchillaFit, curvesFit, fitOf, flopsFit, wholeFit } from './exampleFit.ts';
import { errorOf, titleOf, tracesNamed, type Trace } from './traces.ts';

const whole = await wholeFit();
/** Figures that draw every run of any fit. */
const ofLaws = ['frontier', 'isoflop', 'residuals', 'contour'];

it('lists figures with ids and descriptions of their own', () => {
  expect(figures.map((figure) => figure.id)).toEqual([
    ...ofLaws,
    'isoflop-minima',
    'approaches',
    'parity',
    'curves',
    'profile',
  ]);
  expect(new Set(figures.map((figure) => figure.description)).size).toBe(figures.length);
});

it('names the figures when one is unknown', () => {
  expect(errorOf(() => buildFigure(chinchillaFit(), 'pie'))).toMatchObject({
    code: 'FIGURE_UNKNOWN',
    message: expect.stringContaining('frontier, isoflop, residuals, contour') as string,
  });
});

it('builds what a law allows and says why the rest is missing', () => {
  const built = buildFigures(flopsFit());
  expect(built.map(({ definition, figure }) => [definition.id, figure !== null])).toEqual([
    ['frontier', true],
    ['isoflop', false],
    ['residuals', true],
    ['contour', false],
    ['isoflop-minima', false],
    ['approaches', false],
    ['parity', true],
    ['curves', false],
    ['profile', false],
  ]);
  expect(built[1].reason).toContain('it needs a law of params and tokens');
});

it('draws every figure where the runs allow it', () => {
  expect(buildFigures(whole).filter(({ figure }) => figure === null)).toEqual([]);
});

it.each(figures.map((figure) => figure.id))(
  '%s survives JSON unchanged: no typed arrays, no NaN, nothing undefined',
  (id) => {
    const needsMore = id === 'curves' || id === 'profile';
    const figure = buildFigure(needsMore ? whole : bootstrappedFit(), id);
    expect(JSON.parse(JSON.stringify(figure))).toStrictEqual(figure);
  },
);

describe.each(ofLaws)('%s', (id) => {
  it('draws at most the points asked for, thinned evenly, and says so', () => {
    const random = createRandom(5);
    const rows = 20_000;
    const params = Float64Array.from({ length: rows }, () => 10 ** (7 + 3 * random.next()));
    const tokens = Float64Array.from({ length: rows }, () => 10 ** (9 + 3 * random.next()));
    const loss = params.map((n, i) => 1.7 + 406 * n ** -0.34 + 410 * tokens[i] ** -0.28);
    const fit = fitOf('chinchilla', { E: 1.7, A: 406, B: 410, alpha: 0.34, beta: 0.28 }, { params, tokens, loss });
    const figure = buildFigure(fit, id, { maxPoints: 3000 });
    const drawn = [...tracesNamed(figure, 'Runs'), ...tracesNamed(figure, 'runs at')];
    const count = drawn.reduce((sum, trace) => sum + trace.x.length, 0);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(3000);
    expect(drawn.every((trace) => trace.type === 'scattergl')).toBe(true);
    expect(titleOf(figure).subtitle).toMatch(/20,000 points \([13],000 drawn\)/);
  });

  it('draws few points as sharp SVG', () => {
    const figure = buildFigure(chinchillaFit(), id);
    for (const trace of [...tracesNamed(figure, 'Runs'), ...tracesNamed(figure, 'runs at')])
      expect(trace.type).toBe('scatter');
  });

  it('keeps the names of runs from becoming markup', () => {
    const fit = chinchillaFit();
    const names = Array.from({ length: 45 }, () => '<b>a & b</b>');
    const figure = buildFigure({ ...fit, fitted: { ...fit.fitted, names } }, id);
    const [runs] = [...tracesNamed(figure, 'Runs'), ...tracesNamed(figure, 'runs at')];
    expect(runs.text[0]).toContain('<b>&lt;b&gt;a &amp; b&lt;/b&gt;</b>');
  });
});

describe('traces of fitted rows', () => {
  /** Figures with points that are rows of the fit; those of the others are read off, averaged or none. */
  const cases: [string, Fit][] = [
    ...[...ofLaws, 'parity'].map((id): [string, Fit] => [id, chinchillaFit()]),
    ['curves', curvesFit()],
  ];

  it.each(cases)('of %s say which rows they are', (id, fit) => {
    const { columns } = fit.fitted;
    const traces = buildFigure(fit, id).data as unknown as (Trace & {
      meta?: unknown;
      customdata?: (number | null)[];
    })[];
    const ofRows = traces.filter(({ meta }) => meta !== undefined);
    expect(ofRows.length).toBeGreaterThan(0);
    for (const { meta, customdata = [], x, text } of traces) {
      // Points with the name of a run are rows, and only they are.
      expect(meta).toEqual(String(text).includes('<b>run-') ? { rows: true } : undefined);
      if (meta === undefined) continue;
      expect(customdata).toHaveLength(x.length);
      customdata.forEach((row, k) => {
        if (row === null) expect(x[k]).toBeNull();
        else {
          expect(text[k]).toContain(`<b>${fit.fitted.names?.[row] ?? ''}</b>`);
          expect(text[k]).toContain(`loss ${columns.loss?.[row].toPrecision(4) ?? ''}`);
        }
      });
    }
  });

  it('keep their rows where points are thinned', () => {
    const [runs] = tracesNamed(buildFigure(chinchillaFit(), 'contour', { maxPoints: 15 }), 'Runs');
    expect(runs).toMatchObject({ customdata: Array.from({ length: 15 }, (_, k) => 3 * k) });
  });
});
