import { formatQuantity } from '../../core/quantity.ts';
import { normalQuantile } from '../../core/special.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import { groupCodes } from '../../runs/groupCodes.ts';
import type { Evidence } from './evidence.ts';

/** Probability that noise alone raises the warning, over all runs together. */
const falseAlarms = 0.005;
/** The smoothed loss has to be lowest before this share of the training (arXiv 2404.07647). */
const lowestBefore = 0.95;
/** A rise that matters: about what another seed changes. */
const matters = 0.002;
/** Checkpoints a run needs before its noise can be told from its course. */
const fewestRows = 10;
/** A table of final losses with more rows than this is no set of sizes trained for several lengths. */
const mostTabled = 20_000;
/** Fewest sizes to which the law is fitted again. */
const fewestSizes = 3;

/** A run (or a size trained for several lengths) whose loss rises at the end. */
interface Rise {
  readonly params: number;
  /** Tokens at which the smoothed loss is lowest. */
  readonly turn: number;
  readonly tokens: number;
  /** Smoothed ln loss: at its lowest, and at the end. */
  readonly lowest: number;
  readonly last: number;
  /** Row of the last checkpoint. */
  readonly row: number;
}

/**
 * Sizes whose loss rises late in training, as small models saturate: the smoothed loss is lowest before 95% of the run and
 * then rises by more than its noise. The law knows no rise, so these sizes bend it; fitted to the others, it shows how far
 * they lie above it.
 *
 * @see arXiv 2404.07647 (Godey et al. 2024), sections 3 and 4
 */
export function lateRise(evidence: Evidence): readonly Warning[] {
  const tokens = evidence.column('tokens');
  const params = evidence.column('params');
  const hasTokens = evidence.fit.law.inputs.some(({ name }) => name === 'tokens');
  if (tokens === undefined || params === undefined || !hasTokens || evidence.residualScale === 'raw') return [];
  const series = seriesOf(evidence, tokens);
  const rises = series.flatMap((rows) => findRise(evidence, rows, tokens, params, series.length) ?? []);
  if (rises.length === 0) return [];
  const sizes = [...new Set(rises.map((rise) => rise.params))].sort((a, b) => a - b);
  const worst = rises.reduce((a, b) => (b.last - b.lowest > a.last - a.lowest ? b : a));
  const rise = Math.expm1(worst.last - worst.lowest);
  const gap = gapOf(evidence, new Set(sizes), params, worst);
  const told =
    gap === undefined
      ? ''
      : ` Fitted to the other sizes, the law predicts ${percent(gap.last)} less than its last loss and ${percent(gap.lowest)} less than its lowest.`;
  const named = sizes.slice(0, 4).map((size) => formatQuantity(size));
  const more = sizes.length > named.length ? ` and ${String(sizes.length - named.length)} more` : '';
  return [
    createWarning(
      'LATE_LOSS_RISES',
      `The loss of ${String(rises.length)} of ${String(series.length)} runs rises late (params ${named.join(', ')}${more}): at ${formatQuantity(worst.params)} by ${percent(rise)} from ${formatQuantity(worst.turn)} to ${formatQuantity(worst.tokens)} tokens.${told}`,
      {
        numbers: {
          runs: rises.length,
          sizes: sizes.length,
          largestSize: sizes[sizes.length - 1],
          rise,
          ...(gap === undefined ? {} : { gapLast: gap.last, gapLowest: gap.lowest }),
        },
      },
    ),
  ];
}

const percent = (share: number): string => `${(100 * share).toPrecision(2)}%`;

/** Rows of each run in order of tokens; without checkpoints, of all runs with equal inputs but for the tokens. */
function seriesOf(evidence: Evidence, tokens: Float64Array): readonly (readonly number[])[] {
  const { runs, fit } = evidence;
  if (!runs.hasCheckpoints && evidence.rows > mostTabled) return [];
  const others = ['params', ...fit.law.inputs.map(({ name }) => name)].filter((name) => name !== 'tokens');
  const codes = runs.hasCheckpoints
    ? runs.codes
    : groupCodes([...new Set(others)].map((name) => evidence.column(name)));
  const series = new Map<number, number[]>();
  for (let i = 0; i < evidence.rows; i++) {
    const rows = series.get(codes[i]);
    if (rows === undefined) series.set(codes[i], [i]);
    else rows.push(i);
  }
  return [...series.values()]
    .filter((rows) => rows.length >= fewestRows)
    .map((rows) => rows.sort((a, b) => tokens[a] - tokens[b]));
}

