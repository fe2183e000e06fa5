import { IsoflopError } from '../core/errors.ts';
import type { Law } from '../laws/law.ts';
import type { Restrictions } from './coordinates.ts';

/** Options of {@link fitLaw}. */
export interface FitOptions {
  /** Name of the objective; default `log-huber`, unless the law has one of its own. */
  readonly objective?: string;
  /** Width of the quadratic zone of a Huber objective; default 1e-3 (of the median response, where that is no loss). */
  readonly delta?: number;
  /** Parameters held at a value, in natural units. */
  readonly fixed?: Readonly<Record<string, number>>;
  /** Parameter to the parameter whose value it takes, such as `{ alpha: 'beta' }`. */
  readonly tied?: Readonly<Record<string, string>>;
  /** Ranges that replace those of the law, in natural units, such as `{ alpha: [0.1, 0.6] }`. */
  readonly bounds?: Readonly<Record<string, readonly [number, number]>>;
  /**
   * Values of a starting point, tried before all others; where it leaves parameters out, these start from the best seed.
   */
  readonly start?: Readonly<Record<string, number>>;
  /**
   * Of laws of learning-rate schedules: steps of the warm-up of every run, in which the rate rises from 0 in a straight line.
   * Without it the rate is taken to rise until the first row of a run.
   */
  readonly warmup?: number;
  /** Name of the solver; default `newton`. */
  readonly solver?: string;
  /** Weight of each row of the runs, or `run` for weights under which every run counts the same ({@link runWeights}); default 1. */
  readonly weights?: ArrayLike<number> | 'run';
}

/**
 * Checks the names and values of fixed and tied parameters and resolves chains of ties (`a=b`, `b=c`) to their end.
 *
 * @throws {@link IsoflopError} `PARAM_UNKNOWN`, `OPTION_INVALID`
 */
export function resolveRestrictions(law: Law, options: Pick<FitOptions, 'fixed' | 'tied' | 'bounds'>): Restrictions {
  const { fixed = {}, tied = {}, bounds = {} } = options;
  checkValues(law, '--fix', fixed);
  checkBounds(law, bounds, { ...fixed, ...tied });
  for (const [name, master] of Object.entries(tied)) {
    findParam(law, '--tie', name);
    findParam(law, '--tie', master);
    if (name in fixed) refuse('--tie', `${name}=${master}`, `a parameter that is not fixed (${name} is)`);
  }
  const resolvedFixed: Record<string, number> = { ...fixed };
  const resolvedTied: Record<string, string> = {};
  for (const name of Object.keys(tied)) {
    let end = tied[name];
    const seen = new Set([name]);
    while (end in tied) {
      if (seen.has(end)) refuse('--tie', `${name}=${tied[name]}`, 'ties that do not run in a circle');
      seen.add(end);
      end = tied[end];
    }
    if (seen.has(end)) refuse('--tie', `${name}=${tied[name]}`, 'two different parameters');
    const kinds = [name, end].map((n) => findParam(law, '--tie', n).transform);
    if (kinds[0] !== kinds[1])
      refuse('--tie', `${name}=${end}`, 'two parameters of the same kind (both exponents or both amplitudes)');
    if (end in fixed) resolvedFixed[name] = fixed[end];
    else resolvedTied[name] = end;
  }
  const restrictions = { fixed: resolvedFixed, tied: resolvedTied };
  return Object.keys(bounds).length === 0 ? restrictions : { ...restrictions, bounds };
}

/**
 * Checks that every name is a parameter of the law and every value in its range.
 *
 * @throws {@link IsoflopError} `PARAM_UNKNOWN`, `OPTION_INVALID`
 */
export function checkValues(law: Law, option: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    const [low, high] = findParam(law, option, name).bounds;
    if (!Number.isFinite(value) || value < low || value > high)
      refuse(option, `${name}=${String(value)}`, `a value between ${String(low)} and ${String(high)} for ${name}`);
  }
}

function checkBounds(
  law: Law,
  bounds: NonNullable<FitOptions['bounds']>,
  notFree: Readonly<Record<string, unknown>>,
): void {
  for (const [name, [low, high]] of Object.entries(bounds)) {
    const widest = findParam(law, '--bounds', name).bounds;
    const text = `${name}=${String(low)}:${String(high)}`;
    if (name in notFree) refuse('--bounds', text, `a parameter that is neither fixed nor tied (${name} is)`);
    if (!(low < high && low >= widest[0] && high <= widest[1]))
      refuse('--bounds', text, `LOW:HIGH between ${String(widest[0])} and ${String(widest[1])} for ${name}`);
  }
}

/**
 * The width of the quadratic zone that an objective uses; infinite for plain squares.
 *
 * @param unit - size of one unit of the residuals, by which the default is multiplied
 */
export function resolveDelta(
  objective: { id: string; delta: number | null },
  delta: number | undefined,
  unit = 1,
): number {
  if (objective.delta === null) {
    if (delta !== undefined)
      refuse('--delta', String(delta), `no value with ${objective.id}, which has no quadratic zone`);
    return Infinity;
  }
  if (delta !== undefined && !(delta > 0 && delta < Infinity)) refuse('--delta', String(delta), 'a positive number');
  return delta ?? unit * objective.delta;
}

function findParam(law: Law, option: string, name: string): Law['params'][number] {
  const param = law.params.find((candidate) => candidate.name === name);
  if (param !== undefined) return param;
  throw new IsoflopError('PARAM_UNKNOWN', { option, name, law: law.id, params: law.params.map((p) => p.name) });
}

function refuse(option: string, value: string, expected: string): never {
  throw new IsoflopError('OPTION_INVALID', { option, value, expected });
}
