import type { Warning } from '../core/warnings.ts';
import { wideningFor, type HeldOut, type WayCalibration, type WayError } from '../observational/holdout.ts';
import type { Observation, ObservedTask } from '../observational/observation.ts';
import type { FamilyPrediction } from '../observational/predictFamilies.ts';

type Numbers = readonly (number | null)[];

/** A task as `isoflop observe --task --json` prints it. */
export interface ObservedTaskJson {
  readonly name: string;
  readonly sigmoid: {
    readonly weights: Numbers;
    readonly offset: number | null;
    readonly floor: number;
    readonly noise: number | null;
    readonly models: number;
    readonly status: string;
    readonly reasons: readonly string[];
  };
  readonly resamples: number;
  /** Predictions at lower cutoffs, and how much wider than estimated these make intervals a factor of 10 beyond the models. */
  readonly calibration: Readonly<
    Record<
      'capabilities' | 'family',
      {
        readonly cuts: readonly number[];
        readonly asked: number;
        readonly tenfold: { readonly factor: number; readonly degreesOfFreedom: number };
      }
    >
  >;
  readonly holdout: {
    readonly cutoff: number;
    readonly train: number;
    readonly test: number;
    readonly errors: readonly WayError[];
    readonly models: readonly (Omit<HeldOut, 'row'> & {
      readonly model: string;
      readonly family: string;
      readonly flops: number;
    })[];
  } | null;
}

/** What `isoflop observe --json` prints. */
export interface ObservationJson {
  readonly data: {
    readonly source: string;
    readonly sha256: string;
    readonly models: number;
    readonly families: number;
  };
  readonly confidence: number;
  readonly benchmarks: readonly string[];
  readonly capabilities: {
    readonly models: number;
    readonly complete: number;
    readonly imputed: number;
    readonly mean: Numbers;
    /** One for each capability, the share of the variance falling. */
    readonly components: readonly {
      readonly explained: number;
      readonly stderr: number | null;
      readonly loadings: Numbers;
      readonly loadingErrors: Numbers | null;
    }[];
  };
  readonly models: readonly {
    readonly model: string;
    readonly family: string;
    readonly flops: number | null;
    readonly capabilities: Numbers;
  }[];
  readonly lines: Pick<Observation['lines'], 'lines' | 'without' | 'degreesOfFreedom'> & {
    readonly covariance: Numbers;
  };
  readonly equivalence: {
    readonly reference: string;
    readonly families: readonly {
      readonly family: string;
      readonly models: number;
      readonly ratio: number | null;
      readonly interval: readonly [number, number] | null;
    }[];
  } | null;
  readonly task: ObservedTaskJson | null;
  readonly predictions: readonly FamilyPrediction[];
  readonly warnings: readonly Warning[];
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const list = (values: ArrayLike<number>): Numbers => Array.from(values, finite);

/**
 * An observation as `isoflop observe --json` prints it.
 *
 * @example
 * ```ts
 * const table = await readBenchmarks('data/benchmarks.csv');
 * observationToJson(observe(table, { resamples: 20 })).data.models; // 148
 * ```
 */
export function observationToJson(observation: Observation): ObservationJson {
  const { table, capabilities, errors, benchmarks, components, places, lines, equivalence, task } = observation;
  const p = benchmarks.length;
  const part = (matrix: Float64Array, k: number): Numbers => list(matrix.subarray(k * p, k * p + p));
  return {
    data: {
      source: table.source,
      sha256: table.sha256,
      models: table.models.length,
      families: new Set(table.families).size,
    },
    confidence: observation.confidence,
    benchmarks,
    capabilities: {
      models: capabilities.models,
      complete: capabilities.complete,
      imputed: capabilities.imputed,
      mean: list(capabilities.mean),
      components: Array.from({ length: p }, (_, k) => ({
        explained: capabilities.explained[k],
        stderr: errors === null ? null : errors.explained[k],
        loadings: part(capabilities.loadings, k),
        loadingErrors: errors === null ? null : part(errors.loadings, k),
      })),
    },
    models: table.models.map((model, row) => ({
      model,
      family: table.families[row],
      flops: finite(table.flops[row]),
      capabilities: list(places.subarray(row * components, (row + 1) * components)),
    })),
    lines: {
      lines: lines.lines,
      without: lines.without,
      degreesOfFreedom: lines.degreesOfFreedom,
      covariance: list(lines.covariance),
    },
    equivalence: equivalence && {
      reference: equivalence.reference,
      families: equivalence.families.map(({ family, models, ratio, interval }) => ({
        family,
        models,
        ratio: finite(ratio),
        interval,
      })),
    },
    task: task && taskToJson(task),
    predictions: observation.predictions,
    warnings: observation.warnings,
  };
}

function taskToJson({ name, model, calibration, holdout }: ObservedTask): ObservedTaskJson {
  const { sigmoid, table, draws } = model;
  return {
    name,
    sigmoid: {
      weights: list(sigmoid.weights),
      offset: finite(sigmoid.offset),
      floor: sigmoid.floor,
      noise: finite(sigmoid.noise),
      models: sigmoid.rows,
      status: sigmoid.status,
      reasons: sigmoid.reasons,
    },
    resamples: draws.length,
    calibration: {
      capabilities: rehearsalToJson(calibration.capabilities),
      family: rehearsalToJson(calibration.family),
    },
    holdout: holdout && {
      cutoff: holdout.cutoff,
      train: holdout.train,
      test: holdout.test,
      errors: holdout.errors.filter(({ models }) => models > 0),
      models: holdout.heldOut.map(({ row, ...rest }) => ({
        model: table.models[row],
        family: table.families[row],
        flops: table.flops[row],
        ...rest,
      })),
    },
  };
}

function rehearsalToJson(calibration: WayCalibration): ObservedTaskJson['calibration']['family'] {
  const { splits, largest } = calibration;
  const { factor, degreesOfFreedom } = wideningFor(calibration, 10 * largest);
  return {
    cuts: splits.map(({ cut }) => cut),
    asked: splits.reduce((sum, { scores }) => sum + scores.length, 0),
    tenfold: { factor, degreesOfFreedom },
  };
}
