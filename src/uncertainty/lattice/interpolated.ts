import { createLattice, type Lattice } from './lattice.ts';
import { codesOf, planesOf, type Plane } from './planes.ts';

/** So many different points, or fewer, are each worked out, where each takes as long as 4,000 draws. */
export const few = 500;
/** Points of a plane that are not worth a lattice. */
const tooFew = 40;
/** Points at which what was interpolated is compared with what is worked out. */
const checks = 32;

/** A lattice that is off by more than this share of half an interval is made finer, so many times at most, by this factor. */
const refine = { beyond: 0.02, times: 2, by: 2.5 };

/** That values were interpolated, and how far off they may be. */
export interface Interpolation {
  /** Places at which they were worked out. */
  readonly nodes: number;
  /** Points at which they were worked out as well, and by how much they were off there at most, as a share of half the interval. */
  readonly checked: number;
  readonly error: number;
}

/** Values of points, several for each. */
type Values = readonly Float64Array[];

/** How values are worked out, and interpolated. */
export interface Method {
  /** Works out the values of points; rows of the inputs as the law takes them. */
  readonly exactly: (inputs: readonly Float64Array[], points: number) => Values;
  /** Something smooth at the nodes of a lattice, with the inputs of the nodes. */
  readonly smooth: (lattice: Lattice, axes: readonly [number, number], inputs: readonly Float64Array[]) => Values;
  /** The values of points, given by index, from what is smooth there. */
  readonly restore: (smooth: Values, points: Int32Array) => Values;
  /** How far some values are off at most, as a share of half the interval. */
  readonly errorOf: (found: Values, exact: Values) => number;
  /** So many different points, or fewer, are each worked out. */
  readonly few: number;
  /** Nodes of all lattices together, unless they turn out to be too few. */
  readonly mostNodes: number;
}

/**
 * Works out intervals at many points: at each where few of them differ, else by interpolation of something smooth between
 * places that lie close enough, which is compared with exact values at some of the points.
 *
 * @param inputs - as the law takes them, each of length at least points
 * @returns arrays of length points, and how they were interpolated, `null` where they were not
 */
export function interpolateMany(
  inputs: readonly Float64Array[],
  points: number,
  method: Method,
): { readonly values: Values; readonly interpolation: Interpolation | null } {
  if (points <= method.few) return { values: method.exactly(inputs, points), interpolation: null };
  const codes = codesOf(inputs, points, method.few);
  if (codes !== undefined) {
    const firsts: number[] = [];
    for (let i = 0; i < points; i++) if (codes[i] === firsts.length) firsts.push(i);
    const values = method.exactly(pick(inputs, firsts), firsts.length);
    return { values: values.map((column) => Float64Array.from(codes, (code) => column[code])), interpolation: null };
  }
  const checked = Array.from({ length: checks }, (_, k) => Math.floor(((points - 1) * k) / (checks - 1)));
  const exact = method.exactly(pick(inputs, checked), checks);
  const planes = planesOf(inputs, points);
  for (let time = 0; ; time++) {
    const { values, nodes } = interpolateOver(planes, inputs, points, method, method.mostNodes * refine.by ** time);
    const error = method.errorOf(pick(values, checked), exact);
    if (error <= refine.beyond || time === refine.times)
      return { values, interpolation: { nodes, checked: checks, error } };
  }
}

function interpolateOver(
  planes: readonly Plane[],
  inputs: readonly Float64Array[],
  points: number,
  method: Method,
  mostNodes: number,
): { readonly values: Values; readonly nodes: number } {
  let values: Float64Array[] = [];
  let nodes = 0;
  for (const plane of planes) {
    const size = plane.points.length;
    const some = size === points ? inputs : pick(inputs, plane.points);
    let found: Values;
    if (size < tooFew) found = method.exactly(some, size);
    else {
      const [x, y] = plane.axes;
      const lattice = createLattice(
        some[x].subarray(0, size),
        x === y ? new Float64Array(size) : some[y].subarray(0, size),
        Math.max(tooFew, Math.floor((mostNodes * size) / points)),
      );
      const at = some.map((column, k) => {
        if (k === x) return Float64Array.from(lattice.column, (line) => lattice.x[line]);
        if (k === y) return Float64Array.from(lattice.row, (line) => lattice.y[line]);
        return new Float64Array(lattice.column.length).fill(column[0]);
      });
      nodes += lattice.column.length;
      const smooth = method.smooth(lattice, plane.axes, at);
      const between = smooth.map(() => new Float64Array(size));
      lattice.interpolate(smooth, between);
      found = method.restore(between, plane.points);
    }
    if (values.length === 0) values = found.map(() => new Float64Array(points));
    found.forEach((column, k) => {
      for (let i = 0; i < size; i++) values[k][plane.points[i]] = column[i];
    });
  }
  return { values, nodes };
}

const pick = (columns: readonly Float64Array[], points: ArrayLike<number>): Float64Array[] =>
  columns.map((column) => Float64Array.from(points, (i) => column[i]));
