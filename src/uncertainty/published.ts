import { version } from '../core/version.ts';
import type { Fit, FittedParam } from '../fit/result.ts';
import { allocationExponents } from '../laws/allocation.ts';
import type { Law, PublishedFit } from '../laws/law.ts';
import { noSelection } from '../runs/selection.ts';

/**
 * Published coefficients as a fit, so that predictions, allocations and figures work with them. There are no rows and no
 * covariance: standard errors are those of the paper, and predictions have no interval.
 *
 * @example
 * ```ts
 * publishedFit(chinchilla, chinchilla.published[0]).params.alpha.value; // 0.33917084
 * ```
 */
export function publishedFit(law: Law, published: PublishedFit): Fit {
  const params = Object.fromEntries(
    law.params.map(({ name }): [string, FittedParam] => [
      name,
      { value: published.params[name], stderr: published.stderr?.[name] ?? null, interval: null, state: 'fixed' },
    ]),
  );
  return {
    law: law.id,
    formula: null,
    status: 'converged',
    reasons: [],
    points: 0,
    objective: { name: 'published', delta: null, value: 0 },
    params,
    optimum: allocationExponents(law, published.params),
    seeds: { tried: 0, reached: 0 },
    condition: null,
    gradientNorm: 0,
    residualRms: 0,
    residualScale: 'log',
    aicc: null,
    confidence: 0.95,
    covariance: { kind: 'sandwich', matrix: null, degreesOfFreedom: 0 },
    bootstrap: null,
    warnings: [],
    data: {
      source: published.arxiv === undefined ? published.source : `${published.source} (arXiv ${published.arxiv})`,
      sha256: '',
      rows: 0,
      used: 0,
      dropped: [],
      ranges: {},
      sizes: null,
      runs: null,
      conventions: { columns: {}, derived: {}, flopsPerParamToken: 6 },
    },
    settings: {
      solver: 'published',
      ...noSelection,
      weights: 'none',
      fixed: published.params,
      tied: {},
      bounds: {},
      start: {},
    },
    fitted: { rows: 0, columns: {}, names: null },
    calibration: null,
    timing: { fitMs: 0, bootstrapMs: null },
    version,
  };
}
