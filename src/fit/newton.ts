import { certifiedGradient, finalGradient, gradientNorm, isCertified, relativeGradient } from './certificate.ts';
import type { Linearization, Problem } from './problem.ts';
import { negligible, StepModel } from './stepModel.ts';

/** Where a local minimisation ended. */
export interface LocalMinimum {
  /** Free coordinates, length size. */
  readonly point: Float64Array;
  /** Value of the summed objective. */
  readonly value: number;
  /** Largest component of the gradient over the coordinates that are not held at a bound. */
  readonly gradientNorm: number;
  /**
   * Whether the gradient vanishes to rounding and the curvature says that no more than a relative 1e-12 of the objective
   * is left to gain.
   */
  readonly certified: boolean;
  readonly iterations: number;
}

/** Most steps of one search. */
const maxIterations = 200;
/** A search this close to a known minimum, relative to the objective, is taken to end there. */
const closeBy = 1e-3;

/**
 * Damped Newton minimisation with exact Hessians for objectives of the form sum_i rho(r_i(v)).
 *
 * A Huber penalty with a quadratic zone far narrower than the residuals is nearly a sum of absolute values: its Hessian
 * jumps whenever a row enters or leaves the zone, and plain Newton steps zigzag between the pieces. So each step
 * minimises the better model sum_i rho(r_i + J_i d) + d' S d / 2, where S holds the exact second derivatives of the
 * residuals: the pieces are followed exactly (by Newton steps with exact line searches, which need no exponentials), and
 * the law is evaluated only once a step. At the solution this is Newton's method and converges quadratically.
 *
 * @see Madsen and Nielsen (1990), "Finite algorithms for robust linear regression", for the inner problem
 */
export class Newton {
  private readonly problem: Problem;
  private current: Linearization;
  private trial: Linearization;
  private corrected: Linearization;
  private readonly model: StepModel;
  private readonly next: Float64Array;

  constructor(problem: Problem) {
    this.problem = problem;
    this.current = problem.createLinearization();
    this.trial = problem.createLinearization();
    this.corrected = problem.createLinearization();
    this.model = new StepModel(problem);
    this.next = new Float64Array(problem.free.size);
  }

  /**
   * Minimises from `start` (which is clipped into the box).
   *
   * @param known - certified minima; the search ends at one of them as soon as it has come close
   * @param most - steps at most
   */
  minimize(start: Float64Array, known: readonly LocalMinimum[] = [], most = maxIterations): LocalMinimum {
    const { problem, model, next } = this;
    const { lower, upper, size } = problem.free;
    next.set(start);
    clip(next, lower, upper);
    problem.linearize(next, this.current);
    model.rounding = problem.rounding;
    const floor = problem.data.rows * model.rounding ** 2;
    let damping = 0;
    let iterations = 0;
    for (; iterations < most && Number.isFinite(this.current.value); iterations++) {
      const reached = known.find((minimum) => this.isClose(minimum));
      if (reached !== undefined) return { ...reached, iterations };
      const { current, trial } = this;
      const left = model.solve(current, damping);
      const unresolved = model.unresolved(current);
      if (left <= Math.max(negligible * current.value, floor)) {
        if (current.value <= floor) break;
        const relative = this.relativeGradient(current);
        if (relative <= finalGradient || (relative <= certifiedGradient && left <= 0)) break;
        if (left <= 0) {
          // The model found no way down although the gradient does not vanish: shorten its steps.
          if (damping > 1e12) break;
          damping = Math.max(8 * damping, 1e-4);
          continue;
        }
      }
      for (let k = 0; k < size; k++) next[k] = current.point[k] + model.step[k];
      clip(next, lower, upper);
      problem.linearize(next, trial);
      let gained = current.value - trial.value;
      if (gained < 0.25 * left && left > unresolved && Number.isFinite(trial.value)) {
        // The rows on the kinks of the penalty bend away from their linearisation (the Maratos effect). Correct for
        // that bend, seen at the trial point, and try once more.
        model.correct(current, trial, damping);
        for (let k = 0; k < size; k++) next[k] = current.point[k] + model.step[k];
        clip(next, lower, upper);
        problem.linearize(next, this.corrected);
        if (this.corrected.value < trial.value) {
          gained = current.value - this.corrected.value;
          [this.trial, this.corrected] = [this.corrected, this.trial];
        }
      }
      if (left < unresolved) {
        // Values no longer tell the points apart, but gradients still do: go on while they shrink.
        if (gained < -unresolved || this.relativeGradient(this.trial) >= 0.5 * this.relativeGradient(current)) {
          if (gained > 0) this.swap();
          break;
        }
        this.swap();
      } else if (gained > 1e-4 * left) {
        this.swap();
        damping = gained > 0.5 * left ? damping / 16 : damping;
        if (damping < 1e-9) damping = 0;
      } else {
        if (damping > 1e12) break;
        damping = Math.max(8 * damping, 1e-4);
      }
    }
    return this.certify(iterations);
  }

  /** Certifies a point that another method found, without moving from it. */
  certifyAt(point: Float64Array): LocalMinimum {
    this.model.rounding = this.problem.rounding;
    this.problem.linearize(point, this.current);
    return this.certify(0);
  }

  private certify(iterations: number): LocalMinimum {
    const { current, problem, model } = this;
    const left = Number.isFinite(current.value) ? model.solve(current, 0) : Infinity;
    return {
      point: current.point.slice(),
      value: current.value,
      gradientNorm: gradientNorm(problem, current),
      certified: isCertified(problem, current, left, model.rounding),
      iterations,
    };
  }

  /** Whether the current point lies within the bowl of a known minimum: values and, in natural units, places agree. */
  private isClose(minimum: LocalMinimum): boolean {
    const { value, point, scale } = this.current;
    if (!minimum.certified || !(value < minimum.value * (1 + closeBy) && value >= minimum.value)) return false;
    let distance = 0;
    for (let k = 0; k < point.length; k++) distance += scale[k] * (point[k] - minimum.point[k]) ** 2;
    return distance < 2 * closeBy * minimum.value;
  }

  private swap(): void {
    [this.current, this.trial] = [this.trial, this.current];
  }

  private relativeGradient(at: Linearization): number {
    return relativeGradient(this.problem, at, this.model.rounding);
  }
}

/** Moves a point into the box. */
export function clip(v: Float64Array, lower: Float64Array, upper: Float64Array): void {
  for (let k = 0; k < v.length; k++) v[k] = Math.min(upper[k], Math.max(lower[k], v[k]));
}
