import { IsoflopError } from '../../core/errors.ts';
import { allocationFault } from '../../laws/allocation.ts';
import { toParams, type Law } from '../../laws/law.ts';
import { findOptimum } from '../optimum.ts';

/** How the worth of repeated tokens, and of parameters beyond what the distinct tokens feed, decays. */
export interface Repetition {
  /** RD*: repetitions after which most of their worth is spent. */
  readonly tokens: number;
  /** RN*: excess of parameters after which most of their worth is spent. */
  readonly params: number;
}

/** A model and its tokens without repetition, with the distinct tokens where the law takes them. */
export type SurfacePoint = Readonly<Record<'params' | 'tokens', number> & Partial<Record<'uniqueTokens', number>>>;

/** Losses of models on a limited amount of distinct tokens. */
export interface Surface {
  readonly law: Law;
  /** ln of the distinct tokens, Infinity where there is no limit. */
  readonly logUnique: number;
  /**
   * ln loss at a point.
   *
   * @param theta - the law's coordinates
   * @param logWorth - ln of what a token is worth at a larger batch; 0, all of it, unless given
   */
  readonly logLossAt: (theta: Float64Array, logN: number, logD: number, logWorth?: number) => number;
  /** ln loss at points with the full worth of tokens, each of length n. */
  readonly logLoss: (theta: Float64Array, logN: Float64Array, logD: Float64Array) => Float64Array;
  /** ln N' and ln D' that predict the same loss without a repeated token. */
  readonly effective: (theta: Float64Array, logN: number, logD: number) => readonly [number, number];
  /** What the law is asked for to predict that loss; a token at a larger batch is worth only `worth` of one. */
  readonly pointOf: (theta: Float64Array, logN: number, logD: number, worth: number) => SurfacePoint;
}

/** What a plan can give to a law. */
const known = ['params', 'tokens', 'flops', 'tokensPerParam', 'uniqueTokens'];

/**
 * The losses that a law of model size and tokens predicts, with the worth of repeated tokens: that of the law itself where it
 * has one, else that of Muennighoff et al., with the given decay and the law's own trade between parameters and tokens.
 *
 * @param k - FLOP for a parameter and token
 * @param uniqueTokens - distinct tokens U there are; Infinity for no limit
 * @throws {@link IsoflopError} `NO_OPTIMUM` for a law of other quantities, or of another response than the loss
 * @see arXiv 2305.16264, section 3
 */
