import { Compile } from 'typebox/compile';
import { IsoflopError } from '../../src/core/errors.ts';
import type { Fit } from '../../src/fit/result.ts';
import { predictPoints, type QueryPoint } from '../../src/plan/predictPoints.ts';
import { predictionToJson, type PredictionJson } from '../../src/report/json.ts';
import { predictColumnsBody, predictPointsBody } from '../schemas/prediction.ts';

const pointsCheck = Compile(predictPointsBody);
const columnsCheck = Compile(predictColumnsBody);
const quantities = ['params', 'tokens', 'flops'] as const;

const refuse = (message: string): never => {
  throw new IsoflopError('REQUEST_INVALID', { message });
};

function parse(body: Uint8Array): object {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return refuse('The body is not JSON.');
  }
  return typeof value === 'object' && value !== null ? value : refuse('The body is no JSON object.');
}

/** The first place where a body is not what its schema says. */
function violationOf(check: typeof pointsCheck | typeof columnsCheck, value: object): string {
  const [first] = check.Errors(value);
  const path = first.instancePath.split('/').slice(1);
  const unknown = first.keyword === 'boolean' ? path.pop() : undefined;
  const where = path.length === 0 ? 'The body' : `${path.join('.')} in the body`;
  return unknown === undefined ? `${where} ${first.message}.` : `${where} has no property ${unknown}.`;
}

/** The points of columns of equal length. */
function pointsOf(columns: Readonly<Partial<Record<(typeof quantities)[number], readonly number[]>>>): QueryPoint[] {
  const given = quantities.flatMap((name) => {
    const column = columns[name];
    return column === undefined ? [] : [{ name, column }];
  });
  const [first] = given as readonly (typeof given)[number][];
  if (given.length === 0) return refuse('columns in the body has neither params, tokens nor flops.');
  const odd = given.find(({ column }) => column.length !== first.column.length);
  if (odd !== undefined)
    return refuse(
      `columns in the body has ${String(first.column.length)} ${first.name} and ${String(odd.column.length)} ${odd.name}.`,
    );
  return first.column.map((_, k) => Object.fromEntries(given.map(({ name, column }) => [name, column[k]])));
}

/** The same predictions, one array for each quantity. */
function columnsOf({ points, warnings, response = 'loss' }: PredictionJson, calibrated: boolean): object {
  const column = (value: (point: PredictionJson['points'][number]) => number | null | undefined): (number | null)[] =>
    points.map((point) => value(point) ?? null);
  return {
    columns: {
      params: column(({ params }) => params),
      tokens: column(({ tokens }) => tokens),
      flops: column(({ flops }) => flops),
      [response]: column((point) => (point as unknown as Record<string, number>)[response]),
      lower: column(({ interval }) => interval?.[0]),
      upper: column(({ interval }) => interval?.[1]),
      extrapolation: column(({ extrapolation }) => extrapolation.flops),
      ...(calibrated
        ? {
            newRunLower: column((point) => point.calibrated?.newRun?.[0]),
            newRunUpper: column((point) => point.calibrated?.newRun?.[1]),
          }
        : {}),
    },
    warnings,
  };
}

/**
 * Predicts many points: the body of a request, points or columns, to that of its answer.
 *
 * @throws {@link IsoflopError} `REQUEST_INVALID`, and as `predictPoints`
 */
export function predictBatch(fit: Fit, body: Uint8Array): object {
  const value = parse(body);
  if ('columns' in value) {
    if (!columnsCheck.Check(value)) return refuse(violationOf(columnsCheck, value));
    const { columns, confidence, calibrated = false } = value;
    // Intervals of a new run take the most time, so they are left out unless they are asked for.
    const asked = calibrated ? fit : withoutCalibration(fit);
    return columnsOf(predictionToJson(predictPoints(asked, pointsOf(columns), { confidence })), calibrated);
  }
  if (!pointsCheck.Check(value)) return refuse(violationOf(pointsCheck, value));
  return predictionToJson(predictPoints(fit, value.points, { confidence: value.confidence }));
}

const plain = new WeakMap<Fit, Fit>();

/** The same fit each time, so that what is prepared for it is prepared once. */
function withoutCalibration(fit: Fit): Fit {
  const known = plain.get(fit) ?? { ...fit, calibration: null };
  plain.set(fit, known);
  return known;
}
