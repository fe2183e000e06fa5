import { InvalidArgumentError } from 'commander';
import { IsoflopError } from '../core/errors.ts';
import { parseQuantity, tryParseQuantity } from '../core/quantity.ts';
import type { Warmup } from '../runs/selection.ts';

/** Option parser for a positive quantity such as `70B`. */
export function quantity(what: string): (text: string) => number {
  return (text) => {
    const value = parseQuantity(text, what);
    if (!(value > 0)) throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what, value });
    return value;
  };
}

/** Option parser for positive quantities with commas between; the option may be given several times. */
export function quantities(what: string): (text: string, before?: readonly number[]) => number[] {
  return (text, before = []) => [...before, ...text.split(',').map((part) => quantity(what)(part.trim()))];
}

/** Option parser for a number. */
export function number(text: string): number {
  const value = tryParseQuantity(text);
  if (value === undefined) throw new InvalidArgumentError('It has to be a number.');
  return value;
}

/** Option parser for a whole number from 1. */
export function count(option: string): (text: string) => number {
  return (text) => {
    const value = tryParseQuantity(text);
    if (value === undefined || !Number.isSafeInteger(value) || value < 1)
      throw new IsoflopError('OPTION_INVALID', { option, value: text, expected: 'a whole number from 1' });
    return value;
  };
}

/** Option parser for a positive number. */
export function positive(option: string): (text: string) => number {
  return (text) => {
    const value = tryParseQuantity(text);
    if (value === undefined || !(value > 0 && value < Infinity))
      throw new IsoflopError('OPTION_INVALID', { option, value: text, expected: 'a positive number' });
    return value;
  };
}

/** Option parser for numbers with commas between; the option may be given several times. */
export function numbers(option: string): (text: string, before?: readonly number[]) => number[] {
  return (text, before = []) => {
    const found = text.split(',').map((part) => tryParseQuantity(part));
    if (found.includes(undefined))
      throw new IsoflopError('OPTION_INVALID', { option, value: text, expected: 'numbers with commas between' });
    return [...before, ...found.filter((value) => value !== undefined)];
  };
}

/** Option parser for a probability. */
export function probability(option: string): (text: string) => number {
  return (text) => {
    const value = tryParseQuantity(text);
    if (value === undefined || !(value > 0 && value < 1))
      throw new IsoflopError('OPTION_INVALID', {
        option,
        value: text,
        expected: 'a number between 0 and 1, such as 0.95',
      });
    return value;
  };
}

/** Option parser for the end of a warm-up: `lr`, `2000steps` or `1B tokens`. */
export function warmup(text: string): Warmup {
  if (/^(lr|learning[ -_]?rate)$/i.test(text.trim())) return 'learningRate';
  const [, value = '', unit = ''] = /^(.*?)\s*(tokens|steps)$/i.exec(text.trim()) ?? [];
  const length = tryParseQuantity(value);
  if (length === undefined)
    throw new IsoflopError('OPTION_INVALID', {
      option: '--after-warmup',
      value: text,
      expected: 'lr (where the learning rate stops rising), or a length such as 2000steps or 1Btokens',
    });
  return unit.toLowerCase() === 'tokens' ? { tokens: length } : { steps: length };
}

/** Option parser for the name of a file. */
export function fileName(option: string): (text: string) => string {
  return (text) => {
    if (text.trim() === '') throw new IsoflopError('OPTION_INVALID', { option, value: text, expected: 'a file name' });
    return text;
  };
}

/** Option parser for names with commas between. */
export function names(option: string): (text: string, before?: readonly string[]) => string[] {
  return (text, before = []) => {
    const found = text.split(',').map((name) => name.trim());
    if (found.includes(''))
      throw new IsoflopError('OPTION_INVALID', { option, value: text, expected: 'names with commas between' });
    return [...before, ...found];
  };
}

/** Option parser for `name=number,name=number`; the option may be given several times. */
export function assignments(option: string): (text: string, before?: Record<string, number>) => Record<string, number> {
  return (text, before = {}) => {
    const values = { ...before };
    for (const [name, value] of pairs(option, text)) {
      const parsed = tryParseQuantity(value);
      if (parsed === undefined)
        throw new IsoflopError('OPTION_INVALID', {
          option,
          value: `${name}=${value}`,
          expected: 'a number after each =',
        });
      values[name] = parsed;
    }
    return values;
  };
}

/** Option parser for `name=low:high,name=low:high`. */
export function ranges(
  option: string,
): (text: string, before?: Record<string, readonly [number, number]>) => Record<string, readonly [number, number]> {
  return (text, before = {}) => {
    const values = { ...before };
    for (const [name, value] of pairs(option, text)) {
      const [low, high, ...rest] = value.split(':').map(tryParseQuantity);
      if (low === undefined || high === undefined || rest.length > 0)
        throw new IsoflopError('OPTION_INVALID', {
          option,
          value: `${name}=${value}`,
          expected: 'name=low:high, such as alpha=0.1:0.6',
        });
      values[name] = [low, high];
    }
    return values;
  };
}

/** A share of 1, or a range of it: `0.25`, `0:0.2`. */
export function share(option: string): (text: string) => readonly [number, number] {
  return (text) => {
    const [low, high = low, ...rest] = text.split(':').map(tryParseQuantity);
    if (low === undefined || high === undefined || rest.length > 0 || !(low >= 0 && low <= high && high < 1))
      throw new IsoflopError('OPTION_INVALID', {
        option,
        value: text,
        expected: 'a share below 1 such as 0.25, or a range such as 0:0.2',
      });
    return [low, high];
  };
}

/** Option parser for `name=name,name=name`. */
export function ties(option: string): (text: string, before?: Record<string, string>) => Record<string, string> {
  return (text, before = {}) => ({ ...before, ...Object.fromEntries(pairs(option, text)) });
}

function pairs(option: string, text: string): [string, string][] {
  return text.split(',').map((part): [string, string] => {
    const [name, value = '', ...rest] = part.split('=').map((piece) => piece.trim());
    if (name === '' || value === '' || rest.length > 0)
      throw new IsoflopError('OPTION_INVALID', {
        option,
        value: text,
        expected: 'name=value pairs with commas between',
      });
    return [name, value];
  });
}

/** Option parser for a note about a fit, `name=text`; the option may be given several times. */
export function notes(text: string, before: Record<string, string> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new IsoflopError('OPTION_INVALID', {
      option: '--note',
      value: text,
      expected: "name=text, such as 'schedule=cosine, warm-up 1%'",
    });
  return { ...before, [text.slice(0, equals).trim()]: text.slice(equals + 1).trim() };
}
