import { sampleIndices } from '../core/sample.ts';
import { manyRows } from './blocks.ts';
import type { LawFit } from './fitLaw.ts';
import { pickRows, Problem } from './problem.ts';

/** Rows of the sample at most. */
const enough = 2 ** 17;

/**
 * A fit as seen in a sample of its rows, where it has very many: for what looks for patterns in the residuals and would keep
 * several numbers of each row. What is rare, such as a second run of one design, is rarer in it.
 *
 * @returns the fit itself where it has no more than that
 * @example
 * ```ts
 * thinFit(fitLaw(chinchilla, runs)).rows.data.rows; // 240
 * ```
 */
export function thinFit(fit: LawFit): LawFit {
  const { rows, law, objective, delta, coordinates } = fit;
  if (rows.data.rows <= manyRows) return fit;
  const sample = sampleIndices(rows.data.rows, enough);
  const data = pickRows(rows.data, sample);
  const problem = new Problem(law, objective, delta, coordinates, data);
  return { ...fit, rows: { ...rows, index: sample.map((i) => rows.index[i]), data }, problem };
}
