import { formatQuantity } from '../../core/quantity.ts';
import { studentQuantile } from '../../core/special.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import type { Evidence } from './evidence.ts';

/** Probability that clean normal residuals raise the warning at all, whatever their number. */
const falseAlarms = 0.005;
/** A deviation estimated by the median of n sizes is as uncertain as a standard deviation of 0.37 n of them. */
const medianEfficiency = 0.37;
/** Fewer runs than this say so little about the scale that no row would ever be far. */
const fewestRuns = 8;
/** Residuals smaller than rounding are no evidence. */
const rounding = 1e-12;
/** Rows that are named. */
const named = 5;
/** From this share of the rows on the spread itself varies, and rows should not be left out one by one. */
const manyShare = 0.05;
/** The first part of a run, in which its loss does not yet follow a law. */
const early = 0.1;

/** The fitted rows whose residuals are far larger than those of the others, farthest first, and how far is far. */
export function farRows(evidence: Evidence): { readonly far: readonly number[]; readonly limit: number } {
  const { residuals, rows, residualDeviation: deviation, degreesOfFreedom } = evidence;
  if (degreesOfFreedom < 5 || !(deviation > rounding)) return { far: [], limit: Infinity };
  // Checkpoints share the luck of their run, so there are no more independent sizes of residuals than runs.
  const independent = evidence.runs.hasCheckpoints ? Math.max(fewestRuns, evidence.runs.count) : Infinity;
  const limit = studentQuantile(
    1 - falseAlarms / (2 * rows),
    Math.min(medianEfficiency * degreesOfFreedom, independent),
  );
  const far: number[] = [];
  for (let i = 0; i < rows; i++) if (Math.abs(residuals[i]) > limit * deviation) far.push(i);
  far.sort((a, b) => Math.abs(residuals[b]) - Math.abs(residuals[a]));
  return { far, limit };
}

/** Tells of rows whose residuals are far larger than those of the others. */
export function outliers(evidence: Evidence): readonly Warning[] {
  const { residuals, rows, residualDeviation: deviation } = evidence;
  const { far, limit } = farRows(evidence);
  if (far.length === 0) return [];
  const worst = residuals[far[0]];
  const lines = far.slice(0, named).map((row) => evidence.lineOf(row));
  const more = far.length > named ? ` and ${String(far.length - named)} more` : '';
  const one = far.length === 1;
  const size = evidence.residualScale === 'log' ? sizeOfLog(worst) : worst.toPrecision(3);
  const message = `${String(far.length)} of ${String(rows)} rows${evidence.isSample ? ' looked at' : ''} ${one ? 'lies' : 'lie'} more than ${limit.toFixed(1)} robust standard deviations from the fit: ${one ? 'line' : 'lines'} ${lines.join(', ')}${more}; the farthest is off by ${size} (${(Math.abs(worst) / deviation).toFixed(0)} deviations).`;
  const shareEarly = earlyShare(evidence, far);
  const remedy =
    shareEarly > 0.5
      ? `Most of these are early checkpoints: leave them out with --from-fraction ${String(early)}.`
      : far.length > manyShare * rows
        ? 'So many are no single mistakes: look for groups of runs that differ (a column of the data set, a schedule), and fit them apart with --where.'
        : undefined;
  return [
    createWarning('OUTLIERS', message, {
      numbers: { rows: far.length, limit, worst, deviation, worstLine: lines[0] },
      ...(remedy === undefined ? {} : { remedy }),
    }),
  ];
}

/** A deviation in a logarithm in per cent, or as a factor where per cent would be hard to read. */
function sizeOfLog(worst: number): string {
  return worst > Math.log(10)
    ? `a factor of ${formatQuantity(Math.exp(worst))}`
    : `${(100 * Math.expm1(worst)).toPrecision(3)}%`;
}

/** Share of the rows that lie in the first part of a run with checkpoints. */
function earlyShare(evidence: Evidence, rows: readonly number[]): number {
  const tokens = evidence.column('tokens') ?? evidence.column('step');
  if (tokens === undefined || !evidence.runs.hasCheckpoints) return 0;
  const { codes, count } = evidence.runs;
  const last = new Float64Array(count);
  for (let i = 0; i < tokens.length; i++) last[codes[i]] = Math.max(last[codes[i]], tokens[i]);
  return rows.filter((row) => tokens[row] <= early * last[codes[row]]).length / rows.length;
}
