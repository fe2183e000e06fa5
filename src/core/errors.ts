import { kind, printable, quote, show, type ErrorKind } from './errorKind.ts';
import { formatKinds } from './formatErrors.ts';
import { planKinds } from './planErrors.ts';
import { pointKinds } from './pointErrors.ts';
import { scheduleKinds } from './scheduleErrors.ts';
import { proxyKinds } from './proxyErrors.ts';
import { serverKinds } from './serverErrors.ts';
import { watchKinds } from './watchErrors.ts';

/** A column as an expression names it: between backticks unless it is a plain word, or an expression itself. */
const inExpression = (column: string): string =>
  /^[\p{L}_][\p{L}\p{N}_]*$|[`()^*]/u.test(column) ? column : `\`${column}\``;

/** The formula with a mark under the place, on lines of their own; a window of it where it is long. */
function pointAt(formula: string, position: number | undefined): string {
  if (position === undefined) return '';
  const from = formula.length > 100 ? Math.max(0, position - 50) : 0;
  return `\n  ${printable(formula.slice(from, from + 100))}\n  ${' '.repeat(Math.max(0, position - 1 - from))}^\n`;
}

const rows = (count: number): string => `${String(count)} ${count === 1 ? 'row' : 'rows'}`;

interface Place {
  readonly file: string;
  readonly line: number;
}
const at = (place: Place): string => `${place.file}, line ${String(place.line)}`;
const nearest = (name: string | undefined): string => (name === undefined ? '' : `Did you mean ${quote(name)}? `);

/** How else a quantity can be given that a file lacks. */
function otherWay(quantity: string): string {
  if (quantity === 'params') return ', or its value for all rows, such as --columns params=124M';
  if (quantity === 'tokens') return ', or with --tokens-per-step where there is a step';
  return '';
}

/** The table of every error isoflop raises. */
const kinds = {
  USAGE: kind<{ message: string; remedy: string }>({
    exit: 2,
    http: 400,
    text: (d) => d.message,
    remedy: (d) => d.remedy,
  }),
  FILE_NOT_FOUND: kind<{ file: string }>({
    exit: 2,
    http: 404,
    text: (d) => `There is no file ${quote(d.file)}.`,
    remedy: () => 'Check the path.',
  }),
  FILE_UNREADABLE: kind<{ file: string; reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} cannot be read: ${d.reason}.`,
    remedy: () => 'Check that it is a readable file.',
  }),
  FILE_UNWRITABLE: kind<{ file: string; reason: string }>({
    exit: 1,
    http: 500,
    text: (d) => `${d.file} cannot be written: ${d.reason}.`,
    remedy: () => 'Check the folder, its permissions and the free space.',
  }),
  FILE_BINARY: kind<{ file: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} holds binary data, not the text of a CSV file.`,
    remedy: () => 'Export the runs as CSV, JSON lines or Parquet; docs/formats.md says what is read.',
  }),
  CSV_EMPTY: kind<{ file: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} is empty.`,
    remedy: () => 'The first line has to name the columns, the others hold one run (or checkpoint) each.',
  }),
  CSV_NO_ROWS: kind<{ file: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} has a header but no rows.`,
    remedy: () => 'Add one line for each run.',
  }),
  CSV_DUPLICATE_COLUMN: kind<{ file: string; column: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} names the column ${quote(d.column)} twice.`,
    remedy: () => 'Rename or remove one of the two.',
  }),
  CSV_LINE_TOO_LONG: kind<Place & { limit: number }>({
    exit: 2,
    http: 413,
    text: (d) => `${at(d)}: the record is longer than ${String(d.limit)} bytes.`,
    remedy: () => 'Check for a missing line end or a quote that is never closed.',
  }),
  CSV_MALFORMED: kind<Place & { reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${at(d)}: ${d.reason}.`,
    remedy: () => 'Check the quotes and the number of fields on that line.',
  }),
  COLUMN_UNKNOWN: kind<{ file: string; column: string; nearest: string | undefined; columns: readonly string[] }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} has no column ${quote(d.column)}.`,
    remedy: (d) => `${nearest(d.nearest)}Its columns are ${d.columns.map(quote).join(', ')}.`,
  }),
  COLUMN_AMBIGUOUS: kind<{ file: string; quantity: string; columns: readonly string[] }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file}: the columns ${d.columns.map(quote).join(' and ')} could both be ${d.quantity}.`,
    remedy: (d) => `Choose one with --columns ${d.quantity}=NAME.`,
  }),
  QUANTITY_MISSING: kind<{ file: string; quantity: string; columns: readonly string[]; hint: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} has no column for ${d.quantity}${d.hint}.`,
    remedy: (d) =>
      `Name it with --columns ${d.quantity}=NAME${otherWay(d.quantity)}. The columns are ${d.columns.map(quote).join(', ')}.`,
  }),
  QUANTITY_UNKNOWN: kind<{ name: string; nearest: string | undefined; known: readonly string[] }>({
    exit: 2,
    http: 400,
    text: (d) => `--columns: ${quote(d.name)} is not a quantity.`,
    remedy: (d) => `${nearest(d.nearest)}The quantities are ${[...new Set(d.known)].join(', ')}.`,
  }),
  VALUE_NOT_A_NUMBER: kind<Place & { column: string; value: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${at(d)}, column ${quote(d.column)}: ${quote(d.value)} is not a number.`,
    remedy: () => 'Correct the value, leave it blank, or leave the row out with --where.',
  }),
  VALUE_NOT_POSITIVE: kind<Place & { column: string; value: number }>({
    exit: 2,
    http: 400,
    text: (d) => `${at(d)}, column ${quote(d.column)}: the value ${String(d.value)} has to be positive and finite.`,
    remedy: (d) =>
      `Correct it, or leave the row out, for example with --where '${inExpression(d.column)} ${d.value > 0 ? '< 1e300' : '> 0'}'.`,
  }),
  VALUE_NOT_FINITE: kind<Place & { column: string; value: number }>({
    exit: 2,
    http: 400,
    text: (d) => `${at(d)}, column ${quote(d.column)}: the value ${String(d.value)} is not finite.`,
    remedy: () => 'Correct it, leave it blank, or leave the row out with --where.',
  }),
  LAW_WITHOUT_VALUE: kind<{ law: string; rows: number }>({
    exit: 2,
    http: 422,
    text: (d) => `${d.law} has no finite value for all of the ${rows(d.rows)} at any starting point.`,
    remedy: () =>
      'Check the values of its columns, leave rows out with --where, or give other values with --start or --fix.',
  }),
  FORMULA_INVALID: kind<{ formula: string; reason: string; position: number | undefined; remedy?: string }>({
    exit: 2,
    http: 400,
    text: (d) =>
      `The formula cannot be used${d.position === undefined ? '' : `, character ${String(d.position)}`}: ${d.reason}.${pointAt(d.formula, d.position)}`,
    remedy: (d) => d.remedy ?? `Write for example --law 'loss ~ E + A/params^alpha' --positive E,A --start alpha=0.3.`,
  }),
  WHERE_INVALID: kind<{ expression: string; reason: string; position: number | undefined }>({
    exit: 2,
    http: 400,
    text: (d) =>
      `--where ${quote(d.expression)}${d.position === undefined ? '' : `, character ${String(d.position)}`}: ${d.reason}.`,
    remedy: () => `Write a condition on columns, for example --where 'loss < 4 and family == "opt"'.`,
  }),
  EXPRESSION_INVALID: kind<{ quantity: string; expression: string; reason: string; position: number | undefined }>({
    exit: 2,
    http: 400,
    text: (d) =>
      `--columns ${d.quantity}=${d.expression}${d.position === undefined ? '' : `, character ${String(d.position)}`}: ${d.reason}.`,
    remedy: (d) => `Write a column name or arithmetic on columns, for example ${d.quantity}=10^log_${d.quantity}.`,
  }),
  NO_ROWS_LEFT: kind<{ rows: number; dropped: string }>({
    exit: 2,
    http: 422,
    text: (d) => `None of the ${rows(d.rows)} is left to fit (${d.dropped}).`,
    remedy: () => 'Loosen --where or the choice of checkpoints, or check the loss column.',
  }),
  TOO_FEW_ROWS: kind<{ rows: number; params: number; law: string }>({
    exit: 2,
    http: 422,
    text: (d) => `${rows(d.rows)} cannot determine the ${String(d.params)} free parameters of ${d.law}.`,
    remedy: () => 'Add runs, fix or tie parameters (--fix, --tie), or choose a law with fewer.',
  }),
  INPUT_CONSTANT: kind<{ input: string; value: number; law: string }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `Every run has the same ${d.input} (${show(d.value)}), so the data say nothing about how the loss of ${d.law} depends on it.`,
    remedy: (d) =>
      `Add runs with other ${d.input}, fix both amplitude and exponent of that term (--fix), or choose a law that does not use ${d.input}.`,
  }),
  INPUTS_COLLINEAR: kind<{ inputs: readonly [string, string]; relation: string; law: string }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `${d.relation} in every run: ${d.inputs[0]} and ${d.inputs[1]} rise together, so the data cannot separate the two terms (and exponents) of ${d.law}.`,
    remedy: () =>
      'Add runs at another ratio, fix amplitude and exponent of one of the two terms with --fix, or fit a law of one variable such as flops-irreducible.',
  }),
  BACKTEST_IMPOSSIBLE: kind<{ reason: string }>({
    exit: 2,
    http: 422,
    text: (d) => `There is nothing to backtest: ${d.reason}.`,
    remedy: () => 'Add runs, or loosen --where.',
  }),
  LAW_UNKNOWN: kind<{ law: string; nearest: string | undefined; laws: readonly string[] }>({
    exit: 2,
    http: 404,
    text: (d) => `There is no law ${quote(d.law)}.`,
    remedy: (d) =>
      /[=+*/^ ]/.test(d.law)
        ? 'A formula is written with its response on the left of "~", such as --law \'loss ~ E + A/params^alpha\'.'
        : `${nearest(d.nearest)}The laws are ${d.laws.join(', ')}.`,
  }),
  PARAM_UNKNOWN: kind<{ option: string; name: string; law: string; params: readonly string[] }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.option}: ${d.law} has no parameter ${quote(d.name)}.`,
    remedy: (d) => `Its parameters are ${d.params.join(', ')}.`,
  }),
  OPTION_INVALID: kind<{ option: string; value: string; expected: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.option} ${quote(d.value)} is not valid.`,
    remedy: (d) => `It takes ${d.expected}.`,
  }),
  SOLVER_UNSUITABLE: kind<{ solver: string; reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `The solver ${d.solver} cannot do this fit: ${d.reason}.`,
    remedy: () => 'Use --solver newton.',
  }),
  FIT_NOT_JSON: kind<{ file: string; reason: string }>({
    exit: 2,
    http: 422,
    text: (d) => `${d.file} is not a whole saved fit: ${printable(d.reason)}.`,
    remedy: () =>
      'The file is damaged, truncated or something else; isoflop fit RUNS.csv --out FIT.json makes a saved fit.',
  }),
  FIT_INVALID: kind<{ file: string; place: string; reason: string }>({
    exit: 2,
    http: 422,
    text: (d) => `${d.file} is not a valid saved fit: ${d.place} ${d.reason}.`,
    remedy: () => 'Compare it with isoflop/schema/fit.json, or fit again with --out.',
  }),
  FIT_VERSION: kind<{ file: string; found: string; supported: number }>({
    exit: 2,
    http: 422,
    text: (d) => `${d.file} is a saved fit of format ${d.found}; this version reads format ${String(d.supported)}.`,
    remedy: () => 'Use the isoflop version that wrote it, or fit again with --out.',
  }),
  FIT_UNSAVEABLE: kind<{ place: string; reason: string }>({
    exit: 2,
    http: 422,
    text: (d) => `The fit cannot be saved: ${d.place} ${d.reason}; a parameter ran away.`,
    remedy: () => 'Read its warnings, then fix the parameter (--fix), bound it (--bounds), or use a simpler law.',
  }),
  FIT_UNKNOWN: kind<{ id: string }>({
    exit: 2,
    http: 404,
    text: (d) => `There is no fit ${quote(d.id)}.`,
    remedy: () => 'GET /api/fits lists the fits.',
  }),
  FIGURE_UNKNOWN: kind<{ figure: string; figures: readonly string[] }>({
    exit: 2,
    http: 404,
    text: (d) => `There is no figure ${quote(d.figure)}.`,
    remedy: (d) => `The figures are ${d.figures.join(', ')}.`,
  }),
  FIGURE_UNAVAILABLE: kind<{ figure: string; reason: string }>({
    exit: 2,
    http: 422,
    text: (d) => `The figure ${quote(d.figure)} cannot be drawn: ${d.reason}.`,
    remedy: () => 'Choose another figure or another law.',
  }),
  FIGURE_UNSUPPORTED: kind<{ part: string; found: string }>({
    exit: 2,
    http: 422,
    text: (d) => `The SVG renderer does not draw ${d.part} ${quote(d.found)}.`,
    remedy: () => 'Write the figure as HTML, which Plotly draws.',
  }),
  NOT_NESTED: kind<{ reason: string }>({
    exit: 2,
    http: 422,
    text: (d) => `A likelihood-ratio test compares a law with a special case of itself, but ${d.reason}.`,
    remedy: () => 'Fix or tie parameters of one law, or compare the laws by AICc (--laws) or by what they predict.',
  }),
  ...formatKinds,
  ...planKinds,
  ...pointKinds,
  ...scheduleKinds,
  ...proxyKinds,
  ...serverKinds,
  ...watchKinds,
} as const;

