import { tryFit } from '../fit/tryFit.ts';
import { transformInputs, type Law } from '../laws/law.ts';
import { lossOfTokens, lossOfTokensIrreducible } from '../laws/lossOfTokens.ts';
import { createRuns } from '../runs/create.ts';
import { lastTokens, type RunCurve } from './curve.ts';
import type { Estimate } from './estimate.ts';
import { levelAt } from './level.ts';

/**
 * Laws of one curve, in the order in which they are preferred: another is taken where it has predicted the later part of the run
 * clearly better. Forms that bend (`m3`, `broken-1`) forecast no real curve of ours better, at many times the cost.
 */
const curveLaws: readonly Law[] = [lossOfTokensIrreducible, lossOfTokens];

/** Rows from this share of what the run has seen on: before, warm-up and the steep beginning bend every law. */
const fromShare = 0.1;
/** Points to which a law is fitted: the means of rows, evenly in ln tokens. */
const points = 32;
/** Fewer points are extrapolated by nothing. */
const leastPoints = 6;
/** Shares of what is known that are fitted to predict the rest: to choose a law, and to measure its error. */
const choosingShares = [0.5, 0.7] as const;
const rehearsedShares = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8] as const;
/** Another law has to err so much less than a simpler one to be taken. */
const better = 0.8;
/** The rehearsals overlap: so many are worth one. */
const overlap = 2;
/** Horizons below this, in ln tokens, are not told apart from it. */
const leastHorizon = 0.1;

/** Means of rows, evenly in ln tokens. */
interface Points {
  readonly tokens: readonly number[];
  readonly loss: readonly number[];
}

/** The points of a run up to some tokens, from {@link fromShare} of them on where that leaves enough. */
function pointsOf({ tokens, loss }: RunCurve, upTo: number): Points {
  const rows = Array.from(tokens.keys()).filter((i) => tokens[i] <= upTo * (1 + 1e-12) && Number.isFinite(loss[i]));
  const late = rows.filter((i) => tokens[i] >= fromShare * upTo);
  const used = late.length >= leastPoints ? late : rows;
  if (used.length === 0) return { tokens: [], loss: [] };
  const first = Math.log(tokens[used[0]]);
  const width = (Math.log(tokens[used[used.length - 1]]) - first) / points || 1;
  const bins = new Map<number, { x: number; y: number; n: number }>();
  for (const i of used) {
    const key = Math.min(points - 1, Math.floor((Math.log(tokens[i]) - first) / width));
    const bin = bins.get(key) ?? { x: 0, y: 0, n: 0 };
    bins.set(key, { x: bin.x + Math.log(tokens[i]), y: bin.y + Math.log(loss[i]), n: bin.n + 1 });
  }
  const means = [...bins.values()];
  return { tokens: means.map(({ x, n }) => Math.exp(x / n)), loss: means.map(({ y, n }) => Math.exp(y / n)) };
}

/** What a law fitted to the points says of ln loss after some tokens; undefined where it says nothing. */
function extrapolator(law: Law, { tokens, loss }: Points): ((tokens: number) => number) | undefined {
  const free = law.params.length;
  if (tokens.length < Math.max(leastPoints, free + 2)) return undefined;
  const [{ name }] = law.inputs;
  const fit = tryFit(law, createRuns({ [name]: [...tokens], loss: [...loss] }), {});
  if (fit === undefined || fit.status === 'stalled') return undefined;
  const out = new Float64Array(1);
  return (at) => {
    law.evaluate(fit.theta, transformInputs(law, { [name]: Float64Array.of(at) }), 1, out, undefined);
    const log = law.scale === 'log' ? out[0] : Math.log(out[0]);
    return Number.isFinite(log) ? log : NaN;
  };
}

/** Root mean square error in ln loss of a law that is fitted to the first parts of what is known and asked for the rest. */
function choosingError(law: Law, known: Points): number {
  const last = known.tokens[known.tokens.length - 1];
  let [squares, count] = [0, 0];
  for (const share of choosingShares) {
    const train = known.tokens.filter((tokens) => tokens <= share * last).length;
    const predict = extrapolator(law, { tokens: known.tokens.slice(0, train), loss: known.loss.slice(0, train) });
    if (predict === undefined) continue;
    for (let i = train; i < known.tokens.length; i++) {
      squares += (predict(known.tokens[i]) - Math.log(known.loss[i])) ** 2;
      count++;
    }
  }
  const error = Math.sqrt(squares / count);
  return Number.isNaN(error) ? Infinity : error;
}

/** A run continued along a law of its own curve. */
export interface OwnCurve {
  readonly law: Law;
  /** ln loss at the end. */
  readonly log: number;
}

/**
 * Continues a run along a law of its own curve. Several are tried; the one that predicts the later part of what is known from
 * its beginning is fitted to all of it.
 *
 * @param until - tokens of the end
 * @param only - the law to take, where it was chosen before
 * @returns undefined where there are too few rows, or no law fits
 */
export function continueCurve(curve: RunCurve, until: number, only?: Law): OwnCurve | undefined {
  const known = pointsOf(curve, lastTokens(curve));
  if (only !== undefined) {
    const log = extrapolator(only, known)?.(until) ?? NaN;
    return Number.isNaN(log) ? undefined : { law: only, log };
  }
  let chosen: { law: Law; error: number } | undefined;
  for (const law of curveLaws) {
    const error = choosingError(law, known);
    if (chosen === undefined || error < better * chosen.error) chosen = { law, error };
  }
  const law = chosen?.error === Infinity ? curveLaws[0] : (chosen?.law ?? curveLaws[0]);
  const log = extrapolator(law, known)?.(until) ?? NaN;
  return Number.isNaN(log) ? undefined : { law, log };
}

/**
 * How far off continuing a run along this law would have been in its own past: its beginning is fitted and asked for where it
 * is now. Errors grow with the horizon, so what is measured over a short one is stretched to the one that is left.
 *
 * @param until - tokens of the end
 * @returns spread of ln loss at the end; undefined where the run is too short to rehearse
 */
export function ownPastError(curve: RunCurve, law: Law, until: number): Omit<Estimate, 'log'> | undefined {
  const now = lastTokens(curve);
  const level = levelAt(curve, now);
  if (level === undefined) return undefined;
  let [squares, count] = [0, 0];
  for (const share of rehearsedShares) {
    const predicted = extrapolator(law, pointsOf(curve, share * now))?.(now) ?? NaN;
    if (Number.isNaN(predicted)) continue;
    squares += ((predicted - level.log) / Math.log(1 / share)) ** 2;
    count++;
  }
  if (count < 2) return undefined;
  const horizon = Math.max(leastHorizon, Math.log(until / now));
  const sd = Math.hypot(level.stderr, Math.sqrt(squares / count) * horizon);
  return { sd, degreesOfFreedom: Math.max(1, count / overlap) };
}
