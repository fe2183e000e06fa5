import { IsoflopError } from '../core/errors.ts';
import {
  categoryQuantities,
  columnUnknown,
  findColumn,
  knownQuantities,
  positiveQuantities,
  recognise,
} from './columns.ts';
import { compileCondition, compileNumber, type Condition, type ReadNumber, type Scope } from './compile.ts';
import { readExpression, type Expression } from './expression.ts';
import { expressionInvalid, whereInvalid } from './expressionErrors.ts';
import { ExpressionFault } from '../core/tokens.ts';
import { tryParseQuantity } from '../core/quantity.ts';
import { textOf, type Cell, type TableNotes } from './table.ts';

/** What the user asked for, the same for all files. */
export interface Request {
  /** Quantity to column name or expression. */
  readonly columns: Readonly<Record<string, string>>;
  readonly where: { readonly text: string; readonly expression: Expression } | undefined;
  readonly needs: readonly string[] | undefined;
  readonly extra: readonly string[];
  /** Tokens of one step, where tokens are counted from steps. */
  readonly tokensPerStep: number | undefined;
}

/** A field that is read as a number. */
interface NumberSlot {
  readonly field: number;
  readonly column: string;
  /** Whether text that is no number is an error in a row that is kept. */
  strict: boolean;
}

/** A quantity that a file gives. */
interface GivenQuantity {
  readonly name: string;
  /** Column or expression, as the report names it. */
  readonly source: string;
  /** Index into the values of the row. */
  readonly value: number;
  readonly read: ReadNumber;
  /** Slots that it is computed from. */
  readonly slots: readonly number[];
  /** Whether a cell that cannot be used is an error; if not, the quantity is left out. */
  readonly strict: boolean;
  /** Whether 0 counts as blank. */
  readonly zeroIsBlank?: boolean;
}

/** A field that is kept as text. */
interface TextField {
  /** Name of the category. */
  readonly name: string;
  readonly field: number;
  /** Name of the column in the file. */
  readonly source: string;
}

/** How the rows of one file are read. */
export interface FilePlan {
  readonly slots: readonly NumberSlot[];
  readonly given: readonly GivenQuantity[];
  /** Names of the values: the four positive quantities, then the others. */
  readonly values: readonly string[];
  /** Values without which a row is dropped, in the order in which the reasons are told. */
  readonly needed: readonly number[];
  readonly categories: readonly TextField[];
  readonly extra: readonly TextField[];
  readonly where: Condition | undefined;
  /** Fields that are used at all. */
  readonly fields: readonly number[];
}

/** The row that is being read; what a plan compiles reads from here. */
export interface Row {
  /** What stands in every field. */
  fields: readonly Cell[];
  /** Number of every slot; NaN when blank or not a number. */
  cells: Float64Array;
  /** Number of every quantity in `FilePlan.values`. */
  values: Float64Array;
}

/** The three quantities of which two give the third. */
export const linkedQuantities: readonly string[] = ['params', 'tokens', 'flops'];

/** The quantity that is computed from tokens and params where it is needed and a file has no column of it. */
export const ratioQuantity = 'tokensPerParam';

/** Where a quantity comes from: a field, or an expression of columns. */
export type Origin =
  | number
  | {
      readonly text: string;
      readonly expression: Expression;
      /** Whether 0 says that there is nothing yet, as before the first step. */
      readonly zeroIsBlank?: boolean;
    };

/**
 * Decides from the header how the rows of a file are read.
 *
 * @param row - the row that the compiled readers read from; its arrays are made here
 * @throws {@link IsoflopError} `COLUMN_UNKNOWN`, `COLUMN_AMBIGUOUS`, `QUANTITY_MISSING`, `EXPRESSION_INVALID`,
 * `WHERE_INVALID`
 * @example
 * ```ts
 * const row = { fields: [], cells: new Float64Array(), values: new Float64Array() };
 * const request = { columns: {}, where: undefined, needs: undefined, extra: [], tokensPerStep: undefined };
 * planFile(request, ['N', 'D', 'loss'], 'runs.csv', row).given.map((quantity) => quantity.source); // ['N', 'D', 'loss']
 * ```
 */
