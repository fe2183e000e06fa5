import { IsoflopError } from './errors.ts';

const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

const durationUnits: Readonly<Record<string, number>> = { ms: 1, '': 1e3, s: 1e3, m: 6e4, min: 6e4, h: 3.6e6 };

/** A number and its unit, or `undefined` where the text is something else or comes to less than one. */
function parseWithUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = match[2].toLowerCase();
  if (!Object.hasOwn(units, unit)) return undefined;
  const value = Math.round(Number(match[1]) * units[unit]);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/**
 * Reads a size as people write it, in bytes: `256MiB` (powers of 1024), `256MB` (powers of 1000), `65536`.
 *
 * @param text - what the user wrote
 * @param option - the option it stands for, named in the error
 * @throws {@link IsoflopError} `OPTION_INVALID` when the text is not a positive size
 * @example
 * ```ts
 * parseBytes('256MiB'); // 268435456
 * ```
 */
export function parseBytes(text: string, option = 'the size'): number {
  const value = parseWithUnit(text, byteUnits);
  if (value === undefined)
    throw new IsoflopError('OPTION_INVALID', {
      option,
      value: text,
      expected: 'a size such as 256MiB, 256MB or 65536',
    });
  return value;
}

/**
 * Reads a duration as people write it, in milliseconds: `10m`, `30s`, `500ms`, `1h`; a plain number is seconds.
 *
 * @param text - what the user wrote
 * @param option - the option it stands for, named in the error
 * @throws {@link IsoflopError} `OPTION_INVALID` when the text is not a positive duration
 * @example
 * ```ts
 * parseDuration('10m'); // 600000
 * ```
 */
export function parseDuration(text: string, option = 'the duration'): number {
  const value = parseWithUnit(text, durationUnits);
  // The longest that a timer of Node can wait; beyond it fires at once.
  if (value === undefined || value > 2 ** 31 - 1)
    throw new IsoflopError('OPTION_INVALID', {
      option,
      value: text,
      expected: 'a duration such as 10m, 30s or 500ms, of at most 24 days',
    });
  return value;
}

/** The largest of the units that divides the value, such as `10m`. */
function formatWithUnit(value: number, units: readonly (readonly [string, number])[]): string {
  const [unit, size] = units.find(([, size]) => value % size === 0) ?? ['', 1];
  return `${String(value / size)}${unit}`;
}

/**
 * Prints a size as {@link parseBytes} reads it, exactly.
 *
 * @example
 * ```ts
 * formatBytes(268435456); // '256MiB'
 * ```
 */
export const formatBytes = (bytes: number): string =>
  formatWithUnit(bytes, [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['GB', 1e9],
    ['MB', 1e6],
    ['KiB', 2 ** 10],
    ['B', 1],
  ]);

/**
 * Prints a duration in milliseconds as {@link parseDuration} reads it, exactly.
 *
 * @example
 * ```ts
 * formatDuration(600000); // '10m'
 * ```
 */
export const formatDuration = (ms: number): string =>
  formatWithUnit(ms, [
    ['h', 3.6e6],
    ['m', 6e4],
    ['s', 1e3],
    ['ms', 1],
  ]);
