import { createWarning, type Warning } from '../core/warnings.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { thinFit } from '../fit/thinFit.ts';
import { tryFit } from '../fit/tryFit.ts';
import type { FitOptions } from '../fit/options.ts';
import type { Calibration, CalibratedForm, RehearsedSplit } from '../fit/result.ts';
import { runCodes } from '../runs/runCodes.ts';
import { takeRows } from '../runs/select.ts';
import { combineForms, reachOf, wideningAt } from '../uncertainty/calibration.ts';
import { Evidence } from '../uncertainty/diagnostics/evidence.ts';
import { farRows } from '../uncertainty/diagnostics/outliers.ts';
import { fittedStride } from '../uncertainty/fittedData.ts';
import { formsOf } from './forms.ts';
import {
  fittedForm,
  learnForm,
  partOf,
  rehearse,
  spread,
  type FittedForm,
  type Rehearsal,
  type RehearsedForm,
} from './rehearse.ts';

/** A law counts beside the fitted one when its backtest error is within this factor of the best. */
const comparable = 1.5;
/** Laws that err less than this are all exact. */
const exact = 1e-9;
/** Rows that are fitted again and again. */
const mostRows = 400;

/** What {@link calibrate} found. */
export interface CalibrationResult {
  /** `null` where the rows allow none; a warning says why. */
  readonly calibration: Calibration | null;
  readonly warnings: readonly Warning[];
}

/** Options of {@link calibrate}. */
export interface CalibrateOptions {
  /** How the law was fitted. */
  readonly fit?: FitOptions;
  /** Nominal coverage for which the measured one is told; default 0.95. */
  readonly confidence?: number;
  /** What the backtests roll forward over: a quantity of the runs; default: see {@link calibrate}. */
  readonly holdout?: string;
}

/**
 * Measures on the rows of a fit how well it would have predicted the larger ones, and how much wider its intervals have to
 * be to have held them: fits what lies below a cut, with the law itself and with the other laws of its inputs, and predicts
 * what lies above.
 *
 * It rolls forward over compute; where rows are checkpoints over model size, because checkpoints of a run that is known are
 * no test; over tokens or size where compute is not known.
 *
 * Of more than 262,144 rows it looks at a sample of 131,072 at most.
 *
 * @see docs/intervals.md for the method
 * @example
 * ```ts
 * const fit = fitLaw(chinchilla, runs);
 * const { calibration } = calibrate(fit);
 * calibration?.measured.plainCoverage; // 0.31: intervals of the coefficients alone, nominally 95%
 * calibration?.measured.coverage; // 0.92
 * ```
 */
export function calibrate(whole: LawFit, options: CalibrateOptions = {}): CalibrationResult {
  const { fit: asked = {}, confidence = 0.95 } = options;
  // What a law of curves has to show is another schedule, and not a larger model.
  if (whole.law.curve !== undefined) return { calibration: null, warnings: [] };
  const fit = thinFit(whole);
  const wanted = options.holdout ?? holdoutOf(fit);
  if (!Object.hasOwn(fit.runs.quantities, wanted)) return none(`the runs have no ${wanted}`);
  // Progress makes a loss smaller, so that larger losses are no larger runs.
  if (wanted === 'loss') return none('the runs have no flops, tokens or params to roll forward over');
  const others = ['flops', 'tokens', 'params'].filter((name) => name !== wanted);
  const results = [wanted, ...others]
    .filter((name) => Object.hasOwn(fit.runs.quantities, name))
    // Where the runs do not allow two backtests over one quantity, another may.
    .reduce<CalibrationResult[]>(
      (found, name) => (found.some(isBacktested) ? found : [...found, calibrateOver(fit, name, asked, confidence)]),
      [],
    );
  const [first] = results;
  return results.find(isBacktested) ?? results.find(({ calibration }) => calibration !== null) ?? first;
}

const isBacktested = ({ calibration }: CalibrationResult): boolean =>
  calibration !== null && calibration.splits.length >= leastSplits;

