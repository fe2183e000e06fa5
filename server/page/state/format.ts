import { formatQuantity } from '../../../src/core/quantity.ts';

const greek: Readonly<Record<string, string | undefined>> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  epsilon: 'ε',
  kappa: 'κ',
  lambda: 'λ',
  mu: 'μ',
  sigma: 'σ',
  tau: 'τ',
};

/** A parameter's name as formulas write it. */
export const symbolOf = (name: string): string => greek[name] ?? name;

/** Decimals that an error of this size leaves meaningful: two digits of the error. */
export function decimalsFor(error: number): number {
  return Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(error))));
}

/** A number with fixed decimals, or with few digits where it is very large or small. */
export function fixed(value: number, decimals: number): string {
  const size = Math.abs(value);
  return size >= 1e6 || (size > 0 && size < 10 ** -decimals)
    ? value.toPrecision(3).replace('e+', 'e')
    : value.toFixed(decimals);
}

/** An estimate with the digits that its error leaves meaningful. */
export function estimate(value: number | null, stderr: number | null): { value: string; error: string } {
  if (value === null) return { value: 'not finite', error: '' };
  if (stderr === null || !(stderr > 0)) return { value: String(Number(value.toPrecision(5))), error: '' };
  if (Math.abs(value) >= 1e6) return { value: formatQuantity(value), error: formatQuantity(stderr, 2) };
  const decimals = decimalsFor(stderr);
  return { value: value.toFixed(decimals), error: stderr.toFixed(decimals) };
}

export const percent = (share: number): string => `${String(Number((100 * share).toPrecision(4)))}%`;

/** A count with its noun. */
export const many = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;

/** How long ago, in the largest unit that fits. */
export function ago(iso: string): string {
  const seconds = (Date.now() - Date.parse(iso)) / 1000;
  const units = [
    [60, 's'],
    [60, 'min'],
    [24, 'h'],
    [30, 'd'],
    [12, 'mo'],
  ] as const;
  let value = seconds;
  for (const [size, unit] of units) {
    if (value < size) return value < 1 && unit === 's' ? 'now' : `${String(Math.floor(value))} ${unit}`;
    value /= size;
  }
  return `${String(Math.floor(value))} y`;
}

/** A number of bytes. */
export const bytes = (size: number): string =>
  size < 1024
    ? `${String(size)} B`
    : size < 1024 ** 2
      ? `${(size / 1024).toFixed(0)} KB`
      : `${(size / 1024 ** 2).toFixed(1)} MB`;

/** The end of a path. */
export const fileName = (path: string): string => path.split(/[\\/]/).pop() ?? path;
