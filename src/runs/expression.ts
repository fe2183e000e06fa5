import { firstPosition, parseTokens, type SyntaxTree } from '../core/syntaxTree.ts';
import { ExpressionFault, tokenise } from '../core/tokens.ts';

/** A checked expression; the language has no other nodes, so nothing else can ever be evaluated. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'column'; readonly name: string; readonly position: number }
  | { readonly kind: 'call'; readonly operation: Operation; readonly args: readonly Expression[] };

/** Everything an expression can do, by the names that the syntax tree gives to its operators. */
export type Operation = Operator | (typeof functions)[number];

type Operator =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'pow'
  | 'mod'
  | 'unaryMinus'
  | 'unaryPlus'
  | 'smaller'
  | 'smallerEq'
  | 'larger'
  | 'largerEq'
  | 'equal'
  | 'unequal'
  | 'and'
  | 'or'
  | 'not';

const functions = ['log', 'log2', 'log10', 'exp', 'sqrt', 'abs', 'min', 'max'] as const;

/**
 * Reads an expression on columns and checks that it holds nothing but numbers (`70B` too), text in quotes, column names
 * (between backticks when they are not plain words), `+ - * / ^ %`, comparisons, `and or not` (`&& || !`), parentheses and
 * the functions log (natural), log2, log10, exp, sqrt, abs, min and max.
 *
 * Its tree is translated to an {@link Expression}, in which nothing else has a place, and never evaluated as text.
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
  try {
    return translate(parseTokens(tokens));
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    // An expression that ends too early goes wrong at its last token.
    throw new ExpressionFault(error.message, error.position ?? tokens.at(-1)?.position);
  }
}

function translate(tree: SyntaxTree): Expression {
  if (tree.kind === 'leaf') {
    const { kind, text, position } = tree.token;
    if (kind === 'number') return { kind: 'number', value: Number(text) };
    return kind === 'string' ? { kind: 'string', value: text } : { kind: 'column', name: text, position };
  }
  const operation = tree.operation as Operation;
  const isMany = operation === 'min' || operation === 'max';
  const count = tree.args.length;
  if (tree.token.kind === 'function' && (count === 0 || (count > 1 && !isMany)))
    throw new ExpressionFault(
      `${operation} takes ${isMany ? 'at least ' : ''}one value`,
      firstPosition(tree) ?? tree.token.position,
    );
  return { kind: 'call', operation, args: tree.args.map(translate) };
}
