import { IsoflopError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';
import { annealing } from './annealing.ts';
import { brokenLaws } from './broken.ts';
import { chinchilla } from './chinchilla.ts';
import { criticalBatch } from './criticalBatch.ts';
import { dataConstrained } from './dataConstrained.ts';
import { downstreamExponential, downstreamSigmoid } from './downstream.ts';
import { farseer } from './farseer.ts';
import { formulaLaw } from './formula/formulaLaw.ts';
import type { Law, LawName } from './law.ts';
import { kaplan } from './kaplan.ts';
import { kaplanSteps } from './kaplanSteps.ts';
import { batchOfFlops, learningRateOfFlops, stepLawBatch, stepLawLearningRate } from './hyperParameters.ts';
import { m4 } from './learningCurveM4.ts';
import { m1, m2, m3 } from './learningCurves.ts';
import { lossOfFlops, lossOfFlopsIrreducible } from './lossOfFlops.ts';
import { lossOfParams, lossOfParamsIrreducible } from './lossOfParams.ts';
import { lossOfTokens, lossOfTokensIrreducible } from './lossOfTokens.ts';
import { mixtureOfExperts, routedExperts } from './mixtureOfExperts.ts';
import { multiPower } from './multiPower.ts';
import { multiplicative, multiplicativeIrreducible } from './multiplicative.ts';
import { precision } from './precision.ts';
import { overtraining } from './overtraining.ts';
import { skaling } from './skaling.ts';
import { stepsAtLoss } from './stepsAtLoss.ts';
import { trajectory } from './trajectory.ts';
import { vocabulary } from './vocabulary.ts';
import { lossOfWidth } from './width.ts';

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
  farseer,
  overtraining,
  dataConstrained,
  downstreamExponential,
  downstreamSigmoid,
  kaplan,
  kaplanSteps,
  criticalBatch,
  stepsAtLoss,
  trajectory,
  multiPower,
  annealing,
  ...brokenLaws,
  m1,
  m2,
  m3,
  m4,
  stepLawLearningRate,
  stepLawBatch,
  learningRateOfFlops,
  batchOfFlops,
  precision,
  mixtureOfExperts,
  routedExperts,
  vocabulary,
  lossOfWidth,
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
 * The law of a fit: one of the list, bound to its schedules where it is one of curves, or the formula that a user wrote.
 *
 * @throws {@link IsoflopError} `LAW_UNKNOWN`, `FORMULA_INVALID`
 * @example
 * ```ts
 * lawOf(fit).id; // 'chinchilla'
 * ```
 */
export function lawOf(fit: LawName): Law {
  if (fit.formula !== null) return formulaLaw(fit.formula);
  const law = findLaw(fit.law);
  return fit.schedules === undefined ? law : (law.curve?.bind(fit.schedules) ?? law);
}
