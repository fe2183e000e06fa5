import { formatQuantity } from '../core/quantity.ts';
import type { Law } from '../laws/law.ts';
import { plainSymbol } from '../report/formula.ts';
import type { PlainObject } from './figure.ts';
import { theme } from './theme.ts';

/** A quantity as axes, colour bars and hover texts name and print it. */
export interface QuantityStyle {
  readonly symbol: string;
  /** Name within a sentence. */
  readonly name: string;
  readonly unit: string;
  /** Title of an axis, with the unit. */
  readonly title: string;
  /** Text of a value on a tick. */
  readonly format: (value: number) => string;
}

/** Compute spans so many decades that powers of ten are its only readable form: 3e21, never 3000E. */
function formatFlops(value: number): string {
  return value.toExponential(2).replace(/\.?0*e\+?/, 'e');
}

/** With one argument, so that it can be handed to `map`. */
const formatCount = (value: number): string => formatQuantity(value);

const formatDigits =
  (digits: number) =>
  (value: number): string =>
    String(Number(value.toPrecision(digits)));

const styles: Readonly<Record<string, QuantityStyle | undefined>> = {
  params: {
    symbol: 'N',
    unit: 'parameters',
    name: 'model size',
    title: 'Model size N (parameters)',
    format: formatCount,
  },
  tokens: {
    symbol: 'D',
    unit: 'tokens',
    name: 'training tokens',
    title: 'Training tokens D (tokens)',
    format: formatCount,
  },
  flops: {
    symbol: 'C',
    unit: 'FLOP',
    name: 'training compute',
    title: 'Training compute C (FLOP)',
    format: formatFlops,
  },
  loss: { symbol: 'L', unit: 'nats per token', name: 'loss', title: 'Loss (nats per token)', format: formatDigits(4) },
  ratio: {
    symbol: 'D/N',
    unit: 'tokens per parameter',
    name: 'tokens per parameter',
    title: 'Tokens per parameter D/N',
    format: formatDigits(2),
  },
};

/** Units of responses that are printed as counts (1.5M), where a loss needs its digits. */
const countedUnits: ReadonlySet<string> = new Set(['tokens', 'steps', 'parameters']);

/**
 * How a quantity is named and printed; an input or the response of a law that is none of the usual quantities goes by its
 * own symbol and unit.
 *
 * @example
 * ```ts
 * quantityStyle('tokens').format(1.4e12); // '1.4T'
 * ```
 */
export function quantityStyle(name: string, law?: Law): QuantityStyle {
  const known = styles[name];
  if (known !== undefined) return known;
  const isResponse = law?.response.name === name;
  const own = isResponse ? law.response : law?.inputs.find((candidate) => candidate.name === name);
  const { symbol: tex, unit } = own ?? { symbol: name, unit: '' };
  const symbol = own === undefined ? tex : plainSymbol(tex);
  const title = `${symbol === name ? name : `${name} ${symbol}`}${unit === '' ? '' : ` (${unit})`}`;
  const isCounted = !isResponse || countedUnits.has(unit);
  return { symbol, name, unit, title, format: isCounted ? formatCount : formatDigits(4) };
}

/** Leading digits of the ticks within a decade, the densest first. */
const mantissas = [
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 5],
  [1, 3],
] as const;

/** Below this ratio a log axis looks almost linear, and evenly spaced values read best (2.0, 2.2, 2.4, ...). */
const nearlyLinear = 4;

/**
 * Values for the ticks of a logarithmic axis: round numbers, as many as fit but no more than `most`.
 *
 * @param low - lower end of the axis, positive
 * @param high - upper end, above `low`
 * @param most - ticks at most
 * @example
 * ```ts
 * logTicks(5e18, 2e24); // [1e19, 1e20, 1e21, 1e22, 1e23, 1e24]
 * logTicks(1.9, 3.1, 7); // [2, 2.2, 2.4, 2.6, 2.8, 3]
 * ```
 */
