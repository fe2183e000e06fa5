import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { toParams } from '../../src/laws/law.ts';
import { createRuns } from '../../src/runs/index.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { summarizeFit } from '../../src/uncertainty/summarize.ts';
import { errorOf } from '../helpers/errors.ts';
import { scatter } from '../helpers/laws.ts';

const formula = (n: number, d: number): number => 1.8 + 480 * n ** -0.35 + 2100 * d ** -0.37;

/** Columns with a loss computed from N and D, and noise. */
function columns(rows: number, loss: (n: number, d: number) => number, noise = 0.01, seed = 1) {
  const { params, tokens } = scatter(rows, seed);
  const random = createRandom(seed, 5);
  return { params, tokens, loss: params.map((n, i) => loss(n, tokens[i]) * Math.exp(noise * random.normal())) };
}

const codes = (fit: LawFit): string[] => fit.warnings.map((w) => w.code);

/** The whole document of a fit holds no number that is not a number. */
function expectWhole(fit: LawFit): void {
  const groups = groupRows(fit);
  const summary = summarizeFit(fit, { covariance: estimateCovariance(fit, groups, 'sandwich') });
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'number') expect(Number.isNaN(value), path).toBe(false);
    else if (value instanceof Float64Array) expect(value.some(Number.isNaN), path).toBe(false);
    else if (typeof value === 'object' && value !== null)
      for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
  };
  visit(summary, 'fit');
  for (const [name, { value }] of Object.entries(summary.params)) expect(value, name).toBeLessThan(Infinity);
}

describe('a term that the data do not show', () => {
  it('is switched off: no irreducible loss', () => {
    // Of these seeds some put E at 0 and some a little above; all have to end well, and some have to end at 0.
    let off = 0;
    for (let seed = 0; seed < 12; seed++) {
      const fit = fitLaw(chinchilla, createRuns(columns(60, (n, d) => formula(n, d) - 1.8, 0.03, seed)));
      expect(fit.minimum.certified, `seed ${String(seed)}`).toBe(true);
      if (fit.off.includes('E')) {
        off++;
        expect(fit.status).toBe('degenerate');
        expect(codes(fit)).toContain('TERM_OFF');
        expect(fit.reasons.join()).toContain('E = 0');
        expect(toParams(chinchilla, fit.theta).E).toBe(0);
      }
      expectWhole(fit);
    }
    expect(off).toBeGreaterThan(2);
  });

  it.each(['log-huber', 'log-mse', 'huber', 'mse'])('is switched off: tokens make no difference (%s)', (objective) => {
    let off = 0;
    for (let seed = 0; seed < 6; seed++) {
      const data = columns(60, (n) => 1.8 + 480 * n ** -0.35, 0.01, seed);
      const fit = fitLaw(chinchilla, createRuns(data), { objective });
      expect(fit.status, `seed ${String(seed)}`).not.toBe('stalled');
      expectWhole(fit);
      if (!fit.off.includes('B')) continue;
      off++;
      expect(fit.status).toBe('degenerate');
      expect(codes(fit)).toContain('TERM_OFF');
      // It is then the fit of the law without it.
      const smaller = fitLaw(findLaw('params-irreducible'), createRuns(data), { objective });
      expect(Math.abs(fit.minimum.value / smaller.minimum.value - 1)).toBeLessThan(1e-8);
    }
    expect(off).toBeGreaterThan(0);
  });

  it('is switched off where the loss rises with tokens', () => {
    const data = columns(60, (n, d) => 1.8 + 480 * n ** -0.35 + 0.02 * Math.log(d), 0.001);
    const fit = fitLaw(chinchilla, createRuns(data));
    expect(fit.off).toEqual(['B']);
    expect(fit.status).toBe('degenerate');
    expectWhole(fit);
  });

  it('leaves nothing but a constant where the loss is noise', () => {
    const fit = fitLaw(chinchilla, createRuns(columns(60, () => 2.5, 0.05)));
    expect(fit.status).not.toBe('converged');
    expectWhole(fit);
  });

  it('does not hide in a loss that is the same everywhere', () => {
    const fit = fitLaw(chinchilla, createRuns(columns(20, () => 2.5, 0)));
    expect(fit.status).not.toBe('converged');
    expectWhole(fit);
    expect(fit.minimum.value).toBeLessThan(1e-15);
  });
});

