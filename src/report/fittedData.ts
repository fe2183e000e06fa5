import type { Fit } from '../fit/result.ts';

/**
 * A quantity of the rows that were fitted, or `undefined` when the data do not know it. Compute that no column gives
 * follows from the convention of the fit, C = 6 N D unless it says otherwise.
 *
 * @param fit - the fit
 * @param name - `params`, `tokens`, `flops`, `loss` or an input of the law
 * @returns Float64Array, length of the fitted rows
 * @example
 * ```ts
 * fittedColumn(fit, 'flops')?.length; // fit.fitted.rows
 * ```
 */
export function fittedColumn(fit: Fit, name: string): Float64Array | undefined {
  const { columns, rows } = fit.fitted;
  const known = columns[name];
  if (known !== undefined || name !== 'flops') return known;
  const { params, tokens } = columns;
  if (params === undefined || tokens === undefined) return undefined;
  const factor = fit.data.conventions.flopsPerParamToken;
  return Float64Array.from({ length: rows }, (_, i) => factor * params[i] * tokens[i]);
}

/**
 * Smallest and largest value of a quantity in the data, or `null` when the data do not know it (a fit made of published
 * coefficients has no data).
 *
 * @example
 * ```ts
 * fittedRange(fit, 'flops')?.[1]; // the largest compute of the data
 * ```
 */
export function fittedRange(fit: Fit, name: string): readonly [number, number] | null {
  // The recorded ranges cover every row that was fitted; the rows kept for figures may be a thinned set of them.
  const recorded = fit.data.ranges[name];
  if (recorded !== undefined) return recorded;
  let low = Infinity;
  let high = -Infinity;
  for (const value of fittedColumn(fit, name) ?? []) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : null;
}
