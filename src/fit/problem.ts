import type { Law } from '../laws/law.ts';
import type { Objective } from './objectives/objective.ts';
import { addOuterProducts } from './rowAlgebra.ts';

/** The rows of a problem; all arrays have length >= rows. */
export interface ProblemRows {
  readonly rows: number;
  /** The law's inputs as it takes them: logarithms (centred where the law has shears for it) or values. */
  readonly inputs: readonly Float64Array[];
  /** The response, such as the loss. */
  readonly observed: Float64Array;
  /** Its natural logarithm; NaN where it is negative, which only objectives of raw residuals allow. */
  readonly logObserved: Float64Array;
  /** Weight of each row; `undefined` means 1. */
  readonly weights: Float64Array | undefined;
}

/** The rows of a problem with the given indices, in that order. */
export function pickRows(data: ProblemRows, index: ArrayLike<number>): ProblemRows {
  const pick = (column: Float64Array): Float64Array => {
    const picked = new Float64Array(index.length);
    for (let i = 0; i < picked.length; i++) picked[i] = column[index[i]];
    return picked;
  };
  return {
    rows: index.length,
    inputs: data.inputs.map(pick),
    observed: pick(data.observed),
    logObserved: pick(data.logObserved),
    weights: data.weights === undefined ? undefined : pick(data.weights),
  };
}

/**
 * The free coordinates v of a fit: theta = map * v + offset, with a box for v. Fixed and tied parameters and the centring
 * of the inputs are all of this form.
 */
export interface FreeCoordinates {
  /** Number of free coordinates. */
  readonly size: number;
  /** Row-major (law parameters) x size; `undefined` when theta = v. */
  readonly map: Float64Array | undefined;
  readonly offset: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Value, gradient and curvature of the objective at one point, with what the model of the next step needs. */
export class Linearization {
  value = Infinity;
  readonly point: Float64Array;
  readonly residual: Float64Array;
  /** d residual / d v, row-major rows x size. */
  readonly jacobian: Float64Array;
  /** weight * first derivative of the penalty. */
  readonly psi: Float64Array;
  /** weight * second derivative of the penalty. */
  readonly slope: Float64Array;
  readonly gradient: Float64Array;
  /** Sum of |contributions| to each component of the gradient: the scale against which it counts as zero. */
  readonly gradientScale: Float64Array;
  /** sum_i psi_i * Hessian of residual i; lower triangle, row-major size x size. */
  readonly secondOrder: Float64Array;
  /** Diagonal of the reweighted least-squares matrix: the natural scale of each coordinate. */
  readonly scale: Float64Array;

  constructor(capacity: number, size: number) {
    this.point = new Float64Array(size);
    this.residual = new Float64Array(capacity);
    this.jacobian = new Float64Array(capacity * size);
    this.psi = new Float64Array(capacity);
    this.slope = new Float64Array(capacity);
    this.gradient = new Float64Array(size);
    this.gradientScale = new Float64Array(size);
    this.secondOrder = new Float64Array(size * size);
    this.scale = new Float64Array(size);
  }
}

/** A law, an objective, rows and free coordinates: the function that a fit minimises, with exact derivatives. */
export class Problem {
  readonly theta: Float64Array;
  /** What the law gives, then the prediction on the scale of the residuals. */
  private readonly predicted: Float64Array;
  /** d prediction / d what the law gives, where the two differ. */
  private readonly factor: Float64Array;
  private readonly coefficient: Float64Array;
  /** How the law's scale becomes that of the residuals. */
  private readonly change: 'none' | 'exp' | 'log';
  /** Gradient of what the law gives in its coordinates; the same memory as the linearization's when they coincide. */
  private readonly lawJacobian: Float64Array | undefined;
  private readonly lawHessian: Float64Array;
  private readonly mapped: Float64Array;
  readonly law: Law;
  readonly objective: Objective;
  readonly delta: number;
  readonly free: FreeCoordinates;
  readonly capacity: number;
  data: ProblemRows;

  constructor(law: Law, objective: Objective, delta: number, free: FreeCoordinates, data: ProblemRows) {
    const p = law.params.length;
    this.law = law;
    this.objective = objective;
    this.delta = delta;
    this.free = free;
    this.data = data;
    this.capacity = data.observed.length;
    this.theta = new Float64Array(p);
    this.change = law.scale === objective.residual ? 'none' : law.scale === 'log' ? 'exp' : 'log';
    this.predicted = new Float64Array(this.capacity);
    this.factor = new Float64Array(this.change === 'none' ? 0 : this.capacity);
    this.coefficient = new Float64Array(this.change === 'none' ? 0 : this.capacity);
    this.lawJacobian = free.map === undefined ? undefined : new Float64Array(this.capacity * p);
    this.lawHessian = new Float64Array(p * p);
    this.mapped = new Float64Array(p * free.size);
  }

  /** Rounding of one residual. */
  get rounding(): number {
    const { rows, observed, logObserved } = this.data;
    const raw = this.objective.residual === 'raw';
    let largest = 0;
    for (let i = 0; i < rows; i++) {
      // Where a prediction is the exponential of a logarithm, its relative rounding is that of the logarithm, times its size.
      const relative = this.law.scale === 'log' ? Math.max(1, Math.abs(logObserved[i])) : 1;
      largest = Math.max(largest, relative * (raw ? Math.abs(observed[i]) : 1));
    }
    return 4e-16 * largest;
  }

