import { IsoflopError } from '../core/errors.ts';
import { quantileSorted } from '../core/quantile.ts';
import { studentQuantile } from '../core/special.ts';
import { paramValues, type Covariance, type Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { evaluateLaw, transformInputs, type Law } from '../laws/law.ts';

/** Predictions of the law's response, such as the loss, with an interval for the law's mean; the interval is `null` where the fit has no error estimate. */
export interface LossPrediction {
  /** Length points. */
  readonly loss: Float64Array;
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
}

/** Options of {@link predictLoss}. */
export interface PredictOptions {
  /** Probability that the interval is meant to cover; default that of the fit. */
  readonly confidence?: number;
}

/** Evaluations of the law that are kept at a time: 32 MB. More points are worked on in pieces, always with every draw. */
const kept = 4e6;

/**
 * Loss (or other response) that a fit predicts, with an interval from its bootstrap draws (percentiles) or from its
 * covariance (delta method on ln loss where the prediction is positive, as for every law of a loss). The interval is that of the law's mean: it holds the error of the coefficients, not the spread of single
 * runs nor the possibility that the law has another form.
 *
 * @param inputs - one array for each input of the law, in natural units, all of the same length
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`, `QUANTITY_INVALID`, `OPTION_INVALID`
 * @example
 * ```ts
 * predictLoss(fit, { params: [70e9], tokens: [1.4e12] }).loss[0]; // 1.974
 * ```
 */
export function predictLoss(
  fit: Fit,
  inputs: Readonly<Record<string, ArrayLike<number>>>,
  options: PredictOptions = {},
): LossPrediction {
  const law = lawOf(fit);
  const confidence = checkConfidence(options.confidence ?? fit.confidence);
  const points = (inputs[law.inputs[0].name] as ArrayLike<number> | undefined)?.length;
  for (const { name, transform } of law.inputs) {
    const values = inputs[name] as ArrayLike<number> | undefined;
    if (values?.length === undefined || values.length !== points)
      throw new IsoflopError('OPTION_INVALID', {
        option: `predictLoss of ${law.id}, input ${name}`,
        value: values === undefined ? 'nothing' : `${String(values.length)} values`,
        expected: 'one array of numbers for each input of the law, all of the same length',
      });
    for (let i = 0; i < values.length; i++)
      if (transform === 'identity') {
        if (!Number.isFinite(values[i]))
          throw new IsoflopError('QUANTITY_INVALID', { what: name, value: String(values[i]) });
      } else if (!(values[i] > 0 && values[i] < Infinity))
        throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: name, value: values[i] });
  }
  const loss = evaluateLaw(law, paramValues(fit), inputs);
  const columns = transformInputs(law, inputs);
  const bounds =
    fit.bootstrap === null ? fromCovariance(fit, law, columns, confidence) : fromDraws(fit, law, columns, confidence);
  return { loss, ...bounds };
}

/**
 * Checks a probability for an interval.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`
 */
export function checkConfidence(confidence: number): number {
  if (confidence > 0 && confidence < 1) return confidence;
  throw new IsoflopError('OPTION_INVALID', {
    option: 'confidence',
    value: String(confidence),
    expected: 'a number between 0 and 1, such as 0.95',
  });
}

type Bounds = Pick<LossPrediction, 'lower' | 'upper'>;

function fromDraws(fit: Fit, law: Law, inputs: readonly Float64Array[], confidence: number): Bounds {
  const points = inputs[0].length;
  const back = law.scale === 'log' ? Math.exp : (x: number): number => x;
  const draws = [...coordinateDraws(fit)];
  if (draws.length < 2) return { lower: null, upper: null };
  const piece = Math.max(1, Math.min(points, Math.floor(kept / draws.length)));
  const values = new Float64Array(draws.length * piece); // row-major draws x piece, as the law gives it
  const column = new Float64Array(draws.length);
  const lower = new Float64Array(points);
  const upper = new Float64Array(points);
  for (let from = 0; from < points; from += piece) {
    const size = Math.min(piece, points - from);
    const part = inputs.map((column) => column.subarray(from, from + size));
    for (const [b, theta] of draws.entries())
      law.evaluate(theta, part, size, values.subarray(b * piece, b * piece + size), undefined);
    for (let i = 0; i < size; i++) {
      for (let b = 0; b < draws.length; b++) column[b] = values[b * piece + i];
      [lower[from + i], upper[from + i]] = percentiles(column, confidence).map(back);
    }
  }
  return { lower, upper };
}

