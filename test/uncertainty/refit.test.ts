import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import type { FitOptions } from '../../src/fit/options.ts';
import { findLaw } from '../../src/laws/index.ts';
import { readRuns } from '../../src/runs/files.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { profileParam } from '../../src/uncertainty/profile.ts';
import { refitSaved } from '../../src/uncertainty/refit.ts';
import { summarizeFit } from '../../src/uncertainty/summarize.ts';

const runs = await readRuns('data/chinchilla.csv', { where: 'loss < 3.44' });
const named = {
  ...runs,
  categories: {
    run: {
      codes: Int32Array.from({ length: runs.rows }, (_, i) => i >> 2),
      labels: Array.from({ length: 62 }, (_, k) => `r${String(k)}`),
    },
  },
};

function both(options: FitOptions, from = runs, law = 'chinchilla') {
  const made = fitLaw(findLaw(law), from, options);
  const covariance = estimateCovariance(made, groupRows(made), 'sandwich');
  const fit = summarizeFit(made, { covariance, bootstrap: null, confidence: 0.95 });
  return { made, fit, again: refitSaved(fit) };
}

describe('a fit of the rows that a saved fit carries', () => {
  it.each<[string, FitOptions, typeof runs, string]>([
    ['as it is', {}, runs, 'chinchilla'],
    ['with squares', { objective: 'log-mse' }, runs, 'chinchilla'],
    ['with another delta', { delta: 0.01 }, runs, 'chinchilla'],
    ['with a fixed parameter', { fixed: { alpha: 0.34 } }, runs, 'chinchilla'],
    ['with a tie', { tied: { alpha: 'beta' } }, runs, 'chinchilla'],
    ['with bounds', { bounds: { alpha: [0.1, 0.3] } }, runs, 'chinchilla'],
    ['with equal weight of runs', { weights: 'run' }, named, 'chinchilla'],
    ['with a law that is a formula', {}, runs, 'kaplan'],
  ])('is the same %s', (_, options, from, law) => {
    const { made, again } = both(options, from, law);
    if ('fault' in again) throw new Error(again.fault);
    expect(again.minimum.value / made.minimum.value).toBeCloseTo(1, 8);
    expect(again.coordinates.names).toEqual(made.coordinates.names);
    expect([again.status, again.off, again.atBound, again.unidentified]).toEqual([
      made.status,
      made.off,
      made.atBound,
      made.unidentified,
    ]);
    again.theta.forEach((value, k) => {
      expect(value).toBeCloseTo(made.theta[k], 4);
    });
  });

  it('has the same profiles', () => {
    const { made, again } = both({});
    if ('fault' in again) throw new Error(again.fault);
    for (const name of ['alpha', 'a']) {
      const [low, high] = profileParam(again, name, { points: 9 }).interval;
      expect([low, high]).toEqual(
        profileParam(made, name, { points: 9 }).interval.map((x): unknown => expect.closeTo(x, 4)),
      );
    }
  });

  it('keeps a term off', () => {
    const params = Float64Array.from({ length: 60 }, (_, i) => 1e8 * 1.3 ** (i % 10));
    const tokens = Float64Array.from({ length: 60 }, (_, i) => 1e9 * 2 ** Math.floor(i / 10));
    const loss = params.map((n, i) => 406 * n ** -0.34 + 410 * tokens[i] ** -0.28 + ((i * 7919) % 13) * 1e-3);
    const pure = {
      ...runs,
      rows: 60,
      quantities: { params, tokens, loss },
      lines: new Uint32Array(60),
      files: new Uint16Array(60),
      categories: {},
    };
    const { made, again } = both({}, pure);
    if ('fault' in again) throw new Error(again.fault);
    expect(again.off).toEqual(made.off);
  });
});

describe('what cannot be fitted again', () => {
  it.each([
    ['thinned rows', (fit) => ({ ...fit, points: 500 }), 'the fit carries only 240 of its 500 rows'],
    [
      'an optimum of other rows',
      (fit) => ({ ...fit, params: { ...fit.params, E: { ...fit.params.E, value: 1.7 } } }),
      'a refit of its rows ends at another value of E',
    ],
    [
      'weights that were given',
      (fit) => ({ ...fit, settings: { ...fit.settings, weights: 'given' } }),
      'its rows were weighted by numbers that the fit does not carry',
    ],
    [
      'no rows',
      (fit) => ({ ...fit, points: 0, fitted: { rows: 0, columns: {}, names: null } }),
      'the fit holds no data',
    ],
    [
      'a missing quantity',
      (fit) => ({ ...fit, fitted: { ...fit.fitted, columns: { ...fit.fitted.columns, tokens: undefined } } }),
      'the fit does not carry the tokens of its rows',
    ],
    [
      'another objective',
      (fit) => ({ ...fit, objective: { ...fit.objective, value: 2 * fit.objective.value } }),
      'the objective of its rows is not that of the fit',
    ],
  ] as [string, (fit: ReturnType<typeof both>['fit']) => ReturnType<typeof both>['fit'], string][])(
    '%s',
    (_, change, fault) => {
      expect(refitSaved(change(both({}).fit))).toEqual({ fault });
    },
  );
});
