import { IsoflopError } from '../core/errors.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import type { Fit } from '../fit/result.ts';
import { akima } from '../plan/approaches/akima.ts';
import { profileNames, profileParam, type Profile } from '../uncertainty/profile.ts';
import { refitSaved } from '../uncertainty/refit.ts';
import type { Figure, FigureDefinition, FigureOptions } from './figure.ts';
import { profileFigure } from './profile.ts';

/** Refits to a profile, about: fewer where each of them takes long. Between two of them the curve is interpolated. */
const points = { usual: 9, slow: 5, finer: 6 };
/** From so many rows on a refit takes long: then it is for the exponents only. */
const slowRows = 2000;
/**
 * Rows times profiles at most, so that the figure takes no longer than a reader waits; but never fewer profiles than
 * `fewest`, and never more than fit on a screen.
 */
const work = { most: 20_000, fewest: 2, panels: 9 };

/**
 * What is profiled: what the data determine, exponents first, which decide how a budget is split, then the others, as many as
 * there is time for.
 */
function chosenNames(fit: LawFit): { readonly chosen: string[]; readonly all: number } {
  const { law, unidentified, coordinates } = fit;
  const isLoose = (name: string): boolean => unidentified.includes(name) || fit.atBound.includes(name);
  const exponents = law.separable?.flatMap(({ power }) => (power === undefined ? [] : [power.exponent])) ?? [];
  const names = profileNames(fit).filter((name) =>
    coordinates.names.includes(name) ? !isLoose(name) : !fit.off.includes(name) && !exponents.some(isLoose),
  );
  const isAmplitude = (name: string): boolean =>
    law.params.some((param) => param.name === name && param.transform === 'log');
  const { rows } = fit.rows.data;
  const count = Math.min(work.panels, Math.max(work.fewest, Math.floor(work.most / rows)));
  const others = names.filter((name) => !isAmplitude(name));
  const ordered = rows >= slowRows && others.length > 0 ? others : [...others, ...names.filter(isAmplitude)];
  const kept = ordered.slice(0, count);
  return { chosen: names.filter((name) => kept.includes(name)), all: names.length };
}

/**
 * The same profile with more points, by interpolation of the signed root of the deviance, which is nearly a straight line
 * where the refits are few.
 */
function smooth(profile: Profile): Profile {
  const { values, deviance, estimate, transform } = profile;
  const usable = Array.from(values.keys()).filter((i) => Number.isFinite(deviance[i]) && Number.isFinite(values[i]));
  if (usable.length < 5) return profile;
  const [to, back] = transform === 'log' ? [Math.log, Math.exp] : [Number, Number];
  const u = Float64Array.from(usable, (i) => to(values[i]));
  if (u.some((place, k) => !Number.isFinite(place) || (k > 0 && !(place > u[k - 1])))) return profile;
  const root = Float64Array.from(usable, (i) => Math.sign(values[i] - estimate) * Math.sqrt(Math.max(0, deviance[i])));
  const curve = akima(u, root);
  const places = Array.from(u).flatMap((place, k) =>
    k + 1 === u.length
      ? [place]
      : Array.from({ length: points.finer }, (_, j) => place + ((u[k + 1] - place) * j) / points.finer),
  );
  return {
    ...profile,
    values: Float64Array.from(places, back),
    deviance: Float64Array.from(places, (place) => curve.at(place) ** 2),
  };
}

const unavailable = (reason: string): IsoflopError =>
  new IsoflopError('FIGURE_UNAVAILABLE', { figure: 'profile', reason });

function build(fit: Fit, options: FigureOptions = {}): Figure {
  const again = refitSaved(fit);
  if ('fault' in again) throw unavailable(again.fault);
  const { chosen, all } = chosenNames(again);
  if (chosen.length === 0) throw unavailable('the data determine no parameter of the fit');
  const count = again.rows.data.rows >= slowRows ? points.slow : points.usual;
  const settings = { confidence: options.confidence ?? fit.confidence, points: count, sketch: true };
  const profiles = chosen.map((name) => smooth(profileParam(again, name, settings)));
  return profileFigure(profiles, chosen.length < all ? [`${String(chosen.length)} of ${String(all)} profiles`] : []);
}

/** How far the likelihood falls as each parameter moves away from its best value. */
export const profile: FigureDefinition = {
  id: 'profile',
  isSlow: true,
  title: 'Profile likelihood',
  description:
    'Deviance over the value of each parameter with all others at their best, the interval that the data allow, and the quadratic approximation behind the usual standard error.',
  build,
};
