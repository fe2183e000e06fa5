import { parseMath } from '../core/mathGrammar.ts';
import { ExpressionFault, tokenise, type Token } from '../core/tokens.ts';

/** A checked expression; the language has no other nodes, so nothing else can ever be evaluated. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'column'; readonly name: string; readonly position: number }
  | { readonly kind: 'call'; readonly operation: Operation; readonly args: readonly Expression[] };

/** Everything an expression can do, by the names that mathjs gives to its operators. */
export type Operation = (typeof operators)[number] | (typeof functions)[number];

const operators = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'pow',
  'mod',
  'unaryMinus',
  'unaryPlus',
  'smaller',
  'smallerEq',
  'larger',
  'largerEq',
  'equal',
  'unequal',
  'and',
  'or',
  'not',
] as const;

const functions = ['log', 'log2', 'log10', 'exp', 'sqrt', 'abs', 'min', 'max'] as const;

/** The part of mathjs' nodes that is read here. */
interface MathNode {
  readonly type: string;
  readonly name?: string;
  readonly value?: unknown;
  readonly fn?: string | { readonly name?: string };
  readonly implicit?: boolean;
  readonly isPercentage?: boolean;
  readonly args?: readonly MathNode[];
  readonly params?: readonly (MathNode | string)[];
  readonly conditionals?: readonly string[];
  readonly content?: MathNode;
}

/**
 * Reads an expression on columns and checks that it holds nothing but numbers (`70B` too), text in quotes, column names
 * (between backticks when they are not plain words), `+ - * / ^ %`, comparisons, `and or not` (`&& || !`), parentheses and
 * the functions log (natural), log2, log10, exp, sqrt, abs, min and max.
 *
 * The grammar is that of mathjs; it sees placeholders in the place of names and text,
 * and its tree is translated, never evaluated.
 *
 * @throws {@link ExpressionFault} with the place where the expression goes wrong
 * @example
 * ```ts
 * readExpression('log(ppl)'); // { kind: 'call', operation: 'log', args: [{ kind: 'column', name: 'ppl', position: 5 }] }
 * ```
 */
export function readExpression(text: string): Expression {
  const tokens = tokenise(text);
  if (tokens.length === 0) throw new ExpressionFault('it is empty', undefined);
  for (const token of tokens) {
    if (token.kind === 'function' && !(functions as readonly string[]).includes(token.text)) {
      throw new ExpressionFault(
        `there is no function "${token.text}"; there are ${functions.join(', ')}`,
        token.position,
      );
    }
  }
  const starts: number[] = [];
  let source = '';
  tokens.forEach((token, k) => {
    starts.push(source.length);
    source += `${token.kind === 'column' || token.kind === 'string' ? `_${String(k)}` : token.text} `;
  });
  try {
    return translate(parseMath(source), tokens);
  } catch (error) {
    if (error instanceof ExpressionFault) throw error;
    // mathjs reports the place in `char`; a stack that overflows has none.
    const { char } = error as { char?: number };
    const token = char === undefined ? undefined : tokens[starts.findLastIndex((start) => start < char)];
    const reason = char === undefined ? 'it is nested too deeply' : grammarFault(token, char > source.trimEnd().length);
    throw new ExpressionFault(reason, char === undefined ? undefined : token?.position);
  }
}

const grammarFault = (token: Token | undefined, atEnd: boolean): string =>
  token === undefined || atEnd ? 'it ends too early' : `"${token.text}" is not expected here`;

function translate(node: MathNode, tokens: readonly Token[]): Expression {
  const position = (): number | undefined => firstPosition(node, tokens);
  switch (node.type) {
    case 'ParenthesisNode':
      if (node.content !== undefined) return translate(node.content, tokens);
      break;
    case 'ConstantNode':
      if (typeof node.value === 'number') return { kind: 'number', value: node.value };
      break;
    case 'SymbolNode': {
      const token = tokens[Number(node.name?.slice(1))];
      if (token.kind === 'string') return { kind: 'string', value: token.text };
      return { kind: 'column', name: token.text, position: token.position };
    }
    case 'FunctionNode':
    case 'OperatorNode': {
      const operation = typeof node.fn === 'string' ? node.fn : node.fn?.name;
      const known = node.type === 'FunctionNode' ? functions : operators;
      const args = node.args ?? [];
      if (node.implicit === true) throw new ExpressionFault('an operator is missing', firstPosition(args[1], tokens));
      if (node.isPercentage === true) break;
      if (!(known as readonly (string | undefined)[]).includes(operation)) break;
      const few =
        args.length === 0 ||
        (args.length > 1 && node.type === 'FunctionNode' && operation !== 'min' && operation !== 'max');
      if (few)
        throw new ExpressionFault(
          `${String(operation)} takes ${operation === 'min' || operation === 'max' ? 'at least ' : ''}one value`,
          position(),
        );
      return { kind: 'call', operation: operation as Operation, args: args.map((arg) => translate(arg, tokens)) };
    }
    case 'RelationalNode': {
      // a < b < c compares both neighbours
      const values = (node.params ?? []).map((param) => translate(param as MathNode, tokens));
      const comparisons = (node.conditionals ?? []).map((name, k): Expression => ({
        kind: 'call',
        operation: name as Operation,
        args: [values[k], values[k + 1]],
      }));
      return comparisons.reduce((left, right) => ({ kind: 'call', operation: 'and', args: [left, right] }));
    }
  }
  throw new ExpressionFault(
    'only arithmetic, comparisons, and, or, not and functions of columns are allowed',
    position(),
  );
}

/** Position of the first name inside a node; mathjs keeps no places, but the placeholders lead back to them. */
function firstPosition(node: MathNode, tokens: readonly Token[]): number | undefined {
  if (node.type === 'SymbolNode') return tokens[Number(node.name?.slice(1))].position;
  for (const child of [node.content, ...(node.args ?? []), ...(node.params ?? [])]) {
    const position = typeof child === 'object' ? firstPosition(child, tokens) : undefined;
    if (position !== undefined) return position;
  }
  return undefined;
}