function fromCovariance(fit: Fit, law: Law, inputs: readonly Float64Array[], confidence: number): Bounds {
  if (fit.covariance.matrix === null) return { lower: null, upper: null };
  const { center, reach } = deltaInterval(
    law,
    coordinatesOf(fit),
    fit.covariance,
    inputs,
    confidence,
    fit.residualScale,
  );
  const lower = new Float64Array(center.length);
  const upper = new Float64Array(center.length);
  for (let i = 0; i < center.length; i++) {
    // On the logarithm, where an interval cannot reach below zero.
    const back = law.scale === 'log' || (fit.residualScale === 'log' && center[i] > 0) ? Math.exp : (x: number) => x;
    const middle = back === Math.exp && law.scale === 'raw' ? Math.log(center[i]) : center[i];
    lower[i] = back(middle - reach[i]);
    upper[i] = back(middle + reach[i]);
  }
  return { lower, upper };
}

/**
 * What a law gives, on its own scale, and how far the interval of its mean reaches on each side by the delta method: in its
 * logarithm where the law gives that or `scale` asks for it and the prediction is positive.
 *
 * @param inputs - as the law takes them
 */
export function deltaInterval(
  law: Law,
  theta: Float64Array,
  { matrix, degreesOfFreedom }: Covariance,
  inputs: readonly Float64Array[],
  confidence: number,
  scale: 'log' | 'raw',
): { center: Float64Array; reach: Float64Array } {
  const points = inputs[0].length;
  const p = law.params.length;
  const center = new Float64Array(points);
  const gradient = new Float64Array(points * p);
  law.evaluate(theta, inputs, points, center, gradient);
  const reach = new Float64Array(points).fill(NaN);
  if (matrix === null) return { center, reach };
  const t = studentQuantile(0.5 + confidence / 2, degreesOfFreedom);
  for (let i = 0; i < points; i++) {
    const error = t * Math.sqrt(quadraticForm(matrix, gradient.subarray(i * p, (i + 1) * p)));
    // d ln f = d f / f.
    reach[i] = law.scale === 'raw' && scale === 'log' && center[i] > 0 ? error / center[i] : error;
  }
  return { center, reach };
}

/** g' M g, never below zero by rounding. */
export function quadraticForm(matrix: Float64Array, g: ArrayLike<number>): number {
  const n = g.length;
  let sum = 0;
  for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) sum += g[a] * matrix[a * n + b] * g[b];
  return Math.max(0, sum);
}

/** The law's coordinates at the estimate, length params. */
export function coordinatesOf(fit: Fit): Float64Array {
  const { params } = lawOf(fit);
  return Float64Array.from(params, ({ name, transform }) =>
    transform === 'log' ? Math.log(fit.params[name].value) : fit.params[name].value,
  );
}

/**
 * The law's coordinates in each bootstrap draw, each of length params. Where a draw has a term switched off its amplitude is
 * minus infinity and its exponent, which then means nothing, 0.
 */
export function* coordinateDraws(fit: Fit): Generator<Float64Array> {
  const p = lawOf(fit).params.length;
  const draws = fit.bootstrap?.draws ?? new Float32Array(0);
  for (let at = 0; at < draws.length; at += p)
    yield Float64Array.from(draws.subarray(at, at + p), (x) => (Number.isNaN(x) ? 0 : x));
}

/** The central interval of a sample that holds the given share of it. The sample is sorted in place. */
export function percentiles(sample: Float64Array, confidence: number): [number, number] {
  sample.sort();
  return [quantileSorted(sample, 0.5 - confidence / 2), quantileSorted(sample, 0.5 + confidence / 2)];
}
