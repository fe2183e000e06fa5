import type { Expression } from './expression.ts';

/** Where a formula has no value: the part of it, and why. */
export interface Pole {
  readonly position: number;
  readonly reason: string;
  readonly row: number;
}

/**
 * Values of a formula for some rows.
 *
 * @param valueOf - the column (length rows) or the number that a name stands for
 */
export function evaluateExpression(
  node: Expression,
  valueOf: (name: string) => Float64Array | number,
  rows: number,
): Float64Array {
  if (node.kind === 'number') return new Float64Array(rows).fill(node.value);
  if (node.kind === 'name') {
    const value = valueOf(node.name);
    return typeof value === 'number' ? new Float64Array(rows).fill(value) : value.slice(0, rows);
  }
  const [a, b] = node.args.map((arg) => evaluateExpression(arg, valueOf, rows));
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) out[i] = apply(node, a[i], (b as Float64Array | undefined)?.[i] ?? NaN);
  return out;
}

function apply({ operation }: Expression & { kind: 'call' }, a: number, b: number): number {
  switch (operation) {
    case 'add':
      return a + b;
    case 'subtract':
      return a - b;
    case 'multiply':
      return a * b;
    case 'divide':
      return a / b;
    case 'pow':
      return a ** b;
    case 'unaryMinus':
      return -a;
    case 'unaryPlus':
      return a;
    default:
      return Math[operation](a);
  }
}

/** The first part of a formula that has no finite value although its own parts have one, and the first such row. */
export function findPole(
  node: Expression,
  valueOf: (name: string) => Float64Array | number,
  rows: number,
): Pole | undefined {
  if (node.kind !== 'call') return undefined;
  for (const arg of node.args) {
    const inner = findPole(arg, valueOf, rows);
    if (inner !== undefined) return inner;
  }
  const row = evaluateExpression(node, valueOf, rows).findIndex((value) => !Number.isFinite(value));
  if (row < 0) return undefined;
  const values = node.args.map((arg) => evaluateExpression(arg, valueOf, rows)[row]);
  const shown = values.map((value) => String(Number(value.toPrecision(6))));
  const last = node.args[node.args.length - 1];
  const reasons: Readonly<Record<string, string>> = {
    divide: values[1] === 0 ? 'the divisor is 0' : `${shown[0]} / ${shown[1]} is too large`,
    pow: `${shown[0]} ^ ${shown[1]} is no finite number`,
  };
  const reason = reasons[node.operation] ?? `${node.operation} of ${shown.join(' and ')} is no finite number`;
  return { position: node.operation === 'divide' ? last.position : node.position, reason, row };
}
