import { IsoflopError } from '../core/errors.ts';
import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';

/** A task score as a sigmoid of capabilities: Y = b + (1 - b) / (1 + exp(-(w . S + w0))). */
export interface Sigmoid {
  /** w, one for each column of S. */
  readonly weights: Float64Array;
  /** w0. */
  readonly offset: number;
  /** b, the score of models that know nothing. */
  readonly floor: number;
}

/** A fitted {@link Sigmoid}. */
export interface SigmoidFit extends Sigmoid {
  readonly rows: number;
  /** Sum of squares, or of Huber penalties, at the optimum. */
  readonly value: number;
  /** Spread of single models about the curve: root of the sum of squares over the rows left after the parameters. */
  readonly noise: number;
  /** Largest component of the gradient of the objective in the parameters that are free, S standardised. */
  readonly gradientNorm: number;
  readonly status: 'converged' | 'degenerate' | 'stalled';
  /** Why the status is not `converged`; empty otherwise. */
  readonly reasons: readonly string[];
}

/** Options of {@link fitSigmoid}. */
export interface SigmoidOptions {
  /** Range of b; two equal numbers hold it. Default [0, 0.2]. */
  readonly floor?: readonly [number, number];
  /** Width of Huber's penalty; squares unless given. */
  readonly huber?: number | undefined;
  /** A floor near which the optimum is known to be, so that one starting point is enough. */
  readonly near?: number;
}

/** A model so near to an end of the sigmoid says nothing of how steep it is. */
const nearEnd = 1e-3;

/**
 * Fits a sigmoid with a floor by least squares (or Huber's penalty) from several starting points, by damped Newton
 * steps within the range of the floor. The height is 1 - b, so that a model that knows everything scores 1.
 *
 * @param s - capabilities, row-major rows x columns
 * @param y - scores between 0 and 1, length rows
 * @throws {@link IsoflopError} `MODELS_TOO_FEW` where there are no more models than parameters
 * @see arXiv 2405.10938, section 3.3 (Ruan et al. 2024)
 * @example
 * ```ts
 * const s = Float64Array.of(-2, -1, 0, 1, 2, 3);
 * const y = s.map((x) => 0.1 + 0.9 / (1 + Math.exp(-(1.5 * x - 0.5))));
 * const fit = fitSigmoid(s, y);
 * fit.weights[0].toFixed(6); // '1.500000'
 * fit.floor.toFixed(6); // '0.100000'
 * ```
 */
export function fitSigmoid(s: Float64Array, y: Float64Array, options: SigmoidOptions = {}): SigmoidFit {
  const n = y.length;
  const k = n === 0 ? 0 : s.length / n;
  const [low, high] = options.floor ?? [0, 0.2];
  if (!(low >= 0 && low <= high && high < 1))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--floor',
      value: `${String(low)}:${String(high)}`,
      expected: 'a share of right answers below 1, or a range of them such as 0:0.2',
    });
  if (n < k + 3)
    throw new IsoflopError('MODELS_TOO_FEW', {
      what: `a sigmoid of ${String(k)} capabilities`,
      found: `${String(n)} ${n === 1 ? 'model' : 'models'} with a score`,
      needed: `${String(k + 3)} or more`,
    });
  const { mean, scale, columns } = standardised(s, n, k);
  const problem: Problem = { s: columns, y, k, low, high, huber: options.huber ?? Infinity };
  const floors = options.near === undefined ? [...new Set([low, (low + high) / 2, high])] : [options.near];
  const flat = options.near === undefined ? [new Float64Array(k + 2)] : [];
  const ends = [...floors.map((floor) => linearStart(problem, floor)), ...flat].map((start) => {
    start[k + 1] = Math.min(high, Math.max(low, start[k + 1]));
    return descend(problem, start);
  });
  const best = ends.reduce((a, b) => (b.value < a.value ? b : a));
  const { theta } = best;
  const reasons: string[] = [];
  const size = Math.hypot(...theta.subarray(0, k));
  if (!best.certified) reasons.push('the gradient does not vanish');
  let between = 0;
  for (let i = 0; i < n; i++) {
    const share = logistic(argumentAt(problem, theta, i));
    if (share > nearEnd && share < 1 - nearEnd) between++;
  }
  if (between < k + 1) reasons.push('the curve is a step: the scores do not say how steep it is');
  if (size < 1e-9) reasons.push('the score does not change with the capabilities');
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (y[i] - valueAt(problem, theta, i)) ** 2;
  const weights = Float64Array.from({ length: k }, (_, j) => theta[j] / scale[j]);
  return {
    weights,
    offset: theta[k] - weights.reduce((sum, w, j) => sum + w * mean[j], 0),
    floor: theta[k + 1],
    rows: n,
    value: best.value,
    noise: Math.sqrt(squares / (n - k - (low < high ? 2 : 1))),
    gradientNorm: best.gradientNorm,
    status: !best.certified ? 'stalled' : reasons.length > 0 ? 'degenerate' : 'converged',
    reasons,
  };
}

