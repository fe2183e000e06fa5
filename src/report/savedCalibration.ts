import { IsoflopError } from '../core/errors.ts';
import type { Calibration } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import type { Law } from '../laws/law.ts';
import type { FitDocument } from './fitSchema.ts';
import { decodeFloat64, encodeFloat64 } from './savedFitColumns.ts';

type Saved = NonNullable<FitDocument['calibration']>;
type Refuse = (place: string, reason: string) => never;

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
 * @param fitted - what the fit carries along: how many rows, and the names of their columns
 * @param refuse - called with a place and what is wrong there
 */
export function decodeCalibration(
  saved: Saved,
  fitted: { readonly rows: number; readonly columns: Readonly<Record<string, unknown>> },
  refuse: Refuse,
): Calibration {
  const at = (place: string): string => `calibration.${place}`;
  if (saved.forms.length === 0) refuse(at('forms'), 'holds no law');
  if (saved.rows.some((row) => row >= fitted.rows)) refuse(at('rows'), `is not all below ${String(fitted.rows)}`);
  if (saved.runs !== null && saved.runs.length !== saved.rows.length)
    refuse(at('runs'), `has ${String(saved.runs.length)} items, not ${String(saved.rows.length)}`);
  const numbers = (text: string, length: number, place: string): Float64Array =>
    decodeFloat64(text, length) ?? refuse(at(place), `is not ${String(length)} numbers`);
  return {
    ...saved,
    forms: saved.forms.map((form, k) => {
      const place = at(`forms[${String(k)}]`);
      checkForm(form, knownLaw(form, place, refuse), Object.keys(fitted.columns), place, refuse);
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

function knownLaw(form: Saved['forms'][number], place: string, refuse: Refuse): Law {
  try {
    return lawOf(form);
  } catch (error) {
    if (!(error instanceof IsoflopError)) throw error;
    if (form.formula !== null) return refuse(`${place}.formula`, `cannot be read: ${error.statement}`);
    return refuse(`${place}.law`, `is "${form.law}", which this version does not know`);
  }
}

/** Holds what a form says against its law: wrong lengths would be read as other numbers, and not be seen. */
function checkForm(
  { theta, means, scales, held, tied }: Saved['forms'][number],
  { id, params, inputs, response }: Law,
  columns: readonly string[],
  place: string,
  refuse: Refuse,
): void {
  const lengths = [
    ['theta', theta, params],
    ['means', means, inputs],
    ['scales.lengths', scales.lengths, inputs],
  ] as const;
  for (const [name, { length }, { length: wanted }] of lengths)
    if (length !== wanted)
      refuse(`${place}.${name}`, `has ${String(length)} items, not the ${String(wanted)} of ${id}`);
  const stranger = [...held, ...Object.entries(tied).flat()].find(
    (name) => !params.some((param) => param.name === name),
  );
  if (stranger !== undefined) refuse(place, `holds or ties ${stranger}, which is not a parameter of ${id}`);
  const missing = [...inputs, response].find(({ name }) => !columns.includes(name));
  if (missing !== undefined) refuse(place, `takes ${missing.name}, which the fitted rows lack`);
}
