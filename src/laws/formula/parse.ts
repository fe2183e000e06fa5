import { parseMath } from '../../core/mathGrammar.ts';
import { nearestName } from '../../core/nearest.ts';
import { ExpressionFault, tokenise, type Token } from '../../core/tokens.ts';
import { functions, operators, type Expression, type FunctionName, type Operation } from './expression.ts';

/** Other names of functions. */
const spellings: Readonly<Record<string, FunctionName>> = {
  ln: 'log',
  arcsin: 'asin',
  arccos: 'acos',
  arctan: 'atan',
};

/** Names with a value of their own. */
const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };

/**
 * Names that mean something to JavaScript. None of them could do harm here, since formulas are only ever compiled from
 * checked trees; but a record of parameters answers to some, and nobody means them well.
 */
const reserved = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...['prototype', 'process', 'globalThis', 'global', 'window', 'self', 'document', 'this'],
  ...['require', 'module', 'exports', 'import', 'eval', 'Function', 'arguments'],
]);

/** The part of mathjs' nodes that is read here. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly fn?: string | { readonly name?: string };
  readonly implicit?: boolean;
  readonly args?: readonly Node[];
  readonly content?: Node;
}

/**
 * Reads a formula and checks that it holds nothing but numbers (`70B` too), names (between backticks when they are not
 * plain words), `+ - * / ^`, parentheses, the functions exp, log (natural), sqrt, tanh, sin, cos, tan, asin, acos and atan,
 * and the constants `pi` and `e`.
 *
 * The grammar is that of mathjs, which sees a placeholder in the place of every name and number; its tree is translated
 * to an {@link Expression}, never evaluated.
 *
 * @param text - the formula
 * @param offset - characters that stand before it in what the user wrote, for the positions in messages
 * @throws {@link ExpressionFault} with the place where the formula goes wrong
 * @example
 * ```ts
 * parseExpression('A / N^alpha').kind; // 'call'
 * ```
 */
export function parseExpression(text: string, offset = 0): Expression {
  const equals = text.indexOf('=');
  if (equals >= 0)
    throw new ExpressionFault('a formula has no "="; the response stands on the left of "~"', offset + equals + 1);
  try {
    return shifted(parseTokens(tokenise(text), text), offset);
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    // A formula that ends too early goes wrong at its end.
    throw new ExpressionFault(error.message, offset + (error.position ?? text.trimEnd().length + 1));
  }
}

/** The same with positions counted from further left. */
function shifted(node: Expression, offset: number): Expression {
  const position = node.position + offset;
  if (node.kind !== 'call') return { ...node, position };
  return { ...node, position, args: node.args.map((arg) => shifted(arg, offset)) };
}

function parseTokens(tokens: readonly Token[], text: string): Expression {
  if (tokens.length === 0) throw new ExpressionFault('the formula is empty', undefined);
  for (const [k, token] of tokens.entries()) checkToken(token, tokens[k - 1]);
  const starts: number[] = [];
  let source = '';
  for (const [k, { kind, text }] of tokens.entries()) {
    starts.push(source.length);
    source += `${kind === 'operator' ? text : `_${String(k)}`} `;
  }
  let tree: Node;
  try {
    tree = parseMath(source);
  } catch (error) {
    // mathjs reports the place in `char`; a stack that overflows has none.
    const { char } = error as { char?: number };
    if (char === undefined) throw new ExpressionFault('it is nested too deeply', tokens[0].position);
    const open = unclosed(tokens);
    if (open !== undefined) throw new ExpressionFault('this bracket is never closed', open.position);
    if (char > source.trimEnd().length) throw new ExpressionFault('it ends too early', undefined);
    const token =
      tokens[
        Math.max(
          0,
          starts.findLastIndex((start) => start < char),
        )
      ];
    throw new ExpressionFault(`"${token.text}" is not expected here`, token.position);
  }
  return translate(tree, tokens, text);
}

/** Refuses what the language of formulas does not have. */
function checkToken(token: Token, before: Token | undefined): void {
  const { kind, text, position } = token;
  if ((kind === 'column' || kind === 'function') && reserved.has(text))
    throw new ExpressionFault(`"${text}" is not a name that a formula may use`, position);
  if (kind === 'function' && !isFunction(text)) {
    const near = nearestName(text, [...functions, ...Object.keys(spellings)]);
    const hint = near === undefined ? '' : `did you mean "${near}"? `;
    throw new ExpressionFault(`there is no function "${text}" (${hint}there are ${functions.join(', ')})`, position);
  }
  if (kind === 'string') throw new ExpressionFault('text has no place in a formula', position);
  if (kind !== 'operator') return;
  if (text === '*' && before?.text === '*' && before.kind === 'operator')
    throw new ExpressionFault('"**" is not an operator here; write ^ for powers', before.position);
  if (!/^[-+*/^()]$/.test(text)) throw new ExpressionFault(`"${text}" has no place in a formula`, position);
}

const isFunction = (name: string): boolean =>
  (functions as readonly string[]).includes(name) || Object.hasOwn(spellings, name);

/** The innermost bracket that nothing closes. */
function unclosed(tokens: readonly Token[]): Token | undefined {
  const open: Token[] = [];
  for (const token of tokens)
    if (token.kind === 'operator' && token.text === '(') open.push(token);
    else if (token.kind === 'operator' && token.text === ')') open.pop();
  return open.at(-1);
}

function translate(node: Node, tokens: readonly Token[], source: string): Expression {
  switch (node.type) {
    case 'ParenthesisNode':
      if (node.content !== undefined) return translate(node.content, tokens, source);
      break;
    case 'SymbolNode':
      return leaf(tokenOf(node.name, tokens), source);
    case 'FunctionNode': {
      const called = typeof node.fn === 'string' ? node.fn : node.fn?.name;
      const { text, position } = tokenOf(called, tokens);
      const args = node.args ?? [];
      // The name of a function is a placeholder like any other; a number or column before a bracket is a product.
      if (!isFunction(text)) throw new ExpressionFault('an operator is missing before the bracket', position);
      if (args.length !== 1) throw new ExpressionFault(`${text} takes one value`, position);
      const operation = spellings[text] ?? (text as FunctionName);
      return { kind: 'call', operation, args: [translate(args[0], tokens, source)], position };
    }
    case 'OperatorNode': {
      const args = (node.args ?? []).map((arg) => translate(arg, tokens, source));
      if (node.implicit === true) throw new ExpressionFault('an operator is missing', args[1]?.position);
      if (!(operators as readonly unknown[]).includes(node.fn)) break;
      const position = Math.min(...args.map((arg) => arg.position));
      return { kind: 'call', operation: node.fn as Operation, args, position };
    }
  }
  throw new ExpressionFault('only arithmetic and functions of one value are allowed', undefined);
}

function tokenOf(placeholder: string | undefined, tokens: readonly Token[]): Token {
  const token = /^_\d+$/.test(placeholder ?? '')
    ? (tokens[Number(placeholder?.slice(1))] as Token | undefined)
    : undefined;
  if (token === undefined) throw new ExpressionFault(`"${String(placeholder)}" has no place in a formula`, undefined);
  return token;
}

function leaf({ kind, text, position }: Token, source: string): Expression {
  if (kind === 'number') return { kind: 'number', value: Number(text), position };
  // Between backticks a name is a column, even that of a constant.
  if (kind === 'column' && Object.hasOwn(constants, text) && source[position - 1] !== '`')
    return { kind: 'number', value: constants[text], position, constant: text };
  if (kind === 'column') return { kind: 'name', name: text, position };
  throw new ExpressionFault(`"${text}" has no place here`, position);
}
