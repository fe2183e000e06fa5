import type { FormulaSpec } from '../laws/law.ts';
import type { Warning } from '../core/warnings.ts';
import type { Calibration, Fit, ParamState } from '../fit/result.ts';
import type { Allocation } from '../plan/allocate.ts';
import type { ChainPrediction } from '../plan/chain.ts';
import type { CalibratedPoint, PredictedPoint, Prediction } from '../plan/predictPoints.ts';
import { bootstrapHeader } from './bootstrapHeader.ts';

type Interval = readonly [number, number] | null;

/** What `isoflop fit --json` prints. */
export interface FitJson {
  readonly law: string;
  readonly formula: FormulaSpec | null;
  readonly status: string;
  readonly reasons: readonly string[];
  readonly points: number;
  readonly objective: { readonly name: string; readonly delta: number | null; readonly value: number | null };
  readonly params: Readonly<
    Record<
      string,
      {
        readonly value: number | null;
        readonly stderr: number | null;
        readonly interval: Interval;
        readonly state: ParamState;
      }
    >
  >;
  readonly optimum: { readonly paramsExponent: number; readonly tokensExponent: number } | null;
  readonly seeds: { readonly tried: number; readonly reached: number };
  readonly condition: number | null;
  readonly gradientNorm: number | null;
  readonly residualRms: number | null;
  readonly residualScale: 'log' | 'raw';
  readonly aicc: number | null;
  readonly confidence: number;
  readonly covariance: { readonly kind: string; readonly degreesOfFreedom: number | null };
  readonly bootstrap: {
    readonly resamples: number;
    readonly seed: number;
    readonly group: string;
    readonly groups: number;
    readonly certified: number;
  } | null;
  readonly warnings: readonly Warning[];
  readonly data: Fit['data'];
  readonly settings: Fit['settings'];
  /** What backtests on the runs say; `null` where there were none. */
  readonly calibration: CalibrationJson | null;
  readonly timing: Fit['timing'];
  readonly version: string;
}

/** JSON has no infinities and no NaN; null says that there is no number. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** An interval is worth nothing without both of its ends. */
const finiteInterval = (interval: Interval): Interval => (interval?.every(Number.isFinite) === true ? interval : null);

/** What backtests on the runs of a fit say about its predictions. */
export interface CalibrationJson extends Pick<Calibration, 'holdout' | 'measured'> {
  /** Backtests, each a cut with the rows below it and those asked about. */
  readonly splits: readonly { readonly cut: number; readonly train: number; readonly test: number }[];
  /** Laws whose predictions the intervals hold, with their errors in the backtests. */
  readonly forms: readonly { readonly law: string; readonly backtestError: number | null }[];
}

function calibrationToJson({ holdout, measured, splits, forms }: Calibration): CalibrationJson {
  return {
    holdout,
    measured,
    splits: splits.map(({ cut, train, test }) => ({ cut, train, test })),
    forms: forms.map(({ law, backtestError }) => ({ law, backtestError })),
  };
}

/**
 * A fit as `isoflop fit --json` prints it: the result, without rows and bootstrap draws.
 *
 * @example
 * ```ts
 * JSON.stringify(fitToJson(fit), null, 2);
 * fitToJson(fit).params.alpha.interval; // [0.317, 0.373], or null where the data do not determine alpha
 * ```
 */
export function fitToJson(fit: Fit): FitJson {
  const { objective, bootstrap } = fit;
  return {
    law: fit.law,
    formula: fit.formula,
    status: fit.status,
    reasons: fit.reasons,
    points: fit.points,
    objective: { name: objective.name, delta: objective.delta, value: finite(objective.value) },
    params: Object.fromEntries(
      Object.entries(fit.params).map(([name, { value, stderr, interval, state }]) => [
        name,
        {
          value: finite(value),
          stderr: stderr === null ? null : finite(stderr),
          interval: finiteInterval(interval),
          state,
        },
      ]),
    ),
    optimum: fit.optimum,
    seeds: fit.seeds,
    condition: fit.condition === null ? null : finite(fit.condition),
    gradientNorm: finite(fit.gradientNorm),
    residualRms: finite(fit.residualRms),
    residualScale: fit.residualScale,
    aicc: fit.aicc,
    confidence: fit.confidence,
    covariance: { kind: fit.covariance.kind, degreesOfFreedom: finite(fit.covariance.degreesOfFreedom) },
    bootstrap: bootstrap === null ? null : bootstrapHeader(bootstrap),
    warnings: fit.warnings,
    data: fit.data,
    settings: fit.settings,
    calibration: fit.calibration && calibrationToJson(fit.calibration),
    timing: fit.timing,
    version: fit.version,
  };
}

