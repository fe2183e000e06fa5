import { IsoflopError } from '../core/errors.ts';
import type { Law } from '../laws/law.ts';
import type { Runs } from '../runs/runs.ts';
import { fitLaw, type LawFit } from './fitLaw.ts';
import type { FitOptions } from './options.ts';

/** A fit, or nothing where the rows cannot support the law, as parts of the rows of a fit may not. */
export function tryFit(law: Law, runs: Runs, options: FitOptions): LawFit | undefined {
  try {
    return fitLaw(law, runs, options);
  } catch (error) {
    if (error instanceof IsoflopError) return undefined;
    throw error;
  }
}
