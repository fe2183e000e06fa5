import type { Law } from '../../laws/law.ts';
import type { Lattice } from './lattice.ts';
import { blocksOf } from './blocks.ts';
import { createWindows } from './windows.ts';

/**
 * Writes the logarithms of the percentiles over the draws at each node, for a law that is a sum of powers: what its terms
 * add is worked out once for each line of the lattice, and a node takes one addition for each draw. Only draws that come
 * close to a percentile in a block of nodes are looked at there, and of these only what lies in a window around it.
 *
 * @param axes - indices of the inputs along x and y, the same one twice where there is only one
 * @param inputs - the inputs of some point, of which those not on an axis are the same everywhere
 * @param draws - coordinates of the law, row-major draws x params
 * @returns `false` where the law is no such sum, or not finite in some draw
 */
export function powerQuantiles(
  law: Law,
  lattice: Lattice,
  axes: readonly [number, number],
  inputs: readonly number[],
  draws: Float64Array,
  confidence: number,
  lower: Float64Array,
  upper: Float64Array,
): boolean {
  if (law.separable === undefined || law.scale !== 'log') return false;
  const p = law.params.length;
  const count = draws.length / p;
  const names = law.params.map(({ name }) => name);
  const terms = law.separable.map(({ amplitude, power }) => ({
    amplitude: names.indexOf(amplitude),
    exponent: power === undefined ? -1 : names.indexOf(power.exponent),
    input: power === undefined ? -1 : law.inputs.findIndex(({ name }) => name === power.input),
  }));
  /** Adds the terms of an input (or the constant one) under each draw to a line. */
  const addTerms = (line: Float64Array, input: number, value: number): Float64Array => {
    for (const term of terms) {
      if (term.input !== input) continue;
      for (let b = 0; b < count; b++) {
        const slope = term.exponent < 0 ? 0 : draws[b * p + term.exponent];
        line[b] += Math.exp(draws[b * p + term.amplitude] - slope * value);
      }
    }
    return line;
  };
  const [alongX, alongY] = axes;
  const rest = addTerms(new Float64Array(count), -1, 0);
  for (let k = 0; k < law.inputs.length; k++) if (k !== alongX && k !== alongY) addTerms(rest, k, inputs[k]);
  const columns = Array.from(lattice.x, (value) => addTerms(rest.slice(), alongX, value));
  const rows = Array.from(lattice.y, (value) =>
    alongX === alongY ? new Float64Array(count) : addTerms(new Float64Array(count), alongY, value),
  );
  const isFinite = (lines: readonly Float64Array[]): boolean => lines.every((line) => Number.isFinite(sumOf(line)));
  if (!isFinite(columns) || !isFinite(rows)) return false;

  const { find, newTrail } = createWindows(count, confidence);
  const ends = new Float64Array(2);
  for (const { nodes, size, column, row } of blocksOf(lattice, columns, rows, confidence)) {
    const trail = newTrail();
    for (const node of nodes) {
      find(column(lattice.column[node]), row(lattice.row[node]), size, trail, ends);
      lower[node] = ends[0];
      upper[node] = ends[1];
    }
  }
  return true;
}

const sumOf = (values: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
};
