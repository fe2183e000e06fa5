import { sampleStandardDeviation } from 'simple-statistics';
import { roundPercent } from '../core/percent.ts';
import { studentQuantile } from '../core/special.ts';
import { version } from '../core/version.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import { blocksOf } from '../fit/blocks.ts';
import { masterOf } from '../fit/coordinates.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import type { Bootstrap, Calibration, Covariance, Fit, FittedParam, ParamState } from '../fit/result.ts';
import { diagnose } from './diagnostics/index.ts';
import { informationCriterion } from './informationCriterion.ts';
import { allocationExponents } from '../laws/allocation.ts';
import { nameOf, toParams, type Law, type LawParam } from '../laws/law.ts';
import { noSelection } from '../runs/selection.ts';
import { describeData, fittedRows } from './fittedData.ts';
import { checkConfidence, percentiles } from './predict.ts';

/** Fewer resamples than this cannot place the ends of an interval. */
const enoughResamples = 200;

/** What {@link summarizeFit} adds to a fitted law. */
export interface SummaryOptions {
  /** Covariance at the optimum; see `estimateCovariance`. */
  readonly covariance: Covariance;
  readonly bootstrap?: Bootstrap | null;
  readonly bootstrapMs?: number | null;
  /** What backtests on the rows say; see `calibrate`. */
  readonly calibration?: Calibration | null;
  /** Probability of the intervals; default 0.95. */
  readonly confidence?: number;
  readonly warnings?: readonly Warning[];
}

/**
 * Turns a fitted law into the plain document that reports, predictions, figures and files are made from: parameters with
 * standard errors and intervals (from the bootstrap if there is one, else from the covariance), warnings, and the data.
 */
export function summarizeFit(fit: LawFit, options: SummaryOptions): Fit {
  const { bootstrap = null, covariance } = options;
  const confidence = checkConfidence(options.confidence ?? 0.95);
  const values = toParams(fit.law, fit.theta);
  const params = Object.fromEntries(
    fit.law.params.map((param, k): [string, FittedParam] => {
      const state = stateOf(fit, param);
      const value = values[param.name];
      if (!hasError(fit, param, state)) return [param.name, { value, stderr: null, interval: null, state }];
      const error =
        bootstrap === null
          ? errorFromCovariance(covariance, fit.theta[k], k, param, confidence)
          : errorFromDraws(bootstrap, k, fit.law.params.length, param, confidence);
      return [param.name, { value, ...finite(error), state }];
    }),
  );
  const usable = bootstrap !== null && bootstrap.certified > 1;
  return {
    ...nameOf(fit.law),
    status: fit.status,
    reasons: fit.reasons,
    points: fit.rows.data.rows,
    objective: {
      name: fit.objective.id,
      delta: Number.isFinite(fit.delta) ? fit.delta : null,
      value: fit.minimum.value,
    },
    params,
    optimum: allocationExponents(fit.law, values),
    seeds: fit.seeds,
    condition: fit.condition,
    gradientNorm: fit.minimum.gradientNorm,
    ...residuals(fit),
    aicc: informationCriterion(fit),
    confidence,
    covariance: usable ? covarianceOfDraws(bootstrap, fit.law.params.length, covariance) : trusted(fit, covariance),
    bootstrap,
    warnings: [
      ...fit.runs.warnings.filter(({ code }) => code !== 'BEFORE_DECAY' || !takesLearningRate(fit.law)),
      ...fit.warnings,
      ...diagnose(fit, covariance),
      ...(options.warnings ?? []),
      ...errorWarnings(bootstrap, covariance),
      ...imprecise(fit, params, confidence),
      ...offInResamples(fit, bootstrap),
    ],
    data: describeData(fit),
    settings: {
      solver: fit.solver,
      ...(fit.runs.selection ?? noSelection),
      weights: fit.weighting,
      fixed: fit.restrictions.fixed,
      tied: fit.restrictions.tied,
      bounds: fit.bounds,
      start: fit.start,
    },
    fitted: fittedRows(fit),
    calibration: options.calibration ?? null,
    timing: { fitMs: fit.fitMs, bootstrapMs: options.bootstrapMs ?? null },
    version,
  };
}

/** A law of the learning rate itself, or of its whole schedule, takes every row as it is. */
const takesLearningRate = (law: Law): boolean =>
  law.curve !== undefined || [...law.inputs, law.response].some(({ name }) => name === 'learningRate');

