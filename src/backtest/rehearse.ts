import type { LawFit } from '../fit/fitLaw.ts';
import type { FitOptions } from '../fit/options.ts';
import { responseOf } from '../fit/rows.ts';
import { tryFit } from '../fit/tryFit.ts';
import { transformInputs, type Law } from '../laws/law.ts';
import { runCodes } from '../runs/runCodes.ts';
import type { Runs } from '../runs/runs.ts';
import { takeRows } from '../runs/select.ts';
import { bootstrapTask, Refitter } from '../uncertainty/bootstrap.ts';
import { estimateCovariance } from '../uncertainty/covariance.ts';
import {
  Discrepancy,
  learnScales,
  type DiscrepancyRows,
  type Form,
  type FormPrediction,
} from '../uncertainty/discrepancy.ts';
import { groupRows } from '../uncertainty/groups.ts';
import { deltaInterval } from '../uncertainty/predict.ts';

/** Rows that show a misfit, and that its scales are learnt from: the work grows with their cube, and what they add does not. */
const mostRows = { shown: 128, learnt: 64 };
/** Runs that a backtest asks about at most. */
const mostAsked = 64;
/** Backtests, and the share of the rows that the first one knows. */
const rolls = { count: 6, first: 0.35 };
/** Fewer rows say nothing about the spread of a fit. */
const leastRows = 8;

/** A law fitted to all rows that take part in backtests, and how it was fitted. */
export interface FittedForm {
  readonly fit: LawFit;
  readonly options: FitOptions;
}

/** A law fitted to what was known at one time, and what it says about what came after. */
export interface RehearsedForm {
  readonly prediction: FormPrediction;
  /** The law's own prediction, without the misfit nearby, on the scale of the residuals. */
  readonly bare: Float64Array | null;
  /** How far the interval of the coefficients alone reaches about it on each side; NaN where there is none. */
  readonly reach: Float64Array | null;
}

/** One backtest: what was asked, and what each law said; a law that could not be fitted has `null`. */
export interface Rehearsal {
  readonly cut: number;
  readonly train: number;
  /** Rows that were asked about, by their number among the runs. */
  readonly test: Int32Array;
  readonly distances: Float64Array;
  /** On the scale of the residuals. */
  readonly observed: Float64Array;
  readonly forms: readonly (RehearsedForm | null)[];
}

/** Indices of `count` values spread evenly over the order of a column, the largest among them. */
export function spread(column: ArrayLike<number>, index: ArrayLike<number>, count: number): Int32Array {
  const sorted = Int32Array.from(index).sort((a, b) => column[a] - column[b] || a - b);
  if (sorted.length <= count) return sorted;
  const step = (sorted.length - 1) / Math.max(1, count - 1);
  return Int32Array.from({ length: count }, (_, k) => sorted[Math.round(k * step)]);
}

/** A law with its coefficients, and the rows of some runs that they were fitted to. */
type Fitted = Omit<Form, 'scale' | 'scales'> & { readonly runs: Runs };

/** What was fitted, without how. */
export function fittedForm({ law, theta, rows, restrictions, off, runs }: LawFit): Fitted {
  const held = [...Object.keys(restrictions.fixed), ...off];
  return { law, theta, means: rows.means, held, tied: restrictions.tied, runs };
}

/** A form with what it leaves over, and the rows that show it. */
export interface LearntForm {
  readonly form: Form;
  readonly rows: DiscrepancyRows;
  /** The same rows by their number among the runs. */
  readonly index: Int32Array;
}

/**
 * Learns what a form leaves over from rows spread over the quantity that is held out.
 *
 * @param index - rows of the runs to choose from
 * @param order - the quantity, length rows of the runs
 */
export function learnForm(
  { runs, ...fitted }: Fitted,
  scale: Form['scale'],
  index: ArrayLike<number>,
  order: Float64Array,
  start?: Form['scales'],
): LearntForm {
  const form = { ...fitted, scale };
  const shown = spread(order, index, mostRows.shown);
  const rows = rowsOf(form.law, runs, shown);
  const scales = learnScales(form, rowsOf(form.law, runs, spread(order, shown, mostRows.learnt)), start);
  return { form: { ...form, scales }, rows, index: shown };
}

function rowsOf(law: Law, all: Runs, index: Int32Array): DiscrepancyRows {
  const runs = takeRows(all, index);
  const { codes, hasCheckpoints } = runCodes(runs);
  return {
    rows: index.length,
    columns: inputsOf(law, runs),
    observed: responseOf(law, runs),
    runs: hasCheckpoints ? codes : null,
  };
}

const inputsOf = (law: Law, runs: Runs): Record<string, Float64Array> =>
  Object.fromEntries(
    law.inputs.map(({ name }) => [name, runs.quantities[name] ?? new Float64Array(runs.rows).fill(NaN)]),
  );

