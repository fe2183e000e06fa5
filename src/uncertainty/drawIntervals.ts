import { centralQuantiles } from '../core/quantile.ts';
import type { Law } from '../laws/law.ts';

/** Points that are worked on at a time: their values under all draws stay in the cache of a core. */
const block = 16;

/** Writes the interval of a law over bootstrap draws at each point, on the law's own scale. */
export type DrawIntervals = (
  inputs: readonly Float64Array[],
  points: number,
  confidence: number,
  lower: Float64Array,
  upper: Float64Array,
) => void;

/**
 * Prepares the percentiles of a law over the draws of a bootstrap.
 *
 * @param draws - coordinates of the law in each draw, row-major draws x params
 */
export function createDrawIntervals(law: Law, draws: Float64Array): DrawIntervals {
  const p = law.params.length;
  const count = draws.length / p;
  const theta = new Float64Array(p);
  const values = new Float64Array(block);
  const samples = Array.from({ length: block }, () => new Float64Array(0));
  const ends = new Float64Array(2);
  return (inputs, points, confidence, lower, upper) => {
    for (let from = 0; from < points; from += block) {
      const size = Math.min(block, points - from);
      const part = points <= block ? inputs : inputs.map((column) => column.subarray(from, from + size));
      // Most requests are of one point, so the room for a block is made when one comes.
      for (let i = 0; i < size; i++) if (samples[i].length === 0) samples[i] = new Float64Array(count);
      for (let b = 0; b < count; b++) {
        for (let k = 0; k < p; k++) theta[k] = draws[b * p + k];
        law.evaluate(theta, part, size, values, undefined);
        for (let i = 0; i < size; i++) samples[i][b] = values[i];
      }
      for (let i = 0; i < size; i++) {
        centralQuantiles(samples[i], confidence, ends);
        lower[from + i] = ends[0];
        upper[from + i] = ends[1];
      }
    }
  };
}
