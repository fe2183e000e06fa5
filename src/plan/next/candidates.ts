import { IsoflopError } from '../../core/errors.ts';
import type { Fit } from '../../fit/result.ts';
import type { NextOptions, RunShape } from './types.ts';

/** A run that could be bought; its cost is known. */
export type Candidate = Required<RunShape>;

/** Steps of the grid: sizes a factor of about 1.5 apart, tokens per parameter one of about 1.6. */
const steps = { size: Math.log(1.5), ratio: Math.log(1.6) };
/** Sizes and ratios of the grid at most, and shapes that users give. */
const most = { sizes: 26, ratios: 12, shapes: 1500 };
/** Without data and wishes. */
const usual = { smallest: 1e7, ratios: [5, 100] as const };
/**
 * How far about the target's tokens per parameter the grid goes at least and at most, as factors: the most is that of an
 * isoFLOP grid with sizes from a third to three times the best. What lies between follows the data.
 */
const ratioReach = [4, 9] as const;
/** A run of the grid costs no less than the cheapest of the data, or this share of the most that one may cost. */
const leastShare = 0.01;
/** Unless asked otherwise no run takes more of the budget than this, so that one that fails leaves the others. */
const usualShare = 0.5;
/** Digits of sizes and tokens of the grid: nobody trains 123,456,789 parameters for their own sake. */
const digits = 3;

const rounded = (value: number): number => Number(value.toPrecision(digits));

/** A condition on runs, under the name by which the user knows it. */
interface Condition {
  readonly name: string;
  /** By which factor a run misses the condition; 1 or less where it is met. */
  readonly excess: (run: Candidate) => number;
}

const unlimited = (value: number | undefined): number => value ?? Infinity;

function conditionsOf({ minParams = 0, maxParams, maxRunFlops, tokensPerParam, budget }: NextOptions): Condition[] {
  const [low, high] = tokensPerParam ?? [0, Infinity];
  return [
    { name: '--budget', excess: ({ flops }) => flops / budget },
    { name: '--max-run-flops', excess: ({ flops }) => flops / unlimited(maxRunFlops) },
    { name: '--max-params', excess: ({ params }) => params / unlimited(maxParams) },
    { name: '--min-params', excess: ({ params }) => minParams / params },
    {
      name: '--tokens-per-param',
      excess: ({ params, tokens }) => Math.max(tokens / params / high, (low * params) / tokens) / exact,
    },
  ];
}

/** Tokens per parameter are as asked when they are within this factor: tokens are written with six digits. */
const exact = 1 + 1e-5;
/** A sum of rounded numbers may pass its limit by rounding. */
const tolerance = 1 + 1e-9;

/**
 * The runs that may be bought, each once and in a fixed order, whatever order they were given in.
 *
 * @param around - tokens per parameter of the target, which the grid includes
 * @throws {@link IsoflopError} `BUDGET_TOO_SMALL`, `CONSTRAINTS_COLLIDE`, `QUANTITY_NOT_POSITIVE`
 */
export function candidatesOf(fit: Fit, options: NextOptions, around: number): Candidate[] {
  const factor = fit.data.conventions.flopsPerParamToken;
  checkRanges(options);
  const { source, shapes } = shapesOf(fit, options, around);
  if (shapes.length > most.shapes)
    throw new IsoflopError('OPTION_INVALID', {
      option: source,
      value: `${String(shapes.length)} shapes`,
      expected: `at most ${String(most.shapes)}: the covariance of all with all is looked at`,
    });
  const all = shapes.map(({ params, tokens, flops = factor * params * tokens }): Candidate => {
    for (const [what, value] of Object.entries({ params, tokens, flops }))
      if (!(value > 0 && value < Infinity))
        throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what, value, where: source });
    return { params, tokens, flops };
  });
  const conditions = conditionsOf(options);
  const allowed = all.filter((run) => conditions.every(({ excess }) => excess(run) <= tolerance));
  if (allowed.length === 0) throw collision(all, conditions, options, source);
  const usual = allowed.filter(({ flops }) => flops <= usualShare * options.budget * tolerance);
  const sorted = (options.maxRunFlops === undefined && usual.length > 0 ? usual : allowed).sort(
    (a, b) => a.flops - b.flops || a.params - b.params || a.tokens - b.tokens,
  );
  return sorted.filter((run, k) => k === 0 || !isSame(run, sorted[k - 1]));
}

const isSame = (a: Candidate, b: Candidate): boolean =>
  a.params === b.params && a.tokens === b.tokens && a.flops === b.flops;

/** Two limits that leave nothing between them. */
function checkRanges({ minParams, maxParams, tokensPerParam }: NextOptions): void {
  if (minParams !== undefined && maxParams !== undefined && minParams > maxParams)
    throw new IsoflopError('CONSTRAINTS_COLLIDE', {
      first: '--min-params',
      second: '--max-params',
      factor: minParams / maxParams,
    });
  if (tokensPerParam !== undefined && !(tokensPerParam[0] > 0 && tokensPerParam[0] <= tokensPerParam[1]))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--tokens-per-param',
      value: tokensPerParam.join('..'),
      expected: 'two positive numbers LOW..HIGH, the lower one first',
    });
}

