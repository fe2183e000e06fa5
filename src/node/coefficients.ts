import { IsoflopError } from '../core/errors.ts';
import { paramValues } from '../fit/result.ts';
import type { Law } from '../laws/law.ts';
import { loadFit } from './savedFits.ts';

/**
 * Coefficients of a law by the name under which they were published, or from a file of a saved fit of the same law.
 *
 * @param name - such as `hoffmann-2022` or `fits/mine.json`
 * @returns natural values by parameter name
 * @throws {@link IsoflopError} `OPTION_INVALID`, and as `loadFit`
 * @example
 * ```ts
 * (await findCoefficients(chinchilla, 'hoffmann-2022')).alpha; // 0.33917084
 * ```
 */
export async function findCoefficients(law: Law, name: string): Promise<Record<string, number>> {
  const published = law.published.find(({ id }) => id === name);
  if (published !== undefined) return { ...published.params };
  const refuse = (value: string, expected: string): never => {
    throw new IsoflopError('OPTION_INVALID', { option: '--against', value, expected });
  };
  if (!/\.json$|[/\\]/.test(name)) {
    const known = law.published.map(({ id }) => id).join(', ') || 'none are listed';
    return refuse(name, `published coefficients of ${law.id} (${known}), a saved fit, or values such as 'alpha=0.34'`);
  }
  const fit = await loadFit(name);
  if (fit.law !== law.id) return refuse(name, `coefficients of ${law.id}; these are of ${fit.law}`);
  return paramValues(fit);
}
