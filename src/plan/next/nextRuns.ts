import { IsoflopError } from '../../core/errors.ts';
import { toCoordinates } from '../../laws/law.ts';
import { paramValues, type Fit } from '../../fit/result.ts';
import { takesParamsAndTokens } from '../../laws/allocation.ts';
import { lawOf } from '../../laws/index.ts';
import { checkConfidence } from '../../uncertainty/predict.ts';
import { findOptimum } from '../optimum.ts';
import { beliefsOf } from './beliefs.ts';
import { candidatesOf, type Candidate } from './candidates.ts';
import { Design, type DesignProblem } from './design.ts';
import { isoFlopGrid, optimalLadder, type OptimumAt } from './rivals.ts';
import { orderRuns, selectRuns, type Purse } from './select.ts';
import { targetOf } from './target.ts';
import type { NextOptions, NextRival, NextRun, NextRuns, TargetInterval } from './types.ts';
import { warningsOfNext } from './warnings.ts';

/** Unless asked otherwise. */
const usualMostRuns = 16;
/** Observations of every shape that stand for as many as one likes. */
const unlimitedSeeds = 1e-6;

/**
 * Which runs to train next, so that the loss at a target (or the best size for its compute) is known best: optimal design on
 * what the fit already knows. Everything is linear and Gaussian about the fit, so that what a run would reveal does not
 * depend on its loss: the interval after the runs is known before they are bought, as far as the fit's own errors are right.
 *
 * @throws {@link IsoflopError} `DESIGN_UNAVAILABLE`, `BUDGET_TOO_SMALL`, `CONSTRAINTS_COLLIDE`, `NO_OPTIMUM`,
 *   `QUANTITY_NOT_POSITIVE`, `OPTION_INVALID`
 * @see Chaloner and Verdinelli (1995), "Bayesian experimental design: a review", section 2; docs/next.md
 * @example
 * ```ts
 * const plan = nextRuns(fit, { target: { flops: 1e24 }, budget: 1e21 });
 * plan.flops <= 1e21 && plan.after.halfWidth < plan.before.halfWidth; // true
 * ```
 */
export function nextRuns(fit: Fit, options: NextOptions): NextRuns {
  const law = lawOf(fit);
  if (!takesParamsAndTokens(law))
    throw new IsoflopError('DESIGN_UNAVAILABLE', {
      reason: `${law.id} is a law of ${law.inputs.map(({ name }) => name).join(', ')}`,
      remedy: 'Runs are chosen by size and tokens: fit a law of params and tokens, such as chinchilla.',
    });
  const { budget, criterion = 'loss', seeds = 1, maxRuns = usualMostRuns } = checked(options);
  const confidence = checkConfidence(options.confidence ?? fit.confidence);
  const scale = fit.calibration?.scale ?? fit.residualScale;
  const target = targetOf(fit, law, options, scale);
  const beliefs = beliefsOf(fit, law, target, confidence, options.errors);
  const candidates = candidatesOf(fit, options, target.tokens / target.params);
  const factor = fit.data.conventions.flopsPerParamToken;
  const theta = toCoordinates(law, paramValues(fit));
  const optimumAt: OptimumAt = (flops) => {
    const best = findOptimum(law, theta, Math.log(flops / factor));
    return 'fault' in best ? null : { params: Math.exp(best[0]), tokens: Math.exp(best[1]) };
  };
  const rivalPurse = { budget, maxRunFlops: Math.min(budget, options.maxRunFlops ?? budget), optimumAt, factor };
  const rivals = [
    { name: 'isoFLOP grid', runs: isoFlopGrid(rivalPurse) },
    { name: "Chinchilla's ladder", runs: optimalLadder(rivalPurse) },
  ].filter(({ runs }) => runs.length > 0);

  const { problem, center, spread } = problemOf(
    beliefs,
    [...candidates, ...rivals.flatMap(({ runs }) => runs)],
    target.functional,
  );
  const count = candidates.length;
  const costs = Float64Array.from(candidates, ({ flops }) => flops);
  const purse: Purse = { costs, budget, maxRuns, seeds };
  const own = partOf(problem, count);
  const order = orderRuns(own, purse, selectRuns(own, purse));

  const half: Half = (variance, runs) => beliefs.reach(runs) * spread * Math.sqrt(variance);
  const middle = criterion === 'params' ? Math.log(target.params) : center;
  const intervalOf = (variance: number, runs: readonly Candidate[]): TargetInterval => {
    const halfWidth = half(variance, runs);
    const ends = [middle - halfWidth, middle + halfWidth] as const;
    const isLog = criterion === 'params' || beliefs.scale === 'log';
    return { halfWidth, interval: isLog ? [Math.exp(ends[0]), Math.exp(ends[1])] : ends };
  };
  const everything = new Design(own, Array.from(candidates.keys()), own.noise * unlimitedSeeds);
  const flops = order.reduce((sum, run) => sum + costs[run], 0);
  let from = count;
  const judged = rivals.map(({ name, runs }): NextRival => {
    const places = runs.map((_, k) => from + k);
    from += runs.length;
    const cost = runs.reduce((sum, run) => sum + run.flops, 0);
    return { name, runs, flops: cost, halfWidth: half(new Design(problem, places).variance, runs) };
  });
  const plan: Omit<NextRuns, 'warnings'> = {
    target: { params: target.params, tokens: target.tokens, flops: target.flops, loss: target.loss },
    criterion,
    errors: beliefs.errors,
    confidence,
    scale: beliefs.scale,
    noise: beliefs.noise,
    budget,
    flops,
    runs: described(own, order, candidates, options, half),
    before: intervalOf(own.target, []),
    after: intervalOf(
      new Design(own, order).variance,
      order.map((k) => candidates[k]),
    ),
    limit: intervalOf(everything.variance, candidates),
    candidates: count,
    rivals: judged,
  };
  return { ...plan, warnings: warningsOfNext(fit, plan, beliefs.backtests) };
}

