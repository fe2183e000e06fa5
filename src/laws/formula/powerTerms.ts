import type { SeparableTerm, Shear } from '../law.ts';
import type { Expression } from './expression.ts';

/** What the names in a formula stand for. */
export interface Names {
  readonly isInput: (name: string) => boolean;
  /** Whether a name is a positive parameter. */
  readonly isPositive: (name: string) => boolean;
  /** Whether a name is a parameter that may have any sign. */
  readonly isFree: (name: string) => boolean;
}

/**
 * The power laws A/x^alpha anywhere in a formula by which the means of the log inputs can be taken out: replacing ln x by
 * ln x - mean turns ln A into ln A - alpha * mean, as long as x and A occur nowhere else. Inputs for which that is not so
 * have none.
 */
export function powerShears(expression: Expression, names: Names): Shear[] {
  const found: Shear[] = [];
  const visit = (node: Expression): void => {
    const power = powerTerm(node, names)?.power;
    if (node.kind !== 'call') return;
    if (power !== undefined) {
      const { amplitude } = powerTerm(node, names) ?? { amplitude: '' };
      found.push({ amplitude, exponent: power.exponent, input: power.input });
    } else node.args.forEach(visit);
  };
  visit(expression);
  const isCovered = (input: string): boolean => {
    const own = found.filter((shear) => shear.input === input);
    return (
      own.length === countOf(expression, input) && own.every(({ amplitude }) => countOf(expression, amplitude) === 1)
    );
  };
  return found.filter(({ input }) => isCovered(input));
}

function countOf(node: Expression, name: string): number {
  if (node.kind === 'name') return node.name === name ? 1 : 0;
  return node.kind === 'call' ? node.args.reduce((sum, arg) => sum + countOf(arg, name), 0) : 0;
}

/**
 * The terms of a formula that is a sum of a constant and of power laws, such as E + A/N^alpha + B * D^-beta, with a
 * parameter of its own for every amplitude; `undefined` for any other formula. Amplitudes are positive, exponents are not
 * known to be.
 */
export function powerTerms(expression: Expression, names: Names): SeparableTerm[] | undefined {
  const terms: SeparableTerm[] = [];
  for (const part of summands(expression)) {
    const term = powerTerm(part, names);
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

/** The amplitude, exponent and input of A/x^alpha or A * x^-alpha, or the amplitude alone of a constant. */
function powerTerm(part: Expression, { isInput, isPositive, isFree }: Names): SeparableTerm | undefined {
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
