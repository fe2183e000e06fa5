import { sampleStandardDeviation } from 'simple-statistics';
import { normalQuantile, studentQuantile } from '../../core/special.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import { LossCurve } from './lossCurve.ts';
import type { ComparePath } from './path.ts';
import type { Pairing } from './pairing.ts';

/** Pairs of about one compute, seen without a law but for its slope. */
export interface Rung {
  /** Geometric mean of the candidates' compute (or of the law's one input). */
  readonly at: number;
  readonly pairs: number;
  /** Mean loss of the candidate less that of the baseline, relative to the baseline's. */
  readonly difference: number;
  /** The same as a multiplier: what the baseline's law says it would take to close the gap. `null` where nothing does. */
  readonly multiplier: number | null;
  /** One standard error to each side, where there are two pairs or more. */
  readonly interval: readonly [number, number] | null;
  /** What both fitted laws say the multiplier of these pairs is. */
  readonly fitted: number | null;
  /** Whether the pairs leave no room for what the laws say, all rungs taken together. */
  readonly contradicts: boolean;
}

/** What paired runs show without a fit. */
export interface ObservedDifferences {
  readonly pairs: number;
  /** Pairs in which the candidate has the lower loss. */
  readonly candidateLower: number;
  /** Mean of ln(loss of the candidate / loss of the baseline), with its t interval. */
  readonly mean: number;
  readonly interval: readonly [number, number] | null;
  readonly standardDeviation: number | null;
  /** Standard deviation of ln loss among runs of one design, for each family; `null` where no design was run twice. */
  readonly seedNoise: readonly [number | null, number | null];
  readonly rungs: readonly Rung[];
}

/** Distinct amounts of compute up to which each is a rung of its own; more are cut into as many bins as `bins`. */
const mostRungs = 12;
const bins = 8;
/** Amounts within this factor of each other are one rung. */
const sameRung = 1.05;

interface Pair {
  readonly at: number;
  readonly difference: number;
  readonly logMultiplier: number;
  /** The same from the laws of both families at the designs of the pair. */
  readonly fitted: number;
}

/**
 * Differences of loss between runs of the two families that belong together, and what they amount to as multipliers by the
 * slope of the baseline's law; the noise that both runs share is gone from them.
 *
 * @param errorOfLaws - standard error of the logarithm of the laws' multiplier at an amount of the axis
 */
export function observeDifferences(
  fits: readonly [LawFit, LawFit],
  pairing: Pairing,
  path: ComparePath,
  confidence: number,
  errorOfLaws: (at: number) => number,
): ObservedDifferences | null {
  if (pairing.pairs === 0) return null;
  const pairs = pairing.rows.map((rows) => pairOf(fits, rows, path)).sort((a, b) => a.at - b.at);
  const differences = pairs.map(({ difference }) => difference);
  const n = pairs.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const deviation = n < 2 ? null : sampleStandardDeviation(differences);
  const t = n < 2 ? NaN : studentQuantile(0.5 + confidence / 2, n - 1);
  const error = deviation === null ? NaN : (t * deviation) / Math.sqrt(n);
  return {
    pairs: n,
    candidateLower: differences.filter((value) => value < 0).length,
    mean,
    interval: deviation === null ? null : [mean - error, mean + error],
    standardDeviation: deviation,
    seedNoise: [seedNoise(fits[0]), seedNoise(fits[1])],
    rungs: cutRungs(pairs).map((rung, _, all) => rungOf(rung, all.length, confidence, errorOfLaws)),
  };
}

/** The fitted quantity of a row, such as params, in natural units. */
function quantityAt(fit: LawFit, name: string, row: number): number {
  return fit.runs.quantities[name]?.[fit.rows.index[row]] ?? NaN;
}

/** The axis of a path at a fitted row; compute by the counting that the law of params and tokens assumes. */
export function axisAt(fit: LawFit, path: ComparePath, row: number): number {
  if (path.kind === 'input') return quantityAt(fit, path.input, row);
  const { flopsPerParamToken } = fit.runs.conventions;
  return flopsPerParamToken * quantityAt(fit, 'params', row) * quantityAt(fit, 'tokens', row);
}

