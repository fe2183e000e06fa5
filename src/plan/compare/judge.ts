import { roundPercent } from '../../core/percent.ts';
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
  const settled = agreed(free.settled, tied?.settled);
  const refuted = contradiction(evidence) === 'sign';
  const inRange = range === null || refuted ? 'undecided' : settled;
  const atTargets = free.targets.map((point, k) => ({
    at: point.at,
    beyond: beyond(frame, point),
    settled: refuted ? ('undecided' as const) : agreed(point.settled, tied?.targets[k].settled),
  }));
  // The family behind in the range, by the estimate: the candidate where the mean multiplier is below 1.
  const other = (ahead: number | null): number | null =>
    ahead === null ? null : free.mean.value < 1 ? ahead : 1 - ahead;
  const verdict = {
    inRange,
    parts: range === null || refuted ? [] : partsOf(free, tied),
    atTargets,
    flip: { inRange: other(free.mean.ahead), atTargets: free.targets.map(({ ahead }) => other(ahead)) },
    trend: refuted ? ('undecided' as const) : trendOf(free.trend, tied?.trend),
  };
  return { ...verdict, sentences: sentencesOf(evidence, verdict) };
}

/**
 * Whether pairs of runs contradict the multiplier of the laws: in its size, or in which side of 1 it lies on where a law
 * claims to know that.
 */
export function contradiction({ observed, frame }: Pick<Evidence, 'observed' | 'frame'>): 'none' | 'size' | 'sign' {
  const found = (observed?.rungs ?? []).filter(({ contradicts }) => contradicts);
  const turned = found.some(({ multiplier, fitted }) => {
    if (multiplier === null || fitted === null) return true;
    const near = Math.log(1 + frame.equalWithin);
    const sign = (value: number): number => (Math.abs(Math.log(value)) <= near ? 0 : Math.sign(value - 1));
    return sign(fitted) !== 0 && sign(multiplier) !== sign(fitted);
  });
  return found.length === 0 ? 'none' : turned ? 'sign' : 'size';
}

/** Stretches of the range in which the same is settled, from the low end to the high end. */
function partsOf(free: MultiplierModel, tied: MultiplierModel | null): Verdict['parts'] {
  const parts: { from: number; to: number; settled: Settled }[] = [];
  for (const [k, { at, settled: own }] of free.curve.entries()) {
    const settled = agreed(own, tied?.curve[k].settled);
    const part = parts.at(-1);
    if (part?.settled === settled) part.to = at;
    else parts.push({ from: at, to: at, settled });
  }
  return parts;
}

/** How far a point lies beyond the compute of either family's data: 10 means ten times the largest, 0.1 a tenth of the smallest. */
export function beyond(frame: Frame, { at, value }: Pick<MultiplierPoint, 'at' | 'value'>): number {
  const factor = (x: number, [low, high]: readonly [number, number]): number =>
    x > high ? Math.exp(x - high) : x < low ? Math.exp(x - low) : 1;
  const own = factor(Math.log(at), frame.ranges[1]);
  // A multiplier without end says nothing about how far the candidate's own compute is from the data.
  const needed = value > 0 && value < Infinity ? factor(Math.log(at * value), frame.ranges[0]) : 1;
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

const signed = (share: number): string => `${share < 0 ? '' : '+'}${(100 * share).toPrecision(2)}%`;

function withInterval({ value, interval }: Estimate, confidence: number): string {
  if (interval === null) return times(value);
  return `${times(value)} (${roundPercent(confidence, 2)} interval ${interval.map(times).join(' to ')})`;
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
    equal: `the two are equal within ${roundPercent(equalWithin, 2)}`,
    crosses: 'one family is ahead at the low end and the other at the high end',
    undecided: 'the data do not settle which family is ahead',
  };
  const sentences: string[] = [];
  if (range === null) sentences.push(`No ${what} lies inside the data of both families at a common loss.`);
  else
    sentences.push(
      `From ${show(range[0])} to ${show(range[1])}, ${describePath(path)}, ${a} needs ${withInterval(free.mean, confidence)} times the ${what} of ${b} for the same loss: ${meaning[verdict.inRange]}.`,
    );
  const settledParts = verdict.parts.filter(({ settled, from, to }) => settled !== 'undecided' && to > from);
  if (verdict.inRange === 'undecided' && settledParts.length > 0)
    sentences.push(
      `Settled in a part of that range: ${settledParts.map(({ from, to, settled }) => `from ${show(from)} to ${show(to)} ${meaning[settled]}`).join('; ')}.`,
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
      flip === null
        ? ''
        : `; that the order of the range is turned round there has probability ${roundPercent(flip, 2)}`;
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
  const against = contradiction(evidence);
  if (against !== 'none')
    sentences.push(
      `Pairs of runs contradict the laws${against === 'sign' ? ' about which family is ahead' : ' about the size of the multiplier'}: these data do not have the form of ${frame.law.id}.`,
    );
  if (observed !== null && observed.interval !== null)
    sentences.push(
      `Without any law: ${b} has the lower loss in ${String(observed.candidateLower)} of ${String(observed.pairs)} pairs; its loss differs by ${signed(observed.mean)} on average (${roundPercent(confidence, 2)} interval ${observed.interval.map(signed).join(' to ')}).`,
    );
  return sentences;
}
