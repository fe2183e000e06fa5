import type { Expression, Operation } from './expression.ts';
import { ExpressionFault } from '../core/tokens.ts';

/** Number of a row. */
export type ReadNumber = (row: number) => number;
/** Text of a row. */
type ReadText = (row: number) => string;
/** Whether a row fulfils a condition. */
export type Condition = (row: number) => boolean;

/** The columns that an expression may name; each throws for a name that it does not know. */
export interface Scope {
  number(name: string, position: number): ReadNumber;
  text(name: string, position: number): ReadText;
}

type Binary<T> = (a: number, b: number) => T;

const unary: Partial<Record<Operation, (a: number) => number>> = {
  unaryMinus: (a) => -a,
  unaryPlus: (a) => a,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  exp: Math.exp,
  sqrt: Math.sqrt,
  abs: Math.abs,
};

const arithmetic: Partial<Record<Operation, Binary<number>>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  // V8's ** is one unit off for many powers of ten, where the literal 1e9 of another row is exact.
  pow: (a, b) => (a === 10 && Number.isInteger(b) ? Number(`1e${String(b)}`) : a ** b),
  mod: (a, b) => a - b * Math.floor(a / b),
  min: Math.min,
  max: Math.max,
};

const comparisons: Partial<Record<Operation, Binary<boolean>>> = {
  smaller: (a, b) => a < b,
  smallerEq: (a, b) => a <= b,
  larger: (a, b) => a > b,
  largerEq: (a, b) => a >= b,
  equal: (a, b) => a === b,
  unequal: (a, b) => a !== b,
};

/**
 * Turns a checked expression into a function of the row that computes its number.
 *
 * @throws {@link ExpressionFault} when it is a condition or text
 * @example
 * ```ts
 * const column = Float64Array.of(1, 2);
 * const scope = { number: () => (row: number) => column[row], text: () => () => '' };
 * compileNumber(readExpression('2 * x'), scope)(1); // 4
 * ```
 */
export function compileNumber(node: Expression, scope: Scope): ReadNumber {
  if (node.kind === 'number') return () => node.value;
  if (node.kind === 'column') return scope.number(node.name, node.position);
  if (node.kind === 'string')
    throw new ExpressionFault(`the text "${node.value}" stands where a number belongs`, undefined);
  const { operation } = node;
  const one = unary[operation];
  if (one !== undefined) {
    const value = compileNumber(node.args[0], scope);
    return (row) => one(value(row));
  }
  const two = arithmetic[operation];
  if (two === undefined) {
    throw new ExpressionFault(
      'a condition stands where a number belongs; parentheses may be missing',
      positionOf(node),
    );
  }
  return node.args.map((arg) => compileNumber(arg, scope)).reduce((left, right) => (row) => two(left(row), right(row)));
}

/**
 * Turns a checked expression into a condition on the row. A comparison with a missing number is false, `!=` is true.
 *
 * @throws {@link ExpressionFault} when it is a number or text
 * @example
 * ```ts
 * const column = Float64Array.of(3, 5);
 * const scope = { number: () => (row: number) => column[row], text: () => () => '' };
 * compileCondition(readExpression('loss < 4'), scope)(0); // true
 * ```
 */
export function compileCondition(node: Expression, scope: Scope): Condition {
  if (node.kind !== 'call')
    throw new ExpressionFault('it is not a condition: compare it with something', positionOf(node));
  const { operation, args } = node;
  if (operation === 'not') {
    const inner = compileCondition(args[0], scope);
    return (row) => !inner(row);
  }
  if (operation === 'and' || operation === 'or') {
    const [left, right] = args.map((arg) => compileCondition(arg, scope));
    return operation === 'and' ? (row) => left(row) && right(row) : (row) => left(row) || right(row);
  }
  const compare = comparisons[operation];
  if (compare === undefined)
    throw new ExpressionFault('it is not a condition: compare it with something', positionOf(node));
  if (args.some((arg) => arg.kind === 'string')) {
    if (operation !== 'equal' && operation !== 'unequal') {
      throw new ExpressionFault('text can be compared with == and != only', positionOf(node));
    }
    const [left, right] = args.map((arg) => compileText(arg, scope));
    return operation === 'equal' ? (row) => left(row) === right(row) : (row) => left(row) !== right(row);
  }
  const [left, right] = args.map((arg) => compileNumber(arg, scope));
  return (row) => compare(left(row), right(row));
}

function compileText(node: Expression, scope: Scope): ReadText {
  if (node.kind === 'string') return () => node.value;
  if (node.kind === 'column') return scope.text(node.name, node.position);
  throw new ExpressionFault('a number is compared with text', positionOf(node));
}

function positionOf(node: Expression): number | undefined {
  if (node.kind === 'column') return node.position;
  if (node.kind !== 'call') return undefined;
  return node.args.map(positionOf).find((position) => position !== undefined);
}
