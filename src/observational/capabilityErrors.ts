import { createRandom } from '../core/random.ts';
import { familiesOf } from './familiesOf.ts';
import { whereEnough } from './whereEnough.ts';
import { fitCapabilities, type Capabilities, type Scores } from './capabilities.ts';

/** How much principal capabilities would change with other families. */
export interface CapabilityErrors {
  /** Families drawn with replacement, and how often. */
  readonly families: number;
  readonly resamples: number;
  /** Standard error of each share of the variance, length benchmarks. */
  readonly explained: Float64Array;
  /** Standard errors of the directions, row-major benchmarks x benchmarks. */
  readonly loadings: Float64Array;
}

/**
 * Standard errors of principal capabilities from families drawn with replacement: models of a family are alike, so drawing
 * models would make the errors too small. A direction of a draw is turned to that of the fit, since its sign means nothing.
 *
 * @param families - of each row
 * @param resamples - draws; `null` comes back where fewer than two can be fitted
 */
export function capabilityErrors(
  table: Scores & { readonly families: readonly string[] },
  rows: readonly number[],
  capabilities: Capabilities,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): CapabilityErrors | null {
  const p = capabilities.mean.length;
  const groups = familiesOf(rows, table.families);
  const sums = { explained: new Float64Array(p), loadings: new Float64Array(p * p) };
  let drawn = 0;
  for (let b = 0; b < resamples; b++) {
    const random = createRandom(seed, b);
    const chosen = groups.flatMap(() => groups[random.integer(groups.length)]);
    const found = whereEnough(() => fitCapabilities(table, chosen));
    if (found === undefined) continue;
    drawn++;
    for (let k = 0; k < p; k++) {
      sums.explained[k] += (found.explained[k] - capabilities.explained[k]) ** 2;
      let along = 0;
      for (let j = 0; j < p; j++) along += found.loadings[k * p + j] * capabilities.loadings[k * p + j];
      const sign = along < 0 ? -1 : 1;
      for (let j = 0; j < p; j++)
        sums.loadings[k * p + j] += (sign * found.loadings[k * p + j] - capabilities.loadings[k * p + j]) ** 2;
    }
  }
  if (drawn < 2) return null;
  const root = (sum: number): number => Math.sqrt(sum / drawn);
  return {
    families: groups.length,
    resamples: drawn,
    explained: sums.explained.map(root),
    loadings: sums.loadings.map(root),
  };
}
