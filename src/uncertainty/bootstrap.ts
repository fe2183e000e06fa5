import { IsoflopError } from '../core/errors.ts';
import { createRandom, type Random } from '../core/random.ts';
import { createCoordinates, type Coordinates, type Restrictions } from '../fit/coordinates.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { Newton, type LocalMinimum } from '../fit/newton.ts';
import { findObjective } from '../fit/objectives/index.ts';
import { Problem, type ProblemRows } from '../fit/problem.ts';
import type { Bootstrap } from '../fit/result.ts';
import { searchMinimum } from '../fit/search.ts';
import { newtonSolver } from '../fit/solvers/newton.ts';
import { findFaint, switchOffTerms, type Settled } from '../fit/switchOff.ts';
import { lawOf } from '../laws/index.ts';
import { nameOf, type LawName } from '../laws/law.ts';
import type { Groups } from './groups.ts';
import { wildResponses, type WildResponses } from './wildResponses.ts';

/** Everything a thread needs to refit resamples; plain data that can be sent to it. */
export interface BootstrapTask {
  readonly law: LawName;
  readonly objective: string;
  readonly delta: number;
  readonly restrictions: Restrictions;
  readonly means: Float64Array;
  readonly data: ProblemRows;
  readonly groups: Pick<Groups, 'codes' | 'count'>;
  /** Free coordinates of the fit, from which every refit starts. */
  readonly start: Float64Array;
  readonly seed: number;
  /** What a wild bootstrap makes its responses from, on the scale of the residuals; `null` to draw groups. */
  readonly wild: WildResponses | null;
}

/** Refits of the resamples `from` to `to` - 1. */
export interface BootstrapPart {
  /** Law coordinates (not centred), row-major resamples x params. */
  readonly theta: Float64Array;
  /** 1 where the refit is a certified optimum. */
  readonly certified: Uint8Array;
}

/** The optimum of one resample. */
export interface Refit extends LocalMinimum {
  /** Law coordinates (not centred), length params: minus infinity for a term that is off, NaN for its exponent. */
  readonly theta: Float64Array;
}

function thetaWithoutFaint({ coordinates, problem, minimum, off }: Settled): Refit {
  const { law } = problem;
  const theta = coordinates.uncentre(minimum.point);
  for (const { amplitude, power } of law.separable ?? [])
    if (off.includes(amplitude) && power !== undefined && !coordinates.names.includes(power.exponent))
      theta[law.params.findIndex(({ name }) => name === power.exponent)] = NaN;
  return { ...minimum, theta };
}

/** Refits resamples of one fit; holds the memory that all of them share. */
export class Refitter {
  readonly coordinates: Coordinates;
  private readonly task: BootstrapTask;
  private readonly problem: Problem;
  private readonly newton: Newton;
  private readonly rows: {
    rows: number;
    inputs: readonly Float64Array[];
    observed: Float64Array;
    logObserved: Float64Array;
    weights: Float64Array;
  };

  constructor(task: BootstrapTask) {
    const law = lawOf(task.law);
    const capacity = task.data.rows;
    this.task = task;
    this.coordinates = createCoordinates(law, task.restrictions, task.means);
    this.rows = {
      rows: 0,
      inputs: task.data.inputs.map(() => new Float64Array(capacity)),
      observed: new Float64Array(capacity),
      logObserved: new Float64Array(capacity),
      weights: new Float64Array(capacity),
    };
    this.problem = new Problem(law, findObjective(task.objective), task.delta, this.coordinates, this.rows);
    this.newton = new Newton(this.problem);
  }

