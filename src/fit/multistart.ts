import type { LawParam, ParamScale } from '../laws/law.ts';
import { Newton, type LocalMinimum } from './newton.ts';
import { logMse } from './objectives/logMse.ts';
import { mse } from './objectives/mse.ts';
import { pickRows, Problem } from './problem.ts';
import { createLinearStart } from './linearStart.ts';

/** Points that are tried for each number of coordinates to search; at least `formula` for laws of which nothing is known. */
const tried = { base: 48, growth: 2.2, most: 3000, formula: 2000 };
/** How many of them are led a few steps downhill, and how many of their ends become seeds. */
const probed = { points: 24, steps: 12 };
const kept = 6;
/** Ends closer than this in their sum of squares, relatively, count as one. */
const sameEnd = 1e-4;
/** Rows on which all of them are tried, and on which the best share of them is compared again. */
const rowsTried = { all: 24, best: 96 };
const bestShare = 0.1;
const bestLeast = 60;
/** Points closer than this in every direction of the unit cube count as one. */
const apart = 0.04;
/** Range of a positive and of another coordinate for which nothing is known. */
const unknown = { positive: [1e-6, 1e6], sizes: [1e-7, 1e3], usual: [0.02, 8] } as const;
/** Share of the points that lie around a start, and where the inputs say; the others are drawn anywhere. */
const nearShare = { start: 0.7, scale: 0.8 };
/** How far around a given start the search goes: a factor to both sides. */
const around = 30;

/** A point that was tried. */
interface Candidate {
  readonly point: Float64Array;
  /** Weighted sum of squares that it leaves. */
  readonly cost: number;
  /** Where it was drawn in the unit cube. */
  readonly u: readonly number[];
}

/** The range of one free coordinate in which points are drawn. */
type Draw = (u: number) => number;

/**
 * Starting points for a law that is not a sum of power laws: points of a low-discrepancy sequence over the parameters that
 * enter nonlinearly, the others by least squares, and of these the best.
 *
 * @param start - values that the user gave, by name in natural units: the search goes around them as well
 * @param scales - where the inputs say that parameters lie, see {@link Law.scales}
 */
export function multistartSeeds(
  problem: Problem,
  names: readonly string[],
  start: Readonly<Record<string, number>>,
  scales: Readonly<Record<string, ParamScale>> = {},
): Float64Array[] {
  const { law } = problem;
  const paramOf = names.map((name) => law.params.find((param) => param.name === name) ?? law.params[0]);
  const tiedNames = new Set(names.filter((name, k) => dependents(problem, k) > 1));
  const linear = law.linear();
  const isLinear = names.map((name) => linear.includes(name) && !tiedNames.has(name));
  const pinned = names.map((name, k) => (isLinear[k] || name in start ? undefined : pinnedAt(paramOf[k])));
  const searched = names.flatMap((_, k) => (isLinear[k] || pinned[k] !== undefined ? [] : [k]));
  const count =
    searched.length === 0
      ? 1
      : Math.min(
          tried.most,
          Math.max(
            law.spec === undefined ? 0 : tried.formula,
            Math.round(tried.base * tried.growth ** searched.length),
          ),
        );
  // The coordinate of a sheared amplitude is the size of its term, which a start for the amplitude says nothing about.
  const isSheared = (name: string): boolean => law.shears.some((shear) => shear.amplitude === name);
  const draws = searched.map((k) => {
    const from = isSheared(names[k]) ? undefined : (start[names[k]] as number | undefined);
    const scale = from === undefined && Object.hasOwn(scales, names[k]) ? scales[names[k]] : undefined;
    return drawOf(problem, paramOf[k], k, from, scale);
  });
  const sequence = lowDiscrepancy(searched.length);
  const few = spreadRows(problem.data.rows, rowsTried.all);
  const costOfFew = createLinearStart(problem, isLinear, few);
  const candidates: Candidate[] = [];
  for (let n = 0; n < count; n++) {
    const point = Float64Array.from(pinned, (value) => value ?? 0);
    const u = sequence(n);
    for (const [d, k] of searched.entries()) point[k] = draws[d](u[d]);
    const cost = costOfFew(point);
    if (Number.isFinite(cost)) candidates.push({ point, cost, u });
  }
  let best = inOrder(candidates);
  const more = spreadRows(problem.data.rows, rowsTried.best);
  if (more.length > few.length) {
    const costOfMore = createLinearStart(problem, isLinear, more);
    best = best.slice(0, Math.max(bestLeast, bestShare * best.length));
    best = inOrder(best.map(({ point, u }) => ({ point, u, cost: costOfMore(point) })));
  }
  return probe(problem, distinct(best), more);
}

const inOrder = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.filter(({ cost }) => Number.isFinite(cost)).sort((a, b) => a.cost - b.cost);

/** Parameters that follow a free coordinate: itself and those tied to it. */
function dependents({ free, law }: Problem, k: number): number {
  if (free.map === undefined) return 1;
  let count = 0;
  for (let j = 0; j < law.params.length; j++) if (free.map[j * free.size + k] === 1) count++;
  return count;
}

