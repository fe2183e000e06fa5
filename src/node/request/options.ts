import type { FitOptions } from '../../fit/options.ts';
import type { CheckpointOptions, Warmup } from '../../runs/index.ts';
import type { Resampling } from '../../uncertainty/bootstrap.ts';
import type { FitRunsOptions } from '../fitRuns.ts';

/** Which rows of the files are used: what the command line and the server both take, by the names of the flags. */
export interface DataRequest {
  readonly columns?: string | Readonly<Record<string, string>>;
  readonly where?: string;
  /** Query whose rows are read: of the database that is named, or of what the query names itself. */
  readonly sql?: string;
  /** Number of parameters of all rows. */
  readonly paramsOfRuns?: number;
  readonly tokensPerStep?: number;
  readonly dropTokens?: number;
  readonly afterWarmup?: Warmup;
  readonly fromFraction?: number;
  readonly lastPart?: number;
  readonly finals?: boolean;
  readonly thin?: number;
  readonly allCheckpoints?: boolean;
  readonly nearOptimal?: number;
  readonly flopsPerToken?: number;
  readonly group?: string;
}

/** What is minimised. */
export interface LawRequest {
  readonly law?: string;
  readonly positive?: readonly string[];
  readonly runWeights?: boolean;
  readonly objective?: string;
  readonly delta?: number;
  readonly start?: Readonly<Record<string, number>>;
  readonly fix?: Readonly<Record<string, number>>;
  readonly tie?: Readonly<Record<string, string>>;
  readonly bounds?: Readonly<Record<string, readonly [number, number]>>;
  readonly solver?: string;
  /** Steps of the warm-up, of laws of learning-rate schedules. */
  readonly warmup?: number;
}

/** How errors are estimated. */
export interface ErrorRequest {
  readonly covariance?: 'sandwich' | 'classical';
  readonly bootstrap?: number;
  readonly resampling?: Resampling;
  readonly group?: string;
  readonly confidence?: number;
  readonly seed?: number;
}

/** A fit as it is asked for: rows, law and errors. */
export interface FitRequest extends DataRequest, LawRequest, ErrorRequest {
  /** Whether backtests on the runs say how far predictions can be trusted; true unless given. */
  readonly calibration?: boolean;
}

/** The options of a fit that a request asks for, `positive` of a formula among them. */
export interface AskedFit extends FitOptions {
  readonly weights?: 'run';
  readonly positive?: readonly string[];
}

/** The same object without what is `undefined`, which optional properties do not take. */
export function given<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}

/** The checkpoints that a request keeps. */
export function checkpointsOf(request: DataRequest): CheckpointOptions {
  const { dropTokens, afterWarmup, fromFraction, lastPart, finals, thin, allCheckpoints: all } = request;
  return { dropTokens, afterWarmup, fromFraction, lastPart, finals, thin, all };
}

/** How a request asks that a law be fitted. */
export function fitOptionsOf(request: LawRequest): AskedFit {
  const { solver, objective, positive, delta, start, fix, tie, bounds, runWeights, warmup } = request;
  return {
    ...given({ solver, objective, positive, delta, start, fixed: fix, tied: tie, bounds, warmup }),
    ...(runWeights === true ? { weights: 'run' as const } : {}),
  };
}

/** How a request asks that a law be fitted and its errors estimated. */
export function optionsOf(request: LawRequest & ErrorRequest): FitRunsOptions {
  const { covariance, bootstrap, resampling, group, confidence, seed } = request;
  return { ...given({ covariance, bootstrap, resampling, group, confidence, seed }), ...fitOptionsOf(request) };
}
