import type { SeparableTerm } from '../law.ts';
import type { Expression } from './expression.ts';
import { Graph } from './graph.ts';

/**
 * Which parameters enter a formula linearly, all of them together: the largest set that is found by taking them one after
 * the other as long as every mixed second derivative is zero.
 */
export function linearParams(expression: Expression, params: readonly string[]): string[] {
  const graph = new Graph();
  const names = new Map<string, number>();
  const nodeOf = (name: string): number => {
    const k = params.indexOf(name);
    if (k >= 0) return graph.theta(k);
    if (!names.has(name)) names.set(name, graph.input(names.size));
    return names.get(name) ?? 0;
  };
  const value = graph.from(expression, nodeOf);
  const taken: number[] = [];
  for (const k of params.keys()) {
    const slope = graph.derivative(value, k);
    const isFlat = [...taken, k].every((j) => graph.constant(graph.derivative(slope, j)) === 0);
    if (isFlat) taken.push(k);
  }
  return taken.map((k) => params[k]);
}

/**
 * The terms of a formula that is a sum of a constant and of power laws, such as E + A/N^alpha + B * D^-beta, with a
 * parameter of its own for every amplitude; `undefined` for any other formula. Amplitudes are positive, exponents are not
 * known to be.
 *
 * @param isPositive - whether a name is a positive parameter
 * @param isFree - whether a name is a parameter that may have any sign
 */
export function powerTerms(
  expression: Expression,
  isInput: (name: string) => boolean,
  isPositive: (name: string) => boolean,
  isFree: (name: string) => boolean,
): SeparableTerm[] | undefined {
  const terms: SeparableTerm[] = [];
  for (const part of summands(expression)) {
    const term = powerTerm(part, isInput, isPositive, isFree);
    if (term === undefined) return undefined;
    terms.push(term);
  }
  const amplitudes = terms.map((term) => term.amplitude);
  const exponents = terms.flatMap(({ power }) => (power === undefined ? [] : [power.exponent]));
  const isOwn = new Set(amplitudes).size === terms.length && new Set(exponents).size === exponents.length;
  const isSingle = terms.filter((term) => term.power === undefined).length <= 1;
  return isOwn && isSingle && exponents.length > 0 ? terms : undefined;
}

function summands(expression: Expression): Expression[] {
  return expression.kind === 'call' && expression.operation === 'add'
    ? expression.args.flatMap(summands)
    : [expression];
}

function powerTerm(
  part: Expression,
  isInput: (name: string) => boolean,
  isPositive: (name: string) => boolean,
  isFree: (name: string) => boolean,
): SeparableTerm | undefined {
  if (part.kind === 'name') return isPositive(part.name) ? { amplitude: part.name, power: undefined } : undefined;
  if (part.kind !== 'call') return undefined;
  const isQuotient = part.operation === 'divide';
  if (!isQuotient && part.operation !== 'multiply') return undefined;
  const [first, second] = part.args;
  for (const [amplitude, power] of isQuotient
    ? [[first, second]]
    : [
        [first, second],
        [second, first],
      ]) {
    if (amplitude.kind !== 'name' || !isPositive(amplitude.name)) continue;
    if (power.kind !== 'call' || power.operation !== 'pow') continue;
    const [base, raised] = power.args;
    // c / x^a and c * x^-a are power laws that fall; c * x^a is left to the general search.
    const isNegated = raised.kind === 'call' && raised.operation === 'unaryMinus';
    const exponent = isNegated ? raised.args[0] : raised;
    if (base.kind !== 'name' || exponent.kind !== 'name' || isNegated === isQuotient) continue;
    if (isInput(base.name) && isFree(exponent.name))
      return { amplitude: amplitude.name, power: { exponent: exponent.name, input: base.name } };
  }
  return undefined;
}
