import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';
import { isHeld, unresolved } from './certificate.ts';
import type { Linearization, Problem } from './problem.ts';
import { addOuterProducts, addTransposed, timesVector } from './rowAlgebra.ts';

/** A decrease below this share of the objective is rounding. */
export const negligible = 1e-15;
/** Slope along a line, relative to its start, at which the line search ends. */
const flat = 0.5;
/** The model counts as minimised once a step gains less than this share of what all steps gained. */
const enough = 0.4;

/** Minimises the model of one step: the penalties of the linearised residuals plus their second-order part. */
export class StepModel {
  /** The step found by the last {@link solve}, length size; zero in coordinates held at a bound. */
  readonly step: Float64Array;
  /** Rounding of one residual of the problem's present rows. */
  rounding = 0;
  private readonly problem: Problem;
  private readonly direction: Float64Array;
  private readonly gradient: Float64Array;
  private readonly quadratic: Float64Array;
  private readonly matrix: Float64Array;
  private readonly factor: Float64Array;
  private readonly packed: Float64Array;
  private readonly freeIndex: Int32Array;
  private readonly residual: Float64Array;
  private readonly weight: Float64Array;
  /** Value and derivatives on the line of the search. */
  private readonly onLine = new Float64Array(3);
  private readonly change: Float64Array;
  private readonly psi: Float64Array;
  private readonly slope: Float64Array;
  private freeCount = 0;
  /** The part of its direction that the last line search went. */
  private taken = 0;
  /** Sum of the penalties at the present step. */
  private penaltyValue = 0;

  constructor(problem: Problem) {
    const { size } = problem.free;
    const n = problem.capacity;
    this.problem = problem;
    this.step = new Float64Array(size);
    this.direction = new Float64Array(size);
    this.gradient = new Float64Array(size);
    this.quadratic = new Float64Array(size * size);
    this.matrix = new Float64Array(size * size);
    this.factor = new Float64Array(size * size);
    this.packed = new Float64Array(size);
    this.freeIndex = new Int32Array(size);
    this.residual = new Float64Array(n);
    this.weight = new Float64Array(n);
    this.change = new Float64Array(n);
    this.psi = new Float64Array(n);
    this.slope = new Float64Array(n);
  }

  /** See {@link unresolved}. */
  unresolved(at: Linearization): number {
    return unresolved(this.problem, at.value, this.rounding);
  }

  /**
   * Finds the step and returns the decrease of the objective that the model promises.
   *
   * @param damping - multiple of the natural scale added to the curvature
   */
  solve(at: Linearization, damping: number): number {
    const { rows } = this.problem.data;
    this.penaltyValue = at.value;
    for (let i = 0; i < rows; i++) this.residual[i] = at.residual[i];
    this.gradient.set(at.gradient);
    return this.minimize(at, damping, at.psi, at.slope);
  }

  /**
   * Finds the step again, with residuals whose curvature was seen at a trial point: r + J d is replaced by
   * r(trial) - J (trial - point) + J d.
   */
  correct(at: Linearization, trial: Linearization, damping: number): void {
    const { problem, residual, psi, slope, gradient } = this;
    const { size } = problem.free;
    const { rows, weights } = problem.data;
    for (let k = 0; k < size; k++) this.direction[k] = trial.point[k] - at.point[k];
    timesVector(at.jacobian, this.direction, rows, size, this.change);
    for (let i = 0; i < rows; i++) residual[i] = trial.residual[i] - this.change[i];
    this.penaltyValue = problem.objective.penalty(residual, weights, rows, problem.delta, psi, slope);
    gradient.fill(0);
    addTransposed(at.jacobian, psi, rows, size, gradient);
    this.minimize(at, damping, psi, slope);
  }

  private minimize(at: Linearization, damping: number, firstPsi: Float64Array, firstSlope: Float64Array): number {
    const { problem, step } = this;
    const { size } = problem.free;
    this.freeCount = 0;
    for (let k = 0; k < size; k++) if (!isHeld(problem, at, k)) this.freeIndex[this.freeCount++] = k;
    step.fill(0);
    if (this.freeCount === 0) return 0;
    this.setQuadratic(at, damping, firstPsi, firstSlope);
    let promised = 0;
    for (let inner = 0; inner < 30; inner++) {
      const descent =
        inner === 0
          ? this.findDirection(at, firstPsi, firstSlope, true)
          : this.findDirection(at, this.psi, this.slope, false);
      if (!(descent > 0) || descent <= 1e-9 * negligible * at.value) break;
      if (descent <= this.unresolved(at)) {
        // So close to the optimum sums of penalties are rounding and the Newton step itself is the best step, unless a row
        // crosses a kink on the way; their slopes still tell.
        this.searchLine(at, descent, false);
        if (this.taken === 1) return promised + 0.5 * descent;
        continue;
      }
      const gained = this.searchLine(at, descent, true);
      promised += gained;
      if (gained <= enough * promised) break;
    }
    return promised;
  }

  /**
   * Sets the quadratic part of the model: the second derivatives of the residuals and the damping. Far from an optimum the
   * second derivatives can outweigh even an upper bound of the penalties' curvature, and the model would have no minimum;
   * there the plain Gauss-Newton model, which is convex, leads on faster.
   */
  private setQuadratic(at: Linearization, damping: number, psi: Float64Array, slope: Float64Array): void {
    const { problem, quadratic, matrix, weight } = this;
    const { size } = problem.free;
    const { rows } = problem.data;
    quadratic.set(at.secondOrder);
    for (let k = 0; k < size; k++) quadratic[k * size + k] += damping * at.scale[k];
    for (let i = 0; i < rows; i++) weight[i] = this.residual[i] === 0 ? slope[i] : psi[i] / this.residual[i];
    matrix.set(quadratic);
    addOuterProducts(at.jacobian, weight, rows, size, matrix);
    if (this.factorize(0, at.scale)) return;
    quadratic.fill(0);
    for (let k = 0; k < size; k++) quadratic[k * size + k] = damping * at.scale[k];
  }

