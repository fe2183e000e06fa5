import { describe, expect, it } from 'vitest';
import { ExpressionFault } from '../../../src/core/tokens.ts';
import { evaluateExpression } from '../../../src/laws/formula/evaluate.ts';
import { namesIn } from '../../../src/laws/formula/expression.ts';
import { parseExpression } from '../../../src/laws/formula/parse.ts';

const value = (text: string, names: Readonly<Record<string, number>> = {}): number =>
  evaluateExpression(parseExpression(text), (name) => names[name], 1)[0];

function faultOf(text: string): { position: number | undefined; message: string } {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof ExpressionFault) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('formulas that are accepted', () => {
  it.each<[string, number]>([
    ['1 + 2*3', 7],
    ['-2^2', -4],
    ['(-2)^2', 4],
    ['2^3^2', 512],
    ['2^-1', 0.5],
    ['8/4/2', 1],
    ['8/(4/2)', 4],
    ['1 - 2 - 3', -4],
    ['1e3 + 2K', 3000],
    ['.5*4', 2],
    ['pi', Math.PI],
    ['e', Math.E],
    ['exp(1)', Math.E],
    ['log(e^2)', 2],
    ['ln(e)', 1],
    ['sqrt(16)', 4],
    ['tanh(0.5)', Math.tanh(0.5)],
    ['sin(1) + cos(1) + tan(1)', Math.sin(1) + Math.cos(1) + Math.tan(1)],
    ['asin(0.5) + arccos(0.5) + arctan(2)', Math.asin(0.5) + Math.acos(0.5) + Math.atan(2)],
    ['+3', 3],
    ['--3', 3],
  ])('%s is %f', (text, expected) => {
    expect(value(text)).toBeCloseTo(expected, 14);
  });

  it('names of any script, and others between backticks', () => {
    expect(value('verlust_1 * `val loss` + α', { verlust_1: 2, 'val loss': 3, α: 4 })).toBe(10);
    expect([...namesIn(parseExpression('b + a*b + `c d`')).entries()]).toEqual([
      ['b', 1],
      ['a', 5],
      ['c d', 11],
    ]);
  });

  it('counts positions from where the formula stands in what the user wrote', () => {
    expect(parseExpression('  a + b', 7)).toMatchObject({ position: 10, args: [{ position: 10 }, { position: 14 }] });
  });
});

describe('formulas that are refused, with the place', () => {
  it.each<[string, number, string]>([
    ['', 1, 'empty'],
    ['a +', 4, 'ends too early'],
    ['a * (b + c', 5, 'never closed'],
    ['a * ((b + c)', 5, 'never closed'],
    ['a + b) * c', 6, 'not expected'],
    ['a b', 3, 'operator is missing'],
    ['2 a', 3, 'operator is missing'],
    ['(a)(b)', 5, 'operator is missing'],
    ['a + foo(b)', 5, 'no function "foo"'],
    ['a + tahn(b)', 5, 'did you mean "tanh"'],
    ['exp(a, b)', 6, 'no place'],
    ['a ** 2', 3, 'write ^'],
    ['a > b', 3, 'no place'],
    ['a == b', 3, 'no "="'],
    ['a = b', 3, 'no "="'],
    ['f(x) = x', 6, 'no "="'],
    ['a; b', 2, 'not allowed'],
    ['a % b', 3, 'no place'],
    ['a!', 2, 'no place'],
    ["a'", 2, 'never closed'],
    ['"text"', 1, 'text'],
    ['x[1]', 2, 'not allowed'],
    ['{a: 1}', 1, 'not allowed'],
    ['a ? b : c', 3, 'not allowed'],
    ['x.constructor', 2, '"."'],
    ['constructor', 1, 'not a name'],
    ['a + constructor(b)', 5, 'not a name'],
    ['a + process', 5, 'not a name'],
    ['globalThis', 1, 'not a name'],
    ['`__proto__` + a', 1, 'not a name'],
    ['import(a)', 1, 'not a name'],
    ['eval(a)', 1, 'not a name'],
    ['max(a, b)', 1, 'no function "max"'],
    ['a and b', 3, 'no place'],
    ['1e999', 1, 'not a finite number'],
  ])('%s', (text, position, message) => {
    const fault = faultOf(text);
    expect(fault.position).toBe(position);
    expect(fault.message).toContain(message);
  });

  it('however deep they are nested', () => {
    expect(faultOf(`${'('.repeat(400)}a`).message).toContain('nested too deeply');
    expect(faultOf('a+'.repeat(2000)).message).toContain('too long');
  });
});
