import { IsoflopError } from '../core/errors.ts';
import { parseCell } from '../runs/cell.ts';
import { columnUnknown, findColumn, normaliseName, recognise } from '../runs/columns.ts';
import { compileNumber } from '../runs/compile.ts';
import { readExpression } from '../runs/expression.ts';
import { expressionInvalid } from '../runs/expressionErrors.ts';
import { logColumns } from '../runs/readers/logNames.ts';
import { textOf, type Cell, type RowSink, type TableNotes } from '../runs/table.ts';
import type { CurveRow } from './curve.ts';

/** What a table of the rows of runs may be asked for. */
export interface CurveColumns {
  /** Column, or expression of columns, of each of `tokens`, `loss`, `step`, `params`, `flops`, `gradientNorm`, `run`. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Tokens of a step, where the table counts steps only. */
  readonly tokensPerStep?: number;
}

/** A run as a table has it, as far as it was read. */
export interface TabledRun {
  readonly name: string;
  readonly rows: CurveRow[];
  params: number | null;
  /** FLOP of a token at the last row that says it. */
  flopsPerToken: number | null;
  /** When its first row was written, ms since 1970. */
  since: number | null;
}

/** What is looked for in a table. */
const quantities = ['tokens', 'loss', 'step', 'params', 'flops', 'gradientNorm', 'time'] as const;
type Quantity = (typeof quantities)[number];
type Read = (cells: readonly Cell[], line: number) => number;

/** Names without case and separators, by their last part: `train/grad_norm` is one too. */
const ownNames: Readonly<Partial<Record<Quantity, RegExp>>> = {
  gradientNorm: /^(global)?grad(ient)?norm$/,
  time: /^(walltime|timestamp|time)$/,
};
/** From so many rows on that all have a loss, a blank is a loss that is no number: pandas writes NaN so. */
const denseRows = 10;
const lost = /^[+-]?(nan|inf(inity)?)$/i;

/** The number in a cell: NaN where it is blank, `Infinity` where it says that there is no finite number. */
function numberIn(cell: Cell, comma: boolean): number | undefined {
  if (typeof cell === 'number') return Math.abs(cell) === Infinity ? Infinity : cell;
  return lost.test(cell.trim()) ? Infinity : parseCell(cell, comma);
}

/**
 * Takes the rows of tables and keeps what a watch looks at, by run. Unlike a table of runs to fit it keeps rows whose loss is
 * no number, since that is what there is to see.
 */
export class CurveTable implements RowSink {
  readonly #options: CurveColumns;
  readonly #file: string;
  readonly #runs = new Map<string, TabledRun>();
  /** Runs some rows of which have no loss, as where evaluations are rare. */
  readonly #sparse = new Set<string>();
  #read: Partial<Record<Quantity, Read>> = {};
  #runField = -1;

  /** @param file - what messages call the table */
  constructor(file: string, options: CurveColumns = {}) {
    this.#file = file;
    this.#options = options;
  }

