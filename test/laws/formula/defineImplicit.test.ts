import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { chinchilla } from '../../../src/laws/chinchilla.ts';
import { defineFormula } from '../../../src/laws/formula/defineFormula.ts';
import { defineImplicit } from '../../../src/laws/formula/defineImplicit.ts';
import { evaluateLaw, transformInputs, type Law } from '../../../src/laws/law.ts';
import { logUniform } from '../../helpers/laws.ts';

const { inputs, params } = chinchilla;
const explicit = defineFormula({
  id: 'explicit',
  title: '',
  formula: '',
  text: 'E + A / params^alpha + B / tokens^beta',
  reference: { title: '' },
  inputs,
  params,
  published: [],
});

/** Chinchilla as an equation. */
const implicit = (
  equation: string,
  bracket: readonly [string, string],
  unknown?: { readonly name: string; readonly response: string },
): Law =>
  defineImplicit({
    ...(unknown === undefined ? {} : { unknown }),
    id: 'implicit',
    title: '',
    formula: '',
    equation,
    bracket,
    reference: { title: '' },
    inputs,
    params,
    published: [],
  });

const natural = { E: 1.7, A: 480, B: 2100, alpha: 0.35, beta: 0.37 };
const sum = 'E + A / params^alpha + B / tokens^beta';
const random = createRandom(4, 83);
const rows = 40;
const columns = {
  params: Array.from({ length: rows }, () => logUniform(random, 3e7, 2e10)),
  tokens: Array.from({ length: rows }, () => logUniform(random, 5e8, 1e12)),
};

type Form = [string, string, readonly [string, string], { readonly name: string; readonly response: string }?];
const forms: readonly Form[] = [
  ['a difference of logarithms', `log(${sum}) - log(loss)`, ['E', '1e6']],
  ['a plain difference', `${sum} - loss`, ['E', '1e6']],
  ['a quotient', `(${sum}) / loss - 1`, ['E / 1e9', '1e9']],
  ['a form on which Newton leaves the bracket', `tanh(50 * (log(${sum}) - log(loss)))`, ['1e-9', '1e9']],
  ['a steep form', `exp(30 * (log(${sum}) - log(loss))) - 1`, ['1e-3', '1e3']],
  [
    'an equation for its excess over E',
    `log(${sum} - E) - log(excess)`,
    ['1e-9', '1e9'],
    { name: 'excess', response: 'E + excess' },
  ],
  [
    'an equation for a share of it that depends on E',
    `log(${sum}) - 2 * log(root) - log(E)`,
    ['1e-9', '1e9'],
    { name: 'root', response: 'E * root^2' },
  ],
];

describe.each(forms)('chinchilla as %s', (_, equation, bracket, unknown) => {
  const law = implicit(equation, bracket, unknown);

  it('has the same value', () => {
    const [found, expected] = [law, explicit].map((l) => evaluateLaw(l, natural, columns));
    for (let i = 0; i < rows; i++) expect(Math.abs(found[i] / expected[i] - 1)).toBeLessThan(1e-12);
  });

  it('has the same gradient and Hessian', () => {
    const theta = Float64Array.from(params, (p) =>
      p.transform === 'log'
        ? Math.log(natural[p.name as keyof typeof natural])
        : natural[p.name as keyof typeof natural],
    );
    const x = transformInputs(law, columns);
    const coefficient = Float64Array.from({ length: rows }, (_unused, i) => [0, 1, -2, 0.5][i % 4]);
    const [found, expected] = [law, explicit].map((l) => {
      const out = new Float64Array(rows);
      const jacobian = new Float64Array(5 * rows);
      const hessian = new Float64Array(25);
      l.evaluate(theta, x, rows, out, jacobian);
      // The logarithm of the explicit law: ln(f)'' = f''/f - f' f'/f^2.
      const isRaw = l.scale === 'raw';
      l.curvature(theta, x, rows, jacobian, isRaw ? coefficient.map((c, i) => c / out[i]) : coefficient, hessian);
      if (isRaw)
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < 5; j++) jacobian[5 * i + j] /= out[i];
          for (let j = 0; j < 5; j++)
            for (let k = 0; k <= j; k++)
              hessian[5 * j + k] -= coefficient[i] * jacobian[5 * i + j] * jacobian[5 * i + k];
        }
      return { jacobian, hessian };
    });
    for (const [k, value] of expected.jacobian.entries())
      expect(Math.abs(found.jacobian[k] - value)).toBeLessThan(1e-9 * Math.max(0.01, Math.abs(value)));
    for (const [k, value] of expected.hessian.entries())
      expect(Math.abs(found.hessian[k] - value)).toBeLessThan(1e-8 * Math.max(1, Math.abs(value)));
  });
});

describe('where there is no root', () => {
  it('gives NaN, not an end of the bracket', () => {
    for (const bracket of [
      ['3 * E', '1e6'],
      ['1e-6', 'E'],
    ] as const) {
      const low = evaluateLaw(implicit(`tanh(log(${sum}) - log(loss))`, bracket), natural, {
        params: [1e10],
        tokens: [1e11],
      });
      // Newton's method may leave a bracket that is wrong for the root; what it never does is to stop at its end.
      const exact = evaluateLaw(explicit, natural, { params: [1e10], tokens: [1e11] })[0];
      expect(Number.isNaN(low[0]) || Math.abs(low[0] / exact - 1) < 1e-12, String(low[0])).toBe(true);
    }
    const none = implicit(`(${sum})^2 + loss`, ['1e-6', '1e6']);
    expect(evaluateLaw(none, natural, columns).every(Number.isNaN)).toBe(true);
    const undefinedThere = implicit('log(E - loss) - log(loss)', ['2 * E', '1e6']);
    expect(evaluateLaw(undefinedThere, natural, columns).every(Number.isNaN)).toBe(true);
  });
});

it('solves for another response than the loss', () => {
  const law = defineImplicit({
    id: 'other',
    title: '',
    formula: '',
    equation: 'log(A) - alpha * log(params) - log(speed) - speed / 10',
    bracket: ['1e-9', '1e9'],
    reference: { title: '' },
    inputs: [inputs[0]],
    response: { name: 'speed', symbol: 'v', unit: '' },
    params: [params[1], params[3]],
    published: [],
  });
  const [speed] = evaluateLaw(law, { A: 100, alpha: 0.25 }, { params: [1e5] });
  expect(speed * Math.exp(speed / 10)).toBeCloseTo(100 * 1e5 ** -0.25, 11);
});