  /** An objective as small as this is a perfect fit to rounding; nothing can be gained below it. */
  get floor(): number {
    return this.data.rows * this.rounding ** 2;
  }

  /** Memory for one linearization of this problem. */
  createLinearization(): Linearization {
    return new Linearization(this.capacity, this.free.size);
  }

  /** Law coordinates (centred) of the free coordinates; the returned array is reused. */
  toTheta(v: Float64Array): Float64Array {
    const { map, offset, size } = this.free;
    const theta = this.theta;
    if (map === undefined) {
      theta.set(v);
      return theta;
    }
    for (let j = 0; j < theta.length; j++) {
      let sum = offset[j];
      // 0 * Infinity would poison a coordinate that a switched-off term does not touch.
      for (let k = 0; k < size; k++) if (map[j * size + k] !== 0) sum += map[j * size + k] * v[k];
      theta[j] = sum;
    }
    return theta;
  }

  /** Predictions at v on the scale of the residuals; the returned array is reused. */
  predict(v: Float64Array): Float64Array {
    this.law.evaluate(this.toTheta(v), this.data.inputs, this.data.rows, this.predicted, undefined);
    this.changeScale();
    return this.predicted;
  }

  /** Computes everything at v. */
  linearize(v: Float64Array, into: Linearization): number {
    const { rows, inputs, logObserved, observed, weights } = this.data;
    const { size, map } = this.free;
    const { change, factor, predicted: f } = this;
    const theta = this.toTheta(v);
    const { residual, psi, slope, jacobian } = into;
    const lawJacobian = this.lawJacobian ?? jacobian;
    into.point.set(v);
    this.law.evaluate(theta, inputs, rows, f, lawJacobian);
    this.changeScale();
    const target = this.objective.residual === 'raw' ? observed : logObserved;
    for (let i = 0; i < rows; i++) residual[i] = f[i] - target[i];
    into.value = this.objective.penalty(residual, weights, rows, this.delta, psi, slope);
    if (!Number.isFinite(into.value)) {
      into.value = Infinity;
      return Infinity;
    }

    // A change of scale adds an outer product to the Hessian: exp(f)'' = exp(f) (f'' + f' f''), ln(f)'' = f''/f - f' f'/f^2.
    const coefficient = change === 'none' ? psi : this.coefficient;
    if (change !== 'none') for (let i = 0; i < rows; i++) coefficient[i] = psi[i] * factor[i];
    const hessian = this.lawHessian.fill(0);
    this.law.curvature(theta, inputs, rows, lawJacobian, coefficient, hessian);
    if (change === 'log') for (let i = 0; i < rows; i++) coefficient[i] *= -factor[i];
    if (change !== 'none') addOuterProducts(lawJacobian, coefficient, rows, theta.length, hessian);
    if (map === undefined) into.secondOrder.set(hessian);
    else this.mapHessian(hessian, into.secondOrder);

    if (map !== undefined) mapRows(lawJacobian, map, rows, theta.length, size, jacobian);
    if (change !== 'none')
      for (let i = 0; i < rows; i++) for (let k = 0; k < size; k++) jacobian[i * size + k] *= factor[i];
    this.sumGradient(into, rows, size);
    return into.value;
  }

  /** Brings what the law gave to the scale of the residuals. */
  private changeScale(): void {
    const { change, factor, predicted: f } = this;
    const { rows } = this.data;
    if (change === 'exp') for (let i = 0; i < rows; i++) factor[i] = f[i] = Math.exp(f[i]);
    else if (change === 'log')
      for (let i = 0; i < rows; i++) {
        factor[i] = 1 / f[i];
        f[i] = Math.log(f[i]);
      }
  }

  private sumGradient(into: Linearization, rows: number, size: number): void {
    const { residual, psi, slope, jacobian } = into;
    const gradient = into.gradient.fill(0);
    const gradientScale = into.gradientScale.fill(0);
    const scale = into.scale.fill(0);
    for (let i = 0, at = 0; i < rows; i++) {
      const s = psi[i];
      const w = s === 0 ? slope[i] : s / residual[i];
      for (let k = 0; k < size; k++, at++) {
        const j = jacobian[at];
        const g = s * j;
        gradient[k] += g;
        gradientScale[k] += Math.abs(g);
        scale[k] += w * j * j;
      }
    }
  }

  private mapHessian(hessian: Float64Array, out: Float64Array): void {
    const { map, size } = this.free;
    if (map === undefined) return;
    const p = this.theta.length;
    const half = this.mapped.fill(0); // hessian * map, p x size
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) {
        const h = i >= j ? hessian[i * p + j] : hessian[j * p + i];
        if (h !== 0) for (let k = 0; k < size; k++) half[i * size + k] += h * map[j * size + k];
      }
    out.fill(0);
    for (let i = 0; i < p; i++)
      for (let a = 0; a < size; a++) {
        const m = map[i * size + a];
        if (m !== 0) for (let b = 0; b <= a; b++) out[a * size + b] += m * half[i * size + b];
      }
  }
}

/** Rows of `jacobian` (rows x p) times `map` (p x size). */
function mapRows(
  jacobian: Float64Array,
  map: Float64Array,
  rows: number,
  p: number,
  size: number,
  out: Float64Array,
): void {
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < size; k++) {
      let sum = 0;
      for (let j = 0; j < p; j++) if (map[j * size + k] !== 0) sum += jacobian[i * p + j] * map[j * size + k];
      out[i * size + k] = sum;
    }
}