describe('inputs that cannot determine the law', () => {
  it('are refused when all N are equal', () => {
    const { tokens, loss } = columns(30, formula);
    const error = errorOf(() => fitLaw(chinchilla, createRuns({ params: loss.map(() => 1e9), tokens, loss })));
    expect(error).toMatchObject({ code: 'INPUT_CONSTANT', exit: 2 });
    expect(error.message).toMatch(/same params \((1e9|1000000000|1B)\)/);
    expect(error.message).toContain('--fix');
  });

  it('are refused when all D are equal, but not once that term is fixed', () => {
    const { params } = columns(30, formula);
    const loss = params.map((n) => formula(n, 1e11));
    const runs = createRuns({ params, tokens: loss.map(() => 1e11), loss });
    expect(errorOf(() => fitLaw(chinchilla, runs)).code).toBe('INPUT_CONSTANT');
    const fit = fitLaw(chinchilla, runs, { fixed: { B: 2100, beta: 0.37 } });
    expect(toParams(chinchilla, fit.theta).A).toBeCloseTo(480, 4);
    expect(fit.status).toBe('converged');
  });

  it.each([20, 1, 0.05])('are refused when every run has %d tokens per parameter, with the reason', (ratio) => {
    const { params, loss } = columns(30, (n) => formula(n, ratio * n));
    const error = errorOf(() => fitLaw(chinchilla, createRuns({ params, tokens: params.map((n) => ratio * n), loss })));
    expect(error).toMatchObject({ code: 'INPUTS_COLLINEAR', exit: 2 });
    expect(error.message).toContain(`tokens / params is ${String(ratio)}`);
    expect(error.message).toContain('cannot separate');
    expect(error.message).toContain('--fix');
  });

  it('are refused when D is any power of N', () => {
    const { params, loss } = columns(30, formula);
    const error = errorOf(() =>
      fitLaw(chinchilla, createRuns({ params, tokens: params.map((n) => 3 * n ** 1.2), loss })),
    );
    expect(error.code).toBe('INPUTS_COLLINEAR');
    expect(error.message).toContain('params^1.2');
  });

  it('are refused when D falls as N rises, as on one budget of compute', () => {
    const { params, loss } = columns(30, formula);
    const error = errorOf(() =>
      fitLaw(chinchilla, createRuns({ params, tokens: params.map((n) => 1e20 / (6 * n)), loss })),
    );
    expect(error.code).toBe('INPUTS_COLLINEAR');
  });

  it('raise COLLINEAR_ND when they nearly are', () => {
    const random = createRandom(4);
    const { params } = columns(40, formula);
    const tokens = params.map((n) => 20 * n * Math.exp(0.05 * random.normal()));
    const loss = params.map((n, i) => formula(n, tokens[i]) * Math.exp(0.003 * random.normal()));
    const fit = fitLaw(chinchilla, createRuns({ params, tokens, loss }));
    const warning = fit.warnings.find((w) => w.code === 'COLLINEAR_ND');
    expect(warning?.level).toBe('error');
    expect(warning?.message).toMatch(/correlation of 0\.99/);
    // Spread out again, the warning goes.
    const spread = fitLaw(chinchilla, createRuns(columns(40, formula)));
    expect(codes(spread)).not.toContain('COLLINEAR_ND');
  });

  it('raise FEW_SIZES as an error for two sizes, as a warning for four and not for five', () => {
    const { params, tokens } = columns(40, formula);
    const data = (sizes: number[]) => {
      const n = params.map((_, i) => sizes[i % sizes.length]);
      return createRuns({ params: n, tokens, loss: n.map((size, i) => formula(size, tokens[i])) });
    };
    const levels = (sizes: number[]): string[] =>
      fitLaw(chinchilla, data(sizes))
        .warnings.filter(({ code }) => code === 'FEW_SIZES')
        .map(({ level }) => level);
    expect(levels([1e8, 1e9])).toEqual(['error']);
    expect(levels([1e8, 1e9, 4e9])).toEqual(['warning']);
    expect(levels([1e8, 3e8, 1e9, 4e9])).toEqual(['warning']);
    expect(levels([1e8, 3e8, 1e9, 2e9, 4e9])).toEqual([]);
  });

  it('are refused when there are fewer rows than parameters', () => {
    const error = errorOf(() => fitLaw(chinchilla, createRuns(columns(4, formula))));
    expect(error).toMatchObject({ code: 'TOO_FEW_ROWS', exit: 2 });
    expect(error.message).toContain('4 rows cannot determine the 5 free parameters of chinchilla');
    expect(() => fitLaw(chinchilla, createRuns(columns(4, formula)), { fixed: { alpha: 0.35 } })).not.toThrow();
  });

  it('raise NO_DEGREES_OF_FREEDOM when there are as many', () => {
    const fit = fitLaw(chinchilla, createRuns(columns(5, formula, 0)));
    const warning = fit.warnings.find((w) => w.code === 'NO_DEGREES_OF_FREEDOM');
    expect(warning?.level).toBe('error');
    const six = fitLaw(chinchilla, createRuns(columns(6, formula, 0)));
    expect(codes(six)).not.toContain('NO_DEGREES_OF_FREEDOM');
    expectWhole(fit);
  });

  it('are refused when a law needs a quantity that the runs lack', () => {
    const { params, loss } = columns(20, formula);
    const error = errorOf(() => fitLaw(chinchilla, createRuns({ params, loss })));
    expect(error.code).toBe('QUANTITY_MISSING');
    expect(error.message).toContain('tokens, which chinchilla needs');
  });
});

