import { choleskyInPlace } from '../../core/linalg.ts';
import { roundPercent } from '../../core/percent.ts';
import { createRandom } from '../../core/random.ts';
import type { Fit } from '../../fit/result.ts';
import { coordinateDraws, coordinatesOf, percentiles } from '../../uncertainty/predict.ts';
import { costLimit } from './limits.ts';
import { frontierOf, solve, type Problem, type Solution } from './solve.ts';

/** What following a plan costs where the law is another one that the data allow. */
export interface WrongEnd {
  /** Best size there. */
  readonly params: number;
  /** Loss of the plan there. */
  readonly loss: number;
  /** Loss that the best plan would have reached there within the same limits. */
  readonly bestLoss: number;
  readonly lossLost: number;
  /** Cost that the cheapest plan with the loss of this plan would have saved; `null` where none is found. */
  readonly costLost: number | null;
}

/** The price of being wrong about the coefficients of a law. */
export interface PriceOfBeingWrong {
  /** Interval of the best size. */
  readonly params: readonly [number, number];
  /** At the two ends of that interval. */
  readonly ends: readonly [WrongEnd, WrongEnd];
  /** Mean over all the laws that the data allow, and the loss that is exceeded in as many of them as the confidence leaves. */
  readonly lossLost: { readonly mean: number; readonly most: number };
  /** Laws that were drawn, and those of them that have a best size. */
  readonly draws: number;
  readonly used: number;
}

/** Draws of the coefficients, and sizes at which each is looked at. */
const sample = { draws: 200, sizes: 60, seed: 0 };
/** Share of the draws that must have an optimum for their interval to mean something. */
const enough = 0.95;

/**
 * What it costs to follow a plan when the coefficients are not the estimated ones: for draws of the coefficients, how much
 * lower a loss the same limits would have given with the size that is best there.
 *
 * @returns the price, or why it is not known
 */
export function priceOfBeingWrong(
  fit: Fit,
  problem: Problem,
  plan: Solution,
  confidence: number,
): PriceOfBeingWrong | { readonly missing: string } {
  const draws = drawsOf(fit);
  if (draws.length === 0) return { missing: 'the fit has no errors' };
  // Which tokens the limits leave for a size hardly depends on the coefficients, so it is worked out once.
  const spend: Problem = { ...problem, logTarget: null, limits: limitsFor(problem, plan) };
  const estimate = coordinatesOf(fit);
  const frontier = frontierOf(spend, estimate, sample.sizes);
  if (frontier.length < 3) return { missing: 'the limits leave no choice of size' };
  const logN = Float64Array.from([...frontier.map((point) => point.logN), plan.logN]);
  const logD = Float64Array.from([...frontier.map((point) => point.logD), plan.logD]);
  const found: { theta: Float64Array; logN: number; lost: number }[] = [];
  for (const theta of draws) {
    const losses = problem.workload.logLoss(theta, logN, logD);
    const here = losses[frontier.length];
    const best = lowestOf(logN, losses, frontier.length);
    if (best === null || Number.isNaN(here)) continue;
    found.push({ theta, logN: best.x, lost: Math.exp(here) - Math.exp(Math.min(best.value, here)) });
  }
  if (found.length < enough * draws.length)
    return {
      missing: `${roundPercent(1 - found.length / draws.length, 3)} of the laws that the data allow have no best size`,
    };
  const [low, high] = percentiles(
    Float64Array.from(found, (one) => one.logN),
    confidence,
  );
  const nearest = (target: number): Float64Array =>
    found.reduce((a, b) => (Math.abs(b.logN - target) < Math.abs(a.logN - target) ? b : a)).theta;
  const lost = Float64Array.from(found, (one) => one.lost).sort();
  return {
    params: [Math.exp(low), Math.exp(high)],
    ends: [endOf(spend, plan, nearest(low)), endOf(spend, plan, nearest(high))],
    lossLost: {
      mean: lost.reduce((sum, x) => sum + x, 0) / lost.length,
      most: lost[Math.min(lost.length - 1, Math.floor(confidence * lost.length))],
    },
    draws: draws.length,
    used: found.length,
  };
}

