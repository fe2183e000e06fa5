import { fillGrowth } from './boxCox.ts';
import type { Law } from './law.ts';

/** Most groups of sizes, and fewest rows in each. */
const groups = { most: 12, rows: 6 };
/** Exponents of tokens that are tried for each group. */
const exponents = Array.from({ length: 20 }, (_, k) => 0.05 * 1.18 ** k);
/** Exponents of params that are tried for each of the three curves. */
const bends = [-0.8, -0.25, 0, 0.25, 0.8] as const;
/** Exponents of tokens that are tried for all sizes alike: those of single sizes are little worth when there are few rows. */
const common = [0.2, 0.35, 0.5, 0.7] as const;
/** Starting points that are given, each with another curve A. */
const kept = 9;
/** Values below this share of the largest one are not taken for the value of a curve. */
const faint = 1e-3;

/** Rows of similar size, and their mean ln(N / N0). */
interface Group {
  readonly rows: readonly number[];
  readonly x: number;
}

/** A curve exp(level + slope (e^(bend x) - 1) / bend). */
interface Curve {
  readonly level: number;
  readonly slope: number;
  readonly bend: number;
}

/**
 * Starting points in the order of the paper: the law is a power law of tokens at each size, U + B / D^A. Exponents A are
 * fitted size by size and smoothed over the sizes by their curve; with them held, amplitudes B and their curve; and with
 * both held, what is left is U and its curve. Where no size occurs often enough, neighbours are taken together.
 *
 * @param logSize - ln N0
 */
export function farseerGuess(logSize: number): NonNullable<Law['guess']> {
  return ({ params, tokens }, observed) => {
    const x = params.map((n) => Math.log(n) - logSize);
    const logD = tokens.map(Math.log);
    const sizes = groupBySize(x);
    if (sizes.length < 3) return [];
    const first = sizes.map(({ rows }) => bestExponent(rows, logD, observed));
    const found: { curves: readonly [Curve, Curve, Curve]; left: number }[] = [];
    const constant = common.map((exponent): Curve => ({ level: Math.log(exponent), slope: 0, bend: 0 }));
    for (const A of [...curvesOf(sizes, first), ...constant]) {
      const power = x.map((value, i) => Math.exp(-valueAt(A, value) * logD[i]));
      const amplitudes = sizes.map(({ rows }) => powerLaw(rows, (i) => power[i], observed).amplitude);
      for (const B of curvesOf(sizes, amplitudes)) {
        const rest = observed.map((loss, i) => loss - valueAt(B, x[i]) * power[i]);
        const levels = sizes.map(({ rows }) => rows.reduce((sum, i) => sum + rest[i], 0) / rows.length);
        for (const U of curvesOf(sizes, levels)) {
          const left = observed.reduce((sum, loss, i) => sum + ((rest[i] - valueAt(U, x[i])) / loss) ** 2, 0);
          if (Number.isFinite(left)) found.push({ curves: [U, B, A], left });
        }
      }
    }
    found.sort((a, b) => a.left - b.left);
    const best = found.filter((start, k) => found.findIndex(({ curves }) => curves[2] === start.curves[2]) === k);
    return best.slice(0, kept).map(({ curves: [U, B, A] }) => ({
      ...{ U: Math.exp(U.level), B: Math.exp(B.level), A: Math.exp(A.level) },
      ...{ slopeU: U.slope, slopeB: B.slope, slopeA: A.slope },
      ...{ gamma: U.bend, beta: B.bend, alpha: A.bend },
    }));
  };
}

const growth = new Float64Array(3);
function grown(x: number, bend: number): number {
  fillGrowth(x, bend, growth);
  return growth[0];
}

const valueAt = ({ level, slope, bend }: Curve, x: number): number => Math.exp(level + slope * grown(x, bend));

/** The sizes themselves if each occurs often enough, else neighbours together. */
function groupBySize(x: Float64Array): Group[] {
  const order = [...x.keys()].sort((i, j) => x[i] - x[j]);
  const exact: number[][] = [];
  for (const i of order) {
    const last = exact.at(-1);
    if (last !== undefined && x[i] - x[last[0]] < 1e-6) last.push(i);
    else exact.push([i]);
  }
  const isOften = exact.every((rows) => rows.length >= groups.rows);
  const count = Math.min(groups.most, Math.floor(order.length / groups.rows));
  const chosen = isOften
    ? exact
    : Array.from({ length: count }, (_, k) =>
        order.slice(Math.floor((k * order.length) / count), Math.floor(((k + 1) * order.length) / count)),
      );
  return chosen.map((rows) => ({ rows, x: rows.reduce((sum, i) => sum + x[i], 0) / rows.length }));
}

/** The exponent A of U + B / D^A that fits some rows best, with U and B positive; NaN where none does. */
function bestExponent(rows: readonly number[], logD: Float64Array, observed: Float64Array): number {
  let [best, least] = [NaN, Infinity];
  for (const exponent of exponents) {
    const { level, amplitude, left } = powerLaw(rows, (i) => Math.exp(-exponent * logD[i]), observed);
    if (level > 0 && amplitude > 0 && left < least) [best, least] = [exponent, left];
  }
  return best;
}

/** Level and amplitude of level + amplitude * x by least squares in the relative error, and the squares that are left. */
function powerLaw(
  rows: readonly number[],
  x: (row: number) => number,
  observed: Float64Array,
): { level: number; amplitude: number; left: number } {
  const [u, v] = [rows.map((i) => 1 / observed[i]), rows.map((i) => x(i) / observed[i])];
  const ones = new Array<number>(rows.length).fill(1);
  const [level, amplitude] = plane(u, v, ones);
  const left = ones.reduce((sum, one, k) => sum + (one - level * u[k] - amplitude * v[k]) ** 2, 0);
  return { level, amplitude, left };
}

/** Curves through the positive values at the sizes, one for each bend. */
function curvesOf(sizes: readonly Group[], values: readonly number[]): Curve[] {
  const largest = Math.max(...values.filter(Number.isFinite));
  const used = sizes.flatMap(({ x }, k) => (values[k] > faint * largest ? [{ x, log: Math.log(values[k]) }] : []));
  if (used.length < 2) return [];
  const logs = used.map(({ log }) => log);
  const ones = new Array<number>(used.length).fill(1);
  return bends.map((bend) => {
    const [level, slope] = plane(
      ones,
      used.map(({ x }) => grown(x, bend)),
      logs,
    );
    return { level, slope, bend };
  });
}

/** Least squares of a u + b v = y. */
function plane(u: readonly number[], v: readonly number[], y: readonly number[]): readonly [number, number] {
  let [uu, uv, vv, uy, vy] = [0, 0, 0, 0, 0];
  for (let k = 0; k < u.length; k++) {
    uu += u[k] * u[k];
    uv += u[k] * v[k];
    vv += v[k] * v[k];
    uy += u[k] * y[k];
    vy += v[k] * y[k];
  }
  const determinant = uu * vv - uv * uv;
  return [(vv * uy - uv * vy) / determinant, (uu * vy - uv * uy) / determinant];
}
