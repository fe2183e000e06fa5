import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';
import type { Law } from './law.ts';

/** Exponents that are tried. */
const exponents = [0.15, 0.25, 0.35, 0.45, 0.6, 0.8] as const;
/** RD and RN that start with each choice of the others; the first are near those of the paper. */
const decays = [
  [15, 5],
  [4, 1.5],
  [60, 20],
] as const;
/** How many choices of exponents become starts. */
const kept = 2;
/** Repetition below this is a matter of rounding. */
const oneEpoch = 1.001;
/** Fewer runs of one epoch than this do not tell the first five parameters. */
const enough = 8;
/** A term that least squares leaves out starts at this share of the mean loss. */
const faint = 0.01;

/**
 * Starting points of the data-constrained law in the order of its paper: exponents over a grid with E, A and B by least
 * squares, from the runs of one epoch if there are enough of them, then typical RD and RN.
 */
export const dataConstrainedGuess: NonNullable<Law['guess']> = ({ params, tokens, uniqueTokens }, observed) => {
  const all = [...observed.keys()];
  const single = all.filter((i) => tokens[i] <= oneEpoch * uniqueTokens[i]);
  const rows = single.length >= enough ? single : all;
  // Where all runs repeat their data, they are worth what the first of the decays says.
  const worth = Float64Array.from(rows, (i) => {
    const unique = Math.min(tokens[i], uniqueTokens[i]);
    return unique * (1 + decays[0][0] * -Math.expm1((1 - tokens[i] / unique) / decays[0][0]));
  });
  const candidates = exponents.flatMap((alpha) =>
    exponents.map((beta) => {
      const columns = [
        Float64Array.from(rows, (i) => 1 / observed[i]),
        Float64Array.from(rows, (i) => params[i] ** -alpha / observed[i]),
        Float64Array.from(rows, (i, k) => worth[k] ** -beta / observed[i]),
      ];
      const { amplitudes, left } = amplitudesOf(columns);
      return { alpha, beta, amplitudes, left };
    }),
  );
  candidates.sort((a, b) => a.left - b.left);
  return candidates
    .slice(0, kept)
    .flatMap(({ alpha, beta, amplitudes: [E, A, B] }) => decays.map(([RD, RN]) => ({ E, A, B, alpha, beta, RD, RN })));
};

/** Amplitudes of columns that add up to ones, by least squares; negative ones are left out and come back faintly. */
function amplitudesOf(columns: readonly Float64Array[]): { amplitudes: number[]; left: number } {
  const rows = columns[0].length;
  const amplitudes = columns.map((column) => (faint * rows) / column.reduce((sum, x) => sum + x, 0));
  for (let used = columns.map((_, c) => c); used.length > 0;) {
    const solution = solve(used.map((c) => columns[c]));
    if (solution === undefined) break;
    const worst = solution.indexOf(Math.min(...solution));
    if (solution[worst] > 0) {
      for (const [k, c] of used.entries()) amplitudes[c] = solution[k];
      break;
    }
    used = used.filter((_, k) => k !== worst);
  }
  let left = 0;
  for (let i = 0; i < rows; i++) {
    let rest = 1;
    for (const [c, column] of columns.entries()) rest -= amplitudes[c] * column[i];
    left += rest * rest;
  }
  return { amplitudes, left };
}

/** The normal equations, with columns scaled to length 1. */
function solve(columns: readonly Float64Array[]): number[] | undefined {
  const n = columns.length;
  const lengths = columns.map((column) => Math.hypot(...column));
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (const [a, x] of columns.entries()) {
    for (const [b, y] of columns.entries())
      matrix[a * n + b] = x.reduce((sum, value, i) => sum + value * y[i], 0) / (lengths[a] * lengths[b]);
    right[a] = x.reduce((sum, value) => sum + value, 0) / lengths[a];
  }
  if (!choleskyInPlace(matrix, n)) return undefined;
  choleskySolve(matrix, n, right);
  return Array.from(right, (value, k) => value / lengths[k]);
}
