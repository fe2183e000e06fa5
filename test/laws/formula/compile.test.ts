import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileLaw } from '../../../src/laws/formula/compile.ts';
import { evaluateExpression } from '../../../src/laws/formula/evaluate.ts';
import type { Expression, Operation } from '../../../src/laws/formula/expression.ts';
import { Graph } from '../../../src/laws/formula/graph.ts';
import { parseExpression } from '../../../src/laws/formula/parse.ts';
import { printExpression } from '../../../src/laws/formula/print.ts';

const params = ['a', 'b', 'c'];
const inputs = ['x', 'z'];

/** A random formula of a few names, numbers and everything that formulas can do. */
const formula: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...params, ...inputs).map((name): Expression => ({ kind: 'name', name, position: 1 })),
    fc.constantFrom(0, 0.5, 1, 2, 3).map((value): Expression => ({ kind: 'number', value, position: 1 })),
    fc
      .tuple(fc.constantFrom<Operation>('add', 'subtract', 'multiply', 'divide', 'pow'), tie('node'), tie('node'))
      .map(([operation, ...args]): Expression => ({ kind: 'call', operation, args, position: 1 })),
    fc
      .tuple(
        fc.constantFrom<Operation>(
          'unaryMinus',
          'unaryPlus',
          'exp',
          'log',
          'sqrt',
          'tanh',
          'sin',
          'cos',
          'tan',
          'asin',
          'acos',
          'atan',
        ),
        tie('node'),
      )
      .map(([operation, ...args]): Expression => ({ kind: 'call', operation, args, position: 1 })),
  ),
})).node;

const values = fc.array(fc.double({ min: 0.2, max: 1.5, noNaN: true }), { minLength: 5, maxLength: 5 });

/** The formula compiled, with its names as coordinates and inputs. */
function compiled(expression: Expression) {
  const graph = new Graph();
  const node = graph.from(expression, (name) =>
    params.includes(name) ? graph.theta(params.indexOf(name)) : graph.input(inputs.indexOf(name)),
  );
  const law = compileLaw(graph, node, params.length);
  return (theta: readonly number[], x: readonly number[]) => {
    const columns = x.map((value) => Float64Array.of(value));
    const [out, jacobian, hessian, plain] = [1, 3, 9, 1].map((length) => new Float64Array(length));
    law.evaluate(Float64Array.from(theta), columns, 1, out, jacobian);
    law.evaluate(Float64Array.from(theta), columns, 1, plain, undefined);
    expect(Object.is(plain[0], out[0])).toBe(true);
    law.curvature(Float64Array.from(theta), columns, 1, jacobian, Float64Array.of(1), hessian);
    return { value: out[0], jacobian, hessian };
  };
}

const interpret = (expression: Expression, v: readonly number[]): number =>
  evaluateExpression(expression, (name) => v[[...params, ...inputs].indexOf(name)], 1)[0];

describe('a compiled formula', () => {
  it('has the value that the tree has', () => {
    fc.assert(
      fc.property(formula, values, (expression, v) => {
        const direct = interpret(expression, v);
        fc.pre(Number.isFinite(direct) && Math.abs(direct) < 1e8);
        const { value } = compiled(expression)(v.slice(0, 3), v.slice(3));
        // A simplification may give a value where the tree has none on the way, and rounds differently.
        expect(Math.abs(value - direct)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(direct)));
      }),
      { numRuns: 400, seed: 5 },
    );
  });

  it('has the derivatives that differences have', () => {
    fc.assert(
      fc.property(formula, values, (expression, v) => {
        const at = compiled(expression);
        const { value, jacobian, hessian } = at(v.slice(0, 3), v.slice(3));
        fc.pre(Number.isFinite(value) && [...jacobian, ...hessian].every((d) => Math.abs(d) < 1e4));
        const step = 1e-4;
        for (let k = 0; k < 3; k++) {
          const [up, down, up2, down2] = [step, -step, 2 * step, -2 * step].map((t) =>
            at(
              v.slice(0, 3).map((x, j) => (j === k ? x + t : x)),
              v.slice(3),
            ),
          );
          const differ = (pick: (p: typeof up) => number): number =>
            (8 * (pick(up) - pick(down)) - (pick(up2) - pick(down2))) / (12 * step);
          const rough = (pick: (p: typeof up) => number): number => (pick(up) - pick(down)) / (2 * step);
          for (const [exact, pick] of [
            [jacobian[k], (p: typeof up) => p.value],
            ...[0, 1, 2]
              .filter((j) => j >= k)
              .map((j) => [hessian[3 * j + k], (p: typeof up) => p.jacobian[j]] as const),
          ] as const) {
            const difference = differ(pick);
            // Close to a pole differences say nothing; where two orders agree they can be trusted.
            if (!(Math.abs(difference - rough(pick)) <= 1e-5 * Math.max(1, Math.abs(difference)))) continue;
            expect(Math.abs(exact - difference)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(difference)));
          }
        }
      }),
      { numRuns: 400, seed: 6 },
    );
  });

  it('is the same formula after it was printed and read', () => {
    fc.assert(
      fc.property(formula, values, (expression, v) => {
        const direct = interpret(expression, v);
        fc.pre(Number.isFinite(direct));
        const again = interpret(parseExpression(printExpression(expression, (name) => name)), v);
        expect(Math.abs(again - direct)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(direct)));
      }),
      { numRuns: 400, seed: 7 },
    );
  });
});

describe('the graph', () => {
  const constantOf = (text: string): number | undefined => {
    const graph = new Graph();
    return graph.constant(graph.from(parseExpression(text), (name) => graph.theta(params.indexOf(name))));
  };
  it.each<[string, number]>([
    ['0*a', 0],
    ['a^0', 1],
    ['1 + 2*3', 7],
    ['log(exp(2))', 2],
    ['2^0.5', Math.SQRT2],
  ])('folds %s to %f', (text, value) => {
    expect(constantOf(text)).toBe(value);
  });

  it('keeps one node for equal parts', () => {
    const graph = new Graph();
    const nodeOf = (name: string): number => graph.theta(params.indexOf(name));
    expect(graph.from(parseExpression('a + b*c'), nodeOf)).toBe(graph.from(parseExpression('c*b + a'), nodeOf));
  });
});