  /** Newton direction of the model at the present step; returns -gradient . direction. */
  private findDirection(at: Linearization, psi: Float64Array, slope: Float64Array, isFirst: boolean): number {
    const { problem, matrix, direction, gradient, freeIndex, freeCount } = this;
    const { size } = problem.free;
    const { rows } = problem.data;
    matrix.set(this.quadratic);
    addOuterProducts(at.jacobian, slope, rows, size, matrix);
    if (!this.factorize(0, at.scale)) {
      // Too few rows lie in the quadratic zone, or the curvature is negative: use the reweighted least-squares matrix,
      // which bounds the curvature of the penalties from above, and damp it until it is positive definite.
      const { weight } = this;
      for (let i = 0; i < rows; i++) weight[i] = this.residual[i] === 0 ? slope[i] : psi[i] / this.residual[i];
      matrix.set(this.quadratic);
      addOuterProducts(at.jacobian, weight, rows, size, matrix);
      for (let extra = 0; !this.factorize(extra, at.scale); extra = Math.max(10 * extra, 1e-3))
        // Later steps have left the region in which the model bends upwards; there it says nothing more.
        if (!isFirst || extra > 1e12) return 0;
    }
    for (let a = 0; a < freeCount; a++) this.packed[a] = -gradient[freeIndex[a]];
    choleskySolve(this.factor, freeCount, this.packed);
    direction.fill(0);
    let descent = 0;
    for (let a = 0; a < freeCount; a++) {
      direction[freeIndex[a]] = this.packed[a];
      descent -= gradient[freeIndex[a]] * this.packed[a];
    }
    return descent;
  }

  private factorize(extra: number, scale: Float64Array): boolean {
    const { factor, matrix, freeIndex, freeCount } = this;
    const { size } = this.problem.free;
    for (let a = 0; a < freeCount; a++)
      for (let b = 0; b <= a; b++) factor[a * freeCount + b] = matrix[freeIndex[a] * size + freeIndex[b]];
    if (extra > 0) for (let a = 0; a < freeCount; a++) factor[a * freeCount + a] += extra * (scale[freeIndex[a]] || 1);
    return choleskyInPlace(factor, freeCount);
  }

  /**
   * Exact line search of the model along the direction; moves step, residuals and gradient there and returns the
   * decrease of the model.
   *
   * @param isResolved - whether values of the model tell points of the line apart; if not, its slopes have to do
   */
  private searchLine(at: Linearization, descent: number, isResolved: boolean): number {
    const { problem, direction, quadratic, step, change, psi, slope } = this;
    const { size } = problem.free;
    const { rows, weights } = problem.data;
    const { penalty, along } = problem.objective;
    timesVector(at.jacobian, direction, rows, size, change);
    let bend = 0; // direction' Q direction
    let tilt = 0; // step' Q direction
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) {
        const q = (a >= b ? quadratic[a * size + b] : quadratic[b * size + a]) * direction[b];
        bend += direction[a] * q;
        tilt += step[a] * q;
      }
    let low = 0;
    let slopeLow = -descent;
    let high = Infinity;
    let slopeHigh = Infinity;
    let t = 1;
    let used = 0;
    let gained = 0;
    for (let trial = 0; trial < 12 && t <= 64 && !(high - low < 1e-9 * high); trial++) {
      used = t;
      along(this.residual, change, t, weights, rows, problem.delta, this.onLine);
      const rise = tilt + t * bend + this.onLine[1];
      const curve = bend + this.onLine[2];
      gained = this.penaltyValue - this.onLine[0] - t * (tilt + 0.5 * t * bend);
      const isLower = !isResolved || gained > 0;
      if (isLower && Math.abs(rise) <= flat * descent) break;
      // The slope is piecewise linear and rises: a secant inside the bracket (halving the slope of an end that stays, as
      // in the Illinois method), a Newton step beyond it.
      if (rise < 0 && isLower) {
        if (low > 0) slopeHigh *= 0.5;
        [low, slopeLow] = [t, rise];
      } else {
        if (high < Infinity) slopeLow *= 0.5;
        [high, slopeHigh] = [t, rise];
      }
      const newton = t - rise / curve;
      if (high === Infinity) t = curve > 0 && newton < 8 * t ? newton : 2 * t;
      else if (slopeHigh > 0) t = low + ((high - low) * slopeLow) / (slopeLow - slopeHigh);
      else t = 0.5 * (low + high);
    }
    this.taken = used;
    for (let i = 0; i < rows; i++) this.residual[i] += used * change[i];
    this.penaltyValue = penalty(this.residual, weights, rows, problem.delta, psi, slope);
    for (let k = 0; k < size; k++) step[k] += used * direction[k];
    this.updateGradient(at, rows, size);
    return gained;
  }

  private updateGradient(at: Linearization, rows: number, size: number): void {
    const { gradient, quadratic, step, psi } = this;
    for (let a = 0; a < size; a++) {
      let sum = 0;
      for (let b = 0; b < size; b++) sum += (a >= b ? quadratic[a * size + b] : quadratic[b * size + a]) * step[b];
      gradient[a] = sum;
    }
    addTransposed(at.jacobian, psi, rows, size, gradient);
  }
}
