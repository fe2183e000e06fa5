import { IsoflopError } from '../../core/errors.ts';
import { choleskyInPlace, choleskySolve } from '../../core/linalg.ts';
import { createRandom, type Random } from '../../core/random.ts';

/** A regression on random features whose law is known. */
export interface RandomFeatures {
  /** alpha: the variance of the inputs falls as lambda_i = i^-(1+alpha). Positive. */
  readonly spectrum: number;
  /** beta: the target's share of direction i falls as v_i^2 = i^-(1+beta). Positive. */
  readonly target: number;
  /** Standard deviation sigma of the labels about the target; its square is the irreducible loss. */
  readonly noise: number;
  /** Directions that are followed one by one; all others together act as one, in infinitely many small parts. */
  readonly modes: number;
  /** Seed of the target's signs, which are the same in every run. */
  readonly teacherSeed: number;
}

/** alpha = beta = 0.7, no noise, 1024 directions. */
export const randomFeatureDefaults: RandomFeatures = {
  spectrum: 0.7,
  target: 0.7,
  noise: 0,
  modes: 1024,
  teacherSeed: 0,
};

/** What theory says about one size and number of samples, in the best ridge. */
export interface ExactLoss {
  /** Mean squared error on fresh labels. */
  readonly loss: number;
  /** The ridge delta at which it is least. */
  readonly ridge: number;
}

/** Exponents that hold for 1 << N, D, derived in the documentation. */
export interface RandomFeatureTruth {
  /** sigma^2. */
  readonly irreducible: number;
  /** L(N, inf) - L(inf, inf) ~ N^-alphaN. */
  readonly paramsExponent: number;
  /** L(inf, D) - L(inf, inf) ~ D^-alphaD. */
  readonly tokensExponent: number;
  /** L(N, D) - L(N, inf) ~ 1/D at fixed N, and the same the other way round, without noise. */
  readonly varianceExponent: number;
}

/** Sum of i^-s over i > m, by the Euler-Maclaurin formula; s > 1. */
function tailSum(s: number, m: number): number {
  return (
    m ** (1 - s) / (s - 1) - 0.5 * m ** -s + (s / 12) * m ** (-s - 1) - ((s * (s + 1) * (s + 2)) / 720) * m ** (-s - 3)
  );
}

/**
 * Exponents of the law that random features follow far from its ends. Without noise: as many directions are learnt as there
 * are features or samples, whichever are fewer, so the loss is what the target has beyond them. N features average over the
 * directions that they mix, so their exponent ends at 1 + alpha; samples without noise at 2 (1 + alpha). With noise the best
 * ridge weighs the noise that it lets in against the directions that it keeps out, which makes beta / (1 + beta) of beta.
 *
 * @see arXiv 2102.06701 (Bahri et al. 2021); arXiv 2311.14646 (Simon et al. 2023)
 * @example
 * ```ts
 * randomFeatureTruth({ ...randomFeatureDefaults, noise: 0.5 }).tokensExponent; // 0.4118
 * ```
 */
export function randomFeatureTruth({ spectrum, target, noise }: RandomFeatures): RandomFeatureTruth {
  const resolved = Math.min(target, 2 * (1 + spectrum));
  return {
    irreducible: noise ** 2,
    paramsExponent: Math.min(target, 1 + spectrum),
    tokensExponent: noise === 0 ? resolved : resolved / (1 + resolved),
    varianceExponent: 1,
  };
}

/** Sums over all directions that the equations need, at one gamma. */
interface Sums {
  readonly z: number;
  readonly q: number;
  /** Sum of v^2 gamma / (lambda + gamma). */
  readonly missed: number;
  /** Sum of v^2 lambda / (lambda + gamma)^2. */
  readonly mixed: number;
}

/**
 * The mean squared error of ridge regression on N random features of D samples with the best ridge, to leading order for large
 * N and D (where random matrices have become what they are on average), and that ridge.
 *
 * With z = sum lambda/(lambda + gamma), q = sum (lambda/(lambda + gamma))^2 and kappa = gamma (1 - z/N), the ridge is
 * delta = kappa (D - z), and the error is
 * [sum v^2 (gamma/(lambda+gamma) - kappa lambda/(lambda+gamma)^2 N/(N-q)) + sigma^2] / [1 - (q (N - 2z) + z^2)/(D (N - q))].
 * Every ridge is one gamma, so the best is found by a search over gamma alone.
 *
 * @param params - features N, `Infinity` allowed
 * @param tokens - samples D, `Infinity` allowed
 * @see arXiv 2311.14646, section 4 (Simon et al. 2023)
 * @example
 * ```ts
 * const { loss } = exactRandomFeatures(randomFeatureDefaults, 64, Infinity);
 * const slope = Math.log(loss / exactRandomFeatures(randomFeatureDefaults, 128, Infinity).loss) / Math.log(2);
 * slope.toFixed(1); // '0.7'
 * ```
 */
