/** Places over the range of points, at which something smooth is worked out in order to interpolate it between them. */
export interface Lattice {
  /** Coordinates of the lines across each axis. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Nodes that are needed: their lines, by row and then column. */
  readonly column: Int32Array;
  readonly row: Int32Array;
  /** Writes several values at the points by cubic interpolation between those at the nodes. */
  readonly interpolate: (values: readonly Float64Array[], out: readonly Float64Array[]) => void;
}

/** Nodes of a cubic on each axis. */
const stencil = 4;
/** Lines across an axis at most. */
const mostLines = 400;
/** How much finer the next lattice is that is tried. */
const finer = 1.4;

/**
 * The finest lattice that needs no more than so many nodes: those next to no point are left out, so points along a curve get
 * a finer one than points that fill a plane.
 *
 * @param x - coordinates of the points
 * @param y - the same, the second one; all equal where there is only one
 */
export function createLattice(x: Float64Array, y: Float64Array, mostNodes: number): Lattice {
  const rangeX = rangeOf(x);
  const rangeY = rangeOf(y);
  const [longest, shortest] = [rangeX[1] - rangeX[0], rangeY[1] - rangeY[0]].sort((a, b) => b - a);
  // With this step even points that fill the plane need no more nodes.
  let step = shortest === 0 ? longest / mostNodes : Math.sqrt((longest * shortest) / mostNodes) + longest / mostNodes;
  step = Math.max(step, longest / (mostLines - 1));
  let found = createOver(x, y, linesOf(rangeX, step), linesOf(rangeY, step));
  while (found.column.length < mostNodes / finer) {
    step /= finer;
    const [across, along] = [linesOf(rangeX, step), linesOf(rangeY, step)];
    if (across.length > mostLines || along.length > mostLines) break;
    const next = createOver(x, y, across, along);
    if (next.column.length > mostNodes) break;
    found = next;
  }
  return found;
}

function rangeOf(values: Float64Array): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return [low, high];
}

/** Equidistant lines over a range, about so far apart; one where it has no extent. */
function linesOf([low, high]: readonly [number, number], step: number): Float64Array {
  if (high === low) return Float64Array.of(low);
  const count = Math.max(stencil, Math.ceil((high - low) / step) + 1);
  return Float64Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
}

/** Where the nodes of a point begin on an axis, and their weights. */
interface Axis {
  readonly first: (value: number) => number;
  readonly weigh: (value: number, first: number, weights: Float64Array) => void;
  /** How many nodes a point has. */
  readonly width: number;
}

function axisOf(lines: Float64Array): Axis {
  if (lines.length === 1)
    return {
      first: () => 0,
      weigh: (_value, _first, weights) => {
        weights[0] = 1;
      },
      width: 1,
    };
  const low = lines[0];
  const scale = (lines.length - 1) / (lines[lines.length - 1] - low);
  const last = lines.length - stencil;
  return {
    // In the middle two of its four nodes lie on each side of a point; at the ends it has to be fewer.
    first: (value) => Math.max(0, Math.min(last, Math.floor((value - low) * scale) - 1)),
    weigh: (value, first, weights) => {
      const u = (value - low) * scale - first;
      weights[0] = -((u - 1) * (u - 2) * (u - 3)) / 6;
      weights[1] = (u * (u - 2) * (u - 3)) / 2;
      weights[2] = -(u * (u - 1) * (u - 3)) / 2;
      weights[3] = (u * (u - 1) * (u - 2)) / 6;
    },
    width: stencil,
  };
}

function createOver(x: Float64Array, y: Float64Array, across: Float64Array, along: Float64Array): Lattice {
  const axisX = axisOf(across);
  const axisY = axisOf(along);
  const columns = across.length;
  const begins = new Int32Array(x.length);
  const isBegun = new Uint8Array(columns * along.length);
  for (let i = 0; i < x.length; i++) {
    const at = axisY.first(y[i]) * columns + axisX.first(x[i]);
    begins[i] = at;
    isBegun[at] = 1;
  }
  const isNeeded = new Uint8Array(columns * along.length);
  for (let at = 0; at < isBegun.length; at++)
    if (isBegun[at] === 1)
      for (let j = 0; j < axisY.width; j++) for (let i = 0; i < axisX.width; i++) isNeeded[at + j * columns + i] = 1;
  const nodes: number[] = [];
  const indexOf = new Int32Array(isNeeded.length);
  for (let at = 0; at < isNeeded.length; at++) if (isNeeded[at] === 1) indexOf[at] = nodes.push(at) - 1;

  const weightsX = new Float64Array(axisX.width);
  const weightsY = new Float64Array(axisY.width);
  return {
    x: across,
    y: along,
    column: Int32Array.from(nodes, (at) => at % columns),
    row: Int32Array.from(nodes, (at) => Math.floor(at / columns)),
    interpolate: (values, out) => {
      for (let p = 0; p < x.length; p++) {
        const begin = begins[p];
        axisX.weigh(x[p], begin % columns, weightsX);
        axisY.weigh(y[p], Math.floor(begin / columns), weightsY);
        for (let k = 0; k < values.length; k++) {
          const value = values[k];
          let sum = 0;
          for (let j = 0; j < weightsY.length; j++) {
            // The nodes of a row stand side by side.
            const from = indexOf[begin + j * columns];
            let inRow = 0;
            for (let i = 0; i < weightsX.length; i++) inRow += weightsX[i] * value[from + i];
            sum += weightsY[j] * inRow;
          }
          out[k][p] = sum;
        }
      }
    },
  };
}
