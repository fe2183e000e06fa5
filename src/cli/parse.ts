import { InvalidArgumentError } from 'commander';
import { IsoflopError } from '../core/errors.ts';
import { parseQuantity, tryParseQuantity } from '../core/quantity.ts';

/** Option parser for a positive quantity such as `70B`. */
export function quantity(what: string): (text: string) => number {
  return (text) => {
    const value = parseQuantity(text, what);
    if (!(value > 0)) throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what, value });
    return value;
  };
}

/** Option parser for a number. */
export function number(text: string): number {
  const value = tryParseQuantity(text);
  if (value === undefined) throw new InvalidArgumentError('It has to be a number.');
  return value;
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

/** Option parser for `name=name,name=name`. */
export function ties(option: string): (text: string, before?: Record<string, string>) => Record<string, string> {
  return (text, before = {}) => ({ ...before, ...Object.fromEntries(pairs(option, text)) });
}

function pairs(option: string, text: string): [string, string][] {
  return text.split(',').map((part): [string, string] => {
    const [name, value, ...rest] = part.split('=').map((piece) => piece.trim());
    if (name === '' || value === undefined || value === '' || rest.length > 0)
      throw new IsoflopError('OPTION_INVALID', {
        option,
        value: text,
        expected: 'name=value pairs with commas between',
      });
    return [name, value];
  });
}

/** The command line as the user could type it again, for the record in a saved fit. */
export function commandLine(args: readonly string[]): string {
  return ['isoflop', ...args]
    .map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}
