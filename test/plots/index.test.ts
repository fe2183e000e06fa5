import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { buildFigure, buildFigures, figures } from '../../src/plots/index.ts';
import { bootstrappedFit, chinchillaFit, fitOf, flopsFit } from './exampleFit.ts';
import { errorOf, titleOf, tracesNamed } from './traces.ts';

/** Figures that draw every run of any fit. */
const ofLaws = ['frontier', 'isoflop', 'residuals', 'contour'];

it('lists figures with ids and descriptions of their own', () => {
  expect(figures.map((figure) => figure.id)).toEqual([...ofLaws, 'isoflop-minima', 'approaches']);
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
  ]);
  expect(built[1].reason).toContain('it needs a law of params and tokens');
});

it.each(figures.map((figure) => figure.id))(
  '%s survives JSON unchanged: no typed arrays, no NaN, nothing undefined',
  (id) => {
    const figure = buildFigure(bootstrappedFit(), id);
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
