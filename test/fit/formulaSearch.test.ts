import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { describeFormula, formulaLaw } from '../../src/laws/formula/formulaLaw.ts';
import { findLaw } from '../../src/laws/index.ts';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { symbolicFormula } from '../../src/report/formula.ts';
import { createRuns, parseRuns } from '../../src/runs/index.ts';
import { errorOf } from '../helpers/errors.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { drawRuns } from '../helpers/lawChecks.ts';

const noise = 1e-3;
const spread = (count: number, low: number, high: number): number[] =>
  Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

describe('formulas without a start, whose parameters have the scales of their columns', () => {
  it.each<[string, string, number[], (x: number) => number]>([
    ['a peak', 'y ~ a*exp(-(x-m)^2/(2*s^2))+c', spread(80, 0, 100), (x) => 3 * Math.exp(-((x - 70) ** 2) / 18) + 1],
    ['a rise', 'y ~ A/(1+exp(-(x-x0)/s))+c', spread(60, 1e9, 1e10), (x) => 2 / (1 + Math.exp(-(x - 4e9) / 6e8)) + 1],
    [
      'a small rise',
      'y ~ A/(1+exp(-(x-x0)/s))+c',
      spread(60, 1e3, 1e4),
      (x) => 2 / (1 + Math.exp(-(x - 4e3) / 600)) + 1,
    ],
    ['a decay', 'y ~ a*exp(-k*x)+c', spread(40, 1e6, 4e7), (x) => 3 * Math.exp(-x / 5e6) + 2],
    [
      'a wave',
      'y ~ a+b*sin(w*x)+c*cos(w*x)',
      Array.from({ length: 80 }, (_, i) => 200 * createRandom(4, i).next()),
      (x) => 3 + 2 * Math.sin(0.37 * x) + 0.5 * Math.cos(0.37 * x),
    ],
  ])('%s is found', (_, text, x, truth) => {
    const random = createRandom(8);
    const runs = createRuns({ x, y: x.map((value) => truth(value) + noise * random.normal()) });
    for (const objective of ['mse', 'log-huber']) {
      const fit = fitLaw(formulaLaw(describeFormula(text, { columns: ['x', 'y'] })), runs, { objective });
      expect(fit.minimum.certified).toBe(true);
      const predicted = fit.problem.predict(fit.minimum.point);
      const target = objective === 'mse' ? fit.rows.data.observed : fit.rows.data.logObserved;
      for (let i = 0; i < x.length; i++) expect(Math.abs(predicted[i] - target[i])).toBeLessThan(6 * noise);
    }
  });
});

describe('what a stranger stumbled over', () => {
  const five = createRuns({ x: [0.1, 1, 2, 5, 10], y: [1, 2, 3, 4, 5] });
  const law = (text: string) => formulaLaw(describeFormula(text, { columns: ['x', 'y'] }));

  it.each([
    ['y ~ a*log(x-5) + b', 'log of -4.9'],
    ['y ~ a*x/0 + b', 'the divisor is 0'],
    ['y ~ a*acos(x) + b', 'acos of 2'],
    ['y ~ a*sqrt(x-5) + b', 'sqrt of -4.9'],
  ])('%s has no value for some rows', (text, message) => {
    const error = errorOf(() => fitLaw(law(text), five, { objective: 'mse' }));
    expect(error).toMatchObject({ code: 'FORMULA_INVALID', exit: 2 });
    expect(error.statement).toContain(message);
  });

  it('a start is tried besides the guess of a law, not instead of it', () => {
    const runs = drawRuns(findLaw('broken-1'), lawCases['broken-1'], { rows: 60, seed: 3, noise: 1e-3 });
    const best = fitLaw(findLaw('broken-1'), runs).minimum.value;
    for (const start of [{ c0: 3 }, { a: 1, b: 1, c0: 1, c1: 1, d1: 1e-5, f1: 0.001 }])
      expect(fitLaw(findLaw('broken-1'), runs, { start }).minimum.value / best).toBeCloseTo(1, 9);
  });

  it('columns that differ in case only are two columns', async () => {
    const csv = 'd,D,y\n1,2,3\n2,1,4\n3,5,9\n4,1,6\n5,2,8.1\n6,7,14\n';
    for (const columns of ['tokens=D', undefined]) {
      const runs = await parseRuns(csv, { needs: ['d', 'D', 'y'], columns });
      expect(Array.from(runs.quantities.d ?? [])).toEqual([1, 2, 3, 4, 5, 6]);
      expect(Array.from(runs.quantities.D ?? [])).toEqual([2, 1, 5, 1, 2, 7]);
    }
  });

  it('names between backticks can be printed and read again, and are columns even as e', async () => {
    const runs = createRuns({ 'my col': [1, 2, 3, 4], 'y-z': [2, 4.1, 6, 8.05], e: [1, 2, 1, 2] });
    const text = '`y-z` ~ a*`my col` + b + c*`e`';
    const fit = await fitRuns(runs, { law: text, objective: 'mse' });
    expect(Object.keys(fit.params)).toEqual(['a', 'b', 'c']);
    const made = formulaLaw(describeFormula(text, { columns: ['my col', 'y-z', 'e'] }));
    expect(symbolicFormula(made)).toBe('y-z = a * my col + b + c * e');
    const bare = errorOf(() => describeFormula('y ~ a*e + x', { columns: ['x', 'y', 'e'] }));
    expect(bare.statement).toContain('"e" is a constant');
    expect(errorOf(() => describeFormula('2 ~ a*x', { columns: ['x', 'y'] })).statement).toContain('names no column');
  });

  it('a negative coefficient far from 0 is not imprecise', async () => {
    const x = spread(30, 1, 10);
    const runs = createRuns({ x, y: x.map((value, i) => 5 - 0.3 * value + 0.001 * (-1) ** i) });
    const fit = await fitRuns(runs, { law: 'y ~ a + b*x', objective: 'mse' });
    expect(fit.warnings.map((warning) => warning.code)).not.toContain('IMPRECISE');
  });

  it('a singular matrix of ml-levenberg-marquardt ends its search and nothing else', () => {
    const runs = drawRuns(findLaw('farseer'), lawCases.farseer, { rows: 60, seed: 3, noise: 0.01 });
    const fit = fitLaw(findLaw('farseer'), runs, { objective: 'mse', solver: 'ml-levenberg-marquardt' });
    expect(['converged', 'degenerate', 'stalled']).toContain(fit.status);
  });

  it('the quadratic zone of a Huber penalty goes with the size of the response', () => {
    const runs = drawRuns(findLaw('step-law-batch'), lawCases['step-law-batch'], { rows: 60, seed: 3, noise: 0.002 });
    const fit = fitLaw(findLaw('step-law-batch'), runs, { objective: 'huber' });
    expect(fit.status).toBe('converged');
    expect(fit.delta).toBeGreaterThan(10);
    expect(fitLaw(findLaw('step-law-batch'), runs, { objective: 'huber', delta: 5 }).delta).toBe(5);
  });
});