/** Where a loss was to be reached, the other plans may cost as much as this one. */
function limitsFor(problem: Problem, plan: Solution): Problem['limits'] {
  if (problem.logTarget === null) return problem.limits;
  const spent = problem.cost(Math.exp(plan.logN), Math.exp(plan.logD));
  return [...problem.limits, costLimit(problem.workload, problem.currency, spent)];
}

function endOf(problem: Problem, plan: Solution, theta: Float64Array): WrongEnd {
  const here = problem.workload.logLossAt(theta, plan.logN, plan.logD);
  const best = solve(problem, theta, sample.sizes);
  const value = Math.min(here, best?.value ?? Infinity);
  const cheapest = solve({ ...problem, logTarget: here }, theta, sample.sizes);
  const spent = problem.cost(Math.exp(plan.logN), Math.exp(plan.logD));
  return {
    params: Math.exp(best?.logN ?? plan.logN),
    loss: Math.exp(here),
    bestLoss: Math.exp(value),
    lossLost: Math.exp(here) - Math.exp(value),
    costLost: cheapest === null ? null : Math.max(0, spent - Math.exp(cheapest.value)),
  };
}

/** The lowest point of the first `count` values, between the points by a parabola. */
function lowestOf(x: Float64Array, y: Float64Array, count: number): { x: number; value: number } | null {
  let j = -1;
  for (let i = 0; i < count; i++) if (y[i] < (j < 0 ? Infinity : y[j])) j = i;
  if (j < 0) return null;
  if (j === 0 || j === count - 1) return { x: x[j], value: y[j] };
  const [u, v] = [x[j - 1] - x[j], x[j + 1] - x[j]];
  const [p, q] = [y[j - 1] - y[j], y[j + 1] - y[j]];
  // y = a h^2 + b h through the three points, h = x - x[j].
  const a = (p / u - q / v) / (u - v);
  const b = p / u - a * u;
  const h = a > 0 ? Math.min(v, Math.max(u, -b / (2 * a))) : 0;
  return { x: x[j] + h, value: y[j] + (a > 0 ? a * h * h + b * h : 0) };
}

/** Coordinates of laws that the data allow: bootstrap draws, else draws from the covariance; none without errors. */
function drawsOf(fit: Fit): Float64Array[] {
  if (fit.bootstrap !== null) {
    const all = [...coordinateDraws(fit)];
    const stride = Math.max(1, all.length / sample.draws);
    return Array.from({ length: Math.min(sample.draws, all.length) }, (_, i) => all[Math.floor(i * stride)]);
  }
  const { matrix } = fit.covariance;
  if (matrix === null) return [];
  const center = coordinatesOf(fit);
  const p = center.length;
  // Coordinates that do not vary have no variance; a hair of it makes the matrix positive definite.
  const free = Array.from(center.keys()).filter((a) => matrix[a * p + a] > 0 && Number.isFinite(center[a]));
  const q = free.length;
  const scale = free.map((a) => Math.sqrt(matrix[a * p + a]));
  const correlation = new Float64Array(q * q);
  for (let a = 0; a < q; a++)
    for (let b = 0; b < q; b++)
      correlation[a * q + b] = matrix[free[a] * p + free[b]] / (scale[a] * scale[b]) + (a === b ? 1e-10 : 0);
  if (!choleskyInPlace(correlation, q)) return [];
  return Array.from({ length: sample.draws }, (_, i) => {
    const random = createRandom(sample.seed, i);
    const z = Float64Array.from({ length: q }, () => random.normal());
    const theta = center.slice();
    for (let a = 0; a < q; a++) {
      let sum = 0;
      for (let b = 0; b <= a; b++) sum += correlation[a * q + b] * z[b];
      theta[free[a]] += scale[a] * sum;
    }
    return theta;
  });
}
