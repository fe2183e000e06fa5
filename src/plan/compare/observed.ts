import { standardDeviation } from 'simple-statistics';
import { studentQuantile } from '../../core/special.ts';
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
}

/**
 * Differences of loss between runs of the two families that belong together, and what they amount to as multipliers by the
 * slope of the baseline's law; the noise that both runs share is gone from them.
 */
export function observeDifferences(
  fits: readonly [LawFit, LawFit],
  pairing: Pairing,
  path: ComparePath,
  confidence: number,
): ObservedDifferences | null {
  if (pairing.pairs === 0) return null;
  const pairs = pairing.rows.map((rows) => pairOf(fits, rows, path)).sort((a, b) => a.at - b.at);
  const differences = pairs.map(({ difference }) => difference);
  const n = pairs.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const deviation = n < 2 ? null : sampleDeviation(differences);
  const t = n < 2 ? NaN : studentQuantile(0.5 + confidence / 2, n - 1);
  const error = deviation === null ? NaN : (t * deviation) / Math.sqrt(n);
  return {
    pairs: n,
    candidateLower: differences.filter((value) => value < 0).length,
    mean,
    interval: deviation === null ? null : [mean - error, mean + error],
    standardDeviation: deviation,
    seedNoise: [seedNoise(fits[0]), seedNoise(fits[1])],
    rungs: cutRungs(pairs).map(rungOf),
  };
}

/** Standard deviation with n - 1. */
function sampleDeviation(values: readonly number[]): number {
  return standardDeviation([...values]) * Math.sqrt(values.length / (values.length - 1));
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
  const [baseline] = fits;
  const at = [axisAt(fits[0], path, rows[0]), axisAt(fits[1], path, rows[1])] as const;
  const losses = fits.map(({ rows: { data } }, which) => data.observed[rows[which]]);
  const ratio = losses[1] / losses[0];
  // Along the design's own ratio of tokens to params, so that both runs grow in the same way.
  const own: ComparePath =
    path.kind === 'input'
      ? path
      : {
          kind: 'ratio',
          tokensPerParam: quantityAt(baseline, 'tokens', rows[0]) / quantityAt(baseline, 'params', rows[0]),
        };
  const x = Math.log(at[0]);
  const curve = LossCurve.create(baseline.law, baseline.theta, own, baseline.runs.conventions.flopsPerParamToken, [
    x,
    x,
  ]);
  const expected = curve?.losses(Float64Array.of(x)) ?? Float64Array.of(NaN);
  const reached = curve?.reaching(expected.map((loss) => loss * ratio))[0] ?? NaN;
  return { at: at[1], difference: Math.log(ratio), logMultiplier: reached - Math.log(at[1]) };
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

function rungOf(pairs: readonly Pair[]): Rung {
  const average = (pick: (pair: Pair) => number): number =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length;
  const logs = pairs.map(({ logMultiplier }) => logMultiplier);
  const center = average(({ logMultiplier }) => logMultiplier);
  const finite = logs.every(Number.isFinite);
  const error = finite && logs.length > 1 ? sampleDeviation(logs) / Math.sqrt(logs.length) : NaN;
  return {
    at: Math.exp(average(({ at }) => Math.log(at))),
    pairs: pairs.length,
    difference: average(({ difference }) => difference),
    multiplier: finite ? Math.exp(center) : null,
    interval: Number.isNaN(error) ? null : [Math.exp(center - error), Math.exp(center + error)],
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
    sum += sampleDeviation(group) ** 2 * (group.length - 1);
    degrees += group.length - 1;
  }
  return degrees === 0 ? null : Math.sqrt(sum / degrees);
}