/** Code of an error in the table. */
export type ErrorCode = keyof typeof kinds;

type DetailsOf<Code extends ErrorCode> = (typeof kinds)[Code] extends ErrorKind<infer Details> ? Details : never;

/**
 * Every error that isoflop raises on purpose: a code from the table, a message with the value and the remedy, the exit
 * status of the command line and the HTTP status of the server.
 *
 * @example
 * ```ts
 * new IsoflopError('FILE_NOT_FOUND', { file: 'runs.csv' }).message; // 'There is no file "runs.csv". Check the path.'
 * ```
 */
export class IsoflopError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'IsoflopError';
  readonly code: Code;
  readonly exit: 1 | 2;
  readonly http: number;
  /** The message without its remedy. */
  readonly statement: string;
  readonly remedy: string;
  readonly details: DetailsOf<Code>;

  constructor(code: Code, details: DetailsOf<Code>) {
    const entry = kinds[code] as unknown as ErrorKind<DetailsOf<Code>>;
    const remedy = entry.remedy(details);
    const statement = entry.text(details);
    super(`${statement}${statement.endsWith('\n') ? '' : ' '}${remedy}`);
    this.code = code;
    this.statement = statement;
    this.exit = entry.exit;
    this.http = entry.http;
    this.remedy = remedy;
    this.details = details;
  }
}

/** Codes of the table, for tests and documentation. */
export const errorCodes = Object.keys(kinds) as readonly ErrorCode[];
