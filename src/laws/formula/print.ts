import type { Expression, Operation } from './expression.ts';

/** How strongly an operator holds its arguments together. */
const strength: Readonly<Partial<Record<Operation, number>>> = {
  add: 1,
  subtract: 1,
  multiply: 2,
  divide: 2,
  unaryMinus: 3,
  unaryPlus: 3,
  pow: 4,
};
const signs: Readonly<Partial<Record<Operation, string>>> = {
  add: ' + ',
  subtract: ' - ',
  multiply: ' * ',
  divide: '/',
  pow: '^',
};

const strengthOf = (node: Expression): number => (node.kind === 'call' ? (strength[node.operation] ?? 9) : 9);

/**
 * A formula as text, with names replaced: by symbols, or by the numbers that parameters have.
 *
 * @param write - what stands for a name
 * @example
 * ```ts
 * printExpression(parseExpression('E + A/params^alpha'), (name) => (name === 'params' ? 'N' : name)); // 'E + A/N^alpha'
 * ```
 */
export function printExpression(node: Expression, write: (name: string) => string): string {
  if (node.kind === 'number') return printNumber(node.value);
  if (node.kind === 'name') return write(node.name);
  const { operation, args } = node;
  const own = strengthOf(node);
  const print = (arg: Expression, isLoose: boolean): string => {
    const text = printExpression(arg, write);
    const inner = text.startsWith('-') ? (strength.unaryMinus ?? 0) : strengthOf(arg);
    // A negative number in the middle of a formula needs brackets as well.
    return inner < own || (isLoose && inner === own) ? `(${text})` : text;
  };
  if (operation === 'unaryMinus') return `-${print(args[0], true)}`;
  if (operation === 'unaryPlus') return print(args[0], true);
  const sign = signs[operation];
  if (sign === undefined) return `${operation}(${printExpression(args[0], write)})`;
  const right = print(args[1], operation !== 'add' && operation !== 'pow');
  // a + -b reads better as a - b.
  if (operation === 'add' && right.startsWith('-') && !right.startsWith('-('))
    return `${print(args[0], false)} - ${right.slice(1)}`;
  return `${print(args[0], operation === 'pow')}${sign}${right}`;
}

/** pi and e by their names, other numbers as they are. */
function printNumber(value: number): string {
  if (value === Math.PI) return 'pi';
  return value === Math.E ? 'e' : String(value);
}

const greek = new Set(
  'alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega'.split(' '),
);

/** A name in TeX: Greek letters by their commands, trailing digits as an index, words upright. */
export function texName(name: string): string {
  const [, letters, index] = /^(.*?)_?(\d*)$/s.exec(name) ?? [name, name, ''];
  const head = greek.has(letters)
    ? `\\${letters}`
    : letters.length === 1
      ? letters
      : `\\mathrm{${letters.replaceAll(/[_\\{}$%#&^~]/g, ' ')}}`;
  return index === '' ? head : `${head}_{${index}}`;
}

/**
 * A formula as TeX.
 *
 * @example
 * ```ts
 * texExpression(parseExpression('A/N^alpha'), texName); // '\\frac{A}{N^{\\alpha}}'
 * ```
 */
export function texExpression(node: Expression, write: (name: string) => string): string {
  if (node.kind === 'number') return node.value === Math.PI ? '\\pi' : printNumber(node.value);
  if (node.kind === 'name') return write(node.name);
  const { operation, args } = node;
  const tex = args.map((arg) => texExpression(arg, write));
  const bracket = (k: number, loose: boolean): string => {
    const inner = strengthOf(args[k]);
    return inner < strengthOf(node) || (loose && inner === strengthOf(node)) ? `\\left(${tex[k]}\\right)` : tex[k];
  };
  switch (operation) {
    case 'add':
      return `${tex[0]} + ${tex[1]}`;
    case 'subtract':
      return `${tex[0]} - ${bracket(1, true)}`;
    case 'multiply':
      return `${bracket(0, false)} \\, ${bracket(1, false)}`;
    case 'divide':
      return `\\frac{${tex[0]}}{${tex[1]}}`;
    case 'pow':
      return `${bracket(0, true)}^{${tex[1]}}`;
    case 'unaryMinus':
      return `-${bracket(0, true)}`;
    case 'unaryPlus':
      return tex[0];
    case 'sqrt':
      return `\\sqrt{${tex[0]}}`;
    case 'exp':
      return `e^{${tex[0]}}`;
    default:
      return `\\${{ log: 'ln', asin: 'arcsin', acos: 'arccos', atan: 'arctan', tanh: 'tanh', sin: 'sin', cos: 'cos', tan: 'tan' }[operation]}\\left(${tex[0]}\\right)`;
  }
}
