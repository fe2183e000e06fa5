import { createWarning, type Warning } from '../core/warnings.ts';
import { IsoflopError } from '../core/errors.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { toParams } from '../laws/law.ts';
import { adjustLikelihood, cutoffOf, variancesOf, type Adjustment, type LikelihoodAdjustment } from './adjustment.ts';
import { ConstrainedFit, withTermOn } from './constrainedFit.ts';
import { groupRows, type Groups } from './groups.ts';
import { likelihoodOf } from './likelihood.ts';
import { checkConfidence } from './predict.ts';
import { exponentAxis, hasExponent, paramAxis, type NamedAxis } from './profileAxes.ts';
import { scanSide, type ProfilePoint, type ProfileSide } from './profileScan.ts';

/** Options of {@link profileParam}. */
export interface ProfileOptions {
  /** Probability of the interval; default 0.95. */
  readonly confidence?: number;
  /** Points of the curve, about; default 41. */
  readonly points?: number;
  /** Rows that vary together; default by run where rows carry runs. */
  readonly groups?: Groups;
  /**
   * `sandwich` divides the deviance by the design effect, `none` takes the likelihood as it stands; default `sandwich` where
   * rows are clustered or the penalty is Huber's, else `none`.
   */
  readonly adjust?: Adjustment;
  /**
   * For a picture: ends of the interval to a thousandth, and no search from elsewhere where a refit from its neighbours may
   * have missed the lowest optimum. Several times as fast; default false.
   */
  readonly sketch?: boolean;
}

/** The likelihood of one quantity, all else at its best for each value. */
export interface Profile {
  /** Name of the parameter, or of a quantity computed from several. */
  readonly name: string;
  readonly estimate: number;
  /** Values of the quantity, rising, in natural units; the estimate is among them. Length n. */
  readonly values: Float64Array;
  /** Summed objective at the optimum for each value, length n. */
  readonly objective: Float64Array;
  /** Log-likelihood for each value, not adjusted, length n. */
  readonly logLikelihood: Float64Array;
  /** Twice the fall of the log-likelihood below its maximum, divided by `designEffect`. Length n. */
  readonly deviance: Float64Array;
  /** Natural values of all parameters at each value, each of length n. */
  readonly others: Readonly<Record<string, Float64Array>>;
  /** 1 where the refit is a certified optimum, length n. */
  readonly certified: Uint8Array;
  readonly confidence: number;
  /** The deviance at the ends of the interval. */
  readonly cutoff: number;
  /** Ends of the profile likelihood interval in natural units; at an open end, the end of the range that was followed. */
  readonly interval: readonly [number, number];
  readonly isOpen: readonly [boolean, boolean];
  /** Why an end is open, else `null`. */
  readonly reasons: readonly [string | null, string | null];
  /** Interval of the quadratic approximation at the optimum with the same adjustment, or `null` where it has none. */
  readonly wald: readonly [number, number] | null;
  /** Standard error of the coordinate in which the approximation is quadratic, or `null`. */
  readonly coordinateError: number | null;
  /** The coordinate: the quantity itself, or its natural logarithm. */
  readonly transform: 'identity' | 'log';
  /** Half-widths of the interval, upper over lower, in the coordinate; `null` where an end is open. */
  readonly asymmetry: number | null;
  readonly adjust: Adjustment;
  /** How many times larger the variance is than the likelihood says; 1 without adjustment. */
  readonly designEffect: number;
  readonly refits: number;
  readonly warnings: readonly Warning[];
}

/**
 * Profile likelihood of a parameter: for each of its values the best fit with that value held, and the interval of values
 * that a likelihood-ratio test would not reject.
 *
 * It does not assume that the error is symmetric, needs no resamples, and shows where the data stop saying anything: an end
 * at which the likelihood never falls far enough is open, with the reason.
 *
 * @param found - the fit
 * @param name - a parameter that is free in the fit or whose term it switched off, or `a` for the allocation exponent beta / (alpha + beta) of N* ~ C^a
 * @throws {@link IsoflopError} `PARAM_UNKNOWN`, `OPTION_INVALID` for a parameter that is fixed or off
 * @see Venzon and Moolgavkar (1988), "A method for computing profile-likelihood-based confidence intervals"
 * @example
 * ```ts
 * const profile = profileParam(fitLaw(chinchilla, runs), 'E');
 * profile.interval; // [1.77, 1.86]
 * ```
 */