/**
 * The score that a sigmoid gives.
 *
 * @param s - capabilities; as many as there are weights are read
 * @example
 * ```ts
 * sigmoidAt({ weights: Float64Array.of(1), offset: 0, floor: 0.2 }, [0]); // 0.6
 * ```
 */
export function sigmoidAt({ weights, offset, floor }: Sigmoid, s: ArrayLike<number>): number {
  let u = offset;
  for (let j = 0; j < weights.length; j++) u += weights[j] * s[j];
  return floor + (1 - floor) * logistic(u);
}

const logistic = (u: number): number => 0.5 * (1 + Math.tanh(u / 2));

interface Problem {
  /** Standardised, row-major rows x k. */
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly k: number;
  readonly low: number;
  readonly high: number;
  readonly huber: number;
}

function standardised(
  s: Float64Array,
  n: number,
  k: number,
): { readonly mean: Float64Array; readonly scale: Float64Array; readonly columns: Float64Array } {
  const mean = new Float64Array(k);
  const scale = new Float64Array(k);
  const columns = s.slice();
  for (let j = 0; j < k; j++) {
    for (let i = 0; i < n; i++) mean[j] += s[i * k + j] / n;
    for (let i = 0; i < n; i++) scale[j] += (s[i * k + j] - mean[j]) ** 2 / n;
    scale[j] = Math.sqrt(scale[j]);
  }
  const largest = Math.max(...scale);
  for (let j = 0; j < k; j++) {
    // Rounding alone is no difference between models: such a capability gets no weight.
    const isFlat = !(scale[j] > 1e-9 * largest);
    if (isFlat) scale[j] = 1;
    for (let i = 0; i < n; i++) columns[i * k + j] = isFlat ? 0 : (s[i * k + j] - mean[j]) / scale[j];
  }
  return { mean, scale, columns };
}

function argumentAt({ s, k }: Problem, theta: Float64Array, i: number): number {
  let u = theta[k];
  for (let j = 0; j < k; j++) u += theta[j] * s[i * k + j];
  return u;
}

function valueAt(problem: Problem, theta: Float64Array, i: number): number {
  const floor = theta[problem.k + 1];
  return floor + (1 - floor) * logistic(argumentAt(problem, theta, i));
}

/** Least squares of the inverse of the sigmoid, where scores are kept off its ends. */
function linearStart(problem: Problem, floor: number): Float64Array {
  const { s, y, k } = problem;
  const q = k + 1;
  const a = new Float64Array(q * q);
  const b = new Float64Array(q);
  for (let i = 0; i < y.length; i++) {
    const share = Math.min(0.98, Math.max(0.02, (y[i] - floor) / (1 - floor)));
    const target = Math.log(share / (1 - share));
    for (let j = 0; j < q; j++) {
      const x = j < k ? s[i * k + j] : 1;
      b[j] += x * target;
      for (let l = 0; l <= j; l++) a[j * q + l] += x * (l < k ? s[i * k + l] : 1);
    }
  }
  // Capabilities that are exactly collinear still give a start.
  for (let j = 0; j < q; j++) a[j * q + j] += 1e-9 * y.length;
  if (choleskyInPlace(a, q)) choleskySolve(a, q, b);
  return Float64Array.from([...b, floor]);
}

/** What {@link sigmoidObjective} fills in: the gradient, the Hessian (lower triangle) and a positive scale of each parameter. */
export interface Derivatives {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  /** Diagonal of the Gauss-Newton matrix. */
  readonly scale: Float64Array;
}

