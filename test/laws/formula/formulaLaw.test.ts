import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../../src/fit/fitLaw.ts';
import { describeFormula, formulaLaw, formulaNames } from '../../../src/laws/formula/formulaLaw.ts';
import { findLaw } from '../../../src/laws/index.ts';
import { evaluateLaw, toParams } from '../../../src/laws/law.ts';
import { fitRuns } from '../../../src/node/fitRuns.ts';
import { allocate } from '../../../src/plan/allocate.ts';
import { predictPoints } from '../../../src/plan/predictPoints.ts';
import { decodeFit, encodeFit } from '../../../src/report/savedFit.ts';
import { readRuns } from '../../../src/runs/files.ts';
import { createRuns } from '../../../src/runs/index.ts';
import { errorOf } from '../../helpers/errors.ts';
import { readNist } from '../../helpers/nist.ts';

const runs = await readRuns('data/chinchilla.csv', { where: 'loss < 3.44' });
const columns = ['params', 'tokens', 'flops', 'loss', 'x', 'y'];
const sum = 'loss ~ E + A/params^alpha + B/tokens^beta';

describe('a formula that equals a listed law', () => {
  const listed = (objective: string) => fitLaw(findLaw('chinchilla'), runs, { objective });
  it.each(['log-huber', 'huber', 'log-mse', 'mse'])('reaches the same optimum of %s', (objective) => {
    const reference = listed(objective);
    for (const [text, positive] of [
      [sum, ['E', 'A', 'B']],
      // Written in another way, and without saying what is positive: another search, the same optimum.
      ['loss ~ A*params^-alpha + (E + B*exp(-beta*log(tokens)))', ['E', 'A', 'B']],
      [sum, []],
    ] as const) {
      const fit = fitLaw(formulaLaw(describeFormula(text, { columns, positive })), runs, { objective });
      expect(fit.status, text).toBe('converged');
      expect(Math.abs(fit.minimum.value / reference.minimum.value - 1), text).toBeLessThan(1e-9);
      const expected = toParams(reference.law, reference.theta);
      const found = toParams(fit.law, fit.theta);
      for (const [name, value] of Object.entries(expected))
        expect(Math.abs(found[name] / value - 1), `${text}: ${name}`).toBeLessThan(1e-7);
    }
  });

  it('and is no sum of power laws: coupled terms', () => {
    const skaling = fitLaw(findLaw('skaling'), runs);
    const text = 'loss ~ E + (A/params^alpha + B/tokens^beta)^k';
    const spec = describeFormula(text, { columns, positive: ['E', 'A', 'B', 'k'] });
    const fit = fitLaw(formulaLaw(spec), runs, { start: { E: 1.7, A: 500, B: 500, alpha: 0.35, beta: 0.35, k: 1 } });
    expect(Math.abs(fit.minimum.value / skaling.minimum.value - 1)).toBeLessThan(1e-9);
  });

  it('gives the same errors, plan and predictions, also after it was saved and read', async () => {
    const bootstrap = { bootstrap: 50, seed: 3 };
    const a = await fitRuns(runs, { law: 'chinchilla', ...bootstrap });
    const made = await fitRuns(runs, { law: sum, positive: ['E', 'A', 'B'], ...bootstrap });
    const b = decodeFit(encodeFit(made, { command: null }), 'b.json');
    expect(b.law).toBe(sum);
    expect(b.formula).toEqual({ text: sum, inputs: ['params', 'tokens'], positive: ['E', 'A', 'B'] });
    for (const name of ['E', 'A', 'B', 'alpha', 'beta'])
      expect((b.params[name].stderr ?? NaN) / (a.params[name].stderr ?? NaN)).toBeCloseTo(1, 4);
    expect(allocate(b, 5.76e23).params / allocate(a, 5.76e23).params).toBeCloseTo(1, 7);
    const [p, q] = [a, b].map((fit) => predictPoints(fit, [{ params: 70e9, tokens: 1.4e12 }]).points[0]);
    expect(q.loss).toBeCloseTo(p.loss, 9);
    expect(q.interval?.[0]).toBeCloseTo(p.interval?.[0] ?? NaN, 5);
    expect(q.interval?.[1]).toBeCloseTo(p.interval?.[1] ?? NaN, 5);
  });
});

