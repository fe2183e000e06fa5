import type { Law } from './law.ts';
import { estimateTrajectory } from './trajectoryEstimate.ts';

/** Rows that are looked at, and guesses that are made from them. */
const rowsTried = 64;
const kept = 3;
/** Values that are tried of each exponent, and of the critical batch size in units of the mean batch size. */
const grid = {
  alphaN: [0.03, 0.06, 0.1, 0.2, 0.4],
  alphaS: [0.3, 0.5, 0.7, 1],
  alphaB: [0.12, 0.2, 0.35, 0.7],
  ratio: [0.03, 0.1, 0.3, 1, 3, 10, 30],
};

interface Guess {
  readonly cost: number;
  readonly params: Readonly<Record<string, number>>;
}

/**
 * Starting points for a fit of training curves: the estimate of the papers where the data allow it, and the best of a grid.
 *
 * On the grid the loss on the right side of the law is the observed one. What is left is an explicit sum of two terms, whose
 * amplitudes least squares gives.
 */
export const guessTrajectory: NonNullable<Law['guess']> = (columns, observed) => {
  const { params, steps, batchSize } = columns;
  const estimate = estimateTrajectory({ params, steps, batchSize, loss: observed }).params;
  const guesses = searchGrid(columns, observed).map((guess) => guess.params);
  return estimate === null ? guesses : [estimate, ...guesses];
};

function searchGrid(columns: Readonly<Record<string, Float64Array>>, observed: Float64Array): Guess[] {
  const count = Math.min(observed.length, rowsTried);
  const rows = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * observed.length) / count));
  const logs = (column: Float64Array): number[] => rows.map((row) => Math.log(column[row]));
  const [n, s, b, loss] = [columns.params, columns.steps, columns.batchSize, observed].map(logs);
  const [meanN, meanS, meanB, meanLoss] = [n, s, b, loss].map((x) => x.reduce((sum, v) => sum + v, 0) / count);
  const relative = (log: (i: number) => number): number[] => rows.map((_, i) => Math.exp(log(i) - loss[i]));
  const sizes = grid.alphaN.map((alphaN) => ({ alphaN, basis: relative((i) => -alphaN * (n[i] - meanN)) }));
  const guesses: Guess[] = [];
  for (const alphaB of grid.alphaB)
    for (const ratio of grid.ratio) {
      const factor = rows.map((_, i) => Math.log1p(ratio * Math.exp(meanB - b[i] - (loss[i] - meanLoss) / alphaB)));
      for (const alphaS of grid.alphaS) {
        const time = relative((i) => alphaS * (factor[i] - s[i] + meanS));
        for (const { alphaN, basis } of sizes) {
          const [A, G, cost] = leastSquares(basis, time);
          if (!(A > 0 && G > 0)) continue;
          const amplitudes = { A: A * Math.exp(alphaN * meanN), G: G * Math.exp(alphaS * meanS) };
          const Bstar = ratio * Math.exp(meanB + meanLoss / alphaB);
          guesses.push({ cost, params: { ...amplitudes, Bstar, alphaN, alphaS, alphaB } });
        }
      }
    }
  return guesses.sort((a, b) => a.cost - b.cost).slice(0, kept);
}

/** The a and b for which a x + b y is nearest to 1 in every row, and the sum of squares that is left. */
function leastSquares(x: readonly number[], y: readonly number[]): [number, number, number] {
  let [xx, xy, yy, sumX, sumY] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xx += x[i] * x[i];
    xy += x[i] * y[i];
    yy += y[i] * y[i];
    sumX += x[i];
    sumY += y[i];
  }
  const determinant = xx * yy - xy * xy;
  const a = (sumX * yy - sumY * xy) / determinant;
  const b = (sumY * xx - sumX * xy) / determinant;
  return [a, b, x.length - a * sumX - b * sumY];
}