export function planFile(
  request: Request,
  header: readonly string[],
  file: string,
  row: Row,
  notes: TableNotes = {},
): FilePlan {
  const columns = new Columns(header, file);
  const origins = findOrigins(request, columns, notes);
  const present = linkedQuantities.filter((name) => origins.has(name));
  const linked = present.length >= 2 ? linkedQuantities : present;
  const isRatio = linked.length > 2 && !origins.has(ratioQuantity) && request.needs?.includes(ratioQuantity) === true;
  const derivable = isRatio ? [...linked, ratioQuantity] : linked;
  const needs = request.needs ?? ['loss', ...present, ...derivable];
  const missing = needs.find((name) => !origins.has(name) && !derivable.includes(name));
  if (missing !== undefined) throw quantityMissing(missing, columns, notes);

  const numbers = [...origins].filter(([name]) => !categoryQuantities.includes(name));
  const values = [
    ...new Set<string>([...positiveQuantities, ...numbers.map(([name]) => name), ...(isRatio ? [ratioQuantity] : [])]),
  ];
  // A quantity that has to be computed makes the two that it is computed from as strict as itself.
  const computed = needs.some((name) => !origins.has(name)) ? linkedQuantities : [];
  const strict = new Set([...needs, ...Object.keys(request.columns), ...computed]);
  const given = numbers.map(([name, origin]): GivenQuantity => {
    const isStrict = strict.has(name);
    const reading = readingOf(name, origin, columns, row, isStrict);
    return { name, value: values.indexOf(name), strict: isStrict, ...reading };
  });
  const available = new Set([...numbers.map(([name]) => name), ...derivable]);
  const where = compileWhere(
    request,
    columns,
    row,
    (name) => (available.has(name) ? values.indexOf(name) : -1),
    origins,
  );
  const categories = categoryQuantities
    .filter((name) => origins.has(name))
    .map((name) => textField(name, origins.get(name) as number, columns));
  const extra = request.extra
    .filter((name) => !available.has(name) && !categories.some((category) => category.name === name))
    .map((name) => textField(name, columns.field(name), columns));

  row.cells = new Float64Array(columns.slots.length);
  row.values = new Float64Array(values.length).fill(NaN);
  const needed = [...new Set(needs)].map((name) => values.indexOf(name)).filter((value) => value !== -1);
  const fields = [...columns.used, ...[...categories, ...extra].map(({ field }) => field)];
  return { slots: columns.slots, given, values, needed, categories, extra, where, fields: [...new Set(fields)] };
}

/**
 * Where each quantity that a file gives is found: the column, or the expression of columns.
 *
 * @throws {@link IsoflopError} as {@link planFile}, but for what is missing
 * @example
 * ```ts
 * const request = { columns: {}, where: undefined, needs: undefined, extra: [], tokensPerStep: undefined };
 * sourcesOfQuantities(request, ['N', 'loss'], 'runs.csv'); // { params: { source: 'N', field: 0 }, loss: { source: 'loss', field: 1 } }
 * ```
 */
export function sourcesOfQuantities(
  request: Request,
  header: readonly string[],
  file: string,
  notes: TableNotes = {},
): Record<string, { readonly source: string; readonly field: number | undefined }> {
  const origins = findOrigins(request, new Columns(header, file), notes);
  return Object.fromEntries(
    Array.from(origins, ([name, origin]) => [
      name,
      typeof origin === 'number'
        ? { source: header[origin], field: origin }
        : { source: origin.text, field: undefined },
    ]),
  );
}

const textField = (name: string, field: number, columns: Columns): TextField => ({
  name,
  field,
  source: columns.header[field],
});

/** The header of a file and the fields of it that are read as numbers. */
class Columns {
  readonly header: readonly string[];
  readonly file: string;
  readonly slots: NumberSlot[] = [];
  /** Fields that are read as numbers, or as text by a condition. */
  readonly used: number[] = [];

  constructor(header: readonly string[], file: string) {
    this.header = header;
    this.file = file;
  }

  /** Index of a column that has to be there. */
  field(name: string): number {
    const field = findColumn(name, this.header, this.file);
    if (field === -1) throw columnUnknown(name, this.header, this.file);
    return field;
  }

  /** Index of the slot that reads a field as a number. */
  slot(field: number, strict: boolean): number {
    const known = this.slots.findIndex((slot) => slot.field === field);
    if (known === -1) {
      this.used.push(field);
      return this.slots.push({ field, column: this.header[field], strict }) - 1;
    }
    this.slots[known].strict ||= strict;
    return known;
  }
}

/** Where each quantity that the file has comes from: first what the user said, then the recognised names. */
function findOrigins(request: Request, columns: Columns, notes: TableNotes): Map<string, Origin> {
  const { header, file } = columns;
  const origins = new Map<string, Origin>();
  for (const [name, text] of Object.entries(request.columns)) {
    const field = findColumn(text, header, file);
    const constant = field === -1 ? tryParseQuantity(text) : undefined;
    if (field !== -1) origins.set(name, field);
    else if (constant !== undefined && !categoryQuantities.includes(name))
      origins.set(name, { text, expression: { kind: 'number', value: constant } });
    else if (categoryQuantities.includes(name) || /^[\p{L}\p{N}_ ]*\p{L}[\p{L}\p{N}_ ]*$/u.test(text)) {
      throw columnUnknown(text, header, file);
    } else origins.set(name, { text, expression: parseColumnExpression(name, text) });
  }
  const taken = new Set(origins.values());
  const free = header.filter((_, field) => !taken.has(field));
  for (const name of new Set([...knownQuantities, ...(request.needs ?? [])])) {
    if (origins.has(name)) continue;
    const isNeeded = request.needs?.includes(name) !== false;
    const preferred = notes.preferred?.[name]?.find((column) => free.includes(column));
    if (preferred !== undefined) {
      origins.set(name, header.indexOf(preferred));
      continue;
    }
    // A name that is asked for means the column of just that name, whatever else that column is used for.
    const exact = request.needs === undefined ? -1 : header.indexOf(name);
    if (isNeeded && exact !== -1) {
      origins.set(name, exact);
      continue;
    }
    const found = name === 'otherParams' ? otherCounts(free, header, origins.get('params')) : recognise(name, free);
    if (found.length > 1 && !isNeeded) continue;
    if (found.length > 1 && (positiveQuantities as readonly string[]).includes(name)) {
      throw new IsoflopError('COLUMN_AMBIGUOUS', { file, quantity: name, columns: found });
    }
    if (found.length > 0) origins.set(name, header.indexOf(found[0]));
  }
  if (request.tokensPerStep !== undefined)
    origins.set('tokens', tokensOfSteps(request.tokensPerStep, origins, columns, notes));
  return origins;
}

