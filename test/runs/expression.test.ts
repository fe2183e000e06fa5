import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition, compileNumber, type Scope } from '../../src/runs/compile.ts';
import { readExpression } from '../../src/runs/expression.ts';
import { ExpressionFault } from '../../src/core/tokens.ts';

const numbers: Readonly<Record<string, number>> = { x: 3, y: -2, 'Model Size': 7e10, e: 5, in: 6, blank: NaN };
const texts: Readonly<Record<string, string>> = { family: 'opt', 'Model Family': 'Llama-2' };
const scope: Scope = {
  number: (name, position) => {
    if (!Object.hasOwn(numbers, name)) throw new ExpressionFault(`no column ${name}`, position);
    return () => numbers[name];
  },
  text: (name, position) => {
    if (!Object.hasOwn(texts, name)) throw new ExpressionFault(`no column ${name}`, position);
    return () => texts[name];
  },
};
const value = (text: string): number => compileNumber(readExpression(text), scope)(0);
const holds = (text: string): boolean => compileCondition(readExpression(text), scope)(0);
const faultOf = (read: () => unknown): { position: number | undefined; message: string } => {
  try {
    read();
  } catch (error) {
    if (error instanceof ExpressionFault) return error;
    throw error;
  }
  throw new Error('expected an ExpressionFault');
};

describe('numbers', () => {
  it.each<[string, number]>([
    ['1 + 2 * x', 7],
    ['-x^2', -9],
    ['2^3^2', 512],
    ['(1 + 2) * x', 9],
    ['10 - 4 - 3', 3],
    ['x / 2 / 3', 0.5],
    ['7 % 3', 1],
    ['y % 3', 1],
    ['+x', 3],
    ['--x', 3],
    ['70B', 70e9],
    ['1.4T + .5', 1.4e12 + 0.5],
    ['1e-3 * 2', 0.002],
    ['10^9', 1e9],
    ['10^-5', 1e-5],
    ['`Model Size` / 1B', 70],
    ['e * in', 30],
    ['log(10^2)', Math.log(100)],
    ['log2(8)', 3],
    ['log10(1000)', Math.log10(1000)],
    ['exp(0) + sqrt(16) + abs(y)', 7],
    ['min(x, y, 1)', -2],
    ['max(x)', 3],
    ['log (x)', Math.log(3)],
  ])('%s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it('agrees with JavaScript on random arithmetic', () => {
    const node = fc.letrec<{ node: { text: string; value: number } }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom({ text: 'x', value: 3 }, { text: 'y', value: -2 }),
        fc.integer({ min: 0, max: 99 }).map((n) => ({ text: String(n), value: n })),
        tie('node').map((a) => ({ text: `(-${a.text})`, value: -a.value })),
        tie('node').map((a) => ({ text: `abs(${a.text})`, value: Math.abs(a.value) })),
        fc
          .tuple(tie('node'), fc.constantFrom('+', '-', '*', '/'), tie('node'))
          .map(([a, op, b]) => ({ text: `(${a.text} ${op} ${b.text})`, value: apply(op, a.value, b.value) })),
        fc.tuple(tie('node'), tie('node')).map(([a, b]) => ({
          text: `max(${a.text}, ${b.text})`,
          value: Math.max(a.value, b.value),
        })),
      ),
    })).node;
    const apply = (op: string, a: number, b: number): number =>
      op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : a / b;
    fc.assert(
      fc.property(node, (expected) => {
        expect(value(expected.text) + 0).toBe(expected.value + 0);
      }),
    );
  });
});

describe('conditions', () => {
  it.each<[string, boolean]>([
    ['x > 2', true],
    ['x >= 3 and x <= 3', true],
    ['x == 3 && y != 3', true],
    ['x < 1 || y < 0', true],
    ['x < 1 or y > 0', false],
    ['not (x < 1)', true],
    ['!(x < 1) and !(y > 0)', true],
    ['x > 1 and y > 1 or x == 3', true],
    ['1 < x < 5', true],
    ['1 < x < 2', false],
    ['5 > x >= 3 > y', true],
    ['family == "opt"', true],
    ["family != 'opt'", false],
    ['"opt" == family and x > 0', true],
    ['`Model Family` == "Llama-2"', true],
    ['family == "it\'s"', false],
    ['blank < 1', false],
    ['blank > 1', false],
    ['blank == blank', false],
    ['x*2 == 6', true],
  ])('%s is %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });
});

describe('what is refused', () => {
  it.each<[string, number | undefined]>([
    ['', undefined],
    ['   ', undefined],
    ['x <', 3],
    ['x < 3 +', 7],
    ['(x < 3', 1],
    ['x < 3)', 6],
    ['x = 3', 3],
    ['x < 70Q', 5],
    ['x < 1.2.3', 5],
    ['x < 1e999', 5],
    ['x y', 3],
    ['2 x', 3],
    ['x!', 2],
    ['x < "a', 5],
    ['x < `a', 5],
    ['`` < 1', 1],
    ['x.constructor', 2],
    ['x[0] < 1', 2],
    ['{a: 1}', 1],
    ['x; y', 2],
    ['f(x) = 3', 6],
    ['x ? 1 : 2', 3],
    ['x & y', 3],
    ['10% < x', undefined],
    ['constructor("return process")() < 1', 1],
    ['import(x) < 1', 1],
    ['cos(x) < 1', 1],
    ['x < y.z', 6],
    ['log() < 1', undefined],
    ['log(x, 2) < 1', 5],
    ['x -> 1', 4],
    ['x < \u0000', 5],
    ['x < \u{1F600}', 5],
  ])('%j', (text, position) => {
    const fault = faultOf(() => holds(text));
    if (position !== undefined) expect(fault.position).toBe(position);
  });

  it.each<[string, RegExp]>([
    ['x', /not a condition/],
    ['x + 1', /not a condition/],
    ['"a"', /not a condition/],
    ['(x < 1) + 2 > 3', /condition stands where a number belongs/],
    ['not x < 1', /parentheses may be missing/],
    ['family < "opt"', /== and != only/],
    ['family == "opt" < 3', /text .* stands where a number belongs|condition|== and != only/],
    ['x + "a" > 3', /text "a" stands where a number belongs/],
    ['x + 1 == "a"', /number is compared with text/],
    ['x = 3', /write ==/],
    ['x.y < 1', /backticks/],
    ['lg(x) < 1', /there is no function "lg"/],
  ])('%j says why', (text, reason) => {
    expect(faultOf(() => holds(text)).message).toMatch(reason);
  });

  it('deep nesting and great length, without a stack overflow', () => {
    expect(faultOf(() => holds(`${'('.repeat(900)}x`)).message).toMatch(/nested too deeply|ends too early/);
    expect(faultOf(() => holds(`x < ${'1 + '.repeat(100_000)}1`)).message).toMatch(/too long/);
  });

  it('a condition where a number belongs', () => {
    expect(faultOf(() => value('x < 3')).message).toMatch(/condition stands where a number belongs/);
    expect(faultOf(() => value('"a"')).message).toMatch(/text "a"/);
  });

  it('anything random, with an ExpressionFault and nothing else', () => {
    const piece = fc.constantFrom(
      ...'xy()+-*/^%<>=!&|,.[]{};:"\'`#@ 019eBk'.split(''),
      'log',
      'and',
      'not',
      ' or ',
      '==',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(typeof holds(text)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionFault);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
