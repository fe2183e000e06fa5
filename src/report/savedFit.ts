import { IsoflopError } from '../core/errors.ts';
import type { Warning } from '../core/warnings.ts';
import type { Bootstrap, Covariance, Fit, FitRows } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import type { Law } from '../laws/law.ts';
import { fitSchema, savedFitFormat } from './fitSchema.ts';
import type { FitDocument } from './fitSchema.ts';
import { decodeFloat32, decodeFloat64, encodeFloat32, encodeFloat64 } from './savedFitColumns.ts';
import { completeDocument } from './savedFitHistory.ts';
import { decodeCalibration, encodeCalibration } from './savedCalibration.ts';
import { printJson } from './savedFitPrint.ts';
import { findViolation } from './savedFitValidator.ts';
import { decodeSchedules, encodeSchedule } from './savedSchedules.ts';
import { bootstrapHeader } from './bootstrapHeader.ts';

/** A fit that was read from a file, with the command line that made it. */
export interface SavedFit extends Fit {
  readonly command: string | null;
}

/** JSON has no number for these, so null stands for them. */
const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

const coordinateNames = (law: Law): string[] =>
  law.params.map((p) => (p.transform === 'log' ? `log ${p.name}` : p.name));

/**
 * A fit as the text of a saved fit: one JSON document (see `isoflop/schema/fit.json`) that ends with a line end. Equal
 * fits give equal bytes whenever and wherever they were made, so the time that a fit took is left out.
 *
 * @param fit - the fit
 * @param options - `command`: the command line that made it, `null` when none did
 * @throws {@link IsoflopError} `FIT_UNSAVEABLE` when the fit holds a number that a file cannot (an infinite parameter, say)
 * @example
 * ```ts
 * const text = encodeFit(fit, { command: 'isoflop fit runs.csv' });
 * decodeFit(text, 'runs.json').params.alpha.value === fit.params.alpha.value; // true
 * ```
 */
export function encodeFit(fit: Fit, { command }: { readonly command: string | null }): string {
  const document = toDocument(fit, command);
  const violation = findViolation(fitSchema, document);
  if (violation !== undefined) throw new IsoflopError('FIT_UNSAVEABLE', violation);
  return `${printJson(document)}\n`;
}

