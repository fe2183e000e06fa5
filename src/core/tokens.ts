import { tryParseQuantity } from './quantity.ts';

/** A piece of an expression and where it begins; the first character is 1. */
export interface Token {
  readonly kind: 'number' | 'column' | 'string' | 'function' | 'operator';
  readonly text: string;
  readonly position: number;
}

/** Why an expression cannot be read, and where. */
export class ExpressionFault extends Error {
  readonly position: number | undefined;

  constructor(reason: string, position: number | undefined) {
    super(reason);
    this.position = position;
  }
}

/** Other ways to write the operators. */
const spellings: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not' };

const words = new Set(['and', 'or', 'not']);

const pattern =
  /\s*(?:(?<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[kKmMbBgGtT]?(?![\p{L}\p{N}_.]))|(?<word>[\p{L}_][\p{L}\p{N}_]*)|`(?<quoted>[^`]+)`|(?<string>"[^"]*"|'[^']*')|(?<operator>==|!=|<=|>=|&&|\|\||[-+*/^%<>!(),]))/uy;

/** What to say about characters that are refused. */
const refused: Readonly<Record<string, string>> = {
  '=': '"=" is not an operator here; write == to compare',
  '.': 'a "." is allowed in numbers only; put a column name that has one between backticks',
  '"': 'the text that begins here is never closed',
  "'": 'the text that begins here is never closed',
  '`': 'the column name that begins here is never closed, or empty',
};

/**
 * Splits an expression into tokens and refuses every character that its language does not have.
 *
 * @throws {@link ExpressionFault}
 * @example
 * ```ts
 * tokenise('loss < 4').map((token) => token.kind); // ['column', 'operator', 'number']
 * ```
 */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  let end = 0;
  while (text.slice(end).trim() !== '') {
    const match = pattern.exec(text);
    if (match === null) {
      const at = end + text.slice(end).search(/\S/);
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      const number = /^\.?\d[\p{L}\p{N}_.]*/u.exec(text.slice(at))?.[0];
      const known = Object.hasOwn(refused, character) ? refused[character] : `"${character}" is not allowed here`;
      throw new ExpressionFault(number === undefined ? known : `"${number}" is not a number`, at + 1);
    }
    end = pattern.lastIndex;
    tokens.push(tokenOf(match, end, text));
    if (tokens.length > 1000) throw new ExpressionFault('it is too long', undefined);
  }
  return tokens;
}

function tokenOf(match: RegExpExecArray, end: number, text: string): Token {
  const { number, word, quoted, string, operator } = match.groups as Readonly<Record<string, string | undefined>>;
  const position = end - match[0].trimStart().length + 1;
  if (number !== undefined) {
    const value = tryParseQuantity(number.replaceAll('_', ''));
    if (value === undefined) throw new ExpressionFault(`"${number}" is not a finite number`, position);
    return { kind: 'number', text: String(value), position };
  }
  if (string !== undefined) return { kind: 'string', text: string.slice(1, -1), position };
  if (quoted !== undefined) return { kind: 'column', text: quoted, position };
  if (operator !== undefined) return { kind: 'operator', text: spellings[operator] ?? operator, position };
  if (word === undefined || words.has(word)) return { kind: 'operator', text: word ?? '', position };
  return { kind: /^\s*\(/.test(text.slice(end)) ? 'function' : 'column', text: word, position };
}
