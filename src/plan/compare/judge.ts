import { formatQuantity } from '../../core/quantity.ts';
import type { Estimate, Frame, MultiplierModel, MultiplierPoint } from './multiplier.ts';
import type { ObservedDifferences } from './observed.ts';
import { axisOf, describePath } from './path.ts';
import type { SharedFit, Verdict } from './result.ts';
import type { Settled } from './verdict.ts';

/** What a verdict is made from. */
interface Evidence {
  readonly names: readonly [string, string];
  readonly frame: Frame;
  readonly range: readonly [number, number] | null;
  readonly free: MultiplierModel;
  readonly tied: MultiplierModel | null;
  readonly sharing: SharedFit | null;
  readonly observed: ObservedDifferences | null;
}

/** Settled only where it is settled alike under both assumptions. */
const agreed = (free: Settled, tied: Settled | undefined): Settled =>
  tied === undefined || tied === free ? free : 'undecided';

/** What the multipliers settle, in one word for each place and in plain sentences. */
export function judgeFamilies(evidence: Evidence): Verdict {
  const { frame, range, free, tied } = evidence;
  const inRange = range === null ? 'undecided' : agreed(free.settled, tied?.settled);
  const atTargets = free.targets.map((point, k) => ({
    at: point.at,
    beyond: beyond(frame, point),
    settled: agreed(point.settled, tied?.targets[k].settled),
  }));
  // The family behind in the range, by the estimate: the candidate where the mean multiplier is below 1.
  const other = (ahead: number | null): number | null =>
    ahead === null ? null : free.mean.value < 1 ? ahead : 1 - ahead;
  const verdict = {
    inRange,
    atTargets,
    flip: { inRange: other(free.mean.ahead), atTargets: free.targets.map(({ ahead }) => other(ahead)) },
    trend: trendOf(free.trend, tied?.trend),
  };
  return { ...verdict, sentences: sentencesOf(evidence, verdict) };
}

/** How far a point lies beyond the compute of either family's data: 10 means ten times the largest, 0.1 a tenth of the smallest. */
export function beyond(frame: Frame, { at, value }: Pick<MultiplierPoint, 'at' | 'value'>): number {
  const factor = (x: number, [low, high]: readonly [number, number]): number =>
    x > high ? Math.exp(x - high) : x < low ? Math.exp(x - low) : 1;
  const own = factor(Math.log(at), frame.ranges[1]);
  const needed = factor(Math.log(at * value), frame.ranges[0]);
  return Math.abs(Math.log(own)) >= Math.abs(Math.log(needed)) ? own : needed;
}

function trendOf(free: Estimate, tied: Estimate | undefined): Verdict['trend'] {
  const sign = ({ interval }: Estimate): 'rises' | 'falls' | 'undecided' =>
    interval === null || (interval[0] <= 0 && interval[1] >= 0) ? 'undecided' : interval[0] > 0 ? 'rises' : 'falls';
  return tied === undefined || sign(tied) === sign(free) ? sign(free) : 'undecided';
}

/** A multiplier as it is read: 1.00, 12.3, or what an infinite one means. */
const times = (value: number): string =>
  value === Infinity ? 'without end' : value >= 0.001 && value < 1000 ? value.toPrecision(3) : formatQuantity(value);

const percent = (share: number): string => `${String(Number((100 * share).toPrecision(2)))}%`;

function withInterval({ value, interval }: Estimate, confidence: number): string {
  if (interval === null) return times(value);
  return `${times(value)} (${percent(confidence)} interval ${interval.map(times).join(' to ')})`;
}

function sentencesOf(evidence: Evidence, verdict: Omit<Verdict, 'sentences'>): string[] {
  const { names, frame, range, free, tied, sharing, observed } = evidence;
  const { confidence, equalWithin, path } = frame;
  const unit = axisOf(path) === 'flops' ? 'FLOP' : axisOf(path);
  const what = unit === 'FLOP' ? 'compute' : unit;
  const [a, b] = names;
  const show = (x: number): string => `${formatQuantity(x)}${unit === 'FLOP' ? ' FLOP' : ''}`;
  const meaning: Readonly<Record<Settled, string>> = {
    candidate: `${b} is ahead`,
    baseline: `${a} is ahead`,
    equal: `the two are equal within ${percent(equalWithin)}`,
    crosses: 'one family is ahead at the low end and the other at the high end',
    undecided: 'the data do not settle which family is ahead',
  };
  const sentences: string[] = [];
  if (range === null) sentences.push(`No ${what} lies inside the data of both families at a common loss.`);
  else
    sentences.push(
      `From ${show(range[0])} to ${show(range[1])}, ${describePath(path)}, ${a} needs ${withInterval(free.mean, confidence)} times the ${what} of ${b} for the same loss: ${meaning[verdict.inRange]}.`,
    );
  if (range !== null && range[1] > range[0]) {
    const tenfold = (slope: number): number => 10 ** slope;
    const { value, interval } = free.trend;
    const change = {
      value: tenfold(value),
      interval: interval === null ? null : ([tenfold(interval[0]), tenfold(interval[1])] as const),
    };
    const said = {
      rises: 'it grows with scale',
      falls: 'it shrinks with scale',
      undecided: 'whether it grows or shrinks with scale is not settled',
    }[verdict.trend];
    sentences.push(
      `With ten times the ${what} the multiplier changes by a factor ${withInterval(change, confidence)}: ${said}.`,
    );
  }
  for (const [k, { at, beyond: factor, settled }] of verdict.atTargets.entries()) {
    const flip = verdict.flip.atTargets[k];
    const where =
      factor === 1 ? 'inside the data' : factor > 1 ? `${times(factor)} times beyond the data` : 'below the data';
    const turned =
      flip === null ? '' : `; that the order of the range is turned round there has probability ${percent(flip)}`;
    sentences.push(
      `At ${show(at)}, ${where}: ${withInterval(free.targets[k], confidence)}; ${meaning[settled]}${turned}.`,
    );
  }
  if (tied !== null && sharing !== null) {
    const names = sharing.shared.join(', ');
    const test =
      sharing.probability === null
        ? ''
        : sharing.probability < 1 - confidence
          ? ` The data speak against sharing it (p = ${sharing.probability.toPrecision(2)}).`
          : ` The data do not speak against sharing it (p = ${sharing.probability.toPrecision(2)}).`;
    sentences.push(
      `With ${names} in common the factor is ${withInterval(tied.mean, confidence)}${tied.targets.map((point) => `, and ${withInterval(point, confidence)} at ${show(point.at)}`).join('')}.${test}`,
    );
  }
  if (observed !== null && observed.interval !== null)
    sentences.push(
      `Without any law: ${b} has the lower loss in ${String(observed.candidateLower)} of ${String(observed.pairs)} pairs, on average by ${(-100 * observed.mean).toPrecision(2)}% (${percent(confidence)} interval ${[observed.interval[1], observed.interval[0]].map((end) => `${(-100 * end).toPrecision(2)}%`).join(' to ')}).`,
    );
  return sentences;
}