export function logTicks(low: number, high: number, most = 8): number[] {
  // Of an axis without ends the loops below would find none.
  if (!(low > 0 && high < Infinity)) return [];
  if (high / low < nearlyLinear) return linearTicks(low, high, most);
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  for (const digits of mantissas) {
    const ticks: number[] = [];
    for (let exponent = first; exponent <= last; exponent++)
      for (const digit of digits) ticks.push(Number(`${String(digit)}e${String(exponent)}`));
    const inside = ticks.filter((tick) => tick >= low && tick <= high);
    if (inside.length <= most) return inside;
  }
  for (let stride = 1; ; stride++) {
    const ticks: number[] = [];
    // Multiples of the stride, so that the ticks stay put when the range changes a little.
    for (let exponent = Math.ceil(first / stride) * stride; exponent <= last; exponent += stride) {
      const tick = Number(`1e${String(exponent)}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
    if (ticks.length <= most) return ticks;
  }
}

/**
 * Evenly spaced round values between two numbers, no more than `most`.
 *
 * @example
 * ```ts
 * linearTicks(-1.3, 2.4, 5); // [-1, 0, 1, 2]
 * ```
 */
export function linearTicks(low: number, high: number, most = 8): number[] {
  const rough = (high - low) / most;
  const scale = 10 ** Math.floor(Math.log10(rough));
  for (const factor of [1, 2, 2.5, 5, 10, 20]) {
    const step = factor * scale;
    const start = Math.ceil(low / step - 1e-9);
    const count = Math.floor(high / step + 1e-9) - start + 1;
    // The product is rounded because 3 * 0.2 is 0.6000000000000001, which would be printed.
    if (count <= most) return Array.from({ length: count }, (_, k) => Number(((start + k) * step).toPrecision(12)));
  }
  return [];
}

/**
 * A range widened on both ends by a share of its length in log space, so that no point sits on the frame.
 *
 * @example
 * ```ts
 * padRange([1, 100], 0.5); // [0.1, 1000]
 * ```
 */
export function padRange(range: readonly [number, number], share = 0.04): [number, number] {
  const [low, high] = range;
  // A single value still needs an axis with some length.
  const pad = high > low ? (high / low) ** share : 1.25;
  return [low / pad, high * pad];
}

/**
 * A range of numbers of any sign widened on both ends by a share of its length.
 *
 * @example
 * ```ts
 * padLinear([0, 10], 0.1); // [-1, 11]
 * ```
 */
export function padLinear([low, high]: readonly [number, number], share = 0.04): [number, number] {
  const pad = high > low ? share * (high - low) : 1;
  return [low - pad, high + pad];
}

/** Options of {@link logAxis} and {@link linearAxis}. */
export interface AxisOptions {
  /** Name of the quantity, see {@link quantityStyle}. */
  readonly quantity: string;
  /** Both ends, in the quantity's own unit. */
  readonly range: readonly [number, number];
  readonly law?: Law;
  readonly title?: string;
  readonly most?: number;
}

/**
 * A logarithmic axis with readable ticks (70B, 1.4T, 1e21). Plotly takes the range of such an axis as log10, its ticks and
 * shapes in natural units, and its annotations as log10 again.
 */
export function logAxis(options: AxisOptions): PlainObject {
  const [low, high] = options.range;
  const style = quantityStyle(options.quantity, options.law);
  const tickvals = logTicks(low, high, options.most);
  return {
    ...theme.axis,
    type: 'log',
    tickangle: 0,
    range: [Math.log10(low), Math.log10(high)],
    tickvals,
    ticktext: tickvals.map(style.format),
    title: { ...theme.axisTitle, text: options.title ?? style.title },
  };
}

/** A linear axis with the ticks and the title of a quantity; options as of {@link logAxis}. */
export function linearAxis(options: AxisOptions): PlainObject {
  const [low, high] = options.range;
  const style = quantityStyle(options.quantity, options.law);
  const tickvals = linearTicks(low, high, options.most);
  return {
    ...theme.axis,
    range: [low, high],
    tickvals,
    ticktext: tickvals.map(style.format),
    title: { ...theme.axisTitle, text: options.title ?? style.title },
  };
}

/** Numbers spaced evenly in log space from `low` to `high`, both included; Float64Array, length `count`. */
export function logSpace(low: number, high: number, count: number): Float64Array {
  const step = Math.log(high / low) / (count - 1);
  return Float64Array.from({ length: count }, (_, k) =>
    k === 0 ? low : k === count - 1 ? high : low * Math.exp(k * step),
  );
}
