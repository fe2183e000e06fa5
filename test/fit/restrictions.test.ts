import { beforeAll, describe, expect, it } from 'vitest';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { resolveRestrictions, type FitOptions } from '../../src/fit/options.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { toParams } from '../../src/laws/law.ts';
import type { Runs } from '../../src/runs/index.ts';
import { chinchilla240 } from '../helpers/data.ts';
import { codeOf, errorOf } from '../helpers/errors.ts';
import { syntheticRuns, typicalParams } from '../helpers/laws.ts';

let runs: Runs;
let full: LawFit;
let best: Record<string, number>;
beforeAll(async () => {
  runs = await chinchilla240();
  full = fitLaw(chinchilla, runs);
  best = toParams(chinchilla, full.theta);
});

const fit = (options: FitOptions): LawFit => fitLaw(chinchilla, runs, options);
const paramsOf = (f: LawFit): Record<string, number> => toParams(f.law, f.theta);

describe('fixed parameters', () => {
  it.each(['E', 'A', 'B', 'alpha', 'beta'])('at their best value change nothing: %s', (name) => {
    const f = fit({ fixed: { [name]: best[name] } });
    expect(f.status).toBe('converged');
    expect(f.coordinates.size).toBe(4);
    expect(f.coordinates.names).not.toContain(name);
    expect(Math.abs(f.minimum.value / full.minimum.value - 1)).toBeLessThan(1e-9);
    expect(paramsOf(f)[name]).toBeCloseTo(best[name], 10);
    for (const [other, value] of Object.entries(best))
      expect(Math.abs(paramsOf(f)[other] / value - 1), other).toBeLessThan(1e-6);
  });

  it.each([
    [{ alpha: 0.34 }],
    [{ E: 1.69 }],
    [{ A: 406.4, alpha: 0.34 }],
    [{ alpha: 0.34, beta: 0.28 }],
    [{ E: 1.69, A: 406.4, B: 410.7, alpha: 0.34 }],
    [{ A: 400, beta: 0.5 }],
  ])('elsewhere stay there, at a minimum over the others: %o', (fixed: Record<string, number>) => {
    const f = fit({ fixed });
    expect(f.minimum.certified).toBe(true);
    expect(f.minimum.value).toBeGreaterThan(full.minimum.value);
    for (const [name, value] of Object.entries(fixed)) expect(paramsOf(f)[name]).toBeCloseTo(value, 12);
    // Every free coordinate is at its best: moving one makes the objective worse.
    const at = f.problem.createLinearization();
    for (let k = 0; k < f.coordinates.size; k++)
      for (const step of [-1e-3, 1e-3]) {
        f.problem.linearize(
          f.minimum.point.map((x, j) => (j === k ? x + step : x)),
          at,
        );
        expect(at.value).toBeGreaterThan(f.minimum.value);
      }
  });

  it('at zero make the law without that term', () => {
    const law = findLaw('params-irreducible');
    const data = syntheticRuns(findLaw('params'), typicalParams.params, { rows: 50, seed: 3, noise: 0.01 });
    const a = fitLaw(law, data, { fixed: { E: 0 } });
    const b = fitLaw(findLaw('params'), data);
    expect(a.minimum.value).toBeCloseTo(b.minimum.value, 14);
    expect(paramsOf(a).E).toBe(0);
    expect(paramsOf(a).alpha).toBeCloseTo(paramsOf(b).alpha, 10);
    // The user asked for it: it is no finding about the data.
    expect(a.off).toEqual([]);
    expect(a.status).toBe('converged');
  });

  it('may be all of them', () => {
    // Nothing is left to fit, but the objective at published coefficients is worth knowing.
    const call = (): LawFit => fit({ fixed: { ...chinchilla.published[0].params } });
    expect(call).not.toThrow(TypeError);
    expect(call().minimum.value).toBeCloseTo(0.00123116, 8);
    expect(paramsOf(call()).alpha).toBe(0.33917084);
  });
});

