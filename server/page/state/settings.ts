import { tryParseQuantity } from '../../../src/core/quantity.ts';
import type { Request } from '../contract.ts';
import type { Changes, Setting } from './address.ts';

/** Every setting as its box holds it; empty where nothing is set. */
export type Settings = Readonly<Record<Setting, string>>;

/** Thresholds that have sliders of their own, with the comparison each stands for. */
export const thresholds = [
  { setting: 'maxLoss', quantity: 'loss', sign: '<' },
  { setting: 'minParams', quantity: 'params', sign: '>' },
  { setting: 'minTokens', quantity: 'tokens', sign: '>' },
] as const;
export type Threshold = (typeof thresholds)[number]['setting'];

/**
 * Takes the thresholds out of a condition, so that their sliders stand where it says; the rest stays text.
 *
 * @example
 * ```ts
 * splitWhere('loss < 3.44 and family == "opt"'); // { maxLoss: '3.44', rest: 'family == "opt"' }
 * ```
 */
function splitWhere(where: string): Readonly<Partial<Record<Threshold, string>>> & { readonly rest: string } {
  // A condition with `or`, parentheses or text in quotes could hold an `and` that joins nothing at the top.
  if (/\bor\b|\|\||["'`(]/.test(where.replaceAll(/"[^"]*"/g, ''))) return { rest: where };
  const found: Partial<Record<Threshold, string>> = {};
  const rest = where.split(/\s+and\s+|\s*&&\s*/).filter((part) => {
    const threshold = thresholds.find(({ quantity, sign, setting }) => {
      const match = new RegExp(`^\\s*${quantity}\\s*${sign}\\s*([\\d.]+(?:e[+-]?\\d+)?[kmbt]?)\\s*$`, 'i').exec(part);
      if (match === null || found[setting] !== undefined) return false;
      found[setting] = match[1];
      return true;
    });
    return threshold === undefined;
  });
  return { ...found, rest: rest.join(' and ') };
}

const pairs = (values: Readonly<Record<string, unknown>> | undefined): string =>
  Object.entries(values ?? {})
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(', ');

/** The settings of a request. */
export function settingsOf(request: Request): Settings {
  const { rest, ...limits } = splitWhere(request.where ?? '');
  const columns = request.columns;
  return {
    law: request.law ?? 'chinchilla',
    positive: request.positive?.join(',') ?? '',
    objective: request.objective ?? 'log-huber',
    delta: request.delta === undefined ? '' : String(request.delta),
    maxLoss: '',
    minParams: '',
    minTokens: '',
    ...limits,
    where: rest,
    fix: pairs(request.fix),
    tie: pairs(request.tie),
    columns: typeof columns === 'string' ? columns : pairs(columns),
  };
}

/** A request, or what is wrong with single settings. */
export type Built =
  | { readonly request: Request; readonly problems?: undefined }
  | { readonly request?: undefined; readonly problems: Readonly<Partial<Record<Setting, string>>> };

/** Splits at commas outside parentheses and quotes, and each part at its first `=`. */
export function readPairs(text: string): [string, string][] | string {
  const parts = text.match(/(?:`[^`]*`|"[^"]*"|\([^()]*\)|[^,])+/g) ?? [];
  const found: [string, string][] = [];
  for (const part of parts.map((one) => one.trim()).filter((one) => one !== '')) {
    const equals = part.indexOf('=');
    if (equals < 1 || equals === part.length - 1) return `Write pairs such as name=value; “${part}” is none.`;
    found.push([part.slice(0, equals).trim(), part.slice(equals + 1).trim()]);
  }
  return found;
}

/** The settings with the changes that the user made. */
export const withChanges = (settings: Settings, changes: Changes): Settings => ({ ...settings, ...changes });

/**
 * The request that settings stand for, with what they do not cover as in `base`.
 *
 * @param base - options without a box (start, bounds, checkpoints, ...) and the data sets
 */
export function buildRequest(base: Request, settings: Settings): Built {
  const problems: Partial<Record<Setting, string>> = {};
  const number = (name: Setting): number | undefined => {
    const value = tryParseQuantity(settings[name]);
    if (settings[name].trim() !== '' && (value === undefined || value <= 0))
      problems[name] = 'A number above zero, like 1e-3.';
    return value;
  };
  const record = (name: Setting): [string, string][] => {
    const found = readPairs(settings[name]);
    if (typeof found !== 'string') return found;
    problems[name] = found;
    return [];
  };
  const conditions = thresholds.flatMap(({ setting, quantity, sign }) => {
    const value = settings[setting].trim();
    if (value === '') return [];
    if (number(setting) === undefined) problems[setting] = 'A number, like 3.44 or 1e8.';
    return [`${quantity} ${sign} ${value}`];
  });
  const rest = settings.where.trim();
  const hasOr = /\bor\b|\|\|/.test(rest);
  if (rest !== '') conditions.push(conditions.length > 0 && hasOr ? `(${rest})` : rest);
  const fix = record('fix').map(([name, text]): [string, number] => {
    const value = tryParseQuantity(text);
    if (value === undefined) problems.fix = `“${text}” is not a number.`;
    return [name, value ?? 0];
  });
  const [tie, columns] = [record('tie'), record('columns')];
  const delta = number('delta');
  const positive = settings.positive
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (Object.keys(problems).length > 0) return { problems };
  const {
    where: _where,
    fix: _fix,
    tie: _tie,
    columns: _columns,
    delta: _delta,
    positive: _positive,
    ...others
  } = base;
  const isLog = settings.objective.includes('huber');
  return {
    request: {
      ...others,
      law: settings.law,
      objective: settings.objective,
      ...(delta === undefined || !isLog ? {} : { delta }),
      ...(positive.length === 0 ? {} : { positive }),
      ...(conditions.length === 0 ? {} : { where: conditions.join(' and ') }),
      ...(fix.length === 0 ? {} : { fix: Object.fromEntries(fix) }),
      ...(tie.length === 0 ? {} : { tie: Object.fromEntries(tie) }),
      ...(columns.length === 0 ? {} : { columns: Object.fromEntries(columns) }),
    },
  };
}

/** Boxes that an error of the server belongs to, by its code. */
export function settingOf(code: string): Setting | null {
  const places: Readonly<Record<string, Setting | undefined>> = {
    WHERE_INVALID: 'where',
    NO_ROWS_LEFT: 'where',
    TOO_FEW_ROWS: 'where',
    FORMULA_INVALID: 'law',
    LAW_UNKNOWN: 'law',
    PARAM_UNKNOWN: 'fix',
    COLUMN_UNKNOWN: 'columns',
    COLUMN_AMBIGUOUS: 'columns',
    QUANTITY_MISSING: 'columns',
    QUANTITY_UNKNOWN: 'columns',
    EXPRESSION_INVALID: 'columns',
  };
  return places[code] ?? null;
}
