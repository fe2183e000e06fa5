import { IsoflopError } from '../core/errors.ts';
import { quantileSorted } from '../core/quantile.ts';
import { paramValues, type Covariance, type Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { toCoordinates, transformInputs, type Law } from '../laws/law.ts';
import { createDrawIntervals, type DrawIntervals } from './drawIntervals.ts';
import { halfWidth } from './halfWidth.ts';

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
  const predictor = lossPredictorOf(fit);
  const { law } = predictor;
  const confidence = checkConfidence(options.confidence ?? fit.confidence);
  const points = (inputs[law.inputs[0].name] as ArrayLike<number> | undefined)?.length;
  for (const { name } of law.inputs) {
    const values = inputs[name] as ArrayLike<number> | undefined;
    if (values?.length === undefined || values.length !== points)
      throw new IsoflopError('OPTION_INVALID', {
        option: `predictLoss of ${law.id}, input ${name}`,
        value: values === undefined ? 'nothing' : `${String(values.length)} values`,
        expected: 'one array of numbers for each input of the law, all of the same length',
      });
    for (let i = 0; i < values.length; i++) checkInput(law, name, values[i]);
  }
  return predictor.predict(transformInputs(law, inputs), points ?? 0, confidence);
}

/**
 * Refuses a value that an input of a law cannot have.
 *
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`, `QUANTITY_INVALID`
 */
export function checkInput(law: Law, name: string, value: number): void {
  if (value > 0 && value < Infinity) return;
  if (law.inputs.find((input) => input.name === name)?.transform !== 'identity')
    throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: name, value });
  if (!Number.isFinite(value)) throw new IsoflopError('QUANTITY_INVALID', { what: name, value: String(value) });
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

/** What predicts the losses of a fit, with all that does not depend on the point prepared. */
export interface LossPredictor {
  readonly law: Law;
  /** Whether the fit has draws or a covariance to make an interval of. */
  readonly hasInterval: boolean;
  /** Percentiles over the bootstrap draws, `null` where there are none. */
  readonly draws: { readonly count: number; readonly intervals: DrawIntervals } | null;
  /**
   * @param inputs - as the law takes them, each of length at least points
   * @param confidence - a checked one
   */
  readonly predict: (inputs: readonly Float64Array[], points: number, confidence: number) => LossPrediction;
  /** The loss with the interval of the delta method, whether there are draws or not. */
  readonly predictByDelta: (inputs: readonly Float64Array[], points: number, confidence: number) => LossPrediction;
}

const predictors = new WeakMap<Fit, LossPredictor>();

/** What predicts the losses of a fit; made once for each fit. */
export function lossPredictorOf(fit: Fit): LossPredictor {
  let predictor = predictors.get(fit);
  if (predictor === undefined) {
    predictor = createLossPredictor(fit);
    predictors.set(fit, predictor);
  }
  return predictor;
}

function createLossPredictor(fit: Fit): LossPredictor {
  const law = lawOf(fit);
  const theta = toCoordinates(law, paramValues(fit));
  const isLog = law.scale === 'log';
  const { residualScale, covariance } = fit;

  const predictByDelta: LossPredictor['predictByDelta'] = (inputs, points, confidence) => {
    if (covariance.matrix === null) return { loss: lossAt(inputs, points), lower: null, upper: null };
    const { center, reach } = deltaInterval(law, theta, covariance, inputs, confidence, residualScale);
    const lower = new Float64Array(points);
    const upper = new Float64Array(points);
    for (let i = 0; i < points; i++) {
      // On the logarithm, where an interval cannot reach below zero.
      if (isLog || (residualScale === 'log' && center[i] > 0)) {
        const middle = isLog ? center[i] : Math.log(center[i]);
        lower[i] = Math.exp(middle - reach[i]);
        upper[i] = Math.exp(middle + reach[i]);
      } else {
        lower[i] = center[i] - reach[i];
        upper[i] = center[i] + reach[i];
      }
    }
    return { loss: toNatural(center, points), lower, upper };
  };
  const lossAt = (inputs: readonly Float64Array[], points: number): Float64Array => {
    const loss = new Float64Array(points);
    law.evaluate(theta, inputs, points, loss, undefined);
    return toNatural(loss, points);
  };
  const toNatural = (values: Float64Array, points: number): Float64Array => {
    if (isLog) for (let i = 0; i < points; i++) values[i] = Math.exp(values[i]);
    return values;
  };

  if (fit.bootstrap === null)
    return { law, hasInterval: covariance.matrix !== null, draws: null, predict: predictByDelta, predictByDelta };
  const draws = Float64Array.from(fit.bootstrap.draws, finiteOrOff);
  const count = draws.length / law.params.length;
  const intervals = createDrawIntervals(law, draws);
  return {
    law,
    hasInterval: count > 1,
    draws: { count, intervals },
    predict: (inputs, points, confidence) => {
      const loss = lossAt(inputs, points);
      if (count < 2) return { loss, lower: null, upper: null };
      const lower = new Float64Array(points);
      const upper = new Float64Array(points);
      intervals(inputs, points, confidence, lower, upper);
      return { loss, lower: toNatural(lower, points), upper: toNatural(upper, points) };
    },
    predictByDelta,
  };
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
  const t = halfWidth(confidence, degreesOfFreedom);
  for (let i = 0; i < points; i++) {
    const error = t * Math.sqrt(quadraticFormAt(matrix, gradient, i * p, p));
    // d ln f = d f / f.
    reach[i] = law.scale === 'raw' && scale === 'log' && center[i] > 0 ? error / center[i] : error;
  }
  return { center, reach };
}

/** g' M g, never below zero by rounding. */
export function quadraticForm(matrix: Float64Array, g: ArrayLike<number>): number {
  return quadraticFormAt(matrix, g, 0, g.length);
}

/** {@link quadraticForm} of the n numbers of g from an index on. */
function quadraticFormAt(matrix: Float64Array, g: ArrayLike<number>, from: number, n: number): number {
  let sum = 0;
  for (let a = 0; a < n; a++) {
    const ga = g[from + a];
    for (let b = 0; b < n; b++) sum += ga * matrix[a * n + b] * g[from + b];
  }
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
  for (let at = 0; at < draws.length; at += p) yield Float64Array.from(draws.subarray(at, at + p), finiteOrOff);
}

/** Draws hold NaN for the exponent of a term that is off. */
const finiteOrOff = (x: number): number => (Number.isNaN(x) ? 0 : x);

/** The central interval of a sample that holds the given share of it. The sample is sorted in place. */
export function percentiles(sample: Float64Array, confidence: number): [number, number] {
  sample.sort();
  return [quantileSorted(sample, 0.5 - confidence / 2), quantileSorted(sample, 0.5 + confidence / 2)];
}
