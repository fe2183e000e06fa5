import { describe, expect, it } from 'vitest';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { buildFigure, curveRuns } from '../../src/plots/index.ts';
import { predictLoss } from '../../src/uncertainty/predict.ts';
import { besiroglu, chinchillaFit, curvesFit, fitOf, flopsFit, publishedFit } from './exampleFit.ts';
import { errorOf, titleOf, tracesNamed } from './traces.ts';

const fit = curvesFit();
const columns = fit.fitted.columns as Record<string, Float64Array>;
const last = 1e9 * 1.7 ** 11;

describe('the runs that can be asked for', () => {
  it('come with most rows first, the larger first among equals', () => {
    expect(curveRuns(fit).map(({ name, params, points }) => [name, params, points])).toEqual([
      ['run-c', 1.6e9, 12],
      ['run-b', 4e8, 12],
      ['run-a', 1e8, 12],
      ['run-d', 6.4e9, 8],
    ]);
    expect(curveRuns(fit)[0].tokens).toEqual([1e9, expect.closeTo(last, 0)]);
  });

  it('are rows of one size where no two rows share a name', () => {
    const unnamed = { ...fit, fitted: { ...fit.fitted, names: null } };
    const single = {
      ...fit,
      fitted: { ...fit.fitted, names: columns.loss.reduce<string[]>((a, x) => [...a, String(x)], []) },
    };
    for (const other of [unnamed, single])
      expect(curveRuns(other).map(({ name }) => name)).toEqual(['1.6B', '400M', '100M', '6.4B']);
  });

  it('have names of their own where sizes or families share one', () => {
    const names = Array.from(columns.params, () => 'family');
    const family = { ...fit, fitted: { ...fit.fitted, names } };
    expect(curveRuns(family).map(({ name }) => name)).toContain('family 1.6B');
    const close = columns.params.map((size) => (size === 4e8 ? 1.0004e8 : size));
    const near = fitOf('chinchilla', besiroglu, { ...columns, params: close });
    const unnamed = { ...near, fitted: { ...near.fitted, names: null } };
    expect(curveRuns(unnamed).map(({ name }) => name)).toEqual(['1.6B', '100.04M', '100M', '6.4B']);
  });
});