function pairOf(fits: readonly [LawFit, LawFit], rows: readonly [number, number], path: ComparePath): Pair {
  const at = [axisAt(fits[0], path, rows[0]), axisAt(fits[1], path, rows[1])] as const;
  const losses = fits.map(({ rows: { data } }, which) => data.observed[rows[which]]);
  const ratio = losses[1] / losses[0];
  const curves = fits.map((fit, which) => ownCurve(fit, rows[which], path, at[which]));
  const expected = curves.map((curve, which) => curve?.losses(Float64Array.of(Math.log(at[which])))[0] ?? NaN);
  const [observed, fitted] = curves[0]?.reaching(Float64Array.of(expected[0] * ratio, expected[1])) ?? [NaN, NaN];
  const own = Math.log(at[1]);
  return { at: at[1], difference: Math.log(ratio), logMultiplier: observed - own, fitted: fitted - own };
}

/** The law along a run's own ratio of tokens to params, so that both grow in the same way. */
function ownCurve(fit: LawFit, row: number, path: ComparePath, at: number): LossCurve | undefined {
  const tokensPerParam = quantityAt(fit, 'tokens', row) / quantityAt(fit, 'params', row);
  const own: ComparePath = path.kind === 'input' ? path : { kind: 'ratio', tokensPerParam };
  const x = Math.log(at);
  return LossCurve.create(fit.law, fit.theta, own, fit.runs.conventions.flopsPerParamToken, [x, x]);
}

/** Pairs in rising order, cut where compute changes; where it changes at nearly every pair, into bins of equal numbers. */
function cutRungs(pairs: readonly Pair[]): Pair[][] {
  const rungs: Pair[][] = [];
  for (const pair of pairs) {
    const rung = rungs.at(-1);
    if (rung === undefined || pair.at > sameRung * rung[0].at) rungs.push([pair]);
    else rung.push(pair);
  }
  if (rungs.length <= mostRungs) return rungs;
  return Array.from({ length: bins }, (_, k) =>
    pairs.slice(Math.round((k * pairs.length) / bins), Math.round(((k + 1) * pairs.length) / bins)),
  );
}

/** Multipliers of pairs and laws closer than this are no contradiction, however small the noise. */
const closeEnough = 0.05;

function rungOf(pairs: readonly Pair[], rungs: number, confidence: number, errorOfLaws: (at: number) => number): Rung {
  const n = pairs.length;
  const average = (pick: (pair: Pair) => number): number => pairs.reduce((sum, pair) => sum + pick(pair), 0) / n;
  const errorOf = (values: readonly number[]): number =>
    n > 1 && values.every(Number.isFinite) ? sampleStandardDeviation(values) / Math.sqrt(n) : NaN;
  const center = average(({ logMultiplier }) => logMultiplier);
  const error = errorOf(pairs.map(({ logMultiplier }) => logMultiplier));
  const fitted = average((pair) => pair.fitted);
  // As many questions as rungs share the error that is allowed.
  const quantile = 1 - (1 - confidence) / (2 * rungs);
  const t = n > 1 ? studentQuantile(quantile, n - 1) : NaN;
  const misses = pairs.map((pair) => pair.logMultiplier - pair.fitted);
  const miss = Math.abs(average((pair) => pair.logMultiplier - pair.fitted));
  const at = Math.exp(average((pair) => Math.log(pair.at)));
  const room = Math.hypot(t * errorOf(misses), normalQuantile(quantile) * errorOfLaws(at));
  return {
    at,
    pairs: n,
    difference: average(({ difference }) => difference),
    multiplier: Number.isFinite(center) ? Math.exp(center) : null,
    interval: Number.isNaN(error) ? null : [Math.exp(center - error), Math.exp(center + error)],
    fitted: Number.isFinite(fitted) ? Math.exp(fitted) : null,
    contradicts: miss > closeEnough && miss > room,
  };
}

/** Pooled standard deviation of ln loss among fitted rows whose inputs are all the same. */
function seedNoise({ rows: { data } }: LawFit): number | null {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < data.rows; i++) {
    const key = data.inputs.map((column) => column[i].toPrecision(9)).join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [data.logObserved[i]]);
    else group.push(data.logObserved[i]);
  }
  let [sum, degrees] = [0, 0];
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    sum += sampleStandardDeviation(group) ** 2 * (group.length - 1);
    degrees += group.length - 1;
  }
  return degrees === 0 ? null : Math.sqrt(sum / degrees);
}
