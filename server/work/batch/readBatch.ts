import { Compile } from 'typebox/compile';
import { IsoflopError } from '../../../src/core/errors.ts';
import type { Law } from '../../../src/laws/law.ts';
import { quantities } from '../../../src/plan/prediction.ts';
import type { PointColumns } from '../../../src/plan/resolveColumns.ts';
import { maxPoints, predictColumnsBody, predictPointsBody } from '../../schemas/prediction.ts';

const pointsCheck = Compile(predictPointsBody);
const columnsCheck = Compile(predictColumnsBody);

/** Points of a request, and what is asked about them. */
export interface Batch {
  readonly form: 'points' | 'columns';
  readonly columns: PointColumns;
  readonly points: number;
  readonly confidence: number | undefined;
  readonly calibrated: boolean;
  /** How a message names a point. */
  readonly placeOf: (point: number) => string;
}

const refuse = (message: string): never => {
  throw new IsoflopError('REQUEST_INVALID', { message });
};

/**
 * Reads the body of a request.
 *
 * @param law - whose inputs points may have beside params, tokens and flops
 * @throws {@link IsoflopError} `REQUEST_INVALID` with the place in the body
 */
export function readBatch(body: Uint8Array, law: Law): Batch {
  const value = parse(body);
  const names = [...new Set([...quantities, ...law.inputs.map(({ name }) => name)])];
  if ('columns' in value) {
    if (!columnsCheck.Check(value)) return refuse(violationOf(columnsCheck, value));
    const { columns, confidence, calibrated = false } = value;
    return {
      ...{ form: 'columns', confidence, calibrated, placeOf: (row) => `columns, row ${String(row)}` },
      ...columnsOf(columns, names),
    };
  }
  const { points } = value as { points?: unknown };
  const columns = Array.isArray(points) && points.length <= maxPoints ? columnsOfPoints(points, names) : undefined;
  // Only a few points have to be looked at once more: the others were, just now.
  const few = columns === undefined ? value : { ...value, points: (points as unknown[]).slice(0, 1) };
  if (!pointsCheck.Check(few)) return refuse(violationOf(pointsCheck, few));
  if (columns === undefined) return refuse(strangerIn(points as object[], names));
  const { confidence, calibrated = false } = few;
  return {
    ...{ form: 'points', confidence, calibrated, placeOf: (point) => `points.${String(point)}` },
    ...{ columns, points: (points as unknown[]).length },
  };
}

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

function columnsOf(
  columns: Readonly<Record<string, readonly number[] | undefined>>,
  names: readonly string[],
): Pick<Batch, 'columns' | 'points'> {
  const given = Object.entries(columns);
  const stranger = given.find(([name]) => !names.includes(name));
  if (stranger !== undefined) return refuse(`columns in the body has no property ${stranger[0]}.`);
  if (given.length === 0) return refuse('columns in the body has neither params, tokens nor flops.');
  const [firstName, first = []] = given[0];
  const odd = given.find(([, column]) => column?.length !== first.length);
  if (odd !== undefined)
    return refuse(
      `columns in the body has ${String(first.length)} ${firstName} and ${String(odd[1]?.length)} ${odd[0]}.`,
    );
  return {
    columns: Object.fromEntries(given.map(([name, column]) => [name, new Float64Array(column ?? [])])),
    points: first.length,
  };
}

/** Points as columns, `undefined` where one is anything but an object of numbers that are known by these names. */
function columnsOfPoints(points: readonly unknown[], names: readonly string[]): PointColumns | undefined {
  const columns = names.map(() => new Float64Array(points.length).fill(NaN));
  for (let i = 0; i < points.length; i++) {
    const point = points[i];
    if (typeof point !== 'object' || point === null || Array.isArray(point)) return undefined;
    let known = 0;
    for (let k = 0; k < names.length; k++) {
      const value = (point as Record<string, unknown>)[names[k]];
      if (value === undefined) continue;
      if (typeof value !== 'number') return undefined;
      columns[k][i] = value;
      known++;
    }
    if (Object.keys(point).length !== known) return undefined;
  }
  return Object.fromEntries(names.map((name, k) => [name, columns[k]]));
}

/** What a point has that the law does not take. */
function strangerIn(points: readonly object[], names: readonly string[]): string {
  for (const [i, point] of points.entries()) {
    const stranger = Object.keys(point).find((name) => !names.includes(name));
    if (stranger !== undefined) return `points.${String(i)} in the body has no property ${stranger}.`;
  }
  throw new Error('points that are valid and known could not be read');
}