  /**
   * Fits the rows with the weight of each group multiplied by its count; rows of count zero are skipped.
   *
   * @param counts - how often each group was drawn, length groups
   * @param responses - what takes the place of the observed responses, length rows
   */
  refit(counts: ArrayLike<number>, responses?: Float64Array): Refit {
    const { data, groups, start } = this.task;
    const { rows } = this;
    let m = 0;
    for (let i = 0; i < data.rows; i++) {
      const count = counts[groups.codes[i]];
      if (count === 0) continue;
      for (let k = 0; k < data.inputs.length; k++) rows.inputs[k][m] = data.inputs[k][i];
      rows.observed[m] = responses === undefined ? data.observed[i] : responses[i];
      rows.logObserved[m] = responses === undefined ? data.logObserved[i] : Math.log(responses[i]);
      rows.weights[m] = data.weights === undefined ? count : count * data.weights[i];
      m++;
    }
    rows.rows = m;
    let minimum = this.newton.minimize(start);
    const { law, objective, delta } = this.problem;
    const task = () => {
      const { restrictions } = this.task;
      return { law, objective, delta, coordinates: this.coordinates, restrictions, data: trim(rows) };
    };
    if (!minimum.certified && m >= this.coordinates.size) {
      const { best } = searchMinimum(task(), newtonSolver, [start]);
      if (best.value <= minimum.value) minimum = best;
    }
    const bare = {
      off: [],
      coordinates: this.coordinates,
      restrictions: this.task.restrictions,
      problem: this.problem,
    };
    if (findFaint({ ...bare, minimum }) === undefined)
      return { ...minimum, theta: this.coordinates.uncentre(minimum.point) };
    return thetaWithoutFaint(switchOffTerms(task(), newtonSolver, minimum));
  }

  /** Refits the resamples `from` to `to` - 1 of the task's seed. */
  run(from: number, to: number): BootstrapPart {
    const { groups, seed } = this.task;
    const p = this.problem.law.params.length;
    const theta = new Float64Array((to - from) * p);
    const certified = new Uint8Array(to - from);
    const counts = new Int32Array(groups.count).fill(1);
    const responses = new Float64Array(this.task.data.rows);
    for (let b = from; b < to; b++) {
      // Stream b belongs to resample b, whichever thread draws it.
      const random = createRandom(seed, b);
      if (this.task.wild !== null) this.respond(random, this.task.wild, responses);
      else {
        counts.fill(0);
        for (let g = 0; g < groups.count; g++) counts[random.integer(groups.count)]++;
      }
      const minimum = this.task.wild === null ? this.refit(counts) : this.refit(counts, responses);
      theta.set(minimum.theta, (b - from) * p);
      certified[b - from] = minimum.certified ? 1 : 0;
    }
    return { theta, certified };
  }

  /** Responses under which the fit is the truth: its predictions with the residuals of each group under a weight they share. */
  private respond(random: Random, { predicted, residuals }: WildResponses, into: Float64Array): void {
    const { data, groups } = this.task;
    const isLog = this.problem.objective.residual === 'log';
    const weights = Float64Array.from({ length: groups.count }, () => webb[random.integer(webb.length)]);
    for (let i = 0; i < data.rows; i++) {
      const made = predicted[i] + weights[groups.codes[i]] * residuals[i];
      into[i] = isLog ? Math.exp(made) : made;
    }
  }
}

/** Six weights of mean 0 and variance 1: signs alone give too few different resamples of few groups (Webb 2014). */
const webb = [-Math.sqrt(1.5), -1, -Math.sqrt(0.5), Math.sqrt(0.5), 1, Math.sqrt(1.5)];

/** Fewer groups than this are too few to be drawn with replacement: many resamples would lack the ones that matter. */
const fewGroups = 20;

function trim(rows: ProblemRows): ProblemRows {
  const cut = (column: Float64Array): Float64Array => column.subarray(0, rows.rows);
  return {
    rows: rows.rows,
    inputs: rows.inputs.map(cut),
    observed: cut(rows.observed),
    logObserved: cut(rows.logObserved),
    weights: rows.weights === undefined ? undefined : cut(rows.weights),
  };
}

/** How resamples are made: whole groups drawn with replacement, or the residuals of each group under a random weight. */
export const resamplings = ['cases', 'wild'] as const;

