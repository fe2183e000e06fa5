/** Operators of a formula, by the names that the syntax tree gives them. */
type Operator = 'add' | 'subtract' | 'multiply' | 'divide' | 'pow' | 'unaryMinus' | 'unaryPlus';

/** Functions of one value. */
export const functions = ['exp', 'log', 'sqrt', 'tanh', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan'] as const;

/** A function of one value; `log` is the natural logarithm. */
export type FunctionName = (typeof functions)[number];

/** Everything that a formula can do. */
export type Operation = Operator | FunctionName;

/**
 * A checked formula; the language has no other nodes, so nothing else can ever be computed. Positions count characters of
 * the text from 1 and are where the first name or number inside the node begins.
 */
export type Expression =
  | {
      readonly kind: 'number';
      readonly value: number;
      readonly position: number;
      /** Name of the constant that it was written as. */
      readonly constant?: string;
    }
  | { readonly kind: 'name'; readonly name: string; readonly position: number }
  | {
      readonly kind: 'call';
      readonly operation: Operation;
      readonly args: readonly Expression[];
      readonly position: number;
    };

/**
 * Names in a formula with the place where each occurs first, in that order.
 *
 * @example
 * ```ts
 * [...namesIn(parseExpression('a + b / a')).keys()]; // ['a', 'b']
 * ```
 */
export function namesIn(expression: Expression, found = new Map<string, number>()): Map<string, number> {
  if (expression.kind === 'name') {
    if (!found.has(expression.name)) found.set(expression.name, expression.position);
  } else if (expression.kind === 'call') for (const arg of expression.args) namesIn(arg, found);
  return found;
}

/** Constants that a formula names, with the place where each occurs first. */
export function constantsIn(expression: Expression, found = new Map<string, number>()): Map<string, number> {
  if (expression.kind === 'number' && expression.constant !== undefined && !found.has(expression.constant))
    found.set(expression.constant, expression.position);
  if (expression.kind === 'call') for (const arg of expression.args) constantsIn(arg, found);
  return found;
}