describe('what a formula is taken for', () => {
  it('names of columns are inputs, all others parameters', () => {
    expect(formulaNames(sum)).toEqual(['loss', 'E', 'A', 'params', 'alpha', 'B', 'tokens', 'beta']);
    const law = formulaLaw(describeFormula(sum, { columns }));
    expect(law.inputs.map((input) => input.name)).toEqual(['params', 'tokens']);
    expect(law.params.map((param) => [param.name, param.transform])).toEqual([
      ['E', 'identity'],
      ['A', 'identity'],
      ['alpha', 'identity'],
      ['B', 'identity'],
      ['beta', 'identity'],
    ]);
    expect(law.formula).toBe(
      String.raw`\mathrm{loss} = E + \frac{A}{\mathrm{params}^{\alpha}} + \frac{B}{\mathrm{tokens}^{\beta}}`,
    );
  });

  it('a column that is only a base of powers is taken the logarithm of, others may be negative', () => {
    const transforms = (text: string) =>
      formulaLaw(describeFormula(text, { columns })).inputs.map(({ transform }) => transform);
    expect(transforms('y ~ a*x^b')).toEqual(['log']);
    expect(transforms('y ~ a + b*log(x)')).toEqual(['log']);
    expect(transforms('y ~ a*x^2 + b*x')).toEqual(['identity']);
    expect(transforms('y ~ a*x^b + c*x')).toEqual(['identity']);
    expect(transforms('y ~ a*x^-2')).toEqual(['identity']);
  });

  it('sums of power laws, parameters that enter linearly, and terms that can change places', () => {
    const law = (text: string, positive: string[] = []) => formulaLaw(describeFormula(text, { columns, positive }));
    expect(law(sum, ['E', 'A', 'B']).separable?.map((term) => term.amplitude)).toEqual(['E', 'A', 'B']);
    expect(law(sum).separable).toBeUndefined();
    expect(law('y ~ a*x^-b', ['a']).separable).toHaveLength(1);
    expect(law('y ~ a/x^b + c/x^b', ['a', 'c']).separable).toBeUndefined();
    expect(law('y ~ (b1 + b2*x)/(1 + b3*x)').linear()).toEqual(['b1', 'b2']);
    expect(law('y ~ a*b*x + c').linear()).toEqual(['a', 'c']);
    expect(law('y ~ b1 + b2*exp(-x*b4) + b3*exp(-x*b5)').exchanges?.()).toHaveLength(2);
    expect(law('y ~ b1*exp(-b2*x) - b3*exp(-b4*x)').exchanges?.()).toHaveLength(1);
  });

  it('a response that is computed from columns', () => {
    const law = formulaLaw(describeFormula('log(y) ~ a + b*x', { columns }));
    const x = [1, 2, 3, 4];
    const made = createRuns({ x, y: x.map((value) => Math.exp(0.5 - 2 * value)) });
    const fit = fitLaw(law, made, { objective: 'mse' });
    expect(toParams(law, fit.theta).a).toBeCloseTo(0.5, 10);
    expect(toParams(law, fit.theta).b).toBeCloseTo(-2, 10);
    expect(evaluateLaw(law, { a: 1, b: 2 }, { x: [3] })[0]).toBe(7);
  });

  it('a reference to the same law each time', () => {
    expect(formulaLaw(describeFormula(sum, { columns }))).toBe(formulaLaw(describeFormula(sum, { columns })));
  });
});

describe('a formula that cannot be used names the place', () => {
  it.each<[string, string, number | undefined, string]>([
    ['a misspelt column', 'loss ~ E + A/parms^alpha', 14, 'no column "parms"'],
    ['no column', 'loss ~ a + b', 8, 'no column stands'],
    ['no parameter', 'loss ~ params', 8, 'no parameters'],
    ['an unknown response', 'los ~ E + A/params^alpha', 1, '"los" is not a column'],
    ['the response on the right', 'loss ~ a*loss + params', 10, 'on the right as well'],
    ['a parameter that cancels', 'loss ~ E - E + A/params^a', 8, '"E" cancels'],
    ['a parameter that cancels in a quotient', 'loss ~ A/params^a*c/c', 19, '"c" cancels'],
    ['two responses', 'loss ~ a ~ params', 10, 'one "~"'],
    ['no response', ' ~ a*params', 1, 'empty'],
    ['nothing on the right', 'loss ~ ', 7, 'empty'],
    ['an unknown function', 'loss ~ E + A*expp(params)', 14, 'no function "expp"'],
  ])('%s', (_, text, position, message) => {
    const error = errorOf(() => describeFormula(text, { columns }));
    expect(error).toMatchObject({ code: 'FORMULA_INVALID', exit: 2 });
    expect((error.details as { position: number }).position).toBe(position);
    expect(error.statement).toContain(message);
    // The mark stands under the place.
    const [, shown, mark] = error.statement.split('\n');
    expect(shown).toBe(`  ${text}`);
    expect(mark.indexOf('^')).toBe((position ?? 0) + 1);
  });

  it('a parameter that a start names is no misspelt column', () => {
    expect(describeFormula('loss ~ E + parms/params', { columns, known: ['parms'] }).inputs).toEqual(['params']);
    expect(errorOf(() => describeFormula(sum, { columns, positive: ['C'] }))).toMatchObject({ code: 'PARAM_UNKNOWN' });
  });

  it.each<[string, string, Record<string, number>, number, string]>([
    ['a pole', 'y ~ b1/(x - b2)', { b1: 1, b2: 3 }, 9, 'the divisor is 0'],
    ['a logarithm of a negative number', 'y ~ b1 + log(x - b2)', { b1: 1, b2: 10 }, 10, 'log of -9'],
    ['a power of a negative number', 'y ~ b1*(x - b2)^0.5 + b1', { b1: 1, b2: 10 }, 9, '-9 ^ 0.5'],
  ])('%s at the start', (_, text, start, position, message) => {
    const data = createRuns({ x: [1, 2, 3, 4, 5], y: [1, 2, 2.5, 3, 3.1] });
    const law = formulaLaw(describeFormula(text, { columns }));
    const error = errorOf(() => fitLaw(law, data, { objective: 'mse', start }));
    expect(error).toMatchObject({ code: 'FORMULA_INVALID', exit: 2, details: { position } });
    expect(error.statement).toContain(message);
    expect(error.remedy).toContain('--start');
  });

  it('a product of two parameters is a result with a reason', () => {
    const { columns: data } = readNist('Misra1a');
    const fit = fitLaw(formulaLaw(describeFormula('y ~ b1*b2*x', { columns })), createRuns(data), { objective: 'mse' });
    expect(fit.status).toBe('degenerate');
    expect(fit.reasons.join(' ')).toContain('do not determine b1, b2');
  });
});
