import { bandOf, type BandPoint } from '../../watch/band.ts';
import { curveOf, type RunCurve } from '../../watch/curve.ts';
import type { CheckedRegistration } from '../../watch/registration.ts';
import { watchRun, type WatchOptions, type WatchState } from '../../watch/watchRun.ts';
import type { Fit } from '../../fit/result.ts';
import { IsoflopError } from '../../core/errors.ts';
import type { RunRows } from './runSource.ts';

/** What is known of a run besides its rows, and what is asked of it. */
export interface WatchRequest extends Pick<WatchOptions, 'confidence' | 'target' | 'price'> {
  readonly registration?: CheckedRegistration | undefined;
  /** The law of the family, where nothing was registered. */
  readonly fit?: Fit | undefined;
  readonly params?: number | undefined;
  /** Tokens at which the run ends. */
  readonly tokens?: number | undefined;
  /** What else the law takes. */
  readonly inputs?: Readonly<Record<string, number>>;
  /** Runs of the family besides those that the source knows. */
  readonly family?: readonly RunCurve[];
}

/**
 * The length of a run: as it is given, as it was registered, or as the run itself says.
 *
 * @throws {@link IsoflopError} `RUN_LENGTH_UNKNOWN`
 */
export function lengthOf(
  rows: RunRows,
  { tokens, registration }: Pick<WatchRequest, 'tokens' | 'registration'>,
): number {
  const length = tokens ?? registration?.run.tokens ?? rows.plannedTokens;
  if (length === null) throw new IsoflopError('RUN_LENGTH_UNKNOWN', { run: rows.name });
  return length;
}

/** A run is no witness of itself. */
export const othersThan = (name: string, runs: readonly RunCurve[]): RunCurve[] =>
  runs.filter((run) => run.name !== name);

/**
 * The state of a run from its rows: what the command line prints and the server answers.
 *
 * @throws {@link IsoflopError} `RUN_LENGTH_UNKNOWN`, `POINT_INCOMPLETE`
 */
export function stateOf(
  rows: RunRows,
  request: WatchRequest,
): { readonly state: WatchState; readonly curve: RunCurve } {
  const { registration, fit, inputs = {}, target, price, confidence = 0.9 } = request;
  const { name, flopsPerToken, givenUp, since } = rows;
  const curve = curveOf(rows.rows, {
    name,
    params: request.params ?? registration?.run.params ?? rows.params,
    plannedTokens: lengthOf(rows, request),
    ...(flopsPerToken === null ? {} : { flopsPerToken }),
    ...(givenUp === undefined ? {} : { givenUp }),
  });
  const family = othersThan(name, [...(request.family ?? []), ...rows.family]);
  const law = registration === undefined ? (fit ?? rows.law) : undefined;
  const band: readonly BandPoint[] | undefined = law && bandOf(law, curve, { confidence, family, inputs }).points;
  const state = watchRun(curve, {
    ...(registration === undefined ? {} : { registration }),
    ...(band === undefined ? {} : { band }),
    ...(target === undefined ? {} : { target }),
    ...(price === undefined ? {} : { price }),
    family,
    confidence,
    since,
  });
  return { state, curve };
}