/** {@link CalibratedPoint} with `null` for what is not finite. */
type CalibratedPointJson = Pick<CalibratedPoint, 'widening' | 'backtests' | 'runs'> & {
  readonly loss: number | null;
  readonly mean: readonly [number, number] | null;
  readonly newRun: readonly [number, number] | null;
};

/** A point as JSON; besides what is listed it holds its other inputs and a response other than the loss, by name. */
export type PredictedPointJson = Pick<PredictedPoint, 'params' | 'tokens' | 'flops' | 'interval' | 'extrapolation'> & {
  /** Intervals that backtests support; `null` where the fit has no calibration. */
  readonly calibrated: CalibratedPointJson | null;
  readonly loss?: number;
};

/** What `isoflop predict --json` prints. */
export interface PredictionJson {
  /** Name of what is predicted; left out for the loss. */
  readonly response?: string;
  readonly points: readonly PredictedPointJson[];
  readonly warnings: readonly Warning[];
}

/**
 * Predictions as `isoflop predict --json` prints them.
 *
 * @example
 * ```ts
 * predictionToJson(predictPoints(fit, [{ params: 70e9, tokens: 1.4e12 }])).points[0].extrapolation.flops; // 45.4
 * ```
 */
export function predictionToJson({ response, points, warnings }: Prediction): PredictionJson {
  return {
    ...(response === 'loss' ? {} : { response }),
    points: points.map(({ params, tokens, flops, inputs, loss, interval, extrapolation, calibrated }) => ({
      params,
      tokens,
      flops,
      ...inputs,
      [response]: loss,
      interval: finiteInterval(interval),
      extrapolation,
      calibrated: calibrated && {
        ...calibrated,
        loss: finite(calibrated.loss),
        mean: finiteInterval(calibrated.mean),
        newRun: finiteInterval(calibrated.newRun),
      },
    })),
    warnings,
  };
}

/**
 * A prediction in two steps as `isoflop predict --then --json` prints it: the first step, and what the second makes of it.
 *
 * @example
 * ```ts
 * chainToJson(predictPoints(fit, []), { response: 'accuracy', points: [], warnings: [] }).then; // 'accuracy'
 * ```
 */
export function chainToJson(
  prediction: Prediction,
  chain: ChainPrediction,
): PredictionJson & { readonly then: string } {
  const { points, ...rest } = predictionToJson(prediction);
  return {
    ...rest,
    then: chain.response,
    points: points.map((point, k) => ({
      ...point,
      [chain.response]: chain.points[k].value,
      [`${chain.response}Interval`]: finiteInterval(chain.points[k].valueInterval),
      [`${chain.response}OfNewRun`]: finiteInterval(chain.points[k].valueOfNewRun),
    })),
    warnings: chain.warnings,
  };
}

/**
 * A compute-optimal allocation as `isoflop allocate --json` prints it.
 *
 * @example
 * ```ts
 * allocationToJson(allocate(fit, 5.76e23)).tokensPerParam; // 17.9
 * ```
 */
export function allocationToJson({ flops, params, tokens, tokensPerParam, loss, intervals }: Allocation): Allocation {
  return {
    flops,
    params,
    tokens,
    tokensPerParam,
    loss,
    intervals: {
      params: finiteInterval(intervals.params),
      tokens: finiteInterval(intervals.tokens),
      tokensPerParam: finiteInterval(intervals.tokensPerParam),
      loss: finiteInterval(intervals.loss),
    },
  };
}
