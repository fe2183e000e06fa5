import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';
import { addOuterProducts, type Linearization, type Problem } from './problem.ts';

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

/** A decrease below this share of the objective is rounding. */
const negligible = 1e-15;
/** Below this share two values of the objective cannot be told apart reliably. */
const resolved = 1e-12;
/** Largest decrease, relative to the objective, that a certified optimum may still promise. */
const certifiedDecrease = 1e-12;
/** A relative gradient below this is rounding. */
const finalGradient = 1e-13;
/** Largest gradient of a certified optimum, relative to the sum of its terms' sizes. */
const certifiedGradient = 1e-9;

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

  /** The linearization at the point where the last {@link minimize} ended. */
  get last(): Linearization {
    return this.current;
  }

  /**
   * Minimises from `start` (which is clipped into the box).
   */
  minimize(start: Float64Array, maxIterations = 200): LocalMinimum {
    const { problem, model, next } = this;
    const { lower, upper, size } = problem.free;
    next.set(start);
    clip(next, lower, upper);
    problem.linearize(next, this.current);
    let damping = 0;
    let iterations = 0;
    for (; iterations < maxIterations && Number.isFinite(this.current.value); iterations++) {
      const { current, trial } = this;
      const left = model.solve(current, damping);
      if (
        left <= problem.floor ||
        (left <= negligible * current.value && this.relativeGradient(current) <= finalGradient)
      )
        break;
      for (let k = 0; k < size; k++) next[k] = current.point[k] + model.step[k];
      clip(next, lower, upper);
      problem.linearize(next, trial);
      let gained = current.value - trial.value;
      if (gained < 0.25 * left && left > resolved * current.value && Number.isFinite(trial.value)) {
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
      if (left < resolved * current.value) {
        // Values no longer tell the points apart, but gradients still do: go on while they shrink.
        if (
          gained < -resolved * current.value ||
          this.relativeGradient(this.trial) >= 0.5 * this.relativeGradient(current)
        ) {
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

  private certify(iterations: number): LocalMinimum {
    const { current, problem } = this;
    const left = Number.isFinite(current.value) ? this.model.solve(current, 0) : Infinity;
    const small = left <= certifiedDecrease * current.value;
    const exact = Math.min(left, current.value) <= problem.floor;
    const certified = exact || (small && this.relativeGradient(current) <= certifiedGradient);
    return {
      point: current.point.slice(),
      value: current.value,
      gradientNorm: this.gradientNorm(current),
      certified,
      iterations,
    };
  }

  private swap(): void {
    [this.current, this.trial] = [this.trial, this.current];
  }

  /** Largest component of the gradient among the coordinates that are not held at a bound. */
  private gradientNorm(at: Linearization): number {
    let norm = 0;
    for (let k = 0; k < at.gradient.length; k++)
      if (!isHeld(this.problem, at, k)) norm = Math.max(norm, Math.abs(at.gradient[k]));
    return norm;
  }

  /** The same with each component relative to the sum of the sizes of its terms, so that rounding is about 1e-16. */
  private relativeGradient(at: Linearization): number {
    let relative = 0;
    for (let k = 0; k < at.gradient.length; k++) {
      const g = Math.abs(at.gradient[k]);
      // A coordinate that hardly moves the objective at all (a term that is all but off) cannot spoil the optimum.
      if (g > certifiedDecrease * at.value && !isHeld(this.problem, at, k))
        relative = Math.max(relative, g / at.gradientScale[k]);
    }
    return relative;
  }
}

/** Whether a coordinate sits at a bound and the objective pushes it outwards. */
function isHeld(problem: Problem, at: Linearization, k: number): boolean {
  const { lower, upper } = problem.free;
  return (at.point[k] <= lower[k] && at.gradient[k] > 0) || (at.point[k] >= upper[k] && at.gradient[k] < 0);
}

function clip(v: Float64Array, lower: Float64Array, upper: Float64Array): void {
  for (let k = 0; k < v.length; k++) v[k] = Math.min(upper[k], Math.max(lower[k], v[k]));
}

/** Minimises the model of one step: the penalties of the linearised residuals plus their second-order part. */
class StepModel {
  /** The step found by the last {@link solve}, length size; zero in coordinates held at a bound. */
  readonly step: Float64Array;
  private readonly problem: Problem;
  private readonly direction: Float64Array;
  private readonly gradient: Float64Array;
  private readonly quadratic: Float64Array;
  private readonly matrix: Float64Array;
  private readonly factor: Float64Array;
  private readonly packed: Float64Array;
  private readonly freeIndex: Int32Array;
  private residual: Float64Array;
  private moved: Float64Array;
  private readonly change: Float64Array;
  private readonly psi: Float64Array;
  private readonly slope: Float64Array;
  private freeCount = 0;
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
    this.moved = new Float64Array(n);
    this.change = new Float64Array(n);
    this.psi = new Float64Array(n);
    this.slope = new Float64Array(n);
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
    for (let i = 0, place = 0; i < rows; i++) {
      let linear = 0;
      for (let k = 0; k < size; k++, place++) linear += at.jacobian[place] * (trial.point[k] - at.point[k]);
      residual[i] = trial.residual[i] - linear;
    }
    this.penaltyValue = problem.objective.penalty(residual, weights, rows, problem.delta, psi, slope);
    gradient.fill(0);
    for (let i = 0, place = 0; i < rows; i++)
      for (let k = 0; k < size; k++, place++) gradient[k] += psi[i] * at.jacobian[place];
    this.minimize(at, damping, psi, slope);
  }

  private minimize(at: Linearization, damping: number, firstPsi: Float64Array, firstSlope: Float64Array): number {
    const { problem, step } = this;
    const { size } = problem.free;
    this.freeCount = 0;
    for (let k = 0; k < size; k++) if (!isHeld(problem, at, k)) this.freeIndex[this.freeCount++] = k;
    step.fill(0);
    if (this.freeCount === 0) return 0;
    this.quadratic.set(at.secondOrder);
    for (let k = 0; k < size; k++) this.quadratic[k * size + k] += damping * at.scale[k];
    let promised = 0;
    for (let inner = 0; inner < 30; inner++) {
      const descent = this.findDirection(
        at,
        inner === 0 ? firstPsi : this.psi,
        inner === 0 ? firstSlope : this.slope,
        damping,
      );
      if (!(descent > 0) || descent <= 1e-9 * negligible * at.value) break;
      const gained = this.searchLine(at, descent);
      promised += gained;
      if (gained <= 1e-3 * promised) break;
    }
    return promised;
  }

  /** Newton direction of the model at the present step; returns -gradient . direction. */
  private findDirection(at: Linearization, psi: Float64Array, slope: Float64Array, damping: number): number {
    const { problem, matrix, direction, gradient, freeIndex, freeCount } = this;
    const { size } = problem.free;
    const { rows } = problem.data;
    matrix.set(this.quadratic);
    addOuterProducts(at.jacobian, slope, rows, size, matrix);
    if (!this.factorize(0, at.scale)) {
      // Too few rows lie in the quadratic zone, or the curvature is negative: use the reweighted least-squares matrix,
      // which bounds the curvature of the penalties from above, and damp it until it is positive definite.
      const weight = this.moved;
      for (let i = 0; i < rows; i++) weight[i] = this.residual[i] === 0 ? slope[i] : psi[i] / this.residual[i];
      matrix.set(this.quadratic);
      addOuterProducts(at.jacobian, weight, rows, size, matrix);
      for (let extra = 0; !this.factorize(extra, at.scale); extra = Math.max(10 * extra, 1e-6 + damping))
        if (extra > 1e12) return 0;
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
   */
  private searchLine(at: Linearization, descent: number): number {
    const { problem, direction, quadratic, step, change, psi, slope } = this;
    const { size } = problem.free;
    const { rows, weights } = problem.data;
    const { penalty } = problem.objective;
    const before = this.penaltyValue;
    for (let i = 0, place = 0; i < rows; i++) {
      let sum = 0;
      for (let k = 0; k < size; k++, place++) sum += at.jacobian[place] * direction[k];
      change[i] = sum;
    }
    let bend = 0; // direction' Q direction
    let tilt = 0; // step' Q direction
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) {
        const q = (a >= b ? quadratic[a * size + b] : quadratic[b * size + a]) * direction[b];
        bend += direction[a] * q;
        tilt += step[a] * q;
      }
    let low = 0;
    let high = Infinity;
    let t = 1;
    let used = 0;
    let after = before;
    for (let trial = 0; trial < 40 && t <= 64 && !(high - low < 1e-9 * high); trial++) {
      used = t;
      for (let i = 0; i < rows; i++) this.moved[i] = this.residual[i] + t * change[i];
      after = penalty(this.moved, weights, rows, problem.delta, psi, slope);
      let rise = tilt + t * bend;
      let curve = bend;
      for (let i = 0; i < rows; i++) {
        rise += psi[i] * change[i];
        curve += slope[i] * change[i] * change[i];
      }
      if (Math.abs(rise) <= 1e-3 * descent) break;
      if (rise < 0) low = t;
      else high = t;
      const newton = t - rise / curve;
      // The slope is piecewise linear, so Newton steps inside the bracket end exactly on the right piece.
      if (curve > 0 && newton > low && newton < high && newton < 8 * t) t = newton;
      else if (high < Infinity) t = 0.5 * (low + high);
      else t = 2 * t;
    }
    this.penaltyValue = after;
    const gained = before - after - used * tilt - 0.5 * used * used * bend;
    for (let k = 0; k < size; k++) step[k] += used * direction[k];
    [this.residual, this.moved] = [this.moved, this.residual];
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
    for (let i = 0; i < rows; i++) {
      const s = psi[i];
      if (s !== 0) for (let k = 0; k < size; k++) gradient[k] += s * at.jacobian[i * size + k];
    }
  }
}