function findRise(
  evidence: Evidence,
  rows: readonly number[],
  tokens: Float64Array,
  params: Float64Array,
  series: number,
): Rise | undefined {
  const { observed } = evidence.fit.rows.data;
  const found = findLateRise(
    rows.map((row) => Math.log(observed[row])),
    rows.map((row) => tokens[row]),
    series,
  );
  const row = rows[rows.length - 1];
  return found && { params: params[row], tokens: tokens[row], row, ...found };
}

/** Where a smoothed curve turns, and how far it rises from there. */
export interface LateRise {
  /** Tokens at which the smoothed loss is lowest. */
  readonly turn: number;
  /** Smoothed ln loss: at its lowest, and at the end. */
  readonly lowest: number;
  readonly last: number;
}

/**
 * Whether a curve rises late: its smoothed loss is lowest before 95% of its tokens, and the rise from there is more than
 * noise, and than another seed would change.
 *
 * @param loss - ln loss in the order of tokens
 * @param tokens - of each, ascending
 * @param series - curves that are looked at; the more there are, the more rise by chance
 * @see arXiv 2404.07647 (Godey et al. 2024), section 3
 */
export function findLateRise(loss: readonly number[], tokens: readonly number[], series = 1): LateRise | undefined {
  const n = loss.length;
  if (n < fewestRows) return undefined;
  const width = Math.max(3, Math.round(n / 20));
  const smooth = movingMeans(loss, width);
  let low = 0;
  for (let i = 0; i < smooth.length; i++) if (smooth[i] < smooth[low]) low = i;
  const turn = tokens[low + (width >> 1)];
  if (!(turn < lowestBefore * tokens[n - 1])) return undefined;
  const last = smooth[smooth.length - 1];
  // The lowest of many windows is low by luck as well: each window is another chance.
  const chances = (2 * n) / width;
  const quantile = normalQuantile(1 - Math.max(1e-11, falseAlarms / (chances * series)));
  const error = noiseOf(loss.slice(n >> 1)) * Math.sqrt(2 / width);
  const rise = last - smooth[low];
  return rise > quantile * error && rise > matters ? { turn, lowest: smooth[low], last } : undefined;
}

function movingMeans(values: readonly number[], width: number): number[] {
  const means: number[] = [];
  let sum = 0;
  for (const [i, value] of values.entries()) {
    sum += value;
    if (i >= width) sum -= values[i - width];
    if (i >= width - 1) means.push(sum / width);
  }
  return means;
}

/** Standard deviation of the noise of a smooth curve: each point against the middle of its neighbours. */
function noiseOf(values: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i + 1 < values.length; i++) sum += (values[i] - (values[i - 1] + values[i + 1]) / 2) ** 2;
  return Math.sqrt(sum / Math.max(1, values.length - 2) / 1.5);
}

/** How far the law, fitted to the other sizes, lies below the last and the lowest loss of a run, relative to these. */
function gapOf(
  evidence: Evidence,
  sizes: ReadonlySet<number>,
  params: Float64Array,
  { row, lowest, last }: Rise,
): { readonly last: number; readonly lowest: number } | undefined {
  const kept = Array.from({ length: evidence.rows }, (_, i) => i).filter((i) => !sizes.has(params[i]));
  if (!evidence.canRefit || new Set(kept.map((i) => params[i])).size < fewestSizes) return undefined;
  const fit = evidence.refit({ rows: kept });
  if (fit === undefined) return undefined;
  const predicted = predictedAt(fit, evidence, row);
  return { last: 1 - predicted / Math.exp(last), lowest: 1 - predicted / Math.exp(lowest) };
}

/** What another fit predicts for a row of this one. */
function predictedAt(fit: LawFit, evidence: Evidence, row: number): number {
  const { law, rows } = evidence.fit;
  const inputs = law.inputs.map((_, k) => Float64Array.of(rows.data.inputs[k][row] + rows.means[k]));
  const out = new Float64Array(1);
  law.evaluate(fit.theta, inputs, 1, out, undefined);
  return law.scale === 'log' ? Math.exp(out[0]) : out[0];
}