export function profileParam(found: LawFit, name: string, options: ProfileOptions = {}): Profile {
  const confidence = checkConfidence(options.confidence ?? 0.95);
  const points = options.points ?? 41;
  if (!Number.isInteger(points) || points < 5 || points > 2001)
    throw new IsoflopError('OPTION_INVALID', {
      option: '--points',
      value: String(points),
      expected: 'a whole number from 5 to 2001',
    });
  const fit = withTermOn(found, name);
  const axis = axisOf(fit, name);
  const groups = options.groups ?? groupRows(fit);
  const likelihood = likelihoodOf(fit);
  const adjustment = adjustLikelihood(found, groups, likelihood, options.adjust);
  // A term that is off has no error of its own; its deviance is divided by the design effect of the others.
  const isOff = fit !== found;
  const { scale, at } = cutoffOf(adjustment, isOff ? estimatedGradients(found) : [axis.gradient]);
  const level = at(confidence);
  const error = isOff ? null : axisError(adjustment, axis);
  const refits = new ConstrainedFit(fit, axis.pivot);
  const half = Math.floor(points / 2);
  const scan = {
    deviance: (value: number) => likelihood.deviance(value) / scale,
    level,
    points: half,
    sketch: options.sketch ?? false,
    step: error === null ? 0.01 * Math.max(1, Math.abs(axis.estimate)) : (1.25 * Math.sqrt(level) * error) / half,
  };
  const sides = ([-1, 1] as const).map((direction) => scanSide(fit, refits, axis, direction, scan));
  const origin: ProfilePoint = { ...fit.minimum, u: axis.estimate, deviance: 0 };
  const path = [...[...sides[0].points].reverse(), origin, ...sides[1].points];
  const ends = sides.map((side, k) => endOf({ name, axis, level, deviance: scan.deviance }, side, k === 1));
  const { natural } = axis;
  const params = path.map(({ point }) => toParams(fit.law, fit.coordinates.uncentre(point)));
  const isOpen = [ends[0].reason !== null, ends[1].reason !== null] as const;
  const width = sides.map(({ end }) => (end === null ? NaN : Math.abs(end.u - axis.estimate)));
  const reach = error === null ? null : Math.sqrt(level) * error;
  return {
    name,
    // Where the term is off the estimate is 0, next to the first value of the curve.
    estimate: isOff ? 0 : natural(axis.estimate),
    values: Float64Array.from(path, ({ u }) => natural(u)),
    objective: Float64Array.from(path, ({ value }) => value),
    logLikelihood: Float64Array.from(path, ({ value }) => -(likelihood.least + likelihood.deviance(value)) / 2),
    deviance: Float64Array.from(path, ({ deviance }) => deviance),
    others: Object.fromEntries(
      fit.law.params.map((param) => [param.name, Float64Array.from(params, (values) => values[param.name])]),
    ),
    certified: Uint8Array.from(path, ({ certified }) => (certified ? 1 : 0)),
    confidence,
    cutoff: level,
    interval: [ends[0].value, ends[1].value],
    isOpen,
    reasons: [ends[0].reason, ends[1].reason],
    wald: reach === null ? null : [natural(axis.estimate - reach), natural(axis.estimate + reach)],
    coordinateError: error,
    transform: axis.transform,
    asymmetry: isOpen[0] || isOpen[1] ? null : width[1] / width[0],
    adjust: adjustment.adjust,
    designEffect: scale,
    refits: refits.refits,
    warnings: warningsOf({ fit, name, path, groups, adjustment, designEffect: scale }, sides, ends),
  };
}

/**
 * What can be profiled: the parameters that a fit estimates or switched off, and `a` where the law has this exponent.
 *
 * @example
 * ```ts
 * profileNames(fitLaw(chinchilla, runs)); // ['E', 'A', 'B', 'alpha', 'beta', 'a']
 * ```
 */
export function profileNames(fit: LawFit): string[] {
  const { law, coordinates, off } = fit;
  const params = law.params
    .map(({ name }) => name)
    .filter((name) => coordinates.names.includes(name) || off.includes(name));
  return hasExponent(fit) ? [...params, 'a'] : params;
}

/** The axis of a name: a parameter, or `a` for the allocation exponent where no parameter is called so. */
function axisOf(fit: LawFit, name: string): NamedAxis {
  const isExponent = name === 'a' && !fit.law.params.some((param) => param.name === 'a');
  return isExponent ? exponentAxis(fit) : paramAxis(fit, name);
}