function toDocument(fit: Fit, command: string | null): FitDocument {
  const law = lawOf(fit);
  const { covariance, bootstrap, data, settings } = fit;
  return {
    format: savedFitFormat,
    kind: 'isoflop-fit',
    version: fit.version,
    command,
    law: fit.law,
    formula: fit.formula && {
      text: fit.formula.text,
      inputs: [...fit.formula.inputs],
      positive: [...fit.formula.positive],
    },
    ...(fit.schedules === undefined ? {} : { schedules: fit.schedules.map(encodeSchedule) }),
    status: fit.status,
    reasons: [...fit.reasons],
    points: fit.points,
    objective: { name: fit.objective.name, delta: fit.objective.delta, value: finiteOrNull(fit.objective.value) },
    params: mapValues(fit.params, ({ value, stderr, interval, state }) => ({
      value,
      stderr,
      interval: interval === null ? null : [...interval],
      state,
    })),
    optimum:
      fit.optimum === null
        ? null
        : { paramsExponent: fit.optimum.paramsExponent, tokensExponent: fit.optimum.tokensExponent },
    seeds: { tried: fit.seeds.tried, reached: fit.seeds.reached },
    condition: fit.condition,
    gradientNorm: finiteOrNull(fit.gradientNorm),
    residualRms: finiteOrNull(fit.residualRms),
    residualScale: fit.residualScale,
    aicc: fit.aicc,
    confidence: fit.confidence,
    covariance: {
      kind: covariance.kind,
      coordinates: coordinateNames(law),
      matrix: covariance.matrix === null ? null : toRows(covariance.matrix, law.params.length),
      degreesOfFreedom: finiteOrNull(covariance.degreesOfFreedom),
    },
    bootstrap:
      bootstrap === null
        ? null
        : {
            ...bootstrapHeader(bootstrap),
            draws: encodeFloat32(bootstrap.draws),
          },
    warnings: fit.warnings.map(({ code, level, message, remedy, numbers }) => ({
      ...{ code, level, message, remedy },
      ...(numbers === undefined ? {} : { numbers: { ...numbers } }),
    })),
    data: {
      source: data.source,
      sha256: data.sha256,
      rows: data.rows,
      used: data.used,
      dropped: data.dropped.map(({ rows, why }) => ({ rows, why })),
      ranges: mapValues(data.ranges, (range) => [...range]),
      sizes: data.sizes,
      runs: data.runs === null ? null : { ...data.runs },
      conventions: {
        columns: { ...data.conventions.columns },
        derived: { ...data.conventions.derived },
        flopsPerParamToken: data.conventions.flopsPerParamToken,
      },
    },
    settings: {
      solver: settings.solver,
      weights: settings.weights,
      where: settings.where,
      dropTokens: settings.dropTokens,
      afterWarmup: settings.afterWarmup,
      fromFraction: settings.fromFraction,
      lastPart: settings.lastPart,
      finals: settings.finals,
      thin: settings.thin,
      nearOptimal: settings.nearOptimal && { within: settings.nearOptimal.within, by: [...settings.nearOptimal.by] },
      fixed: { ...settings.fixed },
      tied: { ...settings.tied },
      bounds: mapValues(settings.bounds, (range) => [...range]),
      start: { ...settings.start },
    },
    fitted: {
      rows: fit.fitted.rows,
      columns: mapValues(fit.fitted.columns, encodeFloat64),
      names: fit.fitted.names === null ? null : [...fit.fitted.names],
    },
    ...(fit.calibration === null ? {} : { calibration: encodeCalibration(fit.calibration) }),
  };
}

/**
 * Reads the text of a saved fit. Everything comes back exactly, except the time that the fit took: `timing` is
 * `{ fitMs: 0, bootstrapMs: null }`.
 *
 * @param text - the document
 * @param file - its name, for messages
 * @throws {@link IsoflopError} `FIT_NOT_JSON` (truncated, or not JSON), `FIT_INVALID` (with the place and the reason),
 * `FIT_VERSION` (another format)
 * @example
 * ```ts
 * const fit = decodeFit(await readFile('fits/chinchilla.json', 'utf8'), 'fits/chinchilla.json');
 * ```
 */
export function decodeFit(text: string, file: string): SavedFit {
  const document = parseDocument(text, file);
  const invalid = (place: string, reason: string): never => {
    throw new IsoflopError('FIT_INVALID', { file, place, reason });
  };
  const law = lawOfDocument(document, invalid);
  for (const { name } of law.params) if (!Object.hasOwn(document.params, name)) invalid(`params.${name}`, 'is missing');
  for (const name of Object.keys(document.params))
    if (!law.params.some((p) => p.name === name)) invalid(`params.${name}`, `is not a parameter of ${law.id}`);

  return {
    version: document.version,
    command: document.command,
    law: document.law,
    formula: document.formula,
    ...(document.schedules === undefined ? {} : { schedules: decodeSchedules(document.schedules, invalid) }),
    status: document.status,
    reasons: document.reasons,
    points: document.points,
    objective: { ...document.objective, value: document.objective.value ?? NaN },
    params: mapValues(document.params, ({ interval, ...param }) => ({
      ...param,
      interval: interval && toPair(interval),
    })),
    optimum: document.optimum,
    seeds: document.seeds,
    condition: document.condition,
    gradientNorm: document.gradientNorm ?? NaN,
    residualRms: document.residualRms ?? NaN,
    residualScale: document.residualScale,
    aicc: document.aicc,
    confidence: document.confidence,
    covariance: decodeCovariance(document.covariance, law, invalid),
    bootstrap: decodeBootstrap(document.bootstrap, law, invalid),
    // A code that this version no longer raises is still worth showing.
    warnings: document.warnings as Warning[],
    data: { ...document.data, ranges: mapValues(document.data.ranges, toPair) },
    settings: { ...document.settings, bounds: mapValues(document.settings.bounds, toPair) },
    fitted: decodeRows(document.fitted, invalid),
    calibration:
      document.calibration === undefined ? null : decodeCalibration(document.calibration, document.fitted, invalid),
    timing: { fitMs: 0, bootstrapMs: null },
  };
}

