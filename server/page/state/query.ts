import { tryParseQuantity } from '../../../src/core/quantity.ts';
import type { Point } from '../contract.ts';

type Name = keyof Point;

/** Words that say which quantity a number is of. */
const words: Readonly<Record<string, Name | undefined>> = {
  n: 'params',
  params: 'params',
  param: 'params',
  parameters: 'params',
  parameter: 'params',
  d: 'tokens',
  tokens: 'tokens',
  token: 'tokens',
  tok: 'tokens',
  c: 'flops',
  flop: 'flops',
  flops: 'flops',
  compute: 'flops',
};

/** No model has so many parameters and no data set so many tokens: a number alone above it is compute. */
const leastFlops = 1e16;

/** What the query bar holds: a point, or why it is none, with the place in words. */
export type Query =
  | { readonly state: 'empty' }
  | { readonly state: 'unfinished'; readonly hint: string }
  | { readonly state: 'wrong'; readonly problem: string }
  | { readonly state: 'point'; readonly point: Point };

interface Entry {
  readonly text: string;
  readonly value: number;
  readonly name: Name | undefined;
}

/** Numbers with the words before or after them, such as `N=70B`, `70B params` or `1.4T`. */
function readEntry(piece: string): Entry | string {
  const match = /^(?:([a-z]+)\s*[=:]\s*)?([+-]?[\d.][\d_.]*(?:e[+-]?\d+)?\s?[kmbgt]?)(?![\w.])\s*([a-z]*)$/i.exec(
    piece,
  );
  const text = match === null ? piece : match[2];
  const value = match === null ? undefined : tryParseQuantity(text);
  if (match === null || value === undefined) return `“${piece}” is not a number. Write it like 70B, 1.4T or 5.76e23.`;
  if (value <= 0) return `“${piece}” has to be above zero.`;
  const word = ((match[1] as string | undefined) ?? match[3]).toLowerCase();
  if (word !== '' && words[word] === undefined)
    return `“${word}” is not a quantity: there are params, tokens and FLOP.`;
  return { text, value, name: words[word] };
}

/**
 * Reads what was typed: `70B, 1.4T`, `5.76e23 FLOP`, `N=70B C=5.76e23`. Numbers without a word are parameters and tokens
 * in this order; one that is too large for either is compute.
 *
 * @param inputs - quantities that the law takes; of a law of one quantity a number alone is that
 */
export function readQuery(text: string, inputs: readonly string[]): Query {
  const pieces = text
    .replaceAll(/(\d),(\d{3})(?!\d)/g, '$1$2')
    .split(/\s*(?:[,;×]|\bon\b|\band\b|\bat\b|\bfor\b|\bwith\b)\s*|\s+(?=[a-z]*\s*[=:]?\s*[\d.])/i)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  if (pieces.length === 0) return { state: 'empty' };
  const entries: Entry[] = [];
  for (const piece of pieces) {
    const entry = readEntry(piece);
    if (typeof entry === 'string') return { state: 'wrong', problem: entry };
    entries.push(entry);
  }
  return entries.length > 3
    ? { state: 'wrong', problem: 'Two of parameters, tokens and compute are enough.' }
    : nameEntries(entries, inputs);
}

function nameEntries(entries: readonly Entry[], inputs: readonly string[]): Query {
  const point: Partial<Record<Name, string>> = {};
  const only = inputs.length === 1 ? inputs[0] : undefined;
  for (const { name, text } of entries) {
    if (name === undefined) continue;
    if (point[name] !== undefined) return { state: 'wrong', problem: `There are two numbers of ${name}.` };
    point[name] = text;
  }
  for (const { name, text, value } of entries) {
    if (name !== undefined) continue;
    const free = (['params', 'tokens', 'flops'] as const).filter((candidate) => point[candidate] === undefined);
    const preferred =
      value >= leastFlops ? 'flops' : only !== undefined && only in words ? (words[only] ?? free[0]) : free[0];
    point[free.includes(preferred) ? preferred : free[0]] = text;
  }
  const count = Object.keys(point).length;
  if (count === 1 && point.flops === undefined && only === undefined)
    return {
      state: 'unfinished',
      hint:
        point.params === undefined
          ? 'How many parameters? Add them, like 70B.'
          : 'On how many tokens? Add them, like 1.4T.',
    };
  return { state: 'point', point };
}
