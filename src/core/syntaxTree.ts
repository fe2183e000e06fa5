import { ExpressionFault, type Token } from './tokens.ts';

/** What an expression says, before anyone has asked whether its names and functions exist. */
export type SyntaxTree =
  | { readonly kind: 'leaf'; readonly token: Token }
  | { readonly kind: 'call'; readonly operation: string; readonly token: Token; readonly args: readonly SyntaxTree[] };

/** How strongly an operator binds its operands; all are read from left to right but the power. */
const binary = new Map<string, { readonly level: number; readonly operation: string }>([
  ['or', { level: 1, operation: 'or' }],
  ['and', { level: 2, operation: 'and' }],
  ['==', { level: 3, operation: 'equal' }],
  ['!=', { level: 3, operation: 'unequal' }],
  ['<', { level: 3, operation: 'smaller' }],
  ['<=', { level: 3, operation: 'smallerEq' }],
  ['>', { level: 3, operation: 'larger' }],
  ['>=', { level: 3, operation: 'largerEq' }],
  ['+', { level: 4, operation: 'add' }],
  ['-', { level: 4, operation: 'subtract' }],
  ['*', { level: 5, operation: 'multiply' }],
  ['/', { level: 5, operation: 'divide' }],
  ['%', { level: 5, operation: 'mod' }],
  ['^', { level: 7, operation: 'pow' }],
]);

const comparison = 3;
const power = 7;

/** Signs bind more than products and less than powers: -x^2 is -(x^2), and 2^-x is allowed. */
const sign = 6;
const prefix = new Map([
  ['-', 'unaryMinus'],
  ['+', 'unaryPlus'],
  ['not', 'not'],
]);

/** Brackets, signs and powers inside each other; nobody writes so many, and the stack has an end. */
const deepest = 200;

/**
 * Reads tokens as an expression: `or`, `and`, comparisons (`a < b < c` compares both neighbours), `+ -`, `* / %`, signs and
 * `not`, `^` (from the right), calls and brackets, each of which binds more than those before it.
 *
 * @throws {@link ExpressionFault} with the place, but for an expression that ends too early
 * @example
 * ```ts
 * parseTokens(tokenise('a - b * c')).kind; // 'call'
 * ```
 */
export function parseTokens(tokens: readonly Token[]): SyntaxTree {
  const parser = new Parser(tokens);
  const tree = parser.expression(1);
  parser.end();
  return tree;
}

/** Position of the first name, number or text inside a tree. */
export function firstPosition(tree: SyntaxTree): number | undefined {
  if (tree.kind === 'leaf') return tree.token.position;
  for (const arg of tree.args) {
    const position = firstPosition(arg);
    if (position !== undefined) return position;
  }
  return undefined;
}

class Parser {
  readonly #tokens: readonly Token[];
  /** Brackets that are open. */
  readonly #open: Token[] = [];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Reads as far as operators bind at least so strongly. */
  expression(least: number): SyntaxTree {
    if (++this.#depth > deepest) throw new ExpressionFault('it is nested too deeply', this.#tokens[0].position);
    let left = this.#operand();
    for (;;) {
      const token = this.#peek();
      const operator = token?.kind === 'operator' ? binary.get(token.text) : undefined;
      if (token === undefined || operator === undefined || operator.level < least) break;
      left = operator.level === comparison ? this.#comparisons(left) : this.#binary(left, token, operator);
    }
    this.#depth--;
    return left;
  }

  /** Nothing may be left. */
  end(): void {
    const token = this.#peek();
    if (token === undefined) return;
    if (startsOperand(token)) {
      const inside = this.#tokens.slice(this.#next).find(({ text }) => text !== '(');
      throw new ExpressionFault('an operator is missing', (inside ?? token).position);
    }
    throw unexpected(token);
  }

  #peek(): Token | undefined {
    return this.#tokens.at(this.#next);
  }

  /** Takes the next token. */
  #take(): Token {
    const token = this.#peek();
    if (token === undefined) throw this.#tooShort();
    this.#next++;
    return token;
  }

  #tooShort(): ExpressionFault {
    const bracket = this.#open.at(-1);
    return bracket === undefined
      ? new ExpressionFault('it ends too early', undefined)
      : new ExpressionFault('this bracket is never closed', bracket.position);
  }

  #binary(left: SyntaxTree, token: Token, { level, operation }: { level: number; operation: string }): SyntaxTree {
    this.#take();
    const right = this.expression(level === power ? level : level + 1);
    return { kind: 'call', operation, token, args: [left, right] };
  }

  #comparisons(first: SyntaxTree): SyntaxTree {
    let left = first;
    let tree: SyntaxTree | undefined;
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      const operator = token.kind === 'operator' ? binary.get(token.text) : undefined;
      if (operator?.level !== comparison) break;
      this.#take();
      const right = this.expression(comparison + 1);
      const compared: SyntaxTree = { kind: 'call', operation: operator.operation, token, args: [left, right] };
      tree = tree === undefined ? compared : { kind: 'call', operation: 'and', token, args: [tree, compared] };
      left = right;
    }
    return tree ?? first;
  }

  /** A number, name, text, call or bracket, with the signs before it. */
  #operand(): SyntaxTree {
    const token = this.#take();
    if (token.kind === 'function') return { kind: 'call', operation: token.text, token, args: this.#args() };
    if (token.kind !== 'operator') return { kind: 'leaf', token };
    if (token.text === '(') {
      this.#open.push(token);
      const inside = this.expression(1);
      this.#close();
      return inside;
    }
    const operation = prefix.get(token.text);
    if (operation === undefined) throw unexpected(token);
    return { kind: 'call', operation, token, args: [this.expression(sign)] };
  }

  /** The values in the brackets of a call, which the name of a function stands before. */
  #args(): SyntaxTree[] {
    this.#open.push(this.#take());
    const args: SyntaxTree[] = [];
    if (!this.#isOperator(')')) args.push(this.expression(1));
    while (this.#isOperator(',')) {
      this.#take();
      args.push(this.expression(1));
    }
    this.#close();
    return args;
  }

  #isOperator(text: string): boolean {
    const token = this.#peek();
    return token?.kind === 'operator' && token.text === text;
  }

  #close(): void {
    if (this.#peek() === undefined) throw this.#tooShort();
    if (!this.#isOperator(')')) this.end();
    this.#take();
    this.#open.pop();
  }
}

const startsOperand = ({ kind, text }: Token): boolean => kind !== 'operator' || text === '(';

const unexpected = ({ text, position }: Token): ExpressionFault =>
  new ExpressionFault(`"${text}" is not expected here`, position);
