import { namesIn, type Expression } from './expression.ts';
import { printExpression } from './print.ts';

/** More equal terms than this are left as they are found: their orders would be too many to try. */
const mostTerms = 5;

/** Summands of a formula that share parameters, in the order of the text. */
interface Part {
  readonly params: string[];
  readonly text: string;
}

/**
 * The orders of parameters under which a formula stays the same because terms of it can change places, such as the two of
 * `b2*exp(-b4*x) + b3*exp(-b5*x)`. Each order says which parameter takes the value of which; the first changes nothing.
 *
 * @param isParam - whether a name is a parameter
 */
export function exchanges(
  expression: Expression,
  isParam: (name: string) => boolean,
): Readonly<Record<string, string>>[] {
  const byText = new Map<string, Part[]>();
  for (const part of partsOf(expression, isParam)) byText.set(part.text, [...(byText.get(part.text) ?? []), part]);
  let orders: Record<string, string>[] = [{}];
  for (const parts of byText.values()) {
    if (parts.length < 2 || parts.length > mostTerms || parts[0].params.length === 0) continue;
    orders = orders.flatMap((order) =>
      permutations(parts).map((permuted) => {
        const pairs = parts.flatMap((part, k) => part.params.map((name, j) => [name, permuted[k].params[j]]));
        return { ...order, ...(Object.fromEntries(pairs) as Record<string, string>) };
      }),
    );
  }
  return orders;
}

/** The summands, joined where they share a parameter, and written with numbers in the place of their parameters. */
function partsOf(expression: Expression, isParam: (name: string) => boolean): Part[] {
  let groups: { summands: { node: Expression; sign: string }[]; params: Set<string> }[] = [];
  for (const summand of summandsOf(expression, '+')) {
    const own = new Set([...namesIn(summand.node).keys()].filter(isParam));
    const joined = groups.filter((group) => [...own].some((name) => group.params.has(name)));
    groups = [
      ...groups.filter((group) => !joined.includes(group)),
      {
        summands: [...joined.flatMap((group) => group.summands), summand],
        params: new Set([...joined.flatMap((group) => [...group.params]), ...own]),
      },
    ];
  }
  return groups.map(({ summands, params }) => {
    const names = [...params];
    const write = (name: string): string => (params.has(name) ? `#${String(names.indexOf(name))}` : name);
    return { params: names, text: summands.map(({ node, sign }) => sign + printExpression(node, write)).join(' ') };
  });
}

function summandsOf(node: Expression, sign: '+' | '-'): { node: Expression; sign: '+' | '-' }[] {
  if (node.kind !== 'call') return [{ node, sign }];
  const other = sign === '+' ? '-' : '+';
  if (node.operation === 'add') return node.args.flatMap((arg) => summandsOf(arg, sign));
  if (node.operation === 'subtract') return [...summandsOf(node.args[0], sign), ...summandsOf(node.args[1], other)];
  if (node.operation === 'unaryMinus') return summandsOf(node.args[0], other);
  return [{ node, sign }];
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, k) => permutations(items.filter((_, j) => j !== k)).map((rest) => [item, ...rest]));
}
