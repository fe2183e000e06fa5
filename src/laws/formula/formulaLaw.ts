import { IsoflopError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import { ExpressionFault } from '../../core/tokens.ts';
import { defineLaw, type FormulaSpec, type Law, type LawInput, type LawParam, type SeparableTerm } from '../law.ts';
import { compileFormula, lazily } from './defineFormula.ts';
import { cancelledParam } from './cancels.ts';
import { exchanges } from './exchanges.ts';
import { constantsIn, namesIn, type Expression } from './expression.ts';
import { evaluateExpression, findPole } from './evaluate.ts';
import { linearParams } from './linear.ts';
import { parseExpression } from './parse.ts';
import { parameterScales } from './scales.ts';
import { powerShears, powerTerms, type Names } from './powerTerms.ts';
import { printExpression, texExpression, texName } from './print.ts';

/** A formula taken apart: the response on the left of `~`, the prediction on its right. */
interface Formula {
  readonly text: string;
  readonly left: Expression;
  readonly right: Expression;
}

/** What a user says about a formula. */
export interface FormulaOptions {
  /** Names of the columns that there are; every other name in the formula is a parameter. */
  readonly columns: readonly string[];
  /** Parameters that are positive and fitted as logarithms. */
  readonly positive?: readonly string[];
  /** Parameters that the user named elsewhere, such as in a start: certainly no misspelt columns. */
  readonly known?: readonly string[];
}

/** Whether the name of a law is a formula. */
export const isFormula = (law: string): boolean => law.includes('~');

/**
 * Names on both sides of a formula, in the order of the text: the columns and parameters that it may be about.
 *
 * @throws {@link IsoflopError} `FORMULA_INVALID`
 * @example
 * ```ts
 * formulaNames('y ~ b1*(1 - exp(-b2*x))'); // ['y', 'b1', 'b2', 'x']
 * ```
 */
export function formulaNames(text: string): string[] {
  const { left, right } = parseFormula(text);
  return [...new Set([...namesIn(left).keys(), ...namesIn(right).keys()])];
}

/**
 * Makes a formula and what is known about its names into plain data, from which {@link formulaLaw} makes the law.
 *
 * @throws {@link IsoflopError} `FORMULA_INVALID` with the place, `PARAM_UNKNOWN` when `positive` names no parameter
 * @example
 * ```ts
 * describeFormula('y ~ b1*(1 - exp(-b2*x))', { columns: ['x', 'y'] }).inputs; // ['x']
 * ```
 */
export function describeFormula(text: string, { columns, positive = [], known = [] }: FormulaOptions): FormulaSpec {
  const { left, right } = parseFormula(text);
  const refuse = (reason: string, position: number | undefined, remedy?: string): never => {
    throw new IsoflopError('FORMULA_INVALID', {
      formula: text,
      reason,
      position,
      ...(remedy === undefined ? {} : { remedy }),
    });
  };
  const names = [...namesIn(right)];
  for (const [name, position] of [...constantsIn(left), ...constantsIn(right)])
    if (columns.includes(name))
      refuse(
        `"${name}" is a constant, and there is a column of that name`,
        position,
        `Write \`${name}\` between backticks for the column, or rename it.`,
      );
  const inputs = names.filter(([name]) => columns.includes(name)).map(([name]) => name);
  const declared = new Set([...positive, ...known]);
  for (const [name, position] of namesIn(left))
    if (!columns.includes(name))
      refuse(
        `the response "${name}" is not a column`,
        position,
        `The columns are ${columns.join(', ')}; --columns names others.`,
      );
  if (namesIn(left).size === 0) refuse('the response names no column', left.position);
  if (left.kind === 'name' && inputs.includes(left.name))
    refuse(`the response "${left.name}" stands on the right as well`, namesIn(right).get(left.name));
  for (const [name, position] of names) {
    if (inputs.includes(name) || declared.has(name)) continue;
    const near = nearestName(name, columns);
    if (near !== undefined && isMisspelt(name, near))
      refuse(
        `there is no column "${name}"`,
        position,
        `Did you mean "${near}"? If it is a parameter, give it a value in --start.`,
      );
  }
  const params = names.map(([name]) => name).filter((name) => !inputs.includes(name));
  if (inputs.length === 0)
    refuse(
      'no column stands on its right',
      right.position,
      `Every name there is taken for a parameter. The columns and quantities are ${columns.join(', ')}.`,
    );
  if (params.length === 0) refuse('it has no parameters to fit', right.position);
  const cancelled = cancelledParam(right, params);
  if (cancelled !== undefined)
    refuse(
      `the parameter "${cancelled}" cancels: the formula does not depend on it`,
      namesIn(right).get(cancelled),
      'Leave it out.',
    );
  for (const name of positive)
    if (!params.includes(name))
      throw new IsoflopError('PARAM_UNKNOWN', { option: '--positive', name, law: text, params });
  return { text, inputs, positive: [...positive] };
}

/** A long name that differs from a column in a letter or two, or in case, is hardly meant as a parameter. */
const isMisspelt = (name: string, near: string): boolean =>
  name.length >= 4 && Math.abs(name.length - near.length) <= 2 && name[0].toLowerCase() === near[0].toLowerCase();

/** Derivatives of a formula are many times as long as itself. */
const longest = 2000;

const made = new Map<string, Law>();
/** Laws that are kept; a server sees many formulas. */
const mostMade = 200;

/**
 * The law that a formula describes. Inputs that are raised to a power or taken the logarithm of have to be positive. A sum
 * of power laws is recognised and gets the same seeds as the listed ones.
 *
 * @throws {@link IsoflopError} `FORMULA_INVALID` with the place
 * @example
 * ```ts
 * const law = formulaLaw(describeFormula('y ~ b1*(1 - exp(-b2*x))', { columns: ['x', 'y'] }));
 * evaluateLaw(law, { b1: 2, b2: 1 }, { x: [1] }); // [1.26424]
 * ```
 */
export function formulaLaw(spec: FormulaSpec): Law {
  const key = JSON.stringify([spec.text, spec.inputs, spec.positive]);
  let law = made.get(key);
  if (law === undefined) {
    law = makeLaw(spec);
    const [oldest] = made.keys();
    if (made.size >= mostMade) made.delete(oldest);
    made.set(key, law);
  }
  return law;
}

function makeLaw(spec: FormulaSpec): Law {
  const { left, right } = parseFormula(spec.text);
  const isInput = (name: string): boolean => spec.inputs.includes(name);
  const isPositive = (name: string): boolean => spec.positive.includes(name);
  const inputs = spec.inputs.map((name): LawInput => ({
    name,
    symbol: name,
    unit: '',
    transform: needsLog(right, name) ? 'log' : 'identity',
  }));
  const names: Names = { isInput, isPositive, isFree: (name) => !isInput(name) && !isPositive(name) };
  const isLog = (name: string): boolean => inputs.some((input) => input.name === name && input.transform === 'log');
  const shears = powerShears(right, { ...names, isInput: isLog });
  const separable = powerTerms(right, names);
  const params = [...namesIn(right).keys()]
    .filter((name) => !isInput(name))
    .map((name): LawParam => ({
      name,
      unit: '',
      description: '',
      transform: isPositive(name) ? 'log' : 'identity',
      bounds: isPositive(name) ? [0, Infinity] : [-Infinity, Infinity],
      // The size of a term at the mean of its input is no astronomical number.
      ...(shears.some((shear) => shear.amplitude === name) ? { search: [1e-3, 1e3] } : {}),
    }));
  // Names that are no plain words stand between backticks, so that the text can be read again.
  const write = (name: string): string =>
    name !== 'e' && name !== 'pi' && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `\`${name}\``;
  const response = left.kind === 'name' ? left.name : printExpression(left, write);
  return defineLaw({
    id: spec.text,
    title: 'Formula',
    formula: `${texExpression(left, texName)} = ${texExpression(right, texName)}`,
    // As it was written: the parser's own text of it may be longer than what can be read again.
    text: spec.text.slice(spec.text.indexOf('~') + 1).trim(),
    spec,
    reference: { title: 'a formula of the user' },
    inputs,
    response: { name: response, symbol: response, unit: '' },
    params,
    scale: 'raw',
    shears,
    linear: lazily(() =>
      linearParams(
        right,
        params.map((param) => param.name),
      ),
    ),
    scales: (columns, rows) => parameterScales(right, columns, rows),
    exchanges: lazily(() => exchanges(right, (name) => !isInput(name))),
    ...(separable === undefined ? {} : { separable, ...allocationOf(separable) }),
    ...(left.kind === 'name'
      ? {}
      : {
          responseColumns: [...namesIn(left).keys()],
          respond: (columns, rows) => evaluateExpression(left, (name) => columns[name], rows),
        }),
    ...compileFormula(() => right, inputs, params),
    checkStart: (values, columns, rows) => {
      const pole = findPole(right, (name) => (isInput(name) ? columns[name] : values[name]), rows);
      if (pole === undefined) return;
      const reason = `at the start values ${pole.reason} for ${spec.inputs.map((name) => `${name} = ${String(columns[name][pole.row])}`).join(', ')}`;
      const remedy = 'Choose other values for --start.';
      throw new IsoflopError('FORMULA_INVALID', { formula: spec.text, reason, position: pole.position, remedy });
    },
    published: [],
  });
}

/** The compute-optimal allocation of a sum of one power law of params and one of tokens. */
function allocationOf(terms: readonly SeparableTerm[]): Pick<Law, 'allocation'> {
  const [size, data] = ['params', 'tokens'].map((name) => terms.filter(({ power }) => power?.input === name));
  const constant = terms.find(({ power }) => power === undefined);
  if (size.length !== 1 || data.length !== 1 || terms.length !== (constant === undefined ? 2 : 3)) return {};
  return {
    allocation: (p) => ({
      paramsAmplitude: p[size[0].amplitude],
      paramsExponent: p[size[0].power?.exponent ?? ''],
      tokensAmplitude: p[data[0].amplitude],
      tokensExponent: p[data[0].power?.exponent ?? ''],
    }),
  };
}

/** Whether a column is only ever the base of a power that is no whole number, or taken the logarithm of. */
function needsLog(expression: Expression, name: string): boolean {
  const uses = usesOf(expression, name);
  return uses.length > 0 && uses.every((use) => use === 'log');
}

/** How each occurrence of a column is used. */
function usesOf(node: Expression, name: string): ('log' | 'value')[] {
  if (node.kind === 'name') return node.name === name ? ['value'] : [];
  if (node.kind === 'number') return [];
  const [first, second] = node.args;
  const isRaised = node.operation === 'pow' && !isWholeNumber(second);
  if (first.kind === 'name' && first.name === name && (isRaised || node.operation === 'log'))
    return ['log', ...(isRaised ? usesOf(second, name) : [])];
  return node.args.flatMap((arg) => usesOf(arg, name));
}

function isWholeNumber(node: Expression): boolean {
  if (node.kind === 'number') return Number.isInteger(node.value);
  return node.kind === 'call' && node.operation.startsWith('unary') && isWholeNumber(node.args[0]);
}

function parseFormula(text: string): Formula {
  const parts = text.split('~');
  const refuse = (reason: string, position: number | undefined): never => {
    throw new IsoflopError('FORMULA_INVALID', { formula: text, reason, position });
  };
  if (parts.length !== 2)
    return refuse(
      'a formula has one "~", with the response on its left',
      parts.length > 2 ? parts[0].length + parts[1].length + 2 : undefined,
    );
  if (text.length > longest) return refuse(`it is longer than ${String(longest)} characters`, undefined);
  try {
    return { text, left: parseExpression(parts[0]), right: parseExpression(parts[1], parts[0].length + 1) };
  } catch (error) {
    if (error instanceof ExpressionFault) return refuse(error.message, error.position);
    throw error;
  }
}