function calibrateOver(fit: LawFit, holdout: string, asked: FitOptions, confidence: number): CalibrationResult {
  const { law, runs, rows } = fit;
  const order = runs.quantities[holdout];
  if (order === undefined) return none(`the runs have no ${holdout}`);
  // A saved fit carries these rows along; the others could not be found again.
  const stride = fittedStride(rows.index.length);
  const carried = rows.index.filter((_, i) => i % stride === 0);
  const index = carried.filter((row) => order[row] > 0);
  if (index.length === 0) return none(`there is no row with ${holdout}`);

  const scale = scaleOf(fit);
  const chosen = spread(order, index, mostRows);
  const base = takeRows(runs, chosen);
  const baseOrder = Float64Array.from(chosen, (row) => order[row]);
  const { objective, delta } = fit;
  const shared: FitOptions = { objective: objective.id, ...(Number.isFinite(delta) ? { delta } : {}) };
  const laws = formsOf(law).flatMap((form, k): FittedForm[] => {
    const how = k === 0 ? partOf(asked, chosen) : shared;
    // The fit itself stands for its law; where rows were left out it only lends its start to those that need one.
    const fitted = tryFit(form, base, how);
    // A search that stalled says nothing about its law.
    return fitted === undefined || (k > 0 && fitted.status === 'stalled') ? [] : [{ fit: fitted, options: how }];
  });
  if (laws[0]?.fit.law !== law) return none('the law could not be fitted to a part of the rows');
  const rehearsals = rehearse(base, laws, baseOrder, scale, confidence).filter(({ forms }) => forms[0] !== null);
  const gross = grossRows(laws[0].fit);
  const errors = laws.map((_, k) => errorOf(rehearsals, k, gross));
  const best = Math.min(...errors.filter((error) => error !== null));
  const isUsed = errors.map((error, k) => k === 0 || (error !== null && error <= comparable * best));

  const own = learnForm(fittedForm(fit), scale, index, order);
  const forms = laws.flatMap((other, k): CalibratedForm[] => {
    if (!isUsed[k]) return [];
    const all = Int32Array.from(baseOrder.keys());
    const { form } = k === 0 ? own : learnForm(fittedForm(other.fit), scale, all, baseOrder);
    const { theta, means, held, tied, scales } = form;
    const named = { law: form.law.id, formula: form.law.spec ?? null };
    return [{ ...named, theta, means, held, tied, scales, backtestError: errors[k] }];
  });
  const scored = rehearsals.map((rehearsal) => scoresOf(rehearsal, isUsed));
  const place = new Map(Array.from(carried, (row, j) => [row, j]));
  const calibration: Calibration = {
    holdout,
    largest: own.index.reduce((most, row) => Math.max(most, order[row]), -Infinity),
    scale,
    forms,
    rows: own.index.map((row) => place.get(row) ?? 0),
    runs: own.rows.runs,
    splits: scored,
    measured: {
      nominal: confidence,
      runs: scored.reduce((sum, split) => sum + split.scores.length, 0),
      coverage: coverageOf(scored, confidence),
      plainCoverage: plainCoverageOf(rehearsals),
    },
  };
  return { calibration, warnings: warningsOf(calibration, errors, laws, best) };
}

/** Model sizes that backtests over sizes need. */
const leastSizes = 4;
/** One backtest alone hardly says how wide intervals have to be. */
const leastSplits = 2;

/**
 * The quantity over which the backtests of a fit roll forward: size where rows are checkpoints of runs of enough sizes to
 * hold some of them out, else what is known of most rows.
 */
function holdoutOf({ law, runs, rows }: LawFit): string {
  const used = rows.index.length === runs.rows ? runs : takeRows(runs, rows.index);
  const { params } = used.quantities;
  if (params !== undefined && runCodes(used).hasCheckpoints && new Set(params).size >= leastSizes) return 'params';
  const knownOf = (name: string): number => used.quantities[name]?.filter((value) => value > 0).length ?? 0;
  const names = ['flops', 'tokens', 'params'];
  const most = Math.max(...names.map(knownOf));
  return most === 0 ? law.inputs[0].name : (names.find((name) => knownOf(name) === most) ?? law.inputs[0].name);
}

const none = (why: string): CalibrationResult => ({
  calibration: null,
  warnings: [createWarning('NOT_CALIBRATED', `No backtest was made: ${why}.`)],
});

