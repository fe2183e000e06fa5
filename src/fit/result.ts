import type { Warning } from '../core/warnings.ts';
import type { Schedule } from '../laws/curve/schedule.ts';
import type { FormulaSpec } from '../laws/law.ts';
import type { Conventions, Dropped } from '../runs/runs.ts';
import type { Selection } from '../runs/selection.ts';

/**
 * How a fit ended: `converged` (a certified optimum, every parameter identifiable and inside its range), `degenerate` (a
 * certified optimum at which a term is switched off, a parameter is at a bound, or a combination of parameters is not
 * identifiable), `stalled` (no certificate: the gradient does not vanish).
 */
export type FitStatus = 'converged' | 'degenerate' | 'stalled';

/** How a parameter took part in the fit. `off`: its term was switched off; `bound`: it ended at a bound. */
export type ParamState = 'free' | 'fixed' | 'tied' | 'bound' | 'off';

/** An estimated parameter in its natural unit. */
export interface FittedParam {
  readonly value: number;
  /** Standard error, or `null` when it cannot be estimated (a warning says why). */
  readonly stderr: number | null;
  /** Confidence interval at {@link Fit.confidence}, or `null`. */
  readonly interval: readonly [number, number] | null;
  readonly state: ParamState;
}

/** Which objective was minimised, and its value at the optimum (a sum over rows, never a mean). */
export interface ObjectiveValue {
  readonly name: string;
  readonly delta: number | null;
  readonly value: number;
}

/** A bootstrap: refits of data resampled by group. */
export interface Bootstrap {
  readonly resamples: number;
  readonly seed: number;
  /** `cases`: groups were drawn with replacement; `wild`: their residuals got random weights. */
  readonly resampling: 'cases' | 'wild';
  /** Column whose values were resampled together, or `row`. */
  readonly group: string;
  readonly groups: number;
  /** Refits that reached a certified optimum; only these enter intervals. */
  readonly certified: number;
  /** Fitted coordinates (see {@link LawParam.transform}) of each certified refit, row-major certified x params. */
  readonly draws: Float32Array;
}

/** Covariance of the fitted coordinates, in the order of the law's parameters; zero where fixed or off. */
export interface Covariance {
  readonly kind: 'sandwich' | 'classical' | 'bootstrap';
  /** Row-major params x params, or `null` when it could not be estimated. */
  readonly matrix: Float64Array | null;
  /** Degrees of freedom of the t quantile used for intervals. */
  readonly degreesOfFreedom: number;
}

/** The rows that were fitted, for figures and residuals; thinned evenly when there are very many. */
export interface FitRows {
  readonly rows: number;
  /** Quantities by name (the law's inputs and response, and `params`, `tokens`, `flops` where known), each of length `rows`. */
  readonly columns: Readonly<Record<string, Float64Array | undefined>>;
  /** Name of the run of each row (length rows), or `null` when runs have no names. */
  readonly names: readonly string[] | null;
}

/** How many runs there are, and the fewest, the median and the most rows of one. */
export interface RunCounts {
  readonly count: number;
  readonly fewest: number;
  readonly median: number;
  readonly most: number;
}

/** What was fitted. */
export interface FitData {
  /** Names of the files, joined by ", ". */
  readonly source: string;
  /** SHA-256 of the bytes of the file; of the digests, for several files. */
  readonly sha256: string;
  readonly rows: number;
  readonly used: number;
  readonly dropped: readonly Dropped[];
  /** Smallest and largest value of each quantity among the rows used. */
  readonly ranges: Readonly<Record<string, readonly [number, number] | undefined>>;
  /** Distinct model sizes among the rows used, where known. */
  readonly sizes: number | null;
  /** Runs among the rows used and how many rows they have, or `null` where rows carry neither runs nor steps. */
  readonly runs: RunCounts | null;
  readonly conventions: Conventions;
}

/** How rows were weighted: all alike, so that every run counts the same, or by numbers that the caller gave. */
export type Weighting = 'none' | 'run' | 'given';

/** The options of a fit, all resolved, so that the fit can be repeated: how its rows were chosen, and how it was fitted. */
export interface FitSettings extends Selection {
  readonly solver: string;
  readonly weights: Weighting;
  readonly fixed: Readonly<Record<string, number>>;
  /** Parameter to the parameter it equals. */
  readonly tied: Readonly<Record<string, string>>;
  /** Ranges that replaced those of the law. */
  readonly bounds: Readonly<Record<string, readonly [number, number]>>;
  readonly start: Readonly<Record<string, number>>;
}

