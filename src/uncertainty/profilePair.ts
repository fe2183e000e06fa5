import { createCoordinates } from '../fit/coordinates.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { Problem } from '../fit/problem.ts';
import { adjustLikelihood, designEffectOf } from './adjustment.ts';
import { ConstrainedFit } from './constrainedFit.ts';
import { groupRows } from './groups.ts';
import { likelihoodOf } from './likelihood.ts';
import type { ProfileOptions } from './profile.ts';
import { paramAxis } from './profileAxes.ts';

/** The likelihood over two parameters, all others at their best. */
export interface ProfilePair {
  readonly names: readonly [string, string];
  /** Natural values of the first parameter, length columns. */
  readonly x: Float64Array;
  /** Natural values of the second parameter, length rows. */
  readonly y: Float64Array;
  /** Deviance divided by the design effect, row-major rows x columns; NaN where no refit is certified. */
  readonly deviance: Float64Array;
  readonly estimate: readonly [number, number];
  readonly designEffect: number;
}

/**
 * Profile likelihood of two parameters on a grid: a certified refit in every cell, each started from its neighbour.
 *
 * @param x - natural values of the first parameter, rising
 * @param y - natural values of the second parameter, rising
 * @throws {@link IsoflopError} as `profileParam`
 * @example
 * ```ts
 * const pair = profilePair(fitLaw(chinchilla, runs), ['alpha', 'beta'], [0.33, 0.35], [0.34, 0.36, 0.38]);
 * pair.deviance.length; // 6
 * ```
 */
export function profilePair(
  fit: LawFit,
  names: readonly [string, string],
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: Pick<ProfileOptions, 'groups' | 'adjust'> = {},
): ProfilePair {
  const axes = names.map((name) => paramAxis(fit, name));
  const likelihood = likelihoodOf(fit);
  const adjustment = adjustLikelihood(fit, options.groups ?? groupRows(fit), likelihood, options.adjust);
  const gradients = axes.map((axis) => axis.gradient);
  const scale = adjustment.adjust === 'none' ? 1 : (designEffectOf(adjustment, gradients) ?? 1);
  const deviance = new Float64Array(x.length * y.length);
  const [first, second] = axes;
  // From the middle outward, where starts are best.
  const order = (values: ArrayLike<number>, estimate: number): number[] =>
    Array.from({ length: values.length }, (_, k) => k).sort(
      (a, b) => Math.abs(values[a] - estimate) - Math.abs(values[b] - estimate),
    );
  const found = new Map<number, Float64Array>();
  for (const column of order(x, first.natural(first.estimate))) {
    const held = holding(fit, names[0], x[column]);
    const axis = paramAxis(held, names[1]);
    const refits = new ConstrainedFit(held, axis.pivot);
    const starts = new Map<number, Float64Array>();
    for (const row of order(y, second.natural(second.estimate))) {
      const beside = [row - 1, row + 1].map((k) => starts.get(k)).find((point) => point !== undefined);
      const theta = found.get(row * x.length + column - 1) ?? found.get(row * x.length + column + 1);
      const start = beside ?? (theta === undefined ? held.minimum.point : held.coordinates.centre(theta));
      const target = axis.transform === 'log' ? Math.log(y[row]) : y[row];
      const optimum = refits.minimize(axis.constraint(target), start);
      starts.set(row, optimum.point);
      found.set(row * x.length + column, held.coordinates.uncentre(optimum.point));
      deviance[row * x.length + column] = optimum.certified ? likelihood.deviance(optimum.value) / scale : NaN;
    }
  }
  return {
    names,
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    deviance,
    estimate: [first.natural(first.estimate), second.natural(second.estimate)],
    designEffect: scale,
  };
}

/** The fit with one more parameter held, at the point where the other parameters are as in the fit; no optimum yet. */
function holding(fit: LawFit, name: string, value: number): LawFit {
  const { law, objective, delta, rows, problemRestrictions } = fit;
  const restrictions = { ...problemRestrictions, fixed: { ...problemRestrictions.fixed, [name]: value } };
  const coordinates = createCoordinates(law, restrictions, rows.means);
  const problem = new Problem(law, objective, delta, coordinates, rows.data);
  // In centred coordinates the best amplitudes hardly move with the exponents.
  const centred = fit.coordinates.names.map((other, k) => [other, fit.minimum.point[k]] as const);
  const point = Float64Array.from(coordinates.names, (other) => new Map(centred).get(other) ?? 0);
  const theta = coordinates.uncentre(point);
  return { ...fit, coordinates, problem, problemRestrictions: restrictions, minimum: { ...fit.minimum, point }, theta };
}