/** The coordinate from which a parameter always starts, when its range of search is a single value. */
function pinnedAt({ search, transform }: LawParam): number | undefined {
  if (search === undefined || search[0] !== search[1]) return undefined;
  return transform === 'log' ? Math.log(search[0]) : search[0];
}

/**
 * Where a coordinate is drawn: mostly around the user's start, or else where the inputs say that it lies, and over its whole
 * range for the rest of the unit interval.
 */
function drawOf(
  { free }: Problem,
  param: LawParam,
  k: number,
  start: number | undefined,
  scale: ParamScale | undefined,
): Draw {
  const clip = (x: number): number => Math.min(free.upper[k], Math.max(free.lower[k], x));
  const global = globalDraw(param, [free.lower[k], free.upper[k]]);
  const isStarted = start !== undefined && start !== 0;
  const near = isStarted ? startDraw(param, start) : scale && scaleDraw(param, scale);
  if (near === undefined) return (u) => clip(global(u));
  const share = isStarted ? nearShare.start : nearShare.scale;
  return (u) => clip(u < share ? near(u / share) : global((u - share) / (1 - share)));
}

/** Around a start, by a factor to both sides. */
function startDraw({ transform }: LawParam, start: number): Draw {
  const value = (u: number): number => start * around ** (2 * u - 1);
  return transform === 'log' ? (u) => Math.log(value(u)) : value;
}

/** In a range, or of a size and of either sign. */
function scaleDraw({ transform }: LawParam, { kind, low, high }: ParamScale): Draw {
  const place = (u: number): number => low + u * (high - low);
  if (transform === 'log')
    return kind === 'range'
      ? (u) => Math.log(Math.max(place(u), 1e-3 * high))
      : (u) => Math.log(low) + u * Math.log(high / low);
  return kind === 'range' ? place : (u) => (u < 0.5 ? -1 : 1) * low * (high / low) ** ((2 * u) % 1);
}

function globalDraw(param: LawParam, [lower, upper]: readonly [number, number]): Draw {
  const isLog = param.transform === 'log';
  const [low, high] = param.search ?? (isLog ? unknown.positive : [lower, upper]);
  if (isLog) return (u) => Math.log(low) + u * Math.log(high / low);
  if (Number.isFinite(low) && Number.isFinite(high)) return (u) => low + u * (high - low);
  // Nothing is known: any sign and size, sizes evenly in their logarithms; but half of the points where exponents and
  // other numbers without a unit usually are.
  return (u) => {
    const half = (2 * u) % 1;
    const [least, most] = u < 0.5 ? unknown.usual : unknown.sizes;
    const size = least * (most / least) ** Math.abs(2 * half - 1);
    return half < 0.5 ? -size : size;
  };
}

/** Points of the unit cube that fill it evenly: multiples of powers of the generalised golden ratio, modulo 1. */
function lowDiscrepancy(dimensions: number): (n: number) => number[] {
  let ratio = 2;
  // The positive root of x^(d+1) = x + 1.
  for (let k = 0; k < 60; k++) ratio = (1 + ratio) ** (1 / (dimensions + 1));
  const steps = Array.from({ length: dimensions }, (_, k) => ratio ** -(k + 1));
  return (n) => steps.map((step) => (0.5 + (n + 1) * step) % 1);
}

/** Row numbers spread evenly over all rows. */
function spreadRows(rows: number, most: number): Uint32Array {
  const count = Math.min(rows, most);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * rows) / count));
}

/**
 * Leads candidates a few steps downhill on least squares, which is smoother than a robust penalty, and returns the ends with
 * different sums of squares, best first. Where all parameters are nonlinear the best of thousands of points may still lie in
 * the wrong valley, and a few steps tell.
 */
function probe(problem: Problem, candidates: readonly Candidate[], rows: Uint32Array): Float64Array[] {
  const { law, objective, free, data } = problem;
  const squares = objective.residual === 'log' ? logMse : mse;
  const newton = new Newton(new Problem(law, squares, Infinity, free, pickRows(data, rows)));
  const ends = candidates
    .map(({ point }) => newton.minimize(point, [], probed.steps))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => a.value - b.value);
  const chosen: LocalMinimum[] = [];
  for (const end of ends) if (chosen.every((other) => end.value > other.value * (1 + sameEnd))) chosen.push(end);
  return chosen.slice(0, kept).map(({ point }) => point);
}

/** The first candidates that lie apart from one another in the unit cube, as many as are probed. */
function distinct(candidates: readonly Candidate[]): Candidate[] {
  const chosen: Candidate[] = [];
  for (const candidate of candidates) {
    const isNew = chosen.every(({ u }) => u.some((x, d) => Math.abs(x - candidate.u[d]) > apart));
    if (isNew) chosen.push(candidate);
    if (chosen.length === probed.points) break;
  }
  return chosen;
}
