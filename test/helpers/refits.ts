import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import type { FitOptions } from '../../src/fit/options.ts';
import type { Fit } from '../../src/fit/result.ts';
import { findLaw } from '../../src/laws/index.ts';
import type { Runs } from '../../src/runs/index.ts';
import { bootstrapFit } from '../../src/uncertainty/bootstrap.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { summarizeFit } from '../../src/uncertainty/summarize.ts';

/** The whole way to a fit in this thread, like `fitRuns` but without threads. */
export async function fitHere(
  runs: Runs,
  options: FitOptions & {
    law?: string;
    bootstrap?: number;
    seed?: number;
    group?: string;
    confidence?: number;
    covariance?: 'sandwich' | 'classical';
  } = {},
): Promise<{ fit: Fit; lawFit: LawFit }> {
  const lawFit = fitLaw(findLaw(options.law ?? 'chinchilla'), runs, options);
  const groups = groupRows(lawFit, options.group);
  const bootstrap =
    options.bootstrap === undefined
      ? null
      : await bootstrapFit(lawFit, groups, { resamples: options.bootstrap, seed: options.seed ?? 0 });
  const fit = summarizeFit(lawFit, {
    covariance: estimateCovariance(lawFit, groups, options.covariance ?? 'sandwich'),
    bootstrap,
    warnings: groups.warnings,
    ...(options.confidence === undefined ? {} : { confidence: options.confidence }),
  });
  return { fit, lawFit };
}
