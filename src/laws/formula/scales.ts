import type { ParamScale } from '../law.ts';
import { evaluateExpression } from './evaluate.ts';
import { namesIn, type Expression } from './expression.ts';

/** How far a parameter that multiplies or divides a column goes from the size of that column, to both sides. */
const rates = { low: 0.02, high: 200 };
const widths = { low: 1e-3, high: 3 };

/**
 * What the values of columns say about parameters: in `x - m` the parameter is a place among the values of x, in `x/s` it is
 * a part of their span, in `k*x` it is of the size of 1/x. Parameters of which the formula says nothing of the kind have no
 * entry.
 *
 * @param columns - values of the inputs by name, each of length rows
 */
export function parameterScales(
  expression: Expression,
  columns: Readonly<Record<string, Float64Array>>,
  rows: number,
): Record<string, ParamScale> {
  const found: Record<string, ParamScale> = {};
  const isParam = (node: Expression): node is Expression & { kind: 'name' } =>
    node.kind === 'name' && !Object.hasOwn(columns, node.name);
  const note = (name: string, scale: ParamScale): void => {
    if (
      !Object.hasOwn(found, name) &&
      Number.isFinite(scale.low) &&
      Number.isFinite(scale.high) &&
      scale.high > scale.low
    )
      found[name] = scale;
  };

  /** Smallest and largest value of a part that is made of columns, but for a place that is taken off. */
  const rangeOf = (node: Expression): readonly [number, number] | undefined => {
    const names = [...namesIn(node).keys()];
    if (names.length > 0 && names.every((name) => Object.hasOwn(columns, name))) {
      const values = evaluateExpression(node, (name) => columns[name], rows);
      const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
      return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : undefined;
    }
    if (node.kind !== 'call') return undefined;
    const [a, b] = node.args;
    if (node.operation === 'add' || node.operation === 'subtract') {
      const [place, rest] = isParam(a) ? [a, b] : [b, a];
      const range = isParam(place) ? rangeOf(rest) : undefined;
      if (range === undefined || !isParam(place)) return undefined;
      const margin = 0.25 * (range[1] - range[0]);
      const [low, high] = [range[0] - margin, range[1] + margin];
      note(place.name, { kind: 'range', ...(node.operation === 'add' ? { low: -high, high: -low } : { low, high }) });
      return [range[0] - range[1], range[1] - range[0]];
    }
    const size = sizeOf(rangeOf(a));
    if (node.operation === 'unaryMinus') return size === undefined ? undefined : [-size, size];
    if (node.operation === 'pow' && b.kind === 'number' && size !== undefined) return [0, size ** b.value];
    return undefined;
  };

  const visit = (node: Expression): void => {
    if (node.kind !== 'call') return;
    const [a, b] = node.args;
    if (node.operation === 'add' || node.operation === 'subtract') rangeOf(node);
    if (node.operation === 'multiply')
      for (const [factor, rest] of [
        [a, b],
        [b, a],
      ]) {
        const size = isParam(factor) ? sizeOf(rangeOf(rest)) : undefined;
        if (isParam(factor) && size !== undefined)
          note(factor.name, { kind: 'size', low: rates.low / size, high: rates.high / size });
      }
    if (node.operation === 'divide') {
      const size = sizeOf(rangeOf(a));
      const below = powerOf(b, isParam);
      if (size !== undefined && below !== undefined) {
        const width = (share: number): number => (share * size ** (1 / below.power)) / below.factor;
        note(below.name, { kind: 'size', low: width(widths.low), high: width(widths.high) });
      }
    }
    node.args.forEach(visit);
  };
  visit(expression);
  return found;
}

const sizeOf = (range: readonly [number, number] | undefined): number | undefined => {
  const size = range === undefined ? 0 : Math.max(Math.abs(range[0]), Math.abs(range[1]));
  return size > 0 ? size : undefined;
};

/** The parameter in s, 2*s, s^2 or 2*s^2, with its power and the factor that goes with the parameter itself. */
function powerOf(
  node: Expression,
  isParam: (node: Expression) => node is Expression & { kind: 'name' },
): { name: string; power: number; factor: number } | undefined {
  if (isParam(node)) return { name: node.name, power: 1, factor: 1 };
  if (node.kind !== 'call') return undefined;
  const [a, b] = node.args;
  if (node.operation === 'pow' && isParam(a) && b.kind === 'number' && b.value > 0)
    return { name: a.name, power: b.value, factor: 1 };
  if (node.operation !== 'multiply') return undefined;
  const [number, rest] = a.kind === 'number' ? [a, b] : [b, a];
  if (number.kind !== 'number' || !(number.value > 0)) return undefined;
  const inner = powerOf(rest, isParam);
  return inner && { ...inner, factor: inner.factor * number.value ** (1 / inner.power) };
}
