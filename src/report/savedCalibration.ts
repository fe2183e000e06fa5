import type { Calibration } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import type { FitDocument } from './fitSchema.ts';
import { decodeFloat64, encodeFloat64 } from './savedFitColumns.ts';

type Saved = NonNullable<FitDocument['calibration']>;

/** A calibration as it stands in the file of its fit. */
export function encodeCalibration(calibration: Calibration): Saved {
  const { holdout, largest, scale, forms, rows, runs, splits, measured } = calibration;
  return {
    holdout,
    largest,
    scale,
    forms: forms.map(({ theta, means, held, tied, scales, formula, ...form }) => ({
      law: form.law,
      formula: formula && { text: formula.text, inputs: [...formula.inputs], positive: [...formula.positive] },
      theta: Array.from(theta, (value) => (Number.isFinite(value) ? value : null)),
      means: [...means],
      held: [...held],
      tied: { ...tied },
      scales: { ...scales, lengths: [...scales.lengths] },
      backtestError: form.backtestError,
    })),
    rows: [...rows],
    runs: runs && [...runs],
    splits: splits.map(({ cut, train, test, distances, scores }) => ({
      cut,
      train,
      test,
      distances: encodeFloat64(distances),
      scores: encodeFloat64(scores),
    })),
    measured: { ...measured },
  };
}

/**
 * A calibration from the file of its fit.
 *
 * @param fitted - rows that the fit carries along
 * @param refuse - called with a place and what is wrong there
 */
export function decodeCalibration(
  saved: Saved,
  fitted: number,
  refuse: (place: string, reason: string) => never,
): Calibration {
  const at = (place: string): string => `calibration.${place}`;
  if (saved.forms.length === 0) refuse(at('forms'), 'holds no law');
  if (saved.rows.some((row) => row >= fitted)) refuse(at('rows'), `is not all below ${String(fitted)}`);
  if (saved.runs !== null && saved.runs.length !== saved.rows.length)
    refuse(at('runs'), `has ${String(saved.runs.length)} items, not ${String(saved.rows.length)}`);
  const numbers = (text: string, length: number, place: string): Float64Array =>
    decodeFloat64(text, length) ?? refuse(at(place), `is not ${String(length)} numbers`);
  return {
    ...saved,
    forms: saved.forms.map((form, k) => {
      const law = lawOf(form);
      if (form.theta.length !== law.params.length || form.means.length !== law.inputs.length)
        refuse(at(`forms[${String(k)}]`), `does not fit ${form.law}`);
      return {
        ...form,
        theta: Float64Array.from(form.theta, (value) => value ?? -Infinity),
        means: Float64Array.from(form.means),
      };
    }),
    rows: Int32Array.from(saved.rows),
    runs: saved.runs && Int32Array.from(saved.runs),
    splits: saved.splits.map((split, k) => ({
      ...split,
      distances: numbers(split.distances, split.test, `splits[${String(k)}].distances`),
      scores: numbers(split.scores, split.test, `splits[${String(k)}].scores`),
    })),
  };
}