/** Shapes to choose from, before what is not allowed is taken out. */
function shapesOf(
  fit: Fit,
  options: NextOptions,
  around: number,
): { readonly source: string; readonly shapes: readonly RunShape[] } {
  if (options.candidates !== undefined) return { source: '--candidates', shapes: options.candidates };
  const factor = fit.data.conventions.flopsPerParamToken;
  const ratios = ratiosOf(fit, options, around);
  const [least] = ratios;
  const cap = Math.min(options.budget, options.maxRunFlops ?? usualShare * options.budget);
  const affordable = Math.sqrt(cap / (factor * least));
  const largest = Math.min(affordable, unlimited(options.maxParams));
  const known = fit.data.ranges.params?.[0] ?? usual.smallest;
  const smallest = options.minParams ?? Math.min(known, unlimited(options.maxParams));
  const sizes =
    options.sizes ??
    between(smallest, Math.max(smallest, largest), steps.size, most.sizes).map((size) => rounded(size));
  // Smaller and more lopsided runs than those known would tell the coefficients well if the law held there, which nobody knows.
  const floor = Math.min(fit.data.ranges.flops?.[0] ?? 0, leastShare * cap);
  // The costliest run of a size is the one that the budget just pays, or the one with the most tokens.
  const shapes = sizes.flatMap((params) => {
    const end = cap / (factor * params * params);
    const longest = end > least && end < ratios[ratios.length - 1] ? [floored(end * params)] : [];
    const isAsked = options.tokensPerParam !== undefined;
    return [
      ...ratios.map((ratio) => (isAsked ? Number((ratio * params).toPrecision(6)) : rounded(ratio * params))),
      ...longest,
    ]
      .filter((tokens) => factor * params * tokens >= floor)
      .map((tokens) => ({ params, tokens }));
  });
  const source = options.minParams === undefined ? 'the smallest size of the data' : '--min-params';
  return { source: options.sizes === undefined ? source : '--sizes', shapes };
}

/** Rounded down to the digits of the grid, so that it still costs no more. */
function floored(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - digits + 1);
  return Math.floor(value / unit) * unit;
}

function ratiosOf(fit: Fit, { tokensPerParam }: NextOptions, around: number): number[] {
  if (tokensPerParam !== undefined) return between(...tokensPerParam, steps.ratio, most.ratios);
  const { params, tokens } = fit.fitted.columns;
  let [low, high]: readonly [number, number] = usual.ratios;
  if (params !== undefined && tokens !== undefined && fit.fitted.rows > 0) {
    [low, high] = [Infinity, 0];
    for (let i = 0; i < fit.fitted.rows; i++) {
      low = Math.min(low, tokens[i] / params[i]);
      high = Math.max(high, tokens[i] / params[i]);
    }
  }
  const [least, farthest] = ratioReach;
  low = Math.max(around / farthest, Math.min(low, around / least));
  high = Math.min(around * farthest, Math.max(high, around * least));
  return between(low, high, steps.ratio, most.ratios);
}

/** Values from the first to the last, evenly spaced in their logarithms, about `step` apart and at most so many. */
function between(first: number, last: number, step: number, count: number): number[] {
  const width = Math.log(last / first);
  const parts = Math.min(count - 1, Math.ceil(width / step));
  if (parts === 0) return [first];
  return Array.from({ length: parts + 1 }, (_, k) => (k === parts ? last : first * Math.exp((width * k) / parts)));
}

/** Why no shape is allowed: one condition that none meets, or two that none meets together. */
function collision(
  all: readonly Candidate[],
  conditions: readonly Condition[],
  { budget }: NextOptions,
  source: string,
): IsoflopError {
  const cheapest = all.reduce((least, { flops }) => Math.min(least, flops), Infinity);
  if (cheapest > budget * tolerance)
    return new IsoflopError('BUDGET_TOO_SMALL', { budget, cheapest, factor: cheapest / budget });
  const least = (excess: (run: Candidate) => number): number =>
    all.reduce((low, run) => Math.min(low, excess(run)), Infinity);
  const one = conditions.find(({ excess }) => least(excess) > tolerance);
  if (one !== undefined)
    return new IsoflopError('CONSTRAINTS_COLLIDE', { first: source, second: one.name, factor: least(one.excess) });
  for (const [k, first] of conditions.entries())
    for (const second of conditions.slice(k + 1)) {
      const factor = least((run) => Math.max(first.excess(run), second.excess(run)));
      if (factor > tolerance)
        return new IsoflopError('CONSTRAINTS_COLLIDE', { first: first.name, second: second.name, factor });
    }
  const factor = least((run) => Math.max(...conditions.map(({ excess }) => excess(run))));
  return new IsoflopError('CONSTRAINTS_COLLIDE', { first: source, second: 'the other constraints together', factor });
}
