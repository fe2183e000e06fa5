import { formatQuantity } from '../core/quantity.ts';
import { findLateRise } from '../uncertainty/diagnostics/lateRise.ts';
import { bandAt, type BandPoint } from './band.ts';
import type { RunCurve } from './curve.ts';
import { noiseOf } from './level.ts';
import { RollingMedian } from './rolling.ts';

/** Kinds of alarms; docs/watch.md says what each means. */
export type AlarmKind =
  'diverged' | 'loss-above-band' | 'loss-outside-band' | 'gradient-norm' | 'loss-spike' | 'late-rise';

/** Something in a run that its owner should look at. */
export interface Alarm {
  readonly kind: AlarmKind;
  /** Where it was raised first; the step is null where the rows have none. */
  readonly tokens: number;
  readonly step: number | null;
  /** What was seen there, and what it may be at most (for a loss below the band: at least); null where it was no number. */
  readonly value: number | null;
  readonly threshold: number | null;
  /** Rows at which it was raised, and the tokens of the last of them. */
  readonly count: number;
  readonly lastTokens: number;
  /** Whether it still holds at the last row. */
  readonly isOngoing: boolean;
  readonly message: string;
  readonly remedy: string;
}

/** Nats by which the loss may lie above the band. @see docs/watch.md */
const bandMargin = 0.02;
/** Times its running median that the norm of the gradient may reach, after this share of the run. */
const normFactor = 4;
const normFrom = 0.1;
/** Rows of a running median, and how many it takes to be one. */
const medianRows = 201;
const leastMedian = 5;
/** Nats above the running median of the loss that make a spike; more where single rows are noisier than that. */
const spikeAbove = { nats: 0.1, noise: 5 } as const;
/** Rows in a row that lie so far above the lowest so far are no spike any more. */
const divergedAbove = { nats: 0.5, noise: 8, rows: 5 } as const;
/** Places at which the loss is held against the band, and how many in a row outside count. */
const bandPlaces = 100;
const sustained = 5;
/** A watched run is looked at again and again, and each look could raise a late rise by chance. */
const looks = 10;

/** The sentences of an alarm; `at` is a place such as "4.2B tokens". */
interface Words {
  readonly message: (at: string, value: string, threshold: string, reason?: string) => string;
  readonly remedy: string;
}

const words: Readonly<Record<AlarmKind, Words>> = {
  diverged: {
    message: (at, value, threshold, reason) =>
      reason !== undefined
        ? `What trains the run gave it up at ${at}: ${reason}.`
        : value === 'none'
          ? `The loss or the norm of the gradient is no number at ${at}.`
          : `The loss is ${value} at ${at} and stays above ${threshold}, half a nat above its lowest: the run diverges.`,
    remedy: 'Stop; go on from a checkpoint before it with a lower learning rate, and look at the data of these steps.',
  },
  'loss-above-band': {
    message: (at, value, threshold) => `The loss is ${value} at ${at}, above the band and its margin (${threshold}).`,
    remedy:
      'Compare what differs from the family (learning rate, data, batch, precision) before spending more; if nothing does, the law does not hold here.',
  },
  'loss-outside-band': {
    message: (at, value, threshold) =>
      `The loss is ${value} at ${at} and stays outside the band, whose end is ${threshold}.`,
    remedy:
      'Check that the loss is measured as for the family (data, tokenizer, context): a loss below the band is a mistake more often than luck.',
  },
  'gradient-norm': {
    message: (at, value, threshold) =>
      `The norm of the gradient is ${value} at ${at}, more than ${String(normFactor)} times its running median (${threshold} at most).`,
    remedy:
      'Look at the loss of the next steps; if it does not return, go back to a checkpoint and lower the learning rate.',
  },
  'loss-spike': {
    message: (at, value, threshold) =>
      `The loss jumps to ${value} at ${at}, above its running median and the margin (${threshold}).`,
    remedy:
      'One spike that is gone after some steps costs little; several, or growing ones, ask for a lower learning rate, clipping, or other data.',
  },
  'late-rise': {
    message: (at, value, threshold) => `The smoothed loss was lowest, ${threshold}, at ${at}, and is ${value} now.`,
    remedy:
      'Small models saturate and repeated data overfit: evaluate the checkpoint before the rise, and stop unless the learning rate is still to fall.',
  },
};

const shown = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'none');
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Collects where an alarm of one kind holds. */
class Raised {
  readonly #kind: AlarmKind;
  readonly #rows: { tokens: number; step: number; value: number; threshold: number }[] = [];

  #reason: string | undefined;