function stateOf(fit: LawFit, { name }: LawParam): ParamState {
  if (fit.off.includes(name)) return 'off';
  if (name in fit.restrictions.fixed) return 'fixed';
  if (name in fit.restrictions.tied) return 'tied';
  if (fit.atBound.includes(name)) return 'bound';
  // The exponent of a term that is off was held where it stood.
  return fit.coordinates.names.includes(name) ? 'free' : 'off';
}

function hasError(fit: LawFit, { name }: LawParam, state: ParamState): boolean {
  const master = masterOf(name, fit.restrictions.tied);
  const isEstimated = (state === 'free' || state === 'tied') && !fit.atBound.includes(master);
  return fit.status !== 'stalled' && isEstimated && !fit.unidentified.includes(master);
}

type Errors = Pick<FittedParam, 'stderr' | 'interval'>;

/** An error beyond the range of numbers is no error estimate. */
function finite({ stderr, interval }: Errors): Errors {
  return {
    stderr: stderr !== null && Number.isFinite(stderr) ? stderr : null,
    interval: interval?.every(Number.isFinite) === true ? interval : null,
  };
}

function errorFromCovariance(
  { matrix, degreesOfFreedom }: Covariance,
  theta: number,
  k: number,
  param: LawParam,
  confidence: number,
): Errors {
  if (matrix === null) return { stderr: null, interval: null };
  const p = Math.sqrt(matrix.length);
  const error = Math.sqrt(matrix[k * p + k]);
  const reach = studentQuantile(0.5 + confidence / 2, degreesOfFreedom) * error;
  if (param.transform === 'identity') return { stderr: error, interval: [theta - reach, theta + reach] };
  return { stderr: Math.exp(theta) * error, interval: [Math.exp(theta - reach), Math.exp(theta + reach)] };
}

function errorFromDraws(bootstrap: Bootstrap, k: number, p: number, param: LawParam, confidence: number): Errors {
  if (bootstrap.certified < 2) return { stderr: null, interval: null };
  const column = drawsOf(bootstrap, k, p);
  // Draws in which the term of an exponent is off say nothing about it; an amplitude is then 0.
  const natural = (param.transform === 'log' ? column.map(Math.exp) : column).filter((x) => !Number.isNaN(x));
  if (natural.length < 2) return { stderr: null, interval: null };
  const stderr = sampleStandardDeviation(Array.from(natural));
  return { stderr: Number.isFinite(stderr) ? stderr : null, interval: percentiles(natural, confidence) };
}

function drawsOf(bootstrap: Bootstrap, k: number, p: number): Float64Array {
  return Float64Array.from({ length: bootstrap.certified }, (_, b) => bootstrap.draws[b * p + k]);
}

/** Covariance of the draws; draws in which a term is off (minus infinity in its logarithm) are left out. */
function covarianceOfDraws(bootstrap: Bootstrap, p: number, fallback: Covariance): Covariance {
  const columns = Array.from({ length: p }, (_, k) => drawsOf(bootstrap, k, p));
  const isConstant = columns.map((column) => column.every((x) => x === column[0]));
  const whole = columns[0].map((_, b) =>
    columns.every((column, k) => isConstant[k] || Number.isFinite(column[b])) ? 1 : 0,
  );
  const n = whole.reduce((sum, flag) => sum + flag, 0);
  const degreesOfFreedom = fallback.degreesOfFreedom;
  if (n < 2) return { kind: 'bootstrap', matrix: null, degreesOfFreedom };
  const centered = columns.map((column, k) => {
    if (isConstant[k]) return column.map(() => 0);
    const kept = column.map((x, b) => (whole[b] === 1 ? x : 0));
    const mean = kept.reduce((sum, x) => sum + x, 0) / n;
    return kept.map((x, b) => (whole[b] === 1 ? x - mean : 0));
  });
  const matrix = new Float64Array(p * p);
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++)
      matrix[a * p + b] = centered[a].reduce((sum, x, i) => sum + x * centered[b][i], 0) / (n - 1);
  return { kind: 'bootstrap', matrix, degreesOfFreedom };
}