/** Half the width of the interval at the target, from its variance, once runs are there. */
type Half = (variance: number, runs: readonly Candidate[]) => number;

/** Covariances of runs and target. */
function problemOf(
  beliefs: ReturnType<typeof beliefsOf>,
  runs: readonly Candidate[],
  { params, tokens, weights }: ReturnType<typeof targetOf>['functional'],
): { problem: DesignProblem; center: number; spread: number } {
  const n = runs.length;
  const points = n + weights.length;
  const {
    covariance: all,
    center,
    scale,
  } = beliefs.at(
    Float64Array.from([...runs.map((run) => run.params), ...params]),
    Float64Array.from([...runs.map((run) => run.tokens), ...tokens]),
  );
  const covariance = new Float64Array(n * n);
  const withTarget = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) covariance[i * n + j] = all[i * points + j];
    for (const [a, weight] of weights.entries()) withTarget[i] += weight * all[i * points + n + a];
  }
  let target = 0;
  for (const [a, first] of weights.entries())
    for (const [b, second] of weights.entries()) target += first * second * all[(n + a) * points + n + b];
  return { problem: { covariance, withTarget, target, noise: beliefs.noise ** 2 }, center: center[n], spread: scale };
}

/** The problem of the first candidates alone. */
function partOf({ covariance, withTarget, target, noise }: DesignProblem, count: number): DesignProblem {
  const n = withTarget.length;
  const part = new Float64Array(count * count);
  for (let i = 0; i < count; i++) part.set(covariance.subarray(i * n, i * n + count), i * count);
  return { covariance: part, withTarget: withTarget.slice(0, count), target, noise };
}

/** The runs in their order, with what each is worth. */
function described(
  problem: DesignProblem,
  order: readonly number[],
  candidates: readonly Candidate[],
  { batch = order.length, budget }: NextOptions,
  half: Half,
): NextRun[] {
  const halfOf = (places: readonly number[]): number =>
    half(
      new Design(problem, places).variance,
      places.map((place) => candidates[place]),
    );
  const whole = halfOf(order);
  const seen = new Map<number, number>();
  return order.map((place, k): NextRun => {
    const seed = seen.get(place) ?? 0;
    seen.set(place, seed + 1);
    const without = halfOf(order.toSpliced(k, 1));
    const saves = 1 - whole / without;
    const { params, tokens, flops } = candidates[place];
    return {
      run: k + 1,
      params,
      tokens,
      tokensPerParam: tokens / params,
      flops,
      seed,
      batch: Math.floor(k / Math.max(1, batch)) + 1,
      after: halfOf(order.slice(0, k + 1)),
      without,
      saves,
      savesPerPercent: saves / ((100 * flops) / budget),
    };
  });
}

/** Options whose numbers make sense. */
function checked(options: NextOptions): NextOptions {
  const { budget, minParams, maxParams, maxRunFlops } = options;
  for (const [what, value] of Object.entries({ budget, minParams, maxParams, maxRunFlops }))
    if (value !== undefined && !(value > 0 && value < Infinity))
      throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what, value });
  for (const size of options.sizes ?? [])
    if (!(size > 0 && size < Infinity)) throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: 'size', value: size });
  const { maxRuns, seeds, batch } = options;
  for (const [option, value] of Object.entries({ maxRuns, seeds, batch }))
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      throw new IsoflopError('OPTION_INVALID', { option, value: String(value), expected: 'a whole number from 1' });
  return options;
}
