import { defineLaw, lossResponse, type Law, type LawDefinition } from '../law.ts';
import type { CompiledLaw } from './compile.ts';
import { compileImplicit } from './compileImplicit.ts';
import { createNames, lazily } from './defineFormula.ts';
import { Graph } from './graph.ts';
import { parseExpression } from './parse.ts';

/** What the author of a law gives that says of its response only which equation it solves. */
export type ImplicitDefinition = Omit<
  LawDefinition,
  'evaluate' | 'curvature' | 'text' | 'scale' | 'linear' | 'shears'
> & {
  /**
   * A formula in the names of inputs, parameters and the response that is zero where the law holds. As the response rises
   * from the lower end of the bracket to the upper one it falls through zero, once.
   */
  readonly equation: string;
  /** Formulas without the response for the ends of a range that holds it; both are positive. */
  readonly bracket: readonly [string, string];
  /**
   * Another positive number than the response that the equation and the bracket are about: its name, and the response as a
   * formula in it. For responses so close to a limit that their distance from it is lost to rounding.
   */
  readonly unknown?: { readonly name: string; readonly response: string };
  readonly shears?: Law['shears'];
};

/**
 * Defines a law whose response is the root of an equation, such as a loss that stands on both sides. The response has to be
 * positive. Each row is solved for its logarithm by Newton's method from the lower end of the bracket, by bisection where
 * that would leave the bracket, until the step that is left is below 1e-12 of the response; where that does not succeed the
 * value is NaN, never a wrong number. The gradient and the Hessian are exact: those of the implicit function, from symbolic
 * derivatives of the equation.
 *
 * Write the equation so that Newton's method does well: as a difference of logarithms where the terms are power laws.
 *
 * @throws RangeError when the definition contradicts itself; faults in the formulas show when they are first used
 * @example
 * ```ts
 * const law = defineImplicit({
 *   id: 'self-limiting',
 *   title: 'A loss that slows its own fall',
 *   formula: String.raw`L = A / (N L)^\alpha`,
 *   equation: 'log(A) - alpha * log(params * loss) - log(loss)',
 *   bracket: ['1e-9', '1e9'],
 *   reference: { title: 'An example' },
 *   inputs: [chinchilla.inputs[0]],
 *   params: [chinchilla.params[1], chinchilla.params[3]],
 *   published: [],
 * });
 * evaluateLaw(law, { A: 100, alpha: 0.25 }, { params: [1e5] }); // [100 ** 0.8 * 1e5 ** -0.2]
 * ```
 */
export function defineImplicit(definition: ImplicitDefinition): Law {
  const { unknown, ...law } = definition;
  const { equation, bracket, inputs, params, response = lossResponse } = law;
  const compiled = lazily((): CompiledLaw => {
    const graph = new Graph();
    const nameOf = createNames(graph, inputs, params);
    const log = graph.unknown(params.length);
    const sought = unknown?.name ?? response.name;
    const from = (text: string, isOpen = true): number =>
      graph.from(parseExpression(text), (name) => (isOpen && name === sought ? graph.apply('exp', log) : nameOf(name)));
    return compileImplicit(graph, {
      equation: from(equation),
      value: unknown === undefined ? log : graph.apply('log', from(unknown.response)),
      lower: graph.apply('log', from(bracket[0], false)),
      upper: graph.apply('log', from(bracket[1], false)),
      params: params.length,
    });
  });
  return defineLaw({
    shears: [],
    ...law,
    evaluate: (...args) => {
      compiled().evaluate(...args);
    },
    curvature: (...args) => {
      compiled().curvature(...args);
    },
    scale: 'log',
  });
}