export function exactRandomFeatures(bed: RandomFeatures, params: number, tokens: number): ExactLoss {
  const { spectrum, target, modes, noise } = checked(bed, params, tokens);
  const lambda = Float64Array.from({ length: modes }, (_, i) => (i + 1) ** -(1 + spectrum));
  const squares = Float64Array.from({ length: modes }, (_, i) => (i + 1) ** -(1 + target));
  const tail = { lambda: tailSum(1 + spectrum, modes), squares: tailSum(1 + target, modes) };
  const sumsAt = (gamma: number): Sums => {
    let z = tail.lambda / gamma;
    let q = 0;
    let missed = tail.squares;
    let mixed = 0;
    for (let i = 0; i < modes; i++) {
      const share = lambda[i] / (lambda[i] + gamma);
      z += share;
      q += share * share;
      missed += squares[i] * (1 - share);
      mixed += (squares[i] * share) / (lambda[i] + gamma);
    }
    return { z, q, missed, mixed };
  };
  const lossAt = (logGamma: number): ExactLoss => {
    const gamma = Math.exp(logGamma);
    const { z, q, missed, mixed } = sumsAt(gamma);
    if (!(z < params && z < tokens)) return { loss: Infinity, ridge: 0 };
    const open = params === Infinity ? 1 : params / (params - q);
    const kappa = params === Infinity ? gamma : gamma * (1 - z / params);
    const used =
      tokens === Infinity
        ? 0
        : params === Infinity
          ? q / tokens
          : (q * (params - 2 * z) + z * z) / (tokens * (params - q));
    if (!(used < 1)) return { loss: Infinity, ridge: 0 };
    return {
      loss: (missed - kappa * mixed * open + noise ** 2) / (1 - used),
      ridge: kappa * (tokens - z),
    };
  };
  // The least gamma that the features or the samples allow, where the ridge is zero.
  let low = -60;
  let high = Math.log(1e3);
  const least = Math.min(params, tokens);
  if (least < Infinity) {
    for (let step = 0; step < 80; step++) {
      const middle = (low + high) / 2;
      if (sumsAt(Math.exp(middle)).z < least) high = middle;
      else low = middle;
    }
    low = high;
    high = Math.log(1e3);
  }
  const best = goldenSection((at) => lossAt(at).loss, low, high);
  return lossAt(best);
}