/** One of {@link resamplings}. */
export type Resampling = (typeof resamplings)[number];

/** The task of bootstrapping a fit. */
export function bootstrapTask(
  fit: LawFit,
  groups: Pick<Groups, 'codes' | 'count'>,
  seed: number,
  resampling: Resampling = 'cases',
): BootstrapTask {
  return {
    wild: resampling === 'cases' ? null : wildResponses(fit, groups),
    law: nameOf(fit.law),
    objective: fit.objective.id,
    delta: fit.delta,
    restrictions: fit.problemRestrictions,
    means: fit.rows.means,
    data: fit.rows.data,
    groups: { codes: groups.codes, count: groups.count },
    start: fit.minimum.point,
    seed,
  };
}

/** Runs parts of a task, in this thread or in others, in any order; reports how many resamples are done. */
export type BootstrapExecutor = (
  task: BootstrapTask,
  resamples: number,
  onProgress: ((done: number) => void) | undefined,
) => Promise<BootstrapPart>;

/** Runs a bootstrap in the calling thread, with a pause between slices so that a page stays responsive. */
export const inThisThread: BootstrapExecutor = async (task, resamples, onProgress) => {
  const slice = 250;
  const refitter = new Refitter(task);
  const parts: BootstrapPart[] = [];
  for (let from = 0; from < resamples; from += slice) {
    parts.push(refitter.run(from, Math.min(resamples, from + slice)));
    onProgress?.(Math.min(resamples, from + slice));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return joinParts(parts);
};

/** Joins parts in the order of their resamples. */
export function joinParts(parts: readonly BootstrapPart[]): BootstrapPart {
  const theta = new Float64Array(parts.reduce((sum, part) => sum + part.theta.length, 0));
  const certified = new Uint8Array(parts.reduce((sum, part) => sum + part.certified.length, 0));
  let t = 0;
  let c = 0;
  for (const part of parts) {
    theta.set(part.theta, t);
    certified.set(part.certified, c);
    t += part.theta.length;
    c += part.certified.length;
  }
  return { theta, certified };
}

/** Options of {@link bootstrapFit}. */
export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed?: number;
  /** `cases` or `wild`; by default `wild` where there are fewer than 20 groups, else `cases`. */
  readonly resampling?: Resampling | undefined;
  readonly execute?: BootstrapExecutor;
  readonly onProgress?: (done: number) => void;
}

/**
 * Refits resamples and keeps those that reach a certified optimum. A resample is either as many groups as there are, drawn
 * with replacement, or, where groups are few, the predictions of the fit with the residuals of each group under a random
 * weight. The result depends on the seed alone, not on how the work is split.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID` for an unknown kind of resampling
 * @see Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 8; arXiv 2404.10102 for its use here;
 *   Cameron, Gelbach and Miller (2008) for the wild bootstrap of few clusters
 */
export async function bootstrapFit(fit: LawFit, groups: Groups, options: BootstrapOptions): Promise<Bootstrap> {
  const { resamples, seed = 0, execute = inThisThread, onProgress } = options;
  const resampling = options.resampling ?? (groups.count < fewGroups ? 'wild' : 'cases');
  if (!resamplings.includes(resampling))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--resampling',
      value: resampling,
      expected: resamplings.join(' or '),
    });
  const task = bootstrapTask(fit, groups, seed, resampling);
  const { theta, certified } = await execute(task, resamples, onProgress);
  const p = fit.law.params.length;
  const kept = certified.reduce((sum, flag) => sum + flag, 0);
  const draws = new Float32Array(kept * p);
  let at = 0;
  for (let b = 0; b < resamples; b++)
    if (certified[b] === 1) {
      for (let k = 0; k < p; k++) draws[at * p + k] = theta[b * p + k];
      at++;
    }
  return { resamples, seed, resampling, group: groups.name, groups: groups.count, certified: kept, draws };
}
