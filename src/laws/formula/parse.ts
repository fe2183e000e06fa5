import { nearestName } from '../../core/nearest.ts';
import { parseTokens, type SyntaxTree } from '../../core/syntaxTree.ts';
import { ExpressionFault, tokenise, type Token } from '../../core/tokens.ts';
import { functions, type Expression, type FunctionName, type Operation } from './expression.ts';

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

/**
 * Reads a formula and checks that it holds nothing but numbers (`70B` too), names (between backticks when they are not
 * plain words), `+ - * / ^`, parentheses, the functions exp, log (natural), sqrt, tanh, sin, cos, tan, asin, acos and atan,
 * and the constants `pi` and `e`.
 *
 * Its tree is translated to an {@link Expression}, in which nothing else has a place, and never evaluated as text.
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
    return shifted(readTokens(tokenise(text), text), offset);
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

function readTokens(tokens: readonly Token[], text: string): Expression {
  if (tokens.length === 0) throw new ExpressionFault('the formula is empty', undefined);
  for (const [k, token] of tokens.entries()) checkToken(token, tokens[k - 1]);
  return translate(parseTokens(tokens), text);
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

function translate(tree: SyntaxTree, source: string): Expression {
  if (tree.kind === 'leaf') return leaf(tree.token, source);
  const { operation, token } = tree;
  const args = tree.args.map((arg) => translate(arg, source));
  if (token.kind === 'function') {
    if (args.length !== 1) throw new ExpressionFault(`${operation} takes one value`, token.position);
    return {
      kind: 'call',
      operation: spellings[operation] ?? (operation as FunctionName),
      args,
      position: token.position,
    };
  }
  const position = Math.min(...args.map((arg) => arg.position));
  return { kind: 'call', operation: operation as Operation, args, position };
}

function leaf({ kind, text, position }: Token, source: string): Expression {
  if (kind === 'number') return { kind: 'number', value: Number(text), position };
  // Between backticks a name is a column, even that of a constant.
  if (kind === 'column' && Object.hasOwn(constants, text) && source[position - 1] !== '`')
    return { kind: 'number', value: constants[text], position, constant: text };
  if (kind === 'column') return { kind: 'name', name: text, position };
  throw new ExpressionFault(`"${text}" has no place here`, position);
}
