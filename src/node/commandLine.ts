import { formatWarmup } from '../runs/selection.ts';
import type { DataRequest, ErrorRequest, FitRequest, LawRequest } from './request/options.ts';

/** A command line as a user could type it again. */
export function commandLine(args: readonly string[]): string {
  return ['isoflop', ...args]
    .map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}

type Flag = string | number | boolean | undefined;

const pairs = (
  values: Readonly<Record<string, unknown>> | undefined,
  print: (value: unknown) => string = String,
): string | undefined =>
  values === undefined || Object.keys(values).length === 0
    ? undefined
    : Object.entries(values)
        .map(([name, value]) => `${name}=${print(value)}`)
        .join(',');

function dataFlags(request: DataRequest): Readonly<Record<string, Flag>> {
  const { columns, afterWarmup } = request;
  return {
    columns: typeof columns === 'string' ? columns : pairs(columns),
    where: request.where,
    'drop-tokens': request.dropTokens,
    'after-warmup': afterWarmup === undefined ? undefined : formatWarmup(afterWarmup),
    'from-fraction': request.fromFraction,
    'last-part': request.lastPart,
    finals: request.finals,
    thin: request.thin,
    'all-checkpoints': request.allCheckpoints,
    'near-optimal': request.nearOptimal,
    'flops-per-token': request.flopsPerToken,
    group: request.group,
  };
}

function lawFlags(request: LawRequest): Readonly<Record<string, Flag>> {
  return {
    law: request.law,
    positive: request.positive?.join(','),
    'run-weights': request.runWeights,
    objective: request.objective,
    delta: request.delta,
    start: pairs(request.start),
    fix: pairs(request.fix),
    tie: pairs(request.tie),
    bounds: pairs(request.bounds, (range) => (range as readonly number[]).join(':')),
    solver: request.solver,
  };
}

function errorFlags(request: ErrorRequest): Readonly<Record<string, Flag>> {
  const { covariance, bootstrap, resampling, confidence, seed } = request;
  return { covariance, bootstrap, resampling, confidence, seed };
}

/**
 * The command line that makes the same fit, for the record in a saved fit.
 *
 * @param files - paths of the CSV files
 * @example
 * ```ts
 * fitCommandLine(['runs.csv'], { law: 'skaling', where: 'loss < 4' }); // "isoflop fit runs.csv --law skaling --where 'loss < 4'"
 * ```
 */
export function fitCommandLine(files: readonly string[], request: FitRequest): string {
  const { law, ...flags } = { ...lawFlags(request), ...dataFlags(request), ...errorFlags(request) };
  const options = Object.entries({ law, ...flags }).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, String(value)];
  });
  const calibration = request.calibration === false ? ['--no-calibration'] : [];
  return commandLine(['fit', ...files, ...options, ...calibration]);
}