/** The sum of squares or Huber penalties at the parameters w, w0 and b, with its derivatives. */
export function sigmoidObjective(
  problem: { readonly s: Float64Array; readonly y: Float64Array; readonly k: number; readonly huber: number },
  theta: Float64Array,
  derivatives?: Derivatives,
): number {
  const { s, y, k, huber } = problem;
  const q = k + 2;
  const floor = theta[k + 1];
  const row = new Float64Array(q);
  derivatives?.gradient.fill(0);
  derivatives?.hessian.fill(0);
  derivatives?.scale.fill(0);
  let value = 0;
  for (let i = 0; i < y.length; i++) {
    let u = theta[k];
    for (let j = 0; j < k; j++) u += theta[j] * s[i * k + j];
    const share = logistic(u);
    const r = floor + (1 - floor) * share - y[i];
    const size = Math.abs(r);
    const inside = size <= huber;
    value += inside ? r * r : huber * (2 * size - huber);
    if (derivatives === undefined) continue;
    const { gradient, hessian, scale } = derivatives;
    const steep = share * (1 - share);
    for (let j = 0; j <= k; j++) row[j] = (1 - floor) * steep * (j < k ? s[i * k + j] : 1);
    row[k + 1] = 1 - share;
    const first = inside ? 2 * r : 2 * huber * Math.sign(r);
    const second = inside ? 2 : 0;
    // Second derivatives of the curve: of its argument twice, and of argument and floor.
    const bend = first * (1 - floor) * steep * (1 - 2 * share);
    for (let j = 0; j < q; j++) {
      gradient[j] += first * row[j];
      scale[j] += 2 * row[j] * row[j];
      const xj = j < k ? s[i * k + j] : 1;
      for (let l = 0; l <= j; l++) {
        const xl = l < k ? s[i * k + l] : 1;
        const curve = j <= k ? bend * xj * xl : l <= k ? -first * steep * xl : 0;
        hessian[j * q + l] += second * row[j] * row[l] + curve;
      }
    }
  }
  return value;
}

interface End {
  readonly theta: Float64Array;
  readonly value: number;
  readonly gradientNorm: number;
  readonly certified: boolean;
}

/** Damped Newton steps with the floor kept in its range: held at an end while the gradient pushes it out. */
function descend(problem: Problem, start: Float64Array): End {
  const { k, low, high, y } = problem;
  const q = k + 2;
  let theta = start;
  const derivatives = {
    gradient: new Float64Array(q),
    hessian: new Float64Array(q * q),
    scale: new Float64Array(q),
  };
  const { gradient } = derivatives;
  let value = sigmoidObjective(problem, theta, derivatives);
  let damping = 1e-3;
  let gradientNorm = Infinity;
  for (let pass = 0; pass < 300; pass++) {
    const b = theta[q - 1];
    const held = low === high || (b <= low && gradient[q - 1] > 0) || (b >= high && gradient[q - 1] < 0);
    gradientNorm = 0;
    for (let j = 0; j < (held ? q - 1 : q); j++) gradientNorm = Math.max(gradientNorm, Math.abs(gradient[j]));
    if (gradientNorm <= 1e-11 * y.length || damping > 1e8) break;
    const step = dampedStep(derivatives, q, damping, held);
    if (step === undefined) {
      damping = Math.max(1e-3, damping * 10);
      continue;
    }
    const trial = Float64Array.from(theta, (x, j) => x + step[j]);
    trial[q - 1] = Math.min(high, Math.max(low, trial[q - 1]));
    if (sigmoidObjective(problem, trial) < value) {
      theta = trial;
      value = sigmoidObjective(problem, theta, derivatives);
      damping = damping < 1e-6 ? 0 : damping / 10;
    } else damping = Math.max(1e-3, damping * 10);
  }
  return { theta, value, gradientNorm, certified: gradientNorm <= 1e-7 * y.length };
}

/** A Newton step on a Hessian raised along its diagonal, `undefined` where that is not positive definite. */
function dampedStep(
  { gradient, hessian, scale }: Derivatives,
  q: number,
  damping: number,
  held: boolean,
): Float64Array | undefined {
  const a = hessian.slice();
  const step = Float64Array.from(gradient, (g) => -g);
  const largest = Math.max(...scale);
  for (let j = 0; j < q; j++) a[j * q + j] += damping * Math.max(scale[j], 1e-9 * largest);
  if (held) {
    for (let j = 0; j < q - 1; j++) a[(q - 1) * q + j] = 0;
    a[q * q - 1] = 1;
    step[q - 1] = 0;
  }
  if (!choleskyInPlace(a, q)) return undefined;
  choleskySolve(a, q, step);
  return step;
}
