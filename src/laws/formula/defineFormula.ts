import { defineLaw, type Law, type LawDefinition, type LawInput, type LawParam } from '../law.ts';
import { compileLaw, type CompiledLaw } from './compile.ts';
import type { Expression } from './expression.ts';
import { Graph } from './graph.ts';
import { linearParams } from './linear.ts';
import { parseExpression } from './parse.ts';

/** What the author of a law that is a formula gives: the formula in place of its inner loops. */
export type FormulaDefinition = Omit<
  LawDefinition,
  'evaluate' | 'curvature' | 'text' | 'scale' | 'linear' | 'shears'
> & {
  /** The response in the names of inputs and parameters, such as `E + A / params^alpha`. */
  readonly text: string;
  readonly shears?: Law['shears'];
};

/**
 * Defines a law by its formula. Value, gradient and Hessian are made from it (symbolic derivatives, compiled on first use),
 * and so is the knowledge of which parameters enter linearly.
 *
 * @throws RangeError when the definition contradicts itself; faults in the formula show when it is first used
 * @example
 * ```ts
 * const law = defineFormula({
 *   id: 'my-law',
 *   title: 'Coupled power laws',
 *   formula: String.raw`L = E + (A/N^\alpha + B/D^\beta)^k`,
 *   text: 'E + (A / params^alpha + B / tokens^beta)^k',
 *   reference: { title: 'A paper' },
 *   inputs: chinchilla.inputs,
 *   params: [
 *     ...chinchilla.params,
 *     { name: 'k', unit: '1', description: 'coupling', transform: 'log', bounds: [0.1, 2], search: [0.2, 1] },
 *   ],
 *   published: [],
 * });
 * evaluateLaw(law, { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28, k: 1 }, { params: [70e9], tokens: [1.4e12] });
 * // [1.93665...]
 * ```
 */
export function defineFormula(definition: FormulaDefinition): Law {
  const expression = lazily(() => parseExpression(definition.text));
  const linear = lazily(() =>
    linearParams(
      expression(),
      definition.params.map((param) => param.name),
    ),
  );
  return defineLaw({
    shears: [],
    ...definition,
    ...compileFormula(expression, definition.inputs, definition.params),
    scale: 'raw',
    linear,
  });
}

/** The inner loops of a formula, compiled when they are first run. */
export function compileFormula(
  expression: () => Expression,
  inputs: readonly LawInput[],
  params: readonly LawParam[],
): CompiledLaw {
  const compiled = lazily(() => {
    const graph = new Graph();
    return compileLaw(graph, graph.from(expression(), createNames(graph, inputs, params)), params.length);
  });
  return {
    evaluate: (...args) => {
      compiled().evaluate(...args);
    },
    curvature: (...args) => {
      compiled().curvature(...args);
    },
  };
}

/** The node of every name: a positive parameter is the exponential of its coordinate, an input that of its logarithm. */
export function createNames(
  graph: Graph,
  inputs: readonly LawInput[],
  params: readonly LawParam[],
): (name: string) => number {
  return (name) => {
    const p = params.findIndex((param) => param.name === name);
    if (p >= 0) return params[p].transform === 'log' ? graph.apply('exp', graph.theta(p)) : graph.theta(p);
    const k = inputs.findIndex((input) => input.name === name);
    if (k < 0) throw new RangeError(`the formula names ${name}, which is neither an input nor a parameter`);
    return inputs[k].transform === 'identity' ? graph.input(k) : graph.apply('exp', graph.input(k));
  };
}

/** A function that computes its value on the first call and keeps it. */
export function lazily<T>(compute: () => T): () => T {
  let kept: { readonly value: T } | undefined;
  return () => (kept ??= { value: compute() }).value;
}