export function createSurface(law: Law, k: number, uniqueTokens: number, repetition: Repetition): Surface {
  const names = law.inputs.map((input) => input.name);
  const other = names.find((name) => !known.includes(name));
  const reason =
    other !== undefined
      ? `it takes ${other}, which a plan does not know`
      : law.spec === undefined && law.response.name !== 'loss'
        ? `it predicts ${law.response.name}, not a loss`
        : names.length < 2
          ? `it is a law of ${names.join(', ')} alone`
          : undefined;
  if (reason !== undefined) throw new IsoflopError('NO_OPTIMUM', { law: law.id, reason });
  const logUnique = Math.log(uniqueTokens);
  const isOwn = names.includes('uniqueTokens');
  const logK = Math.log(k);
  const bestSizes = new WeakMap<Float64Array, number>();
  /** ln of the size that is best for the distinct tokens; Infinity where none is. */
  const bestSize = (theta: Float64Array): number => {
    let size = bestSizes.get(theta);
    if (size === undefined) {
      size = logBestSize(law, theta, logUnique);
      bestSizes.set(theta, size);
    }
    return size;
  };
  const effective: Surface['effective'] = (theta, logN, logD) => {
    if (isOwn || logD <= logUnique) return [logN, logD];
    const fed = Math.min(logN, bestSize(theta));
    return [worthOf(logN, fed, repetition.params), worthOf(logD, logUnique, repetition.tokens)];
  };
  const isLimited = !isOwn && logUnique < Infinity;
  const isLog = law.scale === 'log';
  /** Writes the inputs of point i into columns. */
  const fill = (columns: readonly Float64Array[], i: number, size: number, data: number, worth: number): void => {
    for (let j = 0; j < columns.length; j++) {
      const { name, transform } = law.inputs[j];
      const value =
        name === 'params'
          ? size
          : name === 'tokens'
            ? data
            : name === 'flops'
              ? logK + size + data
              : name === 'tokensPerParam'
                ? data - size
                : // Distinct tokens are worth less at a large batch as well; without a limit none is repeated.
                  Math.min(data, logUnique + worth);
      columns[j][i] = transform === 'identity' ? Math.exp(value) : value;
    }
  };
  const fillAt = (
    columns: readonly Float64Array[],
    i: number,
    theta: Float64Array,
    logN: number,
    logD: number,
    worth: number,
  ): void => {
    if (!isLimited || logD <= logUnique) {
      fill(columns, i, logN, logD + worth, worth);
      return;
    }
    const [size, data] = effective(theta, logN, logD);
    fill(columns, i, size, data + worth, worth);
  };
  const one = law.inputs.map(() => new Float64Array(1));
  const answer = new Float64Array(1);
  return {
    law,
    logUnique,
    effective,
    pointOf: (theta, logN, logD, worth) => {
      const [size, data] = effective(theta, logN, logD);
      const tokens = Math.exp(data) * worth;
      const point = { params: Math.exp(size), tokens };
      return isOwn ? { ...point, uniqueTokens: Math.min(tokens, uniqueTokens * worth) } : point;
    },
    logLossAt: (theta, logN, logD, logWorth = 0) => {
      fillAt(one, 0, theta, logN, logD, logWorth);
      law.evaluate(theta, one, 1, answer, undefined);
      return isLog ? answer[0] : Math.log(answer[0]);
    },
    logLoss: (theta, logN, logD) => {
      const n = logN.length;
      const columns = law.inputs.map(() => new Float64Array(n));
      for (let i = 0; i < n; i++) fillAt(columns, i, theta, logN[i], logD[i], 0);
      const out = new Float64Array(n);
      law.evaluate(theta, columns, n, out, undefined);
      if (!isLog) for (let i = 0; i < n; i++) out[i] = Math.log(out[i]);
      return out;
    },
  };
}

/** ln of U + U R (1 - exp(-(x/U - 1) / R)), where ln x is at least ln U. */
function worthOf(logX: number, logU: number, decay: number): number {
  if (!(logX > logU)) return logX;
  const repeated = Math.expm1(logX - logU);
  return logU + Math.log1p(-decay * Math.expm1(-repeated / decay));
}

/** ln of the size whose compute-optimal tokens are so many, in closed form where the law has one. */
function logBestSize(law: Law, theta: Float64Array, logUnique: number): number {
  const terms = law.allocation?.(toParams(law, theta));
  if (terms !== undefined) {
    if (allocationFault(terms) !== undefined) return Infinity;
    const { paramsAmplitude: A, paramsExponent: alpha, tokensAmplitude: B, tokensExponent: beta } = terms;
    return (beta * logUnique + Math.log(alpha) + Math.log(A) - Math.log(beta) - Math.log(B)) / alpha;
  }
  // The optimal tokens rise with the budget, so the budget that takes these is found by halving.
  let low = logUnique + Math.log(1e4);
  let high = logUnique + Math.log(1e18);
  for (let step = 0; step < 60; step++) {
    const middle = 0.5 * (low + high);
    const found = findOptimum(law, theta, middle);
    if ('fault' in found) return Infinity;
    if (found[1] < logUnique) low = middle;
    else high = middle;
  }
  const found = findOptimum(law, theta, 0.5 * (low + high));
  return 'fault' in found || Math.abs(found[1] - logUnique) > 1e-3 ? Infinity : found[0];
}
