import { IsoflopError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';
import { chinchilla } from './chinchilla.ts';
import { criticalBatch } from './criticalBatch.ts';
import { formulaLaw } from './formula/formulaLaw.ts';
import type { FormulaSpec, Law } from './law.ts';
import { kaplan } from './kaplan.ts';
import { kaplanSteps } from './kaplanSteps.ts';
import { lossOfFlops, lossOfFlopsIrreducible } from './lossOfFlops.ts';
import { lossOfParams, lossOfParamsIrreducible } from './lossOfParams.ts';
import { lossOfTokens, lossOfTokensIrreducible } from './lossOfTokens.ts';
import { multiplicative, multiplicativeIrreducible } from './multiplicative.ts';
import { skaling } from './skaling.ts';
import { stepsAtLoss } from './stepsAtLoss.ts';

/**
 * Every law, in the order in which help, documentation and the server list them. A new law is one file and one line
 * here.
 */
export const laws: readonly Law[] = [
  chinchilla,
  lossOfParams,
  lossOfParamsIrreducible,
  lossOfTokens,
  lossOfTokensIrreducible,
  lossOfFlops,
  lossOfFlopsIrreducible,
  multiplicative,
  multiplicativeIrreducible,
  skaling,
  kaplan,
  kaplanSteps,
  criticalBatch,
  stepsAtLoss,
];

/**
 * The law of that id.
 *
 * @throws {@link IsoflopError} `LAW_UNKNOWN`, with the nearest id
 * @example
 * ```ts
 * findLaw('chinchilla').params.map((p) => p.name); // ['E', 'A', 'B', 'alpha', 'beta']
 * ```
 */
export function findLaw(id: string): Law {
  const law = laws.find((candidate) => candidate.id === id);
  if (law !== undefined) return law;
  const ids = laws.map((candidate) => candidate.id);
  throw new IsoflopError('LAW_UNKNOWN', { law: id, nearest: nearestName(id, ids), laws: ids });
}

/**
 * The law of a fit: one of the list, or the formula that a user wrote.
 *
 * @throws {@link IsoflopError} `LAW_UNKNOWN`, `FORMULA_INVALID`
 * @example
 * ```ts
 * lawOf(fit).id; // 'chinchilla'
 * ```
 */
export function lawOf(fit: { readonly law: string; readonly formula: FormulaSpec | null }): Law {
  return fit.formula === null ? findLaw(fit.law) : formulaLaw(fit.formula);
}