describe('tied parameters', () => {
  it('share one value at the minimum over that value', () => {
    const f = fit({ tied: { alpha: 'beta' } });
    const p = paramsOf(f);
    expect(p.alpha).toBe(p.beta);
    expect(f.coordinates.names).toEqual(['E', 'A', 'B', 'beta']);
    expect(f.status).toBe('converged');
    expect(f.minimum.value).toBeGreaterThan(full.minimum.value);
    for (const step of [-1e-3, 1e-3]) {
      const shifted = fit({ fixed: { alpha: p.beta + step, beta: p.beta + step } });
      expect(shifted.minimum.value).toBeGreaterThan(f.minimum.value);
    }
  });

  it('do not care which of the two is named first', () => {
    const [a, b] = [fit({ tied: { alpha: 'beta' } }), fit({ tied: { beta: 'alpha' } })];
    expect(Math.abs(a.minimum.value / b.minimum.value - 1)).toBeLessThan(1e-12);
    for (const [name, value] of Object.entries(paramsOf(a))) expect(paramsOf(b)[name] / value).toBeCloseTo(1, 7);
  });

  it('may be amplitudes', () => {
    const f = fit({ tied: { A: 'B' } });
    const p = paramsOf(f);
    expect(p.A / p.B).toBeCloseTo(1, 12);
    expect(f.minimum.certified).toBe(true);
    const apart = fit({ fixed: { A: p.A, B: p.A } });
    expect(Math.abs(apart.minimum.value / f.minimum.value - 1)).toBeLessThan(1e-9);
    for (const factor of [0.99, 1.01])
      expect(fit({ fixed: { A: p.A * factor, B: p.A * factor } }).minimum.value).toBeGreaterThan(f.minimum.value);
  });

  it('follow chains to their end, which may be fixed', () => {
    expect(resolveRestrictions(chinchilla, { tied: { E: 'A', A: 'B' } })).toEqual({
      fixed: {},
      tied: { E: 'B', A: 'B' },
    });
    expect(resolveRestrictions(chinchilla, { tied: { E: 'A', A: 'B' }, fixed: { B: 7 } })).toEqual({
      fixed: { E: 7, A: 7, B: 7 },
      tied: {},
    });
    const f = fit({ tied: { alpha: 'beta' }, fixed: { beta: 0.35 } });
    expect(paramsOf(f).alpha).toBe(0.35);
    expect(f.coordinates.names).toEqual(['E', 'A', 'B']);
  });

  it.each([
    ['a circle of two', { alpha: 'beta', beta: 'alpha' }],
    ['a parameter tied to itself', { alpha: 'alpha' }],
    ['a circle of three', { E: 'A', A: 'B', B: 'E' }],
    ['a chain into a circle', { E: 'A', A: 'B', B: 'A' }],
    ['an exponent and an amplitude', { alpha: 'A' }],
  ])('cannot be %s', (_, tied) => {
    const error = errorOf(() => fit({ tied }));
    expect(error).toMatchObject({ code: 'OPTION_INVALID', exit: 2 });
    expect(error.message).toContain('--tie');
  });

  it('cannot be fixed as well', () => {
    expect(codeOf(() => fit({ tied: { alpha: 'beta' }, fixed: { alpha: 0.3 } }))).toBe('OPTION_INVALID');
  });
});

describe('bad options', () => {
  it.each<[string, FitOptions, string]>([
    ['an unknown parameter to fix', { fixed: { gamma: 1 } }, 'PARAM_UNKNOWN'],
    ['an unknown parameter to tie', { tied: { gamma: 'alpha' } }, 'PARAM_UNKNOWN'],
    ['an unknown parameter to tie to', { tied: { alpha: 'gamma' } }, 'PARAM_UNKNOWN'],
    ['an unknown parameter to start from', { start: { gamma: 1 } }, 'PARAM_UNKNOWN'],
    ['a negative amplitude', { fixed: { A: -1 } }, 'OPTION_INVALID'],
    ['a negative exponent', { fixed: { alpha: -0.1 } }, 'OPTION_INVALID'],
    ['an exponent beyond its bounds', { fixed: { alpha: 20.5 } }, 'OPTION_INVALID'],
    ['a value that is no number', { fixed: { alpha: NaN } }, 'OPTION_INVALID'],
    ['an infinite amplitude', { fixed: { A: Infinity } }, 'OPTION_INVALID'],
    ['a start beyond the bounds', { start: { beta: 21 } }, 'OPTION_INVALID'],
    ['an unknown objective', { objective: 'mae' }, 'OPTION_INVALID'],
    ['an unknown solver', { solver: 'bfgs' }, 'OPTION_INVALID'],
    ['delta zero', { delta: 0 }, 'OPTION_INVALID'],
    ['delta negative', { delta: -1e-3 }, 'OPTION_INVALID'],
    ['delta infinite', { delta: Infinity }, 'OPTION_INVALID'],
    ['delta with squares', { objective: 'mse', delta: 1e-3 }, 'OPTION_INVALID'],
    ['weights of another length', { weights: [1, 2, 3] }, 'OPTION_INVALID'],
    ['a negative weight', { weights: new Float64Array(240).fill(-1) }, 'OPTION_INVALID'],
    ['a weight that is no number', { weights: new Float64Array(240).fill(NaN) }, 'OPTION_INVALID'],
  ])('are refused: %s', (_, options, code) => {
    const error = errorOf(() => fit(options));
    expect(error).toMatchObject({ code, exit: 2 });
    expect(error.remedy.length).toBeGreaterThan(5);
  });

  it('leave no rows when every weight is 0', () => {
    expect(codeOf(() => fit({ weights: new Float64Array(240) }))).toBe('NO_ROWS_LEFT');
  });
});

describe('a starting point', () => {
  it.each<[string, Record<string, number>]>([
    ['that is good', { alpha: 0.34, beta: 0.28 }],
    ['that is complete and published', { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 }],
    ['that is absurd', { E: 1e-9, A: 1e30, alpha: 19, beta: 0 }],
    ['where a term is off', { A: 0 }],
    ['at a bound', { alpha: 20 }],
  ])('%s leads to the same optimum', (_, start) => {
    const f = fit({ start });
    expect(f.start).toEqual(start);
    expect(f.status).toBe('converged');
    expect(Math.abs(f.minimum.value / full.minimum.value - 1)).toBeLessThan(1e-9);
  });

  it('counts among the seeds', () => {
    expect(fit({ start: { alpha: 0.34 } }).seeds.tried).toBe(full.seeds.tried + 1);
  });
});
