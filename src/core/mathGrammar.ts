import { create, parseDependencies, type MathNode } from 'mathjs/number';

let parser: ((text: string) => MathNode) | undefined;

/**
 * Parses text by the grammar of mathjs. Nothing of mathjs but its parser is loaded, and callers translate its tree to their
 * own checked one; nothing is ever evaluated by it.
 *
 * @throws an error of mathjs, with the place in `char`
 * @example
 * ```ts
 * parseMath('a + b').type; // 'OperatorNode'
 * ```
 */
export function parseMath(text: string): MathNode {
  // Made on the first call: it takes some milliseconds, which commands without formulas need not wait for.
  parser ??= create(parseDependencies).parse;
  return parser(text);
}