/** A law that took part in a calibration, fitted to all rows, and what it leaves over there. */
export interface CalibratedForm {
  readonly law: string;
  readonly formula: FormulaSpec | null;
  /** The law's own coordinates, length params; -Infinity where a term is off. */
  readonly theta: Float64Array;
  /** Mean of each log input, 0 where the law does not centre it. */
  readonly means: Float64Array;
  /** Parameters that were not free: fixed, or off. */
  readonly held: readonly string[];
  readonly tied: Readonly<Record<string, string>>;
  /** Spread of the smooth misfit, the distances over which it changes, spread of single rows and of whole runs. */
  readonly scales: {
    readonly misfit: number;
    readonly lengths: readonly number[];
    readonly noise: number;
    readonly run: number;
  };
  /** Root mean square error of its predictions in the backtests, on the scale of the residuals. */
  readonly backtestError: number | null;
}

/** One backtest on the rows of a fit: fitted below a cut, asked about the runs above it. */
export interface RehearsedSplit {
  readonly cut: number;
  readonly train: number;
  readonly test: number;
  /** Logarithm of how far each run asked about was beyond the largest run known. */
  readonly distances: Float64Array;
  /** How far off each prediction was, in units of its estimated spread. */
  readonly scores: Float64Array;
}

/** What backtests on the rows of a fit say about its predictions. */
export interface Calibration {
  /** The quantity that the backtests rolled over, such as `flops`. */
  readonly holdout: string;
  /** Its largest value among the rows: predictions beyond it extrapolate. */
  readonly largest: number;
  readonly scale: 'log' | 'raw';
  /** The fit's own law first. */
  readonly forms: readonly CalibratedForm[];
  /** Rows (of {@link Fit.fitted}) whose residuals show the misfit. */
  readonly rows: Int32Array;
  /** Run of each of these rows where runs have several, else `null`. */
  readonly runs: Int32Array | null;
  readonly splits: readonly RehearsedSplit[];
  /** What intervals of this nominal coverage would have covered in the backtests, each scaled by the others alone. */
  readonly measured: {
    readonly nominal: number;
    /** Runs asked about, over all backtests. */
    readonly runs: number;
    readonly coverage: number | null;
    /** The same for the interval of the coefficients alone, which is what papers print. */
    readonly plainCoverage: number | null;
  };
}

/** A fitted law: everything needed to print it, predict with it, plan with it and draw it. */
export interface Fit {
  /** Id of the law; of a formula, its text. */
  readonly law: string;
  /** What makes the law again where a user wrote it as a formula. */
  readonly formula: FormulaSpec | null;
  /** The schedules that the rows name by their number, where the law is one of curves. */
  readonly schedules?: readonly Schedule[];
  readonly status: FitStatus;
  /** Why the status is not `converged`; empty otherwise. */
  readonly reasons: readonly string[];
  readonly points: number;
  readonly objective: ObjectiveValue;
  readonly params: Readonly<Record<string, FittedParam>>;
  /** Exponents a and b of N* ~ C^a and D* ~ C^b, where the law has an allocation. */
  readonly optimum: { readonly paramsExponent: number; readonly tokensExponent: number } | null;
  readonly seeds: { readonly tried: number; readonly reached: number };
  /** Condition number of the curvature in the law's own coordinates, or `null` where it is not finite. */
  readonly condition: number | null;
  /** Largest component of the gradient of the summed objective at the optimum, in centred coordinates. */
  readonly gradientNorm: number;
  /** Root mean square of the residuals: logarithmic where the response and all predictions are positive, else raw. */
  readonly residualRms: number;
  readonly residualScale: 'log' | 'raw';
  /**
   * Akaike's information criterion with its correction for few rows, up to a constant that fits with one objective to the
   * same rows share; `null` where there are too few rows for it.
   */
  readonly aicc: number | null;
  readonly confidence: number;
  readonly covariance: Covariance;
  readonly bootstrap: Bootstrap | null;
  readonly warnings: readonly Warning[];
  readonly data: FitData;
  readonly settings: FitSettings;
  readonly fitted: FitRows;
  /** What backtests on these rows say about predictions; `null` where the fit was not calibrated. */
  readonly calibration: Calibration | null;
  readonly timing: { readonly fitMs: number; readonly bootstrapMs: number | null };
  /** Version of isoflop that made the fit. */
  readonly version: string;
}

/** The values of the parameters alone, by name. */
export function paramValues(fit: Pick<Fit, 'params'>): Record<string, number> {
  return Object.fromEntries(Object.entries(fit.params).map(([name, p]) => [name, p.value]));
}
