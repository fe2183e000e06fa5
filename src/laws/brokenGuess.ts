import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';
import { bendColumn, dot, gridCandidates, inOrder, inPlace, isNear, type Bend, type Candidate } from './brokenGrid.ts';
import type { Law } from './law.ts';

/** Rows on which starting points are compared. */
const rowsTried = 96;
/** Starting points that are given at most. */
const kept = 8;
/** Steps of the descent in -ln(1 - share), in the place as a share of the range of ln x, and in ln of the width. */
const steps = { limit: 0.4, place: 0.03, logWidth: 0.5 };
/** How often all steps are halved, and how close to the least response the limit may come. */
const halvings = 3;
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
      const chosen: Candidate[] = [];
      for (const candidate of inOrder(candidates.map((start) => descent.from(start))))
        if (!chosen.some((other) => isNear(candidate, other, 0.02 * range, 1.5))) chosen.push(candidate);
      return chosen.slice(0, most);
    };
    const found = gridCandidates(logX, y, breaks, sharpness);
    // The grid is too coarse to see a weak break beside a strong one; so the strong one is placed first.
    if (breaks === 2)
      for (const { bends } of settle(gridCandidates(logX, y, 1, sharpness), 3))
        found.push(...gridCandidates(logX, y, 1, sharpness, bends).slice(0, 6));
    return settle(found, kept).map((candidate) => descent.params(candidate));
  };
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

  constructor(logX: Float64Array, y: Float64Array, range: number, [low, high]: readonly [number, number]) {
    this.logX = logX;
    this.y = y;
    this.least = Math.min(...y);
    this.range = range;
    this.widths = [Math.log(1.5 * low), Math.log(0.9 * high)];
  }

  /** Moves one coordinate after the other as long as that helps, with ever smaller steps. */
  from(start: Candidate): Candidate {
    let best = start;
    let left = this.solve(start).left;
    for (let size = 1, halved = 0; halved <= halvings;) {
      let isBetter = false;
      for (const move of this.moves(size, best.bends.length)) {
        const next = move(best);
        const reached = this.solve(next).left;
        if (!(reached < left * (1 - 1e-6))) continue;
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
    const { logX, y, least } = this;
    const limit = share * least;
    const weight = y.map((v) => (v - limit) / v);
    const columns = [
      weight,
      ...[logX, ...bends.map((bend) => bendColumn(logX, bend))].map((c) => c.map((v, i) => v * weight[i])),
    ];
    const target = y.map((v, i) => weight[i] * Math.log(v - limit));
    const n = columns.length;
    const gram = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) gram[i * n + j] = dot(columns[i], columns[j]);
    const solution = Float64Array.from(columns, (column) => dot(column, target));
    if (!choleskyInPlace(gram, n)) return { solution, left: Infinity };
    choleskySolve(gram, n, solution);
    let left = 0;
    for (let i = 0; i < target.length; i++) {
      let rest = target[i];
      for (let j = 0; j < n; j++) rest -= solution[j] * columns[j][i];
      left += rest * rest;
    }
    return { solution, left };
  }
}