  constructor(kind: AlarmKind) {
    this.#kind = kind;
  }

  /** @param reason - in words, where there are no numbers */
  add(tokens: number, step: number, value: number, threshold: number, reason?: string): void {
    this.#reason ??= reason;
    this.#rows.push({ tokens, step, value, threshold });
  }

  get isRaised(): boolean {
    return this.#rows.length > 0;
  }

  /** The alarm, none where it was never raised. */
  toAlarm(now: number): Alarm[] {
    const first = this.#rows.at(0);
    const last = this.#rows.at(-1);
    if (first === undefined || last === undefined) return [];
    const { message, remedy } = words[this.#kind];
    return [
      {
        kind: this.#kind,
        tokens: first.tokens,
        step: finite(first.step),
        value: finite(first.value),
        threshold: finite(first.threshold),
        count: this.#rows.length,
        lastTokens: last.tokens,
        isOngoing: last.tokens >= now,
        message: message(
          `${formatQuantity(first.tokens)} tokens`,
          shown(first.value),
          shown(first.threshold),
          this.#reason,
        ),
        remedy,
      },
    ];
  }
}

/**
 * What is to be looked at in a run as it stands, the most serious first: each alarm once, with where it was raised first, how
 * often, and whether it still holds. What was not recorded raises none.
 *
 * @param band - what was expected of the run, where something was
 * @see arXiv 2309.14322 (Wortsman et al. 2023) for divergence; arXiv 2404.07647 (Godey et al. 2024) for the late rise
 * @example
 * ```ts
 * const rows = Array.from({ length: 20 }, (_, k) => ({ tokens: (k + 1) * 1e9, loss: k === 9 ? 9 : 3 }));
 * const curve = curveOf(rows, { name: 'big', params: 1.4e9, plannedTokens: 40e9 });
 * findAlarms(curve, null).map(({ kind, tokens }) => [kind, tokens]); // [['loss-spike', 10e9]]
 * ```
 */
export function findAlarms(curve: RunCurve, band: readonly BandPoint[] | null): Alarm[] {
  const { above, outside } = band === null ? { above: undefined, outside: undefined } : againstBand(curve, band);
  const { diverged, spikes, norms } = alongRows(curve);
  // An evaluation is not in every row; what holds at the last one that there was holds still.
  const lastOf = (column: Float64Array | null): number =>
    curve.tokens[column?.findLastIndex((value) => !Number.isNaN(value)) ?? -1] ?? Infinity;
  const now = lastOf(curve.loss);
  return [
    ...diverged.toAlarm(now),
    ...(above?.toAlarm(now) ?? []),
    ...(above?.isRaised === true ? [] : (outside?.toAlarm(now) ?? [])),
    ...norms.toAlarm(lastOf(curve.gradientNorm)),
    ...spikes.toAlarm(now),
    // In a run that diverges the rise is no other finding.
    ...(diverged.isRaised ? [] : lateRise(curve).toAlarm(0)),
  ];
}

/** One pass over the rows, each against what was known before it. */
function alongRows({
  tokens,
  loss,
  steps,
  gradientNorm,
  plannedTokens,
  givenUp,
}: RunCurve): Record<'diverged' | 'spikes' | 'norms', Raised> {
  const [diverged, spikes, norms] = (['diverged', 'loss-spike', 'gradient-norm'] as const).map(
    (kind) => new Raised(kind),
  );
  const losses = new RollingMedian(medianRows);
  const pastNorms = new RollingMedian(medianRows);
  const recent = new RollingMedian(divergedAbove.rows);
  let lowest = Infinity;
  let high: number[] = [];
  const noise = noiseOf({ tokens, loss } as RunCurve, tokens.length - 1);
  for (let i = 0; i < tokens.length; i++) {
    const step = steps?.[i] ?? NaN;
    const norm = gradientNorm?.[i];
    if (loss[i] === Infinity || norm === Infinity) diverged.add(tokens[i], step, NaN, NaN);
    if (Number.isFinite(loss[i])) {
      const spread = noise * loss[i];
      const limit = losses.median + Math.max(spikeAbove.nats, spikeAbove.noise * spread);
      if (losses.count >= leastMedian && loss[i] > limit) spikes.add(tokens[i], step, loss[i], limit);
      losses.add(loss[i]);
      const far = lowest + Math.max(divergedAbove.nats, divergedAbove.noise * spread);
      const was = high.length;
      high = loss[i] > far ? [...high, i].slice(-divergedAbove.rows) : [];
      if (high.length === divergedAbove.rows)
        for (const row of was < divergedAbove.rows ? high : [i])
          diverged.add(tokens[row], steps?.[row] ?? NaN, loss[row], far);
      // A single low row, such as one of another evaluation, is no level that the run had.
      recent.add(loss[i]);
      if (recent.count === divergedAbove.rows) lowest = Math.min(lowest, recent.median);
    }
    if (norm === undefined || !(norm > 0 && norm < Infinity)) continue;
    const most = normFactor * pastNorms.median;
    if (tokens[i] >= normFrom * plannedTokens && pastNorms.count >= leastMedian && norm > most)
      norms.add(tokens[i], step, norm, most);
    pastNorms.add(norm);
  }
  const last = tokens.length - 1;
  if (givenUp !== undefined && last >= 0) diverged.add(tokens[last], steps?.[last] ?? NaN, loss[last], NaN, givenUp);
  return { diverged, spikes, norms };
}

/** Holds the loss against the band at places evenly along the run, so that a long log costs no more than a short one. */
function againstBand(curve: RunCurve, band: readonly BandPoint[]): Record<'above' | 'outside', Raised> {
  const above = new Raised('loss-above-band');
  const outside = new Raised('loss-outside-band');
  const { tokens, loss, steps, plannedTokens } = curve;
  let run: { tokens: number; step: number; value: number; end: number }[] = [];
  let place = 0;
  for (let i = 0; i < tokens.length; i++) {
    if (!Number.isFinite(loss[i])) continue;
    const isLast = i === tokens.length - 1;
    if (tokens[i] < place && !isLast) continue;
    place = tokens[i] + plannedTokens / bandPlaces;
    const at = bandAt(band, tokens[i]);
    if (at === undefined) continue;
    const level = medianOf(curve, i);
    const step = steps?.[i] ?? NaN;
    if (level > at.upper + bandMargin) above.add(tokens[i], step, level, at.upper + bandMargin);
    if (level >= at.lower && level <= at.upper) run = [];
    else {
      run.push({ tokens: tokens[i], step, value: level, end: level > at.upper ? at.upper : at.lower });
      if (run.length === sustained) for (const row of run) outside.add(row.tokens, row.step, row.value, row.end);
      else if (run.length > sustained) outside.add(tokens[i], step, level, run[run.length - 1].end);
    }
  }
  return { above, outside };
}

/** The median loss of the last 2% of the tokens, at most {@link medianRows} rows: a single spike is no exit. */
function medianOf({ tokens, loss }: RunCurve, last: number): number {
  const near: number[] = [];
  for (let i = last; i >= 0 && near.length < medianRows && (tokens[i] >= 0.98 * tokens[last] || near.length < 1); i--)
    if (Number.isFinite(loss[i])) near.push(loss[i]);
  near.sort((a, b) => a - b);
  return (near[(near.length - 1) >> 1] + near[near.length >> 1]) / 2;
}

/** Points to which a long log is thinned before it is looked at for a late rise. */
const risePoints = 200;

/** A value this many times the median distance from the median of its five neighbours is replaced by that: a spike is no rise. */
const outlier = 8;

function withoutOutliers(values: readonly number[]): number[] {
  const middle = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1];
  const medians = values.map((_, k) => middle(values.slice(Math.max(0, k - 2), k + 3)));
  const usual = middle(values.map((value, k) => Math.abs(value - medians[k])));
  return values.map((value, k) => (Math.abs(value - medians[k]) > outlier * usual ? medians[k] : value));
}

function lateRise({ tokens, loss, steps, plannedTokens }: RunCurve): Raised {
  const raised = new Raised('late-rise');
  const rows = Array.from(tokens.keys()).filter((i) => Number.isFinite(loss[i]));
  if (rows.length === 0 || tokens[rows[rows.length - 1]] < normFrom * plannedTokens) return raised;
  const stride = Math.ceil(rows.length / risePoints);
  const means = Array.from({ length: Math.floor(rows.length / stride) }, (_, k) => {
    const own = rows.slice(rows.length - stride * (k + 1), rows.length - stride * k);
    return {
      tokens: tokens[own[own.length - 1]],
      log: own.reduce((sum, i) => sum + Math.log(loss[i]), 0) / own.length,
    };
  }).reverse();
  const found = findLateRise(
    withoutOutliers(means.map(({ log }) => log)),
    means.map((mean) => mean.tokens),
    looks,
  );
  if (found === undefined) return raised;
  const row = tokens.findIndex((at) => at >= found.turn);
  raised.add(found.turn, steps?.[row] ?? NaN, Math.exp(found.last), Math.exp(found.lowest));
  return raised;
}
