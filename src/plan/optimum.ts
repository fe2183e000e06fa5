import { allocationFault, takesParamsAndTokens } from '../laws/allocation.ts';
import { toParams, type Law } from '../laws/law.ts';

/** ln N*, ln D* and ln L* at a budget. */
export type LogOptimum = readonly [number, number, number];

/** Where a search looks for the best size: between a thousand parameters and a thousand tokens. */
const smallest = Math.log(1000);
/** Sizes that are compared first, and steps that close in on the best of them. */
const search = { sizes: 160, steps: 70 };

/**
 * The point of least loss at a budget N D = exp(logBudget): in closed form where the law has one, else by a search over
 * sizes.
 *
 * @param theta - the law's coordinates
 * @returns the point, or why there is none between all model and all data
 */
export function findOptimum(law: Law, theta: Float64Array, logBudget: number): LogOptimum | { readonly fault: string } {
  if (!takesParamsAndTokens(law))
    return {
      fault: `it is a law of ${law.inputs.map((input) => input.name).join(', ')}, not of params and tokens alone`,
    };
  if (law.spec === undefined && law.response.name !== 'loss')
    return { fault: `it predicts ${law.response.name}, not a loss` };
  const split = splitOf(law, theta);
  if (split === undefined) return searchOptimum(law, theta, logBudget);
  if ('fault' in split) return split;
  const logN = split.logG + split.share * logBudget;
  return [logN, logBudget - logN, logLosses(law, theta, [logN], logBudget)[0]];
}

/** ln N*, ln D* and ln L* at several budgets, each of length budgets; NaN where there is no optimum. */
export type LogOptima = readonly [Float64Array, Float64Array, Float64Array];

/**
 * {@link findOptimum} at several budgets at once, which is much faster where the law has a closed form.
 *
 * @param logBudgets - ln (N D) of each budget
 */
export function findOptima(law: Law, theta: Float64Array, logBudgets: Float64Array): LogOptima {
  const isKnown = takesParamsAndTokens(law) && (law.spec !== undefined || law.response.name === 'loss');
  const split = isKnown ? splitOf(law, theta) : undefined;
  if (split === undefined) {
    const found = Array.from(logBudgets, (logBudget) => findOptimum(law, theta, logBudget));
    const pick = (k: 0 | 1 | 2): Float64Array => Float64Array.from(found, (one) => ('fault' in one ? NaN : one[k]));
    return [pick(0), pick(1), pick(2)];
  }
  if ('fault' in split) {
    const none = logBudgets.map(() => NaN);
    return [none, none, none];
  }
  const logN = logBudgets.map((logBudget) => split.logG + split.share * logBudget);
  const logD = logBudgets.map((logBudget, k) => logBudget - logN[k]);
  return [logN, logD, lossesAt(law, theta, logN, logD)];
}

/** ln N* = logG + share * logBudget, or why there is none; `undefined` for a law without a closed form. */
function splitOf(
  law: Law,
  theta: Float64Array,
): { readonly logG: number; readonly share: number } | { readonly fault: string } | undefined {
  const terms = law.allocation?.(toParams(law, theta));
  if (terms === undefined) return undefined;
  const fault = allocationFault(terms);
  if (fault !== undefined) return { fault };
  const { paramsAmplitude: A, paramsExponent: alpha, tokensAmplitude: B, tokensExponent: beta } = terms;
  const logG = (Math.log(alpha) + Math.log(A) - Math.log(beta) - Math.log(B)) / (alpha + beta);
  return { logG, share: beta / (alpha + beta) };
}

/** ln loss of models of these sizes that all use the budget. */
function logLosses(law: Law, theta: Float64Array, logSizes: readonly number[], logBudget: number): Float64Array {
  const size = Float64Array.from(logSizes);
  return lossesAt(
    law,
    theta,
    size,
    size.map((logN) => logBudget - logN),
  );
}

/** ln loss at sizes and tokens, both as logarithms. */
function lossesAt(law: Law, theta: Float64Array, size: Float64Array, data: Float64Array): Float64Array {
  const inputs = law.inputs.map(({ name, transform }) => {
    const column = name === 'params' ? size : data;
    return transform === 'identity' ? column.map(Math.exp) : column;
  });
  const loss = new Float64Array(size.length);
  law.evaluate(theta, inputs, size.length, loss, undefined);
  return law.scale === 'log' ? loss : loss.map(Math.log);
}

function searchOptimum(law: Law, theta: Float64Array, logBudget: number): LogOptimum | { readonly fault: string } {
  const none = { fault: 'the loss has no minimum between all model and all data' };
  const width = logBudget - 2 * smallest;
  if (!(width > 0)) return { fault: 'the budget is too small for a search' };
  const sizes = Array.from({ length: search.sizes }, (_, k) => smallest + (width * k) / (search.sizes - 1));
  const losses = logLosses(law, theta, sizes, logBudget);
  let best = -1;
  for (const [k, loss] of losses.entries()) if (loss < (losses[best] ?? Infinity)) best = k;
  if (best <= 0 || best >= sizes.length - 1) return none;
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = sizes[best - 1];
  let high = sizes[best + 1];
  for (let step = 0; step < search.steps; step++) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    const [atA, atB] = logLosses(law, theta, [a, b], logBudget);
    if (atA < atB) high = b;
    else low = a;
  }
  const logN = 0.5 * (low + high);
  return [logN, logBudget - logN, logLosses(law, theta, [logN], logBudget)[0]];
}