  /** Runs in the order in which they first occur; the rows grow as more are taken. */
  get runs(): readonly TabledRun[] {
    return [...this.#runs.values()];
  }

  /**
   * @throws {@link IsoflopError} `COLUMN_UNKNOWN`, `COLUMN_AMBIGUOUS`, `QUANTITY_MISSING`, `EXPRESSION_INVALID`,
   *   `QUANTITY_UNKNOWN`
   */
  header(names: readonly string[], notes: TableNotes = {}): readonly number[] {
    const { columns = {}, tokensPerStep } = this.#options;
    const known = [...quantities, 'run'];
    const unknown = Object.keys(columns).find((name) => !known.includes(name));
    if (unknown !== undefined) throw new IsoflopError('QUANTITY_UNKNOWN', { name: unknown, nearest: undefined, known });
    this.#read = {};
    for (const quantity of quantities) {
      const given = columns[quantity] as string | undefined;
      const read =
        given === undefined ? this.#recognised(quantity, names, notes) : this.#named(quantity, given, names, notes);
      if (read !== undefined) this.#read[quantity] = read;
    }
    const run = columns.run as string | undefined;
    this.#runField =
      run === undefined ? (this.#fieldOf('run', names, notes) ?? -1) : findColumn(run, names, this.#file);
    if (run !== undefined && this.#runField === -1) throw columnUnknown(run, names, this.#file);
    const { tokens, step, flops, params, loss } = this.#read;
    const countsTokens = tokens ?? (flops && params) ?? (tokensPerStep === undefined ? undefined : step);
    for (const [quantity, there] of [
      ['loss', loss],
      ['tokens', countsTokens],
    ] as const)
      if (there === undefined)
        throw new IsoflopError('QUANTITY_MISSING', {
          file: this.#file,
          quantity,
          columns: names.filter((name) => name !== ''),
          hint: notes.missing?.[quantity] ?? '',
        });
    return names.map((_, field) => field);
  }

  row(cells: readonly Cell[], line: number): void {
    const value = (quantity: Quantity): number => this.#read[quantity]?.(cells, line) ?? NaN;
    const name = this.#runField === -1 ? '' : textOf(cells[this.#runField]);
    let run = this.#runs.get(name);
    if (run === undefined)
      this.#runs.set(name, (run = { name, rows: [], params: null, flopsPerToken: null, since: null }));
    const [params, flops, step, time] = (['params', 'flops', 'step', 'time'] as const).map(value);
    const { tokensPerStep } = this.#options;
    let tokens = value('tokens');
    if (Number.isNaN(tokens) && tokensPerStep !== undefined) tokens = step * tokensPerStep;
    if (Number.isNaN(tokens)) tokens = flops / (6 * params);
    if (params > 0 && params < Infinity) run.params = params;
    if (flops > 0 && flops < Infinity && tokens > 0) run.flopsPerToken = flops / tokens;
    // Seconds since 1970 as TensorBoard and others write them; a duration is no date.
    if (run.since === null && time > 1e9 && time < 1e10) run.since = 1000 * time;
    const loss = value('loss');
    const isDense = run.rows.length >= denseRows && !this.#sparse.has(name);
    if (Number.isNaN(loss) && !isDense) this.#sparse.add(name);
    run.rows.push({
      tokens,
      loss: Number.isNaN(loss) && isDense ? Infinity : loss,
      step,
      gradientNorm: value('gradientNorm'),
    });
  }

  warn(): void {
    // What a reader warns of, such as a last record that is not whole yet, is how a growing file looks.
  }

  /** The reader of a column, or expression, that the user named. */
  #named(quantity: Quantity, text: string, names: readonly string[], notes: TableNotes): Read {
    const field = findColumn(text, names, this.#file);
    if (field !== -1) return this.#field(field, names[field], notes);
    if (/^\d/.test(text)) {
      const constant = parseCell(text);
      if (constant !== undefined) return () => constant;
    }
    if (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(text)) throw columnUnknown(text, names, this.#file);
    let row: { cells: readonly Cell[]; line: number } = { cells: [], line: 0 };
    const scope = {
      number: (name: string) => {
        const at = findColumn(name, names, this.#file);
        if (at === -1) throw columnUnknown(name, names, this.#file);
        const read = this.#field(at, names[at], notes);
        return () => read(row.cells, row.line);
      },
      text: (name: string) => {
        const at = findColumn(name, names, this.#file);
        return () => textOf(row.cells[at]);
      },
    };
    try {
      const compute = compileNumber(readExpression(text), scope);
      return (cells, line) => {
        row = { cells, line };
        return compute(0);
      };
    } catch (error) {
      throw expressionInvalid(quantity, text, error);
    }
  }

  #recognised(quantity: Quantity, names: readonly string[], notes: TableNotes): Read | undefined {
    const field = this.#fieldOf(quantity, names, notes);
    return field === undefined ? undefined : this.#field(field, names[field], notes);
  }

  /** The column of a quantity by its name. */
  #fieldOf(quantity: string, names: readonly string[], notes: TableNotes): number | undefined {
    const own = (ownNames as Readonly<Record<string, RegExp | undefined>>)[quantity];
    if (own !== undefined) {
      const at = names.findIndex((name) => own.test(normaliseName(/[^/.]+$/.exec(name)?.[0] ?? name)));
      return at === -1 ? undefined : at;
    }
    const preferred = notes.preferred?.[quantity]?.find((name) => names.includes(name));
    if (preferred !== undefined) return names.indexOf(preferred);
    const found = recognise(quantity, names);
    if (found.length > 1)
      throw new IsoflopError('COLUMN_AMBIGUOUS', { file: this.#file, quantity, columns: [...found] });
    const name = found.at(0) ?? logColumns(names)[quantity]?.[0];
    return name === undefined ? undefined : names.indexOf(name);
  }

  #field(field: number, column: string, { decimalComma = false }: TableNotes): Read {
    return (cells, line) => {
      const found = numberIn(cells[field], decimalComma);
      if (found === undefined)
        throw new IsoflopError('VALUE_NOT_A_NUMBER', { file: this.#file, line, column, value: textOf(cells[field]) });
      return found;
    };
  }
}
