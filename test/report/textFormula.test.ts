import { expect, it } from 'vitest';
import { findLaw, laws } from '../../src/laws/index.ts';
import { formatNumber, numericFormula, plainSymbol, plainTeX, symbolicFormula } from '../../src/report/formula.ts';
import { besiroglu } from '../plots/exampleFit.ts';

it.each([
  [477.826, '477.8'],
  [2143.417, '2143'],
  [1.2e38, '1.2e38'],
  [0.00012346, '1.235e-4'],
  [0, '0'],
  [-0.25, '-0.25'],
])('prints %d as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

it('writes a law with its symbols and with its numbers', () => {
  const law = findLaw('chinchilla');
  expect(symbolicFormula(law)).toBe('L(N, D) = E + A/N^alpha + B/D^beta');
  expect(numericFormula(law, besiroglu)).toBe('L = 1.817 + 477.8/N^0.3473 + 2143/D^0.3672');
  expect(numericFormula(law, besiroglu, 'html')).toBe('L = 1.817 + 477.8/N<sup>0.3473</sup> + 2143/D<sup>0.3672</sup>');
});

it('leaves out terms that are off and keeps signs', () => {
  const law = findLaw('chinchilla');
  expect(numericFormula(law, { ...besiroglu, E: 0 })).toBe('L = 477.8/N^0.3473 + 2143/D^0.3672');
  expect(numericFormula(law, { ...besiroglu, A: -2 })).toBe('L = 1.817 - 2/N^0.3473 + 2143/D^0.3672');
  expect(numericFormula(law, { ...besiroglu, E: 0, A: 0, B: 0 })).toBe('L = 0');
});

it('writes every law of the list', () => {
  for (const law of laws) {
    const formula = symbolicFormula(law);
    expect(formula).not.toMatch(/[\\{}]/);
    // The TeX of an implicit law has no arguments on its left.
    if (law.separable === undefined && law.text === undefined) continue;
    const symbols = law.inputs.map((input) => plainSymbol(input.symbol)).join(', ');
    expect(formula.startsWith(`${plainSymbol(law.response.symbol)}(${symbols}) = `), formula).toBe(true);
  }
});

it.each([
  ['N', 'N'],
  ['S_{\\min}', 'S_min'],
  ['P_{kv}', 'P_kv'],
  ['\\eta', 'eta'],
  ['\\mathrm{Err}', 'Err'],
])('writes the symbol %s as %s', (tex, plain) => {
  expect(plainSymbol(tex)).toBe(plain);
});

it('reads the TeX of a law that is no sum of terms', () => {
  const { separable, ...law } = findLaw('params');
  expect(separable).toHaveLength(1);
  expect(symbolicFormula(law)).toBe('L(N) = A/N^alpha');
  expect(numericFormula(law, { A: 1, alpha: 1 })).toBeNull();
});

it.each([
  ["E + \\frac{A}{N'^{\\alpha}}", "E + A/N'^alpha"],
  ['U(N) + B(N) D^{-A(N)}', 'U(N) + B(N) D^(-A(N))'],
  ['\\left(1 + \\frac{B_*}{B\\,L^{1/\\alpha_B}}\\right)^{\\alpha_S}', '(1 + (B_*)/(B L^(1/alpha_B)))^alpha_S'],
  ['\\frac{\\frac{a}{b}}{c + d}', '(a/b)/(c + d)'],
])('reads %s as %s', (tex, text) => {
  expect(plainTeX(tex)).toBe(text);
});
