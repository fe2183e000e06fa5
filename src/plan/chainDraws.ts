import { symmetricEigen } from '../core/linalg.ts';
import { quantileSorted } from '../core/quantile.ts';
import { createRandom, type Random } from '../core/random.ts';
import { studentQuantile } from '../core/special.ts';
import { paramValues, type Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { evaluateLaw, type Law } from '../laws/law.ts';
import { coordinateDraws, coordinatesOf } from '../uncertainty/predict.ts';

/** Random numbers of these two uses must not meet those of resamples. */
const streams = { first: 2 ** 21, second: 2 ** 21 + 1 };

/**
 * Student's t in so many draws: its quantiles at evenly spaced probabilities, shuffled, which leaves less to chance than random
 * numbers.
 */
export function studentSample(degreesOfFreedom: number, draws: number, seed: number): Float64Array {
  const out = Float64Array.from({ length: draws }, (_, m) => studentQuantile((m + 0.5) / draws, degreesOfFreedom));
  const random = createRandom(seed, streams.first);
  for (let m = draws - 1; m > 0; m--) {
    const other = random.integer(m + 1);
    [out[m], out[other]] = [out[other], out[m]];
  }
  return out;
}

/**
 * Draws what a law says at one point, with the error of its coefficients: from its bootstrap, or from its covariance with the
 * tails of its degrees of freedom.
 *
 * @returns makes the response of draw m at inputs in natural units; `undefined` where the fit has no error
 */
export function coefficientDraws(
  fit: Fit,
  draws: number,
  seed: number,
): ((m: number, inputs: readonly number[]) => number) | undefined {
  const law = lawOf(fit);
  const random = createRandom(seed, streams.second);
  const sets = fit.bootstrap === null ? covarianceDraws(fit, draws, random) : resampled(fit, draws, random);
  if (sets === undefined) return undefined;
  const columns = law.inputs.map(() => new Float64Array(1));
  const out = new Float64Array(1);
  return (m, inputs) => {
    for (const [k, value] of inputs.entries())
      columns[k][0] = law.inputs[k].transform === 'identity' ? value : Math.log(value);
    law.evaluate(sets[m], columns, 1, out, undefined);
    return law.scale === 'log' ? Math.exp(out[0]) : out[0];
  };
}

function resampled(fit: Fit, draws: number, random: Random): Float64Array[] | undefined {
  const all = [...coordinateDraws(fit)];
  return all.length < 2 ? undefined : Array.from({ length: draws }, () => all[random.integer(all.length)]);
}

function covarianceDraws(fit: Fit, draws: number, random: Random): Float64Array[] | undefined {
  const { matrix, degreesOfFreedom } = fit.covariance;
  if (matrix === null) return undefined;
  const theta = coordinatesOf(fit);
  const p = theta.length;
  // Parameters that were held have no variance, so a Cholesky factor need not exist.
  const { values, vectors } = symmetricEigen(matrix, p);
  const roots = values.map((value) => Math.sqrt(Math.max(0, value)));
  return Array.from({ length: draws }, () => {
    const scale = 1 / Math.sqrt(chiSquareShare(degreesOfFreedom, random));
    const set = theta.slice();
    for (let k = 0; k < p; k++) {
      const z = scale * roots[k] * random.normal();
      for (let j = 0; j < p; j++) set[j] += vectors[j * p + k] * z;
    }
    return set;
  });
}

/** A chi-square variable over its degrees of freedom, which makes a normal variable Student's. */
function chiSquareShare(degreesOfFreedom: number, random: Random): number {
  const whole = Math.round(degreesOfFreedom);
  if (!(whole >= 1 && whole <= 200)) return 1;
  let sum = 0;
  for (let k = 0; k < whole; k++) sum += random.normal() ** 2;
  return sum / whole;
}

/** Spread of single rows about a fit. */
export interface Noise {
  readonly sd: number;
  readonly isLog: boolean;
  /** How well it is known: rows beyond the parameters that were fitted. */
  readonly degreesOfFreedom: number;
}

/**
 * Standard deviation of single rows about a fit, on the scale on which its objective takes all rows to scatter alike: of
 * accuracies themselves where their squares were summed, of logarithms for most fits of a loss.
 */
export function noiseOf(fit: Fit): Noise {
  const { points, params, fitted, objective } = fit;
  const law = lawOf(fit);
  const observed = fitted.columns[law.response.name];
  const isLog = objective.name.startsWith('log-');
  const free = Object.values(params).filter(({ state }) => state === 'free').length;
  const degreesOfFreedom = Math.max(1, points - free);
  const left = points > free ? Math.sqrt(points / degreesOfFreedom) : 1;
  if (isLog || observed === undefined || fitted.rows === 0)
    return { sd: left * fit.residualRms, isLog: fit.residualScale === 'log', degreesOfFreedom };
  const columns = Object.fromEntries(law.inputs.map(({ name }) => [name, fitted.columns[name] ?? []]));
  const predicted = evaluateLaw(law, paramValues(fit), columns);
  const squares = predicted.reduce((sum, value, i) => sum + (value - observed[i]) ** 2, 0);
  return { sd: left * Math.sqrt(squares / fitted.rows), isLog, degreesOfFreedom };
}

/** Adds the noise of a single row to a response. */
export function withNoise(value: number, { sd, isLog, degreesOfFreedom }: Noise, random: Random): number {
  const off = (sd * random.normal()) / Math.sqrt(chiSquareShare(degreesOfFreedom, random));
  return isLog ? value * Math.exp(off) : value + off;
}

/** The central interval of draws, within the range that a share has. */
export function intervalOfDraws(sample: Float64Array, confidence: number, law: Law): readonly [number, number] {
  sample.sort();
  const isShare = law.response.name === 'accuracy' || law.response.name === 'error';
  const within = (value: number): number => (isShare ? Math.min(1, Math.max(0, value)) : value);
  return [within(quantileSorted(sample, 0.5 - confidence / 2)), within(quantileSorted(sample, 0.5 + confidence / 2))];
}
