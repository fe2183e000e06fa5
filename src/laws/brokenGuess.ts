import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';
import { bendColumn, dot, gridCandidates, inOrder, inPlace, isNear, type Bend, type Candidate } from './brokenGrid.ts';
import type { Law } from './law.ts';

/** Rows on which starting points are compared. */
const rowsTried = 72;
/** Starting points that are given at most, by the number of breaks. */
const kept = [8, 8, 5] as const;
/** Steps of the descent in -ln(1 - share), in the place as a share of the range of ln x, and in ln of the width. */
const steps = { limit: 0.4, place: 0.03, logWidth: 0.5 };
/** How often all steps are halved for the most promising ones, and how many these are. */
const halvings = 3;
const promising = 12;
/** A step has to leave this part of the squares, or less. */
const worthwhile = 0.999;
/** Largest -ln(1 - share). */
const closest = 6;
/** A limit of zero starts at this share of the least response: the logarithm of zero is no place to start from. */
const faint = 0.01;

/**
 * Starting points of a broken law. With the limit a, the places d and the widths f held,
 * ln(L - a) = ln b - c0 ln x - sum_i c_i f_i ln(1 + (x / d_i)^(1 / f_i)) is linear in ln b and the exponents. So a, d and f
 * go over a grid and from there downhill, and the rest follows from least squares, in the relative error of L.
 *
 * @param sharpness - range of f
 */
export function brokenGuess(breaks: 0 | 1 | 2, sharpness: readonly [number, number]): NonNullable<Law['guess']> {
  return ({ x }, observed) => {
    const rows = spread(x, observed);
    const y = Float64Array.from(rows, (i) => observed[i]);
    if (rows.length < 3 + 3 * breaks || !(Math.min(...y) > 0)) return [];
    const logX = Float64Array.from(rows, (i) => Math.log(x[i]));
    const range = logX[logX.length - 1] - logX[0];
    if (!(range > 0)) return [];
    const descent = new Descent(logX, y, range, sharpness);
    const settle = (candidates: readonly Candidate[], most: number): Candidate[] => {
      const rough = distinct(
        candidates.map((start) => descent.from(start, 0)),
        range,
      );
      const fine = rough.slice(0, promising).map((start) => descent.from(start, halvings));
      return distinct(fine, range).slice(0, most);
    };
    const found = gridCandidates(logX, y, breaks, sharpness);
    // The grid is too coarse to see a weak break beside a strong one; so the strong one is placed first.
    if (breaks === 2)
      for (const { bends } of settle(gridCandidates(logX, y, 1, sharpness), 3))
        found.push(...gridCandidates(logX, y, 1, sharpness, bends).slice(0, 5));
    return settle(found, kept[breaks]).map((candidate) => descent.params(candidate));
  };
}

/** Best first, without those that all but repeat better ones. */
function distinct(candidates: readonly Candidate[], range: number): Candidate[] {
  const chosen: Candidate[] = [];
  for (const candidate of inOrder(candidates))
    if (!chosen.some((other) => isNear(candidate, other, 0.02 * range, 1.5))) chosen.push(candidate);
  return chosen;
}

/** Row numbers that spread evenly over the rows in the order of x. */
function spread(x: Float64Array, observed: Float64Array): number[] {
  const order = [...x.keys()].filter((i) => x[i] > 0 && Number.isFinite(observed[i])).sort((i, j) => x[i] - x[j]);
  const count = Math.min(order.length, rowsTried);
  return Array.from({ length: count }, (_, k) => order[Math.floor(((k + 0.5) * order.length) / count)]);
}

/** The squares that a candidate leaves when ln b and the exponents follow from least squares, and the way downhill. */
class Descent {
  private readonly logX: Float64Array;
  private readonly y: Float64Array;
  private readonly least: number;
  private readonly range: number;
  private readonly widths: readonly [number, number];
  private readonly middle: number;
  private readonly columns = new WeakMap<Bend, Float64Array>();