/** Parses the text and holds it against the schema. */
function parseDocument(text: string, file: string): FitDocument {
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    throw new IsoflopError('FIT_NOT_JSON', { file, reason: error instanceof Error ? error.message : String(error) });
  }
  // Another format breaks other rules too, but its number is what the reader has to know.
  const head = (value ?? {}) as { kind?: unknown; format?: unknown };
  if (head.kind === 'isoflop-fit' && head.format !== undefined && head.format !== savedFitFormat)
    throw new IsoflopError('FIT_VERSION', { file, found: JSON.stringify(head.format), supported: savedFitFormat });
  completeDocument(value);
  const violation = findViolation(fitSchema, value);
  if (violation !== undefined) throw new IsoflopError('FIT_INVALID', { file, ...violation });
  return value as FitDocument;
}

type Refuse = (place: string, reason: string) => never;

function lawOfDocument(document: FitDocument, invalid: Refuse): Law {
  if (document.formula !== null && document.formula.text !== document.law)
    return invalid('formula.text', 'is not what "law" says');
  try {
    return lawOf({ law: document.law, formula: document.formula });
  } catch (error) {
    if (!(error instanceof IsoflopError)) throw error;
    if (document.formula !== null) return invalid('formula', `cannot be read: ${error.statement}`);
    return invalid('law', `is "${document.law}", which this version does not know`);
  }
}

function decodeCovariance(saved: FitDocument['covariance'], law: Law, invalid: Refuse): Covariance {
  const names = coordinateNames(law);
  if (saved.coordinates.join() !== names.join())
    invalid('covariance.coordinates', `are ${saved.coordinates.join(', ')}, not ${names.join(', ')}`);
  const order = names.length;
  if (saved.matrix !== null && (saved.matrix.length !== order || saved.matrix.some((row) => row.length !== order)))
    invalid('covariance.matrix', `is not ${String(order)} x ${String(order)}`);
  return {
    kind: saved.kind,
    matrix: saved.matrix && Float64Array.from(saved.matrix.flat()),
    degreesOfFreedom: saved.degreesOfFreedom ?? Infinity,
  };
}

function decodeBootstrap(saved: FitDocument['bootstrap'], law: Law, invalid: Refuse): Bootstrap | null {
  if (saved === null) return null;
  const draws = decodeFloat32(saved.draws, saved.certified * law.params.length);
  return draws === undefined
    ? invalid('bootstrap.draws', `are not ${String(saved.certified)} x ${String(law.params.length)} numbers`)
    : { ...saved, draws };
}

function decodeRows(saved: FitDocument['fitted'], invalid: Refuse): FitRows {
  if (saved.names !== null && saved.names.length !== saved.rows)
    invalid('fitted.names', `are ${String(saved.names.length)}, not ${String(saved.rows)}`);
  return {
    ...saved,
    columns: mapValues(
      saved.columns,
      (text, name) =>
        decodeFloat64(text, saved.rows) ?? invalid(`fitted.columns.${name}`, `is not ${String(saved.rows)} numbers`),
    ),
  };
}

const toPair = (values: readonly number[]): [number, number] => [values[0], values[1]];

const toRows = (matrix: Float64Array, order: number): number[][] =>
  Array.from({ length: order }, (_, k) => Array.from(matrix.subarray(k * order, (k + 1) * order)));

/** The same keys with other values; an `undefined` value is a quantity that is not there, and is left out. */
function mapValues<A, B>(
  values: Readonly<Record<string, A | undefined>>,
  change: (value: A, name: string) => B,
): Record<string, B> {
  const out: Record<string, B> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) out[name] = change(value, name);
  return out;
}