/** A covariance at a point that is no optimum means nothing. */
function trusted(fit: LawFit, covariance: Covariance): Covariance {
  return fit.status === 'stalled' || fit.unidentified.length > 0 ? { ...covariance, matrix: null } : covariance;
}

function residuals(fit: LawFit): Pick<Fit, 'residualRms' | 'residualScale'> {
  const { rows } = fit.rows.data;
  const theta = fit.problem.toTheta(fit.minimum.point);
  let isPositive = true;
  let logSum = 0;
  let rawSum = 0;
  for (const { inputs, observed, rows: n } of blocksOf(fit.rows.data)) {
    const predicted = new Float64Array(n);
    fit.law.evaluate(theta, inputs, n, predicted, undefined);
    if (fit.law.scale === 'log') for (let i = 0; i < n; i++) predicted[i] = Math.exp(predicted[i]);
    for (let i = 0; i < n; i++) {
      isPositive &&= observed[i] > 0 && predicted[i] > 0;
      if (isPositive) logSum += Math.log(predicted[i] / observed[i]) ** 2;
      rawSum += (predicted[i] - observed[i]) ** 2;
    }
  }
  return { residualRms: Math.sqrt((isPositive ? logSum : rawSum) / rows), residualScale: isPositive ? 'log' : 'raw' };
}

function errorWarnings(bootstrap: Bootstrap | null, covariance: Covariance): Warning[] {
  if (bootstrap === null && covariance.matrix === null)
    return [createWarning('STDERR_UNAVAILABLE', 'The covariance is singular, so there are no standard errors.')];
  if (bootstrap === null)
    return covariance.kind === 'sandwich' && covariance.matrix !== null
      ? [createWarning('STDERR_FROM_SANDWICH', 'Standard errors and intervals come from the sandwich covariance.')]
      : [];
  const warnings: Warning[] = [];
  if (bootstrap.resamples < enoughResamples)
    warnings.push(
      createWarning(
        'FEW_RESAMPLES',
        `${String(bootstrap.resamples)} resamples give ${bootstrap.certified < 2 ? 'no interval' : 'only a rough interval'}.`,
      ),
    );
  if (bootstrap.certified === bootstrap.resamples) return warnings;
  const lost = bootstrap.resamples - bootstrap.certified;
  warnings.push(
    createWarning(
      'BOOTSTRAP_UNCERTIFIED',
      `${String(lost)} of ${String(bootstrap.resamples)} resamples did not reach a certified optimum and are left out.`,
    ),
  );
  return warnings;
}

/** Coefficients that the data hardly bound: one of any sign whose interval holds 0, or a standard error beyond the value. */
function imprecise(fit: LawFit, params: Readonly<Record<string, FittedParam>>, confidence: number): Warning[] {
  return fit.law.params.flatMap(({ name, transform }) => {
    const { value, stderr, interval } = params[name];
    if (stderr === null || interval === null) return [];
    if (transform === 'identity' && interval[0] <= 0 && interval[1] >= 0) {
      const range = interval.map((end) => end.toPrecision(3)).join(', ');
      return [createWarning('IMPRECISE', `The ${String(100 * confidence)}% interval of ${name}, [${range}], holds 0.`)];
    }
    if (!(stderr > Math.abs(value))) return [];
    return [
      createWarning(
        'IMPRECISE',
        `The standard error of ${name} is ${roundPercent(stderr / Math.abs(value), 3)} of its value.`,
      ),
    ];
  });
}

/** Terms that are on in the fit and off in a part of the resamples. */
function offInResamples(fit: LawFit, bootstrap: Bootstrap | null): Warning[] {
  if (bootstrap === null) return [];
  const p = fit.law.params.length;
  const conditional = fit.off.map((name) =>
    createWarning('TERM_OFF_IN_RESAMPLES', `The term of ${name} is off in the fit and was kept off in every resample.`),
  );
  const partly = fit.law.params.flatMap(({ name, transform }, k) => {
    if (transform !== 'log' || fit.off.includes(name)) return [];
    const count = drawsOf(bootstrap, k, p).filter((x) => x === -Infinity).length;
    if (count === 0) return [];
    return [
      createWarning(
        'TERM_OFF_IN_RESAMPLES',
        `The term of ${name} is off in ${roundPercent(count / bootstrap.certified, 2)} of the resamples.`,
      ),
    ];
  });
  return [...conditional, ...partly];
}
