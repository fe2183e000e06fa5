import type { LawFit } from '../fit/fitLaw.ts';
import type { ConstrainedFit, ConstrainedOptimum, LinearConstraint } from './constrainedFit.ts';

/** What is held along a profile, in a coordinate u in which it is nearly straight. */
export interface ProfileAxis {
  readonly estimate: number;
  /** Range of u, both ends possibly infinite. */
  readonly lower: number;
  readonly upper: number;
  /** How far from the estimate the profile is followed. */
  readonly reach: number;
  readonly constraint: (u: number) => LinearConstraint;
  /** The optimum at u by a search of its own, where there is one. */
  readonly search: (u: number) => ConstrainedOptimum | undefined;
}

/** A point of a profile. */
export interface ProfilePoint extends ConstrainedOptimum {
  readonly u: number;
  /** Adjusted deviance. */
  readonly deviance: number;
}

/** One side of a profile. */
export interface ProfileSide {
  /** Outward from the estimate, which is not among them. */
  readonly points: readonly ProfilePoint[];
  /** Where the deviance reaches the level, or `null` where it does not before the end. */
  readonly end: ProfilePoint | null;
  /** Why the profile ended without reaching the level. */
  readonly stop: 'bound' | 'reach' | null;
  /** Whether a search from elsewhere found a lower optimum than the refits that started from their neighbours. */
  readonly jumped: boolean;
}

/** How a side is scanned. */
export interface ScanOptions {
  /** Adjusted deviance of a value of the objective. */
  readonly deviance: (value: number) => number;
  /** Deviance at the end of the interval. */
  readonly level: number;
  /** Points to a side. */
  readonly points: number;
  /** Length of the first step. */
  readonly step: number;
  /** Whether ends are found roughly and nothing is searched from elsewhere. */
  readonly sketch: boolean;
}

/** The scan goes on until the root of the deviance is this much beyond that of its level, so that figures show the crossing. */
const beyond = 1.25;
/** A step may make the root of the deviance grow by so many times what it should. */
const most = 2.5;
/** How closely the root of the deviance at an end has to match that of its level. */
const [fine, rough] = [1e-9, 1e-3];
/** Two values of the objective are the same within this relative difference. */
const sameValue = 1e-9;

const root = (deviance: number): number => Math.sqrt(Math.max(0, deviance));

/** Follows a profile from the optimum to one side, each refit started from its neighbours. */
export function scanSide(
  fit: LawFit,
  refits: ConstrainedFit,
  axis: ProfileAxis,
  direction: 1 | -1,
  options: ScanOptions,
): ProfileSide {
  const { deviance, level, points: wanted } = options;
  const limit = direction > 0 ? axis.upper : axis.lower;
  const target = beyond * root(level);
  const stride = target / wanted;
  const at = (u: number, start: Float64Array): ProfilePoint => {
    let found = refits.minimize(axis.constraint(u), start);
    if (!found.certified && !options.sketch) {
      const other = axis.search(u);
      if (other !== undefined && (other.certified || other.value < found.value)) found = other;
    }
    return { ...found, u, deviance: deviance(found.value) };
  };
  const origin: ProfilePoint = { ...fit.minimum, u: axis.estimate, deviance: 0 };
  const path: ProfilePoint[] = [origin];
  let step = options.step;
  let stop: ProfileSide['stop'] = null;
  let shrunk = 0;
  while (path.length <= 3 * wanted) {
    const last = path[path.length - 1];
    const before = path.at(-2);
    const remaining = Math.min(Math.abs(limit - last.u), axis.reach - Math.abs(last.u - axis.estimate));
    const length = Math.min(step, remaining);
    const u = length === remaining && Math.abs(limit - last.u) <= length ? limit : last.u + direction * length;
    const next = at(u, extrapolate(last, before, u));
    const rise = root(next.deviance) - root(last.deviance);
    if (!(rise <= most * stride) && shrunk < 12) {
      shrunk++;
      step = length / (Number.isFinite(rise) ? Math.max(2, Math.min(8, rise / stride)) : 8);
      continue;
    }
    shrunk = 0;
    if (!Number.isFinite(next.value)) break;
    path.push(next);
    if (root(next.deviance) >= target) break;
    if (u === limit || length >= remaining) {
      stop = u === limit ? 'bound' : 'reach';
      break;
    }
    step = length * Math.min(3, Math.max(0.3, stride / Math.max(rise, 1e-3 * stride)));
  }
  const jumped = !options.sketch && verify(path, refits, axis, deviance);
  const over = path.findIndex((point) => point.deviance >= level);
  const end = over < 0 ? null : crossing(path[over - 1], path[over], level, at, options.sketch ? rough : fine);
  if (end === null && stop === null) stop = 'reach';
  const points = path.slice(1);
  if (end !== null && end !== path[over]) points.splice(over - 1, 0, end);
  return { points, end, stop: end === null ? stop : null, jumped };
}

/** The starting point at u on the line through the last two optima. */
function extrapolate(last: ProfilePoint, before: ProfilePoint | undefined, u: number): Float64Array {
  if (before === undefined) return last.point;
  const t = (u - last.u) / (last.u - before.u);
  return last.point.map((x, k) => x + t * (x - before.point[k]));
}

/**
 * Searches from elsewhere at the end of a path; where that is lower, goes back along the path with the better optimum as
 * long as it lowers what was found before.
 */
function verify(
  path: ProfilePoint[],
  refits: ConstrainedFit,
  axis: ProfileAxis,
  deviance: (value: number) => number,
): boolean {
  const last = path[path.length - 1];
  if (path.length < 2) return false;
  const other = axis.search(last.u);
  if (other === undefined || !(other.value < last.value * (1 - sameValue))) return false;
  path[path.length - 1] = { ...other, u: last.u, deviance: deviance(other.value) };
  for (let k = path.length - 2; k > 0; k--) {
    const found = refits.minimize(axis.constraint(path[k].u), path[k + 1].point);
    if (!(found.value < path[k].value * (1 - sameValue))) break;
    path[k] = { ...found, u: path[k].u, deviance: deviance(found.value) };
  }
  return true;
}

/** Where the deviance reaches a level between two points: regula falsi on its root, which is nearly a straight line. */
function crossing(
  inner: ProfilePoint,
  outer: ProfilePoint,
  level: number,
  at: (u: number, start: Float64Array) => ProfilePoint,
  accuracy: number,
): ProfilePoint {
  const goal = root(level);
  const tolerance = 1e-9 * Math.max(1, Math.abs(outer.u));
  let [low, high] = [inner, outer];
  let [fLow, fHigh] = [root(low.deviance) - goal, root(high.deviance) - goal];
  if (fHigh === 0) return outer;
  for (let n = 0; n < 60; n++) {
    const share = Math.min(0.99, Math.max(0.01, fLow / (fLow - fHigh)));
    const u = low.u + share * (high.u - low.u);
    const start = low.point.map((x, k) => x + share * (high.point[k] - x));
    const middle = at(u, start);
    const value = root(middle.deviance) - goal;
    if (Math.abs(value) < accuracy || Math.abs(high.u - low.u) < tolerance) return middle;
    if (value < 0) {
      [low, fLow] = [middle, value];
      // Illinois: the end that stays counts half, so that the bracket closes from both sides.
      fHigh /= 2;
    } else {
      [high, fHigh] = [middle, value];
      fLow /= 2;
    }
  }
  return high;
}