/** Tokens as a multiple of the step. A row of step 0 has none, which is no error but a model that is not trained yet. */
function tokensOfSteps(
  perStep: number,
  origins: ReadonlyMap<string, Origin>,
  columns: Columns,
  notes: TableNotes,
): Origin {
  const step = origins.get('step');
  if (step === undefined) throw quantityMissing('step', columns, notes);
  const steps: Expression =
    typeof step === 'number' ? { kind: 'column', name: columns.header[step], position: 0 } : step.expression;
  return {
    text: `${String(perStep)} * ${typeof step === 'number' ? columns.header[step] : step.text}`,
    expression: { kind: 'call', operation: 'multiply', args: [{ kind: 'number', value: perStep }, steps] },
    zeroIsBlank: true,
  };
}

/**
 * Columns that count parameters in another way than the one that is read as params: without embeddings, or all of them
 * where params is a column without.
 */
function otherCounts(
  free: readonly string[],
  header: readonly string[],
  params: Origin | undefined,
): readonly string[] {
  if (typeof params !== 'number') return [];
  const isOther = recognise('otherParams', [header[params]]).length > 0;
  return recognise(isOther ? 'params' : 'otherParams', free).filter((column) => column !== header[params]);
}

function parseColumnExpression(quantity: string, text: string): Expression {
  try {
    return readExpression(text);
  } catch (error) {
    throw expressionInvalid(quantity, text, error);
  }
}

function readingOf(
  name: string,
  origin: Origin,
  columns: Columns,
  row: Row,
  strict: boolean,
): Pick<GivenQuantity, 'source' | 'read' | 'slots' | 'zeroIsBlank'> {
  if (typeof origin === 'number') {
    const slot = columns.slot(origin, strict);
    return { source: columns.header[origin], read: () => row.cells[slot], slots: [slot] };
  }
  const slots: number[] = [];
  const scope: Scope = {
    number: (column) => {
      const slot = columns.slot(columns.field(column), strict);
      slots.push(slot);
      return () => row.cells[slot];
    },
    text: (column, position) => {
      throw new ExpressionFault(`the column "${column}" is compared with text`, position);
    },
  };
  try {
    const read = compileNumber(origin.expression, scope);
    if (origin.zeroIsBlank !== true) return { source: origin.text, read, slots };
    return { source: origin.text, read: (i) => read(i) || NaN, slots, zeroIsBlank: true };
  } catch (error) {
    throw expressionInvalid(name, origin.text, error);
  }
}

/** Names in a condition are columns first, as they are written in the file, then quantities, however these are found. */
function compileWhere(
  request: Request,
  columns: Columns,
  row: Row,
  valueOf: (name: string) => number,
  origins: ReadonlyMap<string, Origin>,
): Condition | undefined {
  if (request.where === undefined) return undefined;
  const { text, expression } = request.where;
  const isColumn = (name: string): boolean => columns.header.includes(name);
  const scope: Scope = {
    number: (name) => {
      const value = isColumn(name) ? -1 : valueOf(name);
      if (value !== -1) return () => row.values[value];
      const slot = columns.slot(columns.field(name), true);
      return () => row.cells[slot];
    },
    text: (name) => {
      const origin = isColumn(name) ? undefined : origins.get(name);
      const field = typeof origin === 'number' ? origin : columns.field(name);
      columns.used.push(field);
      return () => textOf(row.fields[field]);
    },
  };
  try {
    return compileCondition(expression, scope);
  } catch (error) {
    throw whereInvalid(text, error);
  }
}

function quantityMissing(quantity: string, columns: Columns, { missing = {} }: TableNotes): IsoflopError {
  const others = linkedQuantities.filter((name) => name !== quantity);
  const linked = others.length === 2 ? `, nor both ${others.join(' and ')}, which would give it` : '';
  const hint = `${linked}${missing[quantity] ?? ''}`;
  const named = columns.header.filter((column) => column !== '');
  return new IsoflopError('QUANTITY_MISSING', { file: columns.file, quantity, columns: named, hint });
}