/** Logarithms where the response and every prediction are positive. */
function scaleOf({ rows, law, problem, minimum }: LawFit): 'log' | 'raw' {
  const { observed, inputs, rows: n } = rows.data;
  const predicted = new Float64Array(n);
  law.evaluate(problem.toTheta(minimum.point), inputs, n, predicted, undefined);
  const isPositive = observed.every((y) => y > 0) && (law.scale === 'log' || predicted.every((y) => y > 0));
  return isPositive ? 'log' : 'raw';
}

const rms = (values: Float64Array): number => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

/** Rows that the law misses by so much that they are mistakes: which law predicts them best says nothing. */
function grossRows(fit: LawFit): ReadonlySet<number> {
  if (fit.status === 'stalled') return new Set();
  return new Set(farRows(new Evidence(fit)).far.map((i) => fit.rows.index[i]));
}

/**
 * Mean over the backtests of the root mean square error of a law, or `null` where it failed in one.
 *
 * @param gross - rows that do not count
 */
function errorOf(rehearsals: readonly Rehearsal[], k: number, gross: ReadonlySet<number>): number | null {
  let sum = 0;
  let count = 0;
  for (const { forms, observed, test } of rehearsals) {
    const form = forms[k];
    if (form === null) return null;
    const misses = observed.map((y, i) => y - form.prediction.center[i]).filter((_, i) => !gross.has(test[i]));
    if (misses.length === 0) continue;
    sum += rms(misses);
    count++;
  }
  const mean = sum / count;
  return Number.isFinite(mean) ? mean : null;
}

/** How far off the predictions of a backtest were, in units of their spread. */
function scoresOf({ cut, train, observed, distances, forms }: Rehearsal, kept: readonly boolean[]): RehearsedSplit {
  const counted = forms.filter((form, k): form is RehearsedForm => form !== null && kept[k]);
  const { center, newSd } = combineForms(
    counted[0].prediction,
    counted.map(({ prediction }) => prediction),
  );
  const scores = observed.map((y, i) => {
    const score = Math.abs(y - center[i]) / newSd[i];
    // Where a law gives no number it could not have been further off.
    return Number.isNaN(score) ? Infinity : score;
  });
  return { cut, train, test: observed.length, distances, scores };
}

/** Coverage of the intervals of each backtest, widened by what the others say. */
function coverageOf(splits: readonly RehearsedSplit[], confidence: number): number | null {
  let held = 0;
  let asked = 0;
  for (const split of splits) {
    const others = splits.filter((other) => other !== split);
    split.scores.forEach((score, i) => {
      asked++;
      if (score <= reachOf(wideningAt(others, split.distances[i]), confidence)) held++;
    });
  }
  return asked === 0 ? null : held / asked;
}

/** Coverage of the intervals of the coefficients alone. */
function plainCoverageOf(rehearsals: readonly Rehearsal[]): number | null {
  let held = 0;
  let asked = 0;
  for (const { forms, observed } of rehearsals) {
    const [form] = forms;
    if (form?.bare == null || form.reach === null) continue;
    const { bare, reach } = form;
    observed.forEach((y, i) => {
      if (Number.isNaN(reach[i])) return;
      asked++;
      if (Math.abs(y - bare[i]) <= reach[i]) held++;
    });
  }
  return asked === 0 ? null : held / asked;
}

function warningsOf(
  { splits, forms, scale }: Calibration,
  errors: readonly (number | null)[],
  laws: readonly FittedForm[],
  best: number,
): Warning[] {
  const [own] = errors;
  if (splits.length === 0)
    return [
      createWarning(
        'NOT_CALIBRATED',
        'There are too few runs to backtest the law on: its intervals are not supported.',
      ),
    ];
  if (own === null || own <= comparable * Math.max(best, exact)) return [];
  const winner = laws[errors.indexOf(best)].fit.law.id;
  const size = (error: number): string => (scale === 'log' ? `${(100 * error).toPrecision(2)}%` : error.toPrecision(2));
  return [
    createWarning(
      'FORM_BEATEN',
      `In backtests on these runs ${forms[0].law} errs by ${size(own)} and ${winner} by ${size(best)}.`,
    ),
  ];
}
