import { IsoflopError } from '../../core/errors.ts';
import { takesParamsAndTokens } from '../../laws/allocation.ts';
import type { Law } from '../../laws/law.ts';
import { findOptimum } from '../optimum.ts';

/**
 * Along what a law is compared: the compute-optimal frontier, a fixed ratio of tokens to parameters, growing data for one
 * model or growing models for fixed data (logarithms), or the one input of a law of one quantity.
 */
export type ComparePath =
  | { readonly kind: 'frontier' }
  | { readonly kind: 'ratio'; readonly tokensPerParam: number }
  | { readonly kind: 'tokens'; readonly logParams: number }
  | { readonly kind: 'params'; readonly logTokens: number }
  | { readonly kind: 'input'; readonly input: string };

/** Budgets at which the frontier of a law without a closed form is searched; in between its sizes are interpolated. */
const searched = 25;
/** A range of logarithms beyond the data in which the frontier is known and a loss is looked for: a factor of a million. */
export const reach = Math.log(1e6);

/** The quantity that grows along a path: `flops`, `tokens`, `params` or the law's input. */
export function axisOf(path: ComparePath): string {
  switch (path.kind) {
    case 'frontier':
    case 'ratio':
      return 'flops';
    case 'input':
      return path.input;
    default:
      return path.kind;
  }
}

/**
 * Reads a path: `frontier`, `tokens-per-param=20`; by default the frontier for laws of params and tokens, and the input for
 * laws of one quantity.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`, `USAGE` for a law that has no such path
 */
export function parsePath(text: string | undefined, law: Law): ComparePath {
  const twofold = takesParamsAndTokens(law);
  const [input] = law.inputs;
  if (!twofold && (law.inputs.length > 1 || input.transform === 'identity' || input.name === 'loss'))
    throw new IsoflopError('USAGE', {
      message: `${law.id} is a law of ${law.inputs.map(({ name }) => name).join(', ')}, along which families cannot be compared.`,
      remedy: 'Compare with a law of params and tokens, or of one quantity such as flops-irreducible.',
    });
  if (!twofold && (text === undefined || text === 'input')) return { kind: 'input', input: input.name };
  if (twofold && (text === undefined || text === 'frontier')) return { kind: 'frontier' };
  const ratio = /^tokens-per-param=(.+)$/.exec(text ?? '')?.[1];
  const tokensPerParam = Number(ratio);
  if (twofold && ratio !== undefined && tokensPerParam > 0 && tokensPerParam < Infinity)
    return { kind: 'ratio', tokensPerParam };
  throw new IsoflopError('OPTION_INVALID', {
    option: '--path',
    value: text ?? '',
    expected: twofold
      ? 'frontier or tokens-per-param=RATIO, such as tokens-per-param=20'
      : `nothing with ${law.id}, whose only quantity is ${input.name}`,
  });
}

/** The path in words. */
export function describePath(path: ComparePath): string {
  switch (path.kind) {
    case 'frontier':
      return 'each family at its own compute-optimal split of params and tokens';
    case 'ratio':
      return `both families at ${String(Number(path.tokensPerParam.toPrecision(4)))} tokens per parameter`;
    case 'tokens':
      return 'at the same params, with more or fewer tokens';
    case 'params':
      return 'at the same tokens, with more or fewer params';
    case 'input':
      return `along ${path.input}`;
  }
}

/** Where a path leads, as a function of the logarithm of its quantity. */
export interface Place {
  /** ln params and ln tokens; NaN where the law does not take them. */
  readonly logParams: (x: number) => number;
  readonly logTokens: (x: number) => number;
}

/**
 * The line in (params, tokens) along which a path leads for one set of coefficients, or `undefined` where there is none: a
 * frontier needs a loss that falls with both.
 *
 * @param theta - the law's coordinates
 * @param range - logarithms of the axis between which the path is needed
 */
export function placePath(
  law: Law,
  theta: Float64Array,
  path: ComparePath,
  flopsPerParamToken: number,
  range: readonly [number, number],
): Place | undefined {
  const logFactor = Math.log(flopsPerParamToken);
  switch (path.kind) {
    case 'ratio': {
      const logRatio = Math.log(path.tokensPerParam);
      const logParams = (x: number): number => (x - logFactor - logRatio) / 2;
      return { logParams, logTokens: (x) => logParams(x) + logRatio };
    }
    case 'tokens':
      return { logParams: () => path.logParams, logTokens: (x) => x };
    case 'params':
      return { logParams: (x) => x, logTokens: () => path.logTokens };
    case 'input':
      return { logParams: () => NaN, logTokens: () => NaN };
    case 'frontier':
      return placeFrontier(law, theta, logFactor, range);
  }
}

/** Sizes along the frontier: a line in logarithms in closed form, else straight between searched budgets. */
function placeFrontier(
  law: Law,
  theta: Float64Array,
  logFactor: number,
  [low, high]: readonly [number, number],
): Place | undefined {
  const count = law.allocation === undefined ? searched : 2;
  const step = (high - low) / (count - 1);
  const sizes: number[] = [];
  for (let k = 0; k < count; k++) {
    const found = findOptimum(law, theta, low + k * step - logFactor);
    // Far from the data a searched optimum may leave the range of the search: the sizes there stay undefined.
    sizes.push('fault' in found ? NaN : found[0]);
  }
  if (sizes.every(Number.isNaN)) return undefined;
  // At an optimum an error in the size costs only its square, so straight lines between budgets are enough.
  const logParams = (x: number): number => {
    const at = Math.min(count - 2, Math.max(0, Math.floor((x - low) / step)));
    return sizes[at] + ((x - low) / step - at) * (sizes[at + 1] - sizes[at]);
  };
  return { logParams, logTokens: (x) => x - logFactor - logParams(x) };
}
