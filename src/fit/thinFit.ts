import type { LawFit } from './fitLaw.ts';
import { pickRows, Problem } from './problem.ts';

/** Rows that show any pattern that residuals have. */
const enough = 2 ** 17;

/**
 * A fit as seen in every k-th of its rows, where it has very many: for what looks at the residuals for patterns, a hundred thousand
 * rows show as much as ten million.
 *
 * @returns the fit itself where it has no more than that
 * @example
 * ```ts
 * thinFit(fitLaw(chinchilla, runs)).rows.data.rows; // 240
 * ```
 */
export function thinFit(fit: LawFit): LawFit {
  const { rows, law, objective, delta, coordinates } = fit;
  const stride = Math.ceil(rows.data.rows / enough);
  if (stride === 1) return fit;
  const every = Uint32Array.from({ length: Math.ceil(rows.data.rows / stride) }, (_, i) => i * stride);
  const data = pickRows(rows.data, every);
  const problem = new Problem(law, objective, delta, coordinates, data);
  return { ...fit, rows: { ...rows, index: every.map((i) => rows.index[i]), data }, problem };
}