  constructor(logX: Float64Array, y: Float64Array, range: number, [low, high]: readonly [number, number]) {
    this.logX = logX;
    this.y = y;
    this.least = Math.min(...y);
    this.range = range;
    this.middle = logX[0] + range / 2;
    this.widths = [Math.log(1.5 * low), Math.log(0.9 * high)];
  }

  /** Moves one coordinate after the other as long as that helps, with ever smaller steps. */
  from(start: Candidate, halvings: number): Candidate {
    let best = start;
    let left = this.solve(start).left;
    for (let size = 1, halved = 0; halved <= halvings;) {
      let isBetter = false;
      for (const move of this.moves(size, best.bends.length)) {
        const next = move(best);
        const reached = this.solve(next).left;
        if (!(reached < left * worthwhile)) continue;
        [best, left, isBetter] = [next, reached, true];
      }
      if (isBetter) continue;
      size /= 2;
      halved++;
    }
    return { ...best, left };
  }

  /** Natural parameters of a candidate. */
  params({ share, bends }: Candidate): Record<string, number> {
    const [logB, c0, ...changes] = this.solve({ share, bends, left: 0 }).solution;
    const params: Record<string, number> = { a: Math.max(share, faint) * this.least, b: Math.exp(logB), c0: -c0 };
    for (const [k, { place, logWidth }] of bends.entries()) {
      params[`c${String(k + 1)}`] = -changes[k];
      params[`d${String(k + 1)}`] = Math.exp(place);
      params[`f${String(k + 1)}`] = Math.exp(logWidth);
    }
    return params;
  }

  private moves(size: number, breaks: number): ((candidate: Candidate) => Candidate)[] {
    const [narrowest, widest] = this.widths;
    const limit = (by: number) => (candidate: Candidate) => {
      const depth = Math.min(closest, Math.max(0, -Math.log1p(-candidate.share) + by));
      return { ...candidate, share: -Math.expm1(-depth) };
    };
    const bend = (k: number, place: number, logWidth: number) => (candidate: Candidate) => {
      const moved = candidate.bends.map((old, j): Bend =>
        j === k
          ? { place: old.place + place, logWidth: Math.min(widest, Math.max(narrowest, old.logWidth + logWidth)) }
          : old,
      );
      return { ...candidate, bends: inPlace(moved) };
    };
    return [size, -size].flatMap((t) => [
      limit(t * steps.limit),
      ...Array.from({ length: breaks }, (_, k) => [
        bend(k, t * steps.place * this.range, 0),
        bend(k, 0, t * steps.logWidth),
      ]).flat(),
    ]);
  }

  /** ln b and minus the exponents by least squares in relative errors, and the squares that are left. */
  private solve({ share, bends }: Candidate): { solution: Float64Array; left: number } {
    const { logX, y } = this;
    const limit = share * this.least;
    const columns = bends.map((bend) => this.column(bend));
    const n = 2 + bends.length;
    const row = new Float64Array(n);
    const gram = new Float64Array(n * n);
    const solution = new Float64Array(n);
    let total = 0;
    for (let i = 0; i < y.length; i++) {
      const above = y[i] - limit;
      const weight = above / y[i];
      const target = weight * Math.log(above);
      row[0] = weight;
      row[1] = weight * (logX[i] - this.middle);
      for (let k = 2; k < n; k++) row[k] = weight * columns[k - 2][i];
      for (let k = 0; k < n; k++) {
        solution[k] += row[k] * target;
        for (let j = 0; j <= k; j++) gram[k * n + j] += row[k] * row[j];
      }
      total += target * target;
    }
    const right = solution.slice();
    if (!choleskyInPlace(gram, n)) return { solution, left: Infinity };
    choleskySolve(gram, n, solution);
    const left = Math.max(0, total - dot(solution, right));
    solution[0] -= solution[1] * this.middle;
    return { solution, left };
  }

  /** The column of a break; a break that did not move has it already. */
  private column(bend: Bend): Float64Array {
    let column = this.columns.get(bend);
    if (column === undefined) this.columns.set(bend, (column = bendColumn(this.logX, bend)));
    return column;
  }
}