/** Values of the order below which the shares of the rows lie, each once. */
function cutsOf(order: Float64Array): number[] {
  const sorted = order.slice().sort();
  const n = sorted.length;
  const first = Math.max(leastRows, Math.ceil(rolls.first * n));
  const cuts = Array.from(
    { length: rolls.count },
    (_, j) => sorted[Math.round(first + ((n - first) * j) / rolls.count)],
  );
  return [...new Set(cuts)].filter((cut) => cut > sorted[0]);
}

/**
 * Backtests laws on the rows of some runs: again and again fits what lies below a cut and predicts what lies above it.
 *
 * A law with a sum of power laws is searched for anew each time. The others start from their fit to all rows, which a
 * search would find again at many times the cost.
 *
 * @param runs - runs without missing values, few enough to be fitted often
 * @param forms - laws fitted to all of them
 * @param order - the quantity that is rolled over, length rows
 * @param confidence - nominal coverage of the intervals of the coefficients
 */
export function rehearse(
  runs: Runs,
  forms: readonly FittedForm[],
  order: Float64Array,
  scale: Form['scale'],
  confidence: number,
): Rehearsal[] {
  const starts: (Form['scales'] | undefined)[] = forms.map(() => undefined);
  const refitters = forms.map(({ fit }, k) => (k === 0 && fit.law.separable !== undefined ? null : refitterOf(fit)));
  const rehearsals: Rehearsal[] = [];
  for (const cut of cutsOf(order)) {
    const train = Int32Array.from(order.keys()).filter((row) => order[row] < cut);
    const above = Int32Array.from(order.keys()).filter((row) => order[row] >= cut);
    if (train.length < leastRows || above.length === 0) continue;
    const test = spread(order, above, mostAsked);
    const part = takeRows(runs, train);
    const asked = takeRows(runs, test);
    const places = Int32Array.from(train.keys());
    const trainOrder = Float64Array.from(train, (row) => order[row]);
    const largest = train.reduce((most, row) => Math.max(most, order[row]), -Infinity);
    const said = forms.map(({ fit: whole, options }, k): RehearsedForm | null => {
      const { law } = whole;
      if (train.length < whole.coordinates.size + 2) return null;
      const refitter = refitters[k];
      const fit = refitter === null ? tryFit(law, part, partOf(options, train)) : undefined;
      const known = refitter === null ? fit && fittedForm(fit) : refit(refitter, whole, train, part);
      if (known === undefined) return null;
      const learnt = learnForm(known, scale, places, trainOrder, starts[k]);
      starts[k] = learnt.form.scales;
      const columns = inputsOf(law, asked);
      const prediction = new Discrepancy(learnt.form, learnt.rows).predict(columns, asked.rows);
      // A refit that ran away predicts no number.
      if (![prediction.center, prediction.newSd].every((column) => column.every(Number.isFinite))) return null;
      return { prediction, ...(fit === undefined ? noInterval : plainInterval(fit, columns, confidence, scale)) };
    });
    const response = responseOf(forms[0].fit.law, asked);
    rehearsals.push({
      cut,
      train: train.length,
      test,
      distances: Float64Array.from(test, (row) => Math.max(0, Math.log(order[row] / largest))),
      observed: scale === 'log' ? response.map(Math.log) : response,
      forms: said,
    });
  }
  return rehearsals;
}

const noInterval = { bare: null, reach: null };

/** The interval of the coefficients alone. */
function plainInterval(
  fit: LawFit,
  columns: Readonly<Record<string, Float64Array>>,
  confidence: number,
  scale: Form['scale'],
): Pick<RehearsedForm, 'bare' | 'reach'> {
  const { law } = fit;
  const covariance = estimateCovariance(fit, groupRows(fit), 'sandwich');
  const { center, reach } = deltaInterval(law, fit.theta, covariance, transformInputs(law, columns), confidence, scale);
  return { bare: law.scale === scale ? center : center.map(scale === 'log' ? Math.log : Math.exp), reach };
}

/** Refits a law to some of the rows of its fit, from where that ended. */
function refitterOf(fit: LawFit): Refitter {
  const rows = fit.rows.data.rows;
  return new Refitter(bootstrapTask(fit, { count: rows, codes: Int32Array.from({ length: rows }, (_, i) => i) }, 0));
}

function refit(refitter: Refitter, whole: LawFit, train: Int32Array, part: Runs): Fitted | undefined {
  const counts = new Uint8Array(whole.rows.data.rows);
  const place = new Map(Array.from(whole.rows.index, (row, i) => [row, i]));
  for (const row of train) {
    const at = place.get(row);
    if (at !== undefined) counts[at] = 1;
  }
  const { theta, certified } = refitter.refit(counts);
  if (!certified) return undefined;
  // The exponent of a term that is off means nothing.
  return { ...fittedForm(whole), theta: theta.map((x) => (Number.isNaN(x) ? 0 : x)), runs: part };
}

/** The options for a part of the rows. */
export function partOf(options: FitOptions, rows: Int32Array): FitOptions {
  const { weights } = options;
  return weights === undefined || typeof weights === 'string'
    ? options
    : { ...options, weights: Float64Array.from(rows, (row) => weights[row]) };
}