describe('the learning curve of a run', () => {
  const figure = buildFigure(fit, 'curves');
  const [own] = tracesNamed(figure, 'run-c');
  const [law] = tracesNamed(figure, 'Law for run-c');

  it('joins its rows in the order of tokens', () => {
    const rows = Array.from(columns.tokens.keys()).filter((i) => fit.fitted.names?.[i] === 'run-c');
    expect(own.mode).toBe('lines+markers');
    expect(own).toMatchObject({ customdata: rows, meta: { rows: true } });
    own.x.forEach((x, k) => {
      expect(x / columns.tokens[rows[k]]).toBeCloseTo(1, 6);
      expect(own.y[k]).toBeCloseTo(columns.loss[rows[k]], 5);
    });
  });

  it('goes on by the law at its size to three times its tokens, with the interval of the law', () => {
    expect(law.line.dash).toBe('dash');
    expect((law.x.at(-1) ?? 0) / (3 * last)).toBeCloseTo(1, 5);
    const [band] = tracesNamed(figure, '95% band');
    const end = { params: [1.6e9], tokens: [law.x.at(-1) ?? 0] };
    expect(law.y.at(-1)).toBeCloseTo(evaluateLaw(findLaw('chinchilla'), besiroglu, end)[0], 5);
    const { lower, upper } = predictLoss(fit, end);
    expect(band.y[law.x.length - 1]).toBeCloseTo(lower?.[0] ?? NaN, 5);
    expect(band.y[law.x.length]).toBeCloseTo(upper?.[0] ?? NaN, 5);
  });

  it('goes on to the optimum of its size where that is not far', () => {
    const large = buildFigure(fit, 'curves', { run: 'run-d' });
    const end = tracesNamed(large, 'Law for run-d')[0].x.at(-1) ?? 0;
    // What has been spent there is spent best on a model of this size.
    expect(allocate(fit, 6 * 6.4e9 * end).params / 6.4e9).toBeCloseTo(1, 4);
    expect(tracesNamed(large, 'End')[0].text[0]).toMatch(/^optimal: /);
  });

  it('leaves the other runs in grey, one row for each', () => {
    const [others] = tracesNamed(figure, 'Other runs');
    const shown = (others as unknown as { customdata: (number | null)[] }).customdata;
    expect(shown.filter((row) => row !== null).sort((a, b) => a - b)).toEqual(
      Array.from(columns.tokens.keys()).filter((i) => fit.fitted.names?.[i] !== 'run-c'),
    );
    shown.forEach((row, k) => {
      if (row === null) expect(others.x[k]).toBeNull();
      else expect(others.y[k]).toBeCloseTo(columns.loss[row], 5);
    });
  });

  it('is that of the run asked for, by name or by size', () => {
    for (const run of ['run-b', '400M', '4e8'])
      expect(titleOf(buildFigure(fit, 'curves', { run })).title).toMatch(/^run-b \(400M\): loss /);
    expect(errorOf(() => buildFigure(fit, 'curves', { run: '70B' }))).toMatchObject({
      code: 'FIGURE_UNAVAILABLE',
      message: expect.stringContaining('called 70B or has that size; there are run-c, run-b') as string,
    });
  });

  it('says where the run is and where the law sees it going', () => {
    const print = (value: number): string => String(Number(value.toPrecision(4)));
    expect(titleOf(figure).title).toBe(
      `run-c (1.6B): loss ${print(own.y.at(-1) ?? 0)} after 343B tokens (law ${print(evaluateLaw(findLaw('chinchilla'), besiroglu, { params: [1.6e9], tokens: [last] })[0])}); ${print(law.y.at(-1) ?? 0)} after 1.03T by the law`,
    );
  });

  it('draws no more points than asked for, the ends of each run among them', () => {
    const thin = buildFigure(fit, 'curves', { maxPoints: 20 });
    const [run] = tracesNamed(thin, 'run-c');
    expect(run.x).toHaveLength(10);
    expect([run.x[0], run.x.at(-1)]).toEqual([own.x[0], own.x.at(-1)]);
    expect(tracesNamed(thin, 'Other runs')[0].x.filter((x) => (x as number | null) !== null)).toHaveLength(9);
  });
});

it('follows an input that grows with the tokens, and stops at the rows where one changes otherwise', () => {
  const { params, tokens, loss } = columns;
  const p = { ...besiroglu, rd: 15, rn: 5 };
  const fits = [tokens.map((d) => d / 2), tokens.map((d) => Math.sqrt(d) * 3e4)].map((uniqueTokens) => {
    const law = findLaw('data-constrained');
    const values = Object.fromEntries(law.params.map(({ name }) => [name, (p as Record<string, number>)[name] ?? 10]));
    const made = fitOf('data-constrained', values, { params, tokens, uniqueTokens, loss });
    return { ...made, fitted: { ...made.fitted, names: fit.fitted.names } };
  });
  expect(tracesNamed(buildFigure(fits[0], 'curves'), 'Law for')[0].x.at(-1)).toBeGreaterThan(2.9 * last);
  const stopped = buildFigure(fits[1], 'curves');
  expect(tracesNamed(stopped, 'Law for')[0].x).toHaveLength(12);
  expect(titleOf(stopped).subtitle).toContain('not extrapolated: uniqueTokens changes along the run');
});

it('does not join rows of one size that are of several runs', () => {
  const { params, tokens, loss } = columns;
  const twice = (column: Float64Array): Float64Array => Float64Array.of(...column, ...column);
  const made = fitOf('chinchilla', besiroglu, { params: twice(params), tokens: twice(tokens), loss: twice(loss) });
  const figure = buildFigure({ ...made, fitted: { ...made.fitted, names: null } }, 'curves');
  expect(tracesNamed(figure, '1.6B')[0].mode).toBe('markers');
});

it.each([
  ['a law without tokens', flopsFit(), 'flops is no law of tokens'],
  ['no rows', publishedFit(), 'the fit holds no data'],
  ['rows of different runs', chinchillaFit(), 'no run has two rows'],
])('refuses %s', (_, other, reason) => {
  expect(errorOf(() => buildFigure(other, 'curves'))).toMatchObject({
    code: 'FIGURE_UNAVAILABLE',
    message: expect.stringContaining(reason) as string,
  });
});