/** The place of the least value of a function that falls and then rises. */
function goldenSection(f: (x: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [from, to];
  let [c, d] = [b - ratio * (b - a), a + ratio * (b - a)];
  let [fc, fd] = [f(c), f(d)];
  for (let step = 0; step < 60; step++)
    if (fc < fd) {
      [b, d, fd] = [d, c, fc];
      c = b - ratio * (b - a);
      fc = f(c);
    } else {
      [a, c, fc] = [c, d, fd];
      d = a + ratio * (b - a);
      fd = f(d);
    }
  return fc < fd ? c : d;
}

/**
 * Trains one regression: draws features and samples, solves for the readout in the best ridge, and gives its mean squared error
 * over all inputs exactly, without a test set.
 *
 * @param params - features N
 * @param tokens - samples D
 * @param seed - of features and samples
 * @throws {@link IsoflopError} `OPTION_INVALID`
 * @example
 * ```ts
 * const found = trainRandomFeatures(randomFeatureDefaults, 64, 64, 0);
 * const exact = exactRandomFeatures(randomFeatureDefaults, 64, 64).loss;
 * Math.abs(found / exact - 1) < 0.5; // true
 * ```
 */
export function trainRandomFeatures(bed: RandomFeatures, params: number, tokens: number, seed: number): number {
  const { spectrum, target, noise, modes, teacherSeed } = checked(bed, params, tokens);
  const { ridge } = exactRandomFeatures(bed, params, tokens);
  const random = createRandom(seed, params * 2 ** 16 + tokens);
  const sign = createRandom(teacherSeed, 1);
  const v = Float64Array.from(
    { length: modes },
    (_, i) => (sign.next() < 0.5 ? -1 : 1) * (i + 1) ** (-(1 + target) / 2),
  );
  const width = Float64Array.from({ length: modes }, (_, i) => (i + 1) ** (-(1 + spectrum) / 2) / Math.sqrt(params));
  const tailWidth = Math.sqrt(tailSum(1 + spectrum, modes) / params);
  const tailTarget = Math.sqrt(tailSum(1 + target, modes));

  const features = normals(params * modes, random); // N x M
  for (let j = 0; j < params; j++) for (let i = 0; i < modes; i++) features[j * modes + i] *= width[i];
  const samples = normals(tokens * modes, random); // D x M
  const labels = Float64Array.from({ length: tokens }, (_, t) => {
    let sum = noise * random.normal() + tailTarget * random.normal();
    for (let i = 0; i < modes; i++) sum += v[i] * samples[t * modes + i];
    return sum;
  });
  const phi = productOfRows(samples, features, tokens, params, modes); // D x N
  for (let at = 0; at < phi.length; at++) phi[at] += tailWidth * random.normal();
  const readout = solveRidge(phi, labels, tokens, params, ridge);

  let loss = noise ** 2 + tailTarget ** 2;
  let size = 0;
  const learnt = new Float64Array(modes);
  for (let j = 0; j < params; j++) {
    size += readout[j] ** 2;
    for (let i = 0; i < modes; i++) learnt[i] += readout[j] * features[j * modes + i];
  }
  for (let i = 0; i < modes; i++) loss += (v[i] - learnt[i]) ** 2;
  return loss + tailWidth ** 2 * size;
}

function normals(count: number, random: Random): Float64Array {
  const out = new Float64Array(count);
  // Box and Muller's transform gives two at a time.
  for (let at = 0; at < count; at += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    out[at] = radius * Math.cos(angle);
    if (at + 1 < count) out[at + 1] = radius * Math.sin(angle);
  }
  return out;
}

/** Products of each row of a with each row of b, row-major rows x columns; four columns at a time, which spares loads. */
function productOfRows(a: Float64Array, b: Float64Array, rows: number, columns: number, inner: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const from = i * inner;
    let j = 0;
    for (; j + 3 < columns; j += 4) {
      const [b0, b1, b2, b3] = [j * inner, (j + 1) * inner, (j + 2) * inner, (j + 3) * inner];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let k = 0; k < inner; k++) {
        const x = a[from + k];
        s0 += x * b[b0 + k];
        s1 += x * b[b1 + k];
        s2 += x * b[b2 + k];
        s3 += x * b[b3 + k];
      }
      out.set([s0, s1, s2, s3], i * columns + j);
    }
    for (; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[from + k] * b[j * inner + k];
      out[i * columns + j] = sum;
    }
  }
  return out;
}

/** Readout of ridge regression, by the smaller of the two systems that give it. */
function solveRidge(
  phi: Float64Array,
  labels: Float64Array,
  tokens: number,
  params: number,
  ridge: number,
): Float64Array {
  const transposed = new Float64Array(params * tokens);
  for (let t = 0; t < tokens; t++) for (let j = 0; j < params; j++) transposed[j * tokens + t] = phi[t * params + j];
  const bySamples = tokens <= params;
  const n = bySamples ? tokens : params;
  const gram = bySamples
    ? productOfRows(phi, phi, tokens, tokens, params)
    : productOfRows(transposed, transposed, params, params, tokens);
  let largest = 0;
  for (let k = 0; k < n; k++) largest = Math.max(largest, gram[k * n + k]);
  for (let k = 0; k < n; k++) gram[k * n + k] += ridge + 1e-14 * largest;
  const solution = bySamples ? labels.slice() : productOfRows(transposed, labels, params, 1, tokens);
  choleskyInPlace(gram, n);
  choleskySolve(gram, n, solution);
  return bySamples ? productOfRows(transposed, solution, params, 1, tokens) : solution;
}

function checked(bed: RandomFeatures, params: number, tokens: number): RandomFeatures {
  const invalid = (option: string, value: number, expected: string): IsoflopError =>
    new IsoflopError('OPTION_INVALID', { option, value: String(value), expected });
  const { spectrum, target, noise, modes } = bed;
  for (const [option, value] of [
    ['--spectrum', spectrum],
    ['--target', target],
  ] as const)
    if (!(value > 0 && value <= 10)) throw invalid(option, value, 'an exponent above 0, and at most 10');
  if (!(noise >= 0 && noise < Infinity)) throw invalid('--noise', noise, 'a standard deviation from 0');
  if (!(Number.isInteger(modes) && modes >= 16 && modes <= 2 ** 20))
    throw invalid('--modes', modes, 'a whole number from 16 to 1048576');
  for (const [option, value] of [
    ['--params', params],
    ['--tokens', tokens],
  ] as const)
    if (!(value >= 1 && (value === Infinity || Number.isInteger(value))))
      throw invalid(option, value, 'whole numbers from 1');
  return bed;
}
