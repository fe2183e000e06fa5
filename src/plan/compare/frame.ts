import type { LawFit } from '../../fit/fitLaw.ts';
import { takesParamsAndTokens } from '../../laws/allocation.ts';
import { LossCurve } from './lossCurve.ts';
import { logMultipliers, type Frame } from './multiplier.ts';
import { axisAt } from './observed.ts';
import { parsePath, type ComparePath } from './path.ts';

/** Points of the curve inside the data. */
const points = 21;
/** Points among which the range of both families' data is looked for. */
const fine = 201;
/** Points of the curve on either side of the data. */
const beyond = 13;
const none = new Float64Array(0);
/** The frontier counts as outside the data where its ratio of tokens to params is beyond theirs by this factor. */
const outside = 2;

/** What a frame is made from, besides the fits. */
interface FrameOptions {
  readonly path: string | undefined;
  readonly targets: readonly number[];
  readonly confidence: number;
  readonly equalWithin: number;
}

/** A frame and what was decided on the way. */
export interface Framed {
  readonly frame: Frame;
  /** Where the data of both families support the multiplier, in the candidate's compute. */
  readonly range: readonly [number, number] | null;
  readonly notes: FrameNotes;
}

/** What was found about the path. */
export interface FrameNotes {
  /** Why the path is not the frontier although none was asked for. */
  readonly instead: string | null;
  /** Ratio of tokens to params of a frontier outside the data, and the range of the data. */
  readonly outside: { readonly ratio: number; readonly data: readonly [number, number] } | null;
}

/** Decides along which path, and between which amounts of compute, two families are compared. */
export function createFrame(fits: readonly [LawFit, LawFit], options: FrameOptions): Framed {
  const { law } = fits[0];
  const path = parsePath(options.path, law);
  const framed = frameAlong(fits, path, options);
  const off = framed === undefined ? null : frontierOutside(fits, framed);
  if (framed !== undefined && (options.path !== undefined || off === null))
    return { ...framed, notes: { instead: null, outside: off } };
  // A frontier that the runs never visited, or that a fit does not have, is no place to compare at.
  if (options.path === undefined && takesParamsAndTokens(law)) {
    const along = frameAlong(fits, { kind: 'ratio', tokensPerParam: middleRatio(fits) }, options);
    const instead =
      off === null
        ? 'one of the fits has no compute-optimal frontier'
        : `the compute-optimal frontier leads to ${off.ratio.toPrecision(2)} tokens per parameter, outside the data (${off.data.map((end) => end.toPrecision(2)).join(' to ')})`;
    if (along !== undefined) return { ...along, notes: { instead, outside: null } };
  }
  if (framed !== undefined) return { ...framed, notes: { instead: null, outside: off } };
  return { frame: bareFrame(fits, path, options), range: null, notes: { instead: null, outside: null } };
}

/** The frame over the candidate's data, before it is known where both families' data overlap. */
function bareFrame(fits: readonly [LawFit, LawFit], path: ComparePath, options: FrameOptions): Frame {
  const ranges = [rangeOf(fits[0], path), rangeOf(fits[1], path)] as const;
  return {
    law: fits[0].law,
    path,
    factors: [fits[0].runs.conventions.flopsPerParamToken, fits[1].runs.conventions.flopsPerParamToken],
    ranges,
    data: [Math.min(ranges[0][0], ranges[1][0]), Math.max(ranges[0][1], ranges[1][1])],
    grid: between(ranges[1], points),
    targets: Float64Array.from(options.targets, Math.log),
    beyond: new Float64Array(0),
    equalWithin: options.equalWithin,
    confidence: options.confidence,
  };
}

function frameAlong(
  fits: readonly [LawFit, LawFit],
  path: ComparePath,
  options: FrameOptions,
): Omit<Framed, 'notes'> | undefined {
  const bare = bareFrame(fits, path, options);
  const grid = between(bare.ranges[1], fine);
  const found = logMultipliers({ ...bare, grid, targets: none }, [fits[0].theta, fits[1].theta]);
  if (found === undefined) return undefined;
  const [low, high] = bare.ranges[0];
  const slack = 1e-9;
  const supported = grid.filter((x, k) => x + found.grid[k] >= low - slack && x + found.grid[k] <= high + slack);
  if (supported.length === 0)
    return { frame: { ...bare, beyond: beyondOf(bare.ranges[1], bare.targets) }, range: null };
  const ends = [supported[0], supported[supported.length - 1]] as const;
  const frame = { ...bare, grid: between(ends, points), beyond: beyondOf(ends, bare.targets) };
  return { frame, range: [rounded(ends[0]), rounded(ends[1])] };
}

/** Places outside the range: down to the lowest target, and up to the highest or ten times the end of the range. */
function beyondOf([low, high]: readonly [number, number], targets: Float64Array): Float64Array {
  const down = Math.min(low, ...targets);
  const up = Math.max(high + Math.log(10), ...targets);
  return Float64Array.of(
    ...(down < low ? between([down, low], beyond).slice(0, -1) : none),
    ...between([high, up], beyond).slice(1),
  );
}

/** Thirteen digits, as the points of the curve have. */
const rounded = (log: number): number => Number(Math.exp(log).toPrecision(13));

/** Evenly spaced from one end to the other; a single point where both are the same. */
function between([low, high]: readonly [number, number], count: number): Float64Array {
  if (!(high > low)) return Float64Array.of(low);
  return Float64Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
}

/** Logarithms of the smallest and the largest value of the axis among the fitted rows. */
function rangeOf(fit: LawFit, path: ComparePath): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let row = 0; row < fit.rows.data.rows; row++) {
    const value = Math.log(axisAt(fit, path, row));
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** Tokens per parameter of the fitted rows, rising. */
function ratiosOf(fit: LawFit): Float64Array {
  const { params, tokens } = fit.runs.quantities;
  return Float64Array.from(fit.rows.index, (row) => (tokens?.[row] ?? NaN) / (params?.[row] ?? NaN)).sort();
}

function middleRatio(fits: readonly [LawFit, LawFit]): number {
  const ratios = Float64Array.from([ratiosOf(fits[0]), ratiosOf(fits[1])].flatMap((own) => Array.from(own))).sort();
  return Number(ratios[Math.floor(ratios.length / 2)].toPrecision(3));
}

/** Where the frontier of a family leaves the ratios of tokens to params that its runs have. */
function frontierOutside(fits: readonly [LawFit, LawFit], { frame }: Pick<Framed, 'frame'>): FrameNotes['outside'] {
  if (frame.path.kind !== 'frontier') return null;
  for (const [which, fit] of fits.entries()) {
    const place = LossCurve.create(frame.law, fit.theta, frame.path, frame.factors[which], frame.data)?.place;
    const ratios = ratiosOf(fit);
    const data = [ratios[0], ratios[ratios.length - 1]] as const;
    if (place === undefined) continue;
    for (const x of [frame.grid[0], frame.grid[frame.grid.length - 1]]) {
      const ratio = Math.exp(place.logTokens(x) - place.logParams(x));
      if (ratio > outside * data[1] || ratio < data[0] / outside) return { ratio, data };
    }
  }
  return null;
}
