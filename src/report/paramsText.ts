import type { Fit } from '../fit/result.ts';
import type { Law } from '../laws/law.ts';
import { formatNumber } from './formula.ts';
import { alignColumns, formatWhole } from './layout.ts';

/** A probability as percent, without the noise of binary fractions. */
export const formatPercent = (share: number): string => `${String(Number((100 * share).toPrecision(4)))}%`;

/** Where the errors of the parameters come from, in a few words. */
export function precisionOf(fit: Fit): string {
  const level = `${formatPercent(fit.confidence)} intervals`;
  const { bootstrap, covariance } = fit;
  if (bootstrap !== null) {
    const by = bootstrap.group === 'row' ? 'row' : `${bootstrap.group} (${formatWhole(bootstrap.groups)} groups)`;
    const certified =
      bootstrap.certified < bootstrap.resamples ? `, ${formatWhole(bootstrap.certified)} of them certified` : '';
    return `${level} from a ${bootstrap.resampling === 'wild' ? 'wild bootstrap' : 'bootstrap'} of ${formatWhole(bootstrap.resamples)} resamples by ${by}, seed ${String(bootstrap.seed)}${certified}`;
  }
  if (fit.points === 0) return 'as published';
  if (covariance.matrix === null)
    return Object.values(fit.params).some(({ stderr }) => stderr !== null)
      ? `${level} from the ${covariance.kind} covariance, where the data determine a parameter`
      : 'no error estimate';
  const freedom = Number.isFinite(covariance.degreesOfFreedom)
    ? `, ${formatWhole(covariance.degreesOfFreedom)} degrees of freedom`
    : '';
  return `${level} from the ${covariance.kind} covariance${freedom}`;
}

/** Why a parameter has no error bar. */
export function whyNoError(fit: Fit, name: string): string {
  const { state } = fit.params[name];
  if (state === 'off') return 'its term is switched off';
  if (state === 'bound') return 'it ended at its bound';
  if (fit.status === 'stalled') return 'the search did not end at a certified optimum';
  if (fit.points === 0) return 'none was published';
  if (fit.covariance.matrix === null)
    return fit.covariance.degreesOfFreedom > 0
      ? 'the curvature at the optimum is singular'
      : 'no degrees of freedom are left';
  return 'the data do not determine it';
}

/** A line for each parameter: value +/- standard error (percent) [interval], what it is, and its state. */
export function paramLines(fit: Fit, law: Law): string[] {
  const rows = law.params.map(({ name, description }) => {
    const { value, stderr, interval, state } = fit.params[name];
    const label = ['  ' + name, formatNumber(value, 6)];
    if (state === 'fixed') return [...label, '(fixed)', '', '', description];
    const tie = state === 'tied' && name in fit.settings.tied ? `(tied to ${fit.settings.tied[name]}) ` : '';
    if (stderr === null) return [...label, '', '', '', `${tie}${description}; no error bar: ${whyNoError(fit, name)}`];
    return [
      ...label,
      `+/- ${formatNumber(stderr, 3)}`,
      value === 0 ? '' : `(${formatNumber(100 * Math.abs(stderr / value), 3)}%)`,
      interval === null ? '' : `[${formatNumber(interval[0])}, ${formatNumber(interval[1])}]`,
      `${tie}${description}`,
    ];
  });
  return alignColumns(rows, ['left', 'right', 'left', 'right', 'left', 'left']);
}

/** Correlations at or below this size are not worth a line. */
const notable = 0.9;

/**
 * Pairs of fitted coordinates that the data can hardly tell apart, strongest first. Positive parameters are fitted as
 * logarithms, and are named so.
 */
export function strongCorrelations(
  fit: Fit,
  law: Law,
): { readonly names: readonly [string, string]; readonly value: number }[] {
  const { matrix } = fit.covariance;
  if (matrix === null) return [];
  const n = law.params.length;
  const names = law.params.map(({ name, transform }) => (transform === 'log' ? `ln ${name}` : name));
  // A tied parameter repeats every correlation of the one it equals.
  const own = law.params.map(({ name }) => !(name in fit.settings.tied));
  const pairs: { names: [string, string]; value: number }[] = [];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const value = matrix[i * n + j] / Math.sqrt(matrix[i * n + i] * matrix[j * n + j]);
      if (own[i] && own[j] && Math.abs(value) > notable) pairs.push({ names: [names[j], names[i]], value });
    }
  return pairs.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

/** A section with the pairs of {@link strongCorrelations}; none when there is no covariance or no such pair. */
export function correlationLines(fit: Fit, law: Law): { heading: string; lines: string[] }[] {
  const pairs = strongCorrelations(fit, law);
  if (pairs.length === 0) return [];
  const rows = pairs.map((pair) => [`  ${pair.names.join(', ')}`, pair.value.toFixed(4)]);
  return [{ heading: 'Correlations above 0.9 (fitted coordinates)', lines: alignColumns(rows, ['left', 'right']) }];
}