/** Gradients of all parameters that a fit estimates. */
const estimatedGradients = ({ coordinates, law }: LawFit): Float64Array[] =>
  coordinates.names.map((name) => Float64Array.from(law.params, (param) => (param.name === name ? 1 : 0)));

/** Error of the coordinate by the quadratic approximation, with the adjustment where one is made. */
function axisError(adjustment: LikelihoodAdjustment, axis: NamedAxis): number | null {
  const variances = variancesOf(adjustment, axis.gradient);
  if (variances === null) return null;
  return Math.sqrt(adjustment.adjust === 'none' ? variances.likelihood : variances.sandwich);
}

interface End {
  readonly value: number;
  readonly reason: string | null;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** The end of an interval on one side, with the reason where it is open. */
function endOf(
  {
    name,
    axis,
    level,
    deviance,
  }: { name: string; axis: NamedAxis; level: number; deviance: (value: number) => number },
  side: ProfileSide,
  isUpper: boolean,
): End {
  if (side.end !== null) return { value: axis.natural(side.end.u), reason: null };
  const last = side.points.at(-1);
  const highest = short(Math.max(0, ...side.points.map((point) => point.deviance)));
  const needed = `where the end of the interval needs ${short(level)}`;
  if (side.stop === 'bound' || last === undefined) {
    const bound = axis.natural(isUpper ? axis.upper : axis.lower);
    const text = `At its bound ${short(bound)} the deviance of ${name} is ${highest}, ${needed}.`;
    return { value: bound, reason: text };
  }
  if (axis.transform === 'log' && !isUpper) {
    const zero = axis.searchZero();
    const rise = zero === undefined ? highest : short(Math.max(0, deviance(zero)));
    const text = `Without it (${name} = 0) the deviance is ${rise}, ${needed}: the data do not tell ${name} from 0.`;
    return { value: 0, reason: text };
  }
  const text = `However ${isUpper ? 'large' : 'small'} ${name} is, the deviance stays at or below ${highest}, ${needed}.`;
  return { value: isUpper ? Infinity : -Infinity, reason: text };
}

/** What a reader of a profile should know. */
function warningsOf(
  {
    fit,
    name,
    path,
    groups,
    adjustment,
    designEffect,
  }: {
    fit: LawFit;
    name: string;
    path: readonly ProfilePoint[];
    groups: Groups;
    adjustment: LikelihoodAdjustment;
    designEffect: number;
  },
  sides: readonly ProfileSide[],
  ends: readonly End[],
): Warning[] {
  const warnings: Warning[] = [...groups.warnings];
  for (const { reason } of ends) if (reason !== null) warnings.push(createWarning('PROFILE_OPEN', reason));
  if (fit.off.length > 0)
    warnings.push(
      createWarning(
        'PROFILE_CONDITIONAL',
        `The profile of ${name} keeps ${fit.off.join(', ')} at 0, where the fit has it; its interval is too narrow if the term exists.`,
      ),
    );
  const lowest = path.reduce((a, b) => (b.value < a.value ? b : a));
  if (lowest.value < fit.minimum.value * (1 - 1e-9))
    warnings.push(
      createWarning(
        'PROFILE_BELOW_FIT',
        `The profile of ${name} found an objective of ${lowest.value.toPrecision(8)}, below the ${fit.minimum.value.toPrecision(8)} of the fit.`,
      ),
    );
  const failed = path.filter(({ certified }) => !certified).length;
  if (failed > 0)
    warnings.push(
      createWarning(
        'PROFILE_UNCERTIFIED',
        `${String(failed)} of the ${String(path.length)} points of the profile of ${name} are no certified optimum.`,
      ),
    );
  if (sides.some(({ jumped }) => jumped))
    warnings.push(createWarning('PROFILE_JUMPS', `Along ${name} the best fit jumps from one optimum to another.`));
  if (groups.count < fit.rows.data.rows)
    warnings.push(
      adjustment.adjust === 'none'
        ? createWarning(
            'ROWS_CLUSTERED',
            `The likelihood takes ${String(fit.rows.data.rows)} rows for independent, but they come from ${String(groups.count)} values of ${groups.name}.`,
          )
        : createWarning(
            'ROWS_CLUSTERED',
            `Rows of the same ${groups.name} vary together: the variance of ${name} is ${short(designEffect)} times what independent rows would have, and the deviance is divided by it.`,
            { level: 'info' },
          ),
    );
  return warnings;
}