describe('parameters that cannot be told apart', () => {
  it('are named: an exponent of 0 makes A a second E', () => {
    const fit = fitLaw(chinchilla, createRuns(columns(40, formula)), { fixed: { alpha: 0 } });
    expect(fit.status).not.toBe('converged');
    if (fit.off.length === 0) expect(fit.unidentified).toEqual(expect.arrayContaining(['E', 'A']));
    expectWhole(fit);
  });

  it('are named: the exponent of a term that is fixed at 0', () => {
    const fit = fitLaw(chinchilla, createRuns(columns(40, formula)), { fixed: { A: 0 } });
    expect(fit.status).toBe('degenerate');
    expect(fit.unidentified).toContain('alpha');
    expect(codes(fit)).toContain('UNIDENTIFIABLE');
    expectWhole(fit);
  });
});

describe('a parameter at its bound', () => {
  it('is said to be there', () => {
    // Half of the sizes have a loss that no power below 20 is steep enough for.
    const { params, tokens } = columns(60, formula);
    const sizes = params.map((_, i) => [1e8, 1.05e8, 1.1e8, 1e9][i % 4]);
    const loss = sizes.map((n, i) => 1.8 + (n < 1.02e8 ? 1 : 0) + 2100 * tokens[i] ** -0.37);
    const fit = fitLaw(chinchilla, createRuns({ params: sizes, tokens, loss }), { objective: 'log-mse' });
    expect(fit.atBound).toEqual(['alpha']);
    expect(fit.status).toBe('degenerate');
    expect(toParams(chinchilla, fit.theta).alpha).toBe(20);
    expect(fit.warnings.find((w) => w.code === 'PARAM_AT_BOUND')?.message).toContain('bound 20');
    expectWhole(fit);
  });
});
