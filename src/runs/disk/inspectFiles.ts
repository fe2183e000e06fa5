import { IsoflopError } from '../../core/errors.ts';
import type { Warning } from '../../core/warnings.ts';
import { parseCell } from '../cell.ts';
import { suspectUnits } from '../checks.ts';
import { categoryQuantities } from '../columns.ts';
import { openInputs, type Input, type PassedOver } from './openInputs.ts';
import type { ReadOptions } from '../options.ts';
import { linkedQuantities, sourcesOfQuantities } from '../plan.ts';
import { requestOf } from '../read.ts';
import type { Cell, RowSink, TableNotes } from '../table.ts';

/** A quantity as it was found in a file. */
export interface FoundQuantity {
  /** Column, or expression of columns. */
  readonly source: string;
  /** Smallest and largest value, where it is a column of numbers. */
  readonly range: readonly [number, number] | null;
}

/** A quantity that a fit needs and a file does not give. */
export interface MissingQuantity {
  readonly name: string;
  /** Why the format lacks it, where that is known. */
  readonly why: string | null;
  /** How it can be given. */
  readonly remedy: string;
}

/** What is in a file. */
export interface FileReport {
  readonly name: string;
  readonly format: string;
  readonly title: string;
  /** Files that were read together as one run. */
  readonly files: number;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly quantities: Readonly<Record<string, FoundQuantity>>;
  /** Quantities that follow from others. */
  readonly derived: readonly string[];
  readonly missing: readonly MissingQuantity[];
  readonly warnings: readonly Warning[];
  /** Why it cannot be read. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What is in some files, and which of them were passed over. */
export interface InspectedFiles {
  readonly files: readonly FileReport[];
  readonly passedOver: readonly PassedOver[];
}

/**
 * Reads files to their end and says what is in each: its format, rows and columns, which quantities are recognised, what is
 * missing for a fit and how to give it. A file that cannot be read is part of the answer.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `RUNS_NOT_FOUND`, and for options that no file could fulfil
 */
export async function inspectFiles(
  paths: readonly string[],
  options: Pick<ReadOptions, 'columns' | 'params' | 'tokensPerStep'>,
): Promise<InspectedFiles> {
  requestOf(options);
  const { inputs, passedOver } = await openInputs(paths);
  const files: FileReport[] = [];
  for (const input of inputs) files.push(await inspectInput(input, options));
  return { files, passedOver };
}

async function inspectInput(input: Input, options: ReadOptions): Promise<FileReport> {
  const sink = new ReportSink(input.name, options);
  let rows = 0;
  let error: FileReport['error'] = null;
  try {
    ({ rows } = await input.reader.read(input.files, sink));
  } catch (caught) {
    if (!(caught instanceof IsoflopError)) throw caught;
    const { code, message } = caught as IsoflopError;
    error = { code, message };
  }
  const { id: format, title } = input.reader;
  return { name: input.name, format, title, files: input.files.length, rows, ...sink.report(), error };
}

/** Looks at the rows of a file and keeps none. */
class ReportSink implements RowSink {
  readonly #file: string;
  readonly #options: ReadOptions;
  readonly #warnings: Warning[] = [];
  #columns: readonly string[] = [];
  #notes: TableNotes = {};
  #found: ReturnType<typeof sourcesOfQuantities> = {};
  #ranges: { readonly field: number; readonly name: string; min: number; max: number }[] = [];

  constructor(file: string, options: ReadOptions) {
    this.#file = file;
    this.#options = options;
  }

  header(names: readonly string[], notes: TableNotes = {}): readonly number[] {
    this.#columns = names;
    this.#notes = notes;
    // Tokens of a step are no use to a file without steps, which is one more thing that is missing and no error here.
    const { tokensPerStep, ...options } = this.#options;
    this.#found = sourcesOfQuantities(requestOf(options), names, this.#file, notes);
    if (tokensPerStep !== undefined && 'step' in this.#found)
      this.#found = sourcesOfQuantities(requestOf(this.#options), names, this.#file, notes);
    this.#ranges = Object.entries(this.#found).flatMap(([name, { field }]) =>
      field === undefined || categoryQuantities.includes(name) ? [] : [{ field, name, min: Infinity, max: -Infinity }],
    );
    return this.#ranges.map(({ field }) => field);
  }

  row(cells: readonly Cell[]): void {
    for (const range of this.#ranges) {
      const cell = cells[range.field];
      const value = typeof cell === 'number' ? cell : (parseCell(cell, this.#notes.decimalComma) ?? NaN);
      if (value < range.min) range.min = value;
      if (value > range.max) range.max = value;
    }
  }

  warn(warning: Warning): void {
    this.#warnings.push(warning);
  }

  report(): Pick<FileReport, 'columns' | 'quantities' | 'derived' | 'missing' | 'warnings'> {
    const names = Object.keys(this.#found);
    const linked = linkedQuantities.filter((name) => names.includes(name));
    const derived = linked.length === 2 ? linkedQuantities.filter((name) => !names.includes(name)) : [];
    const known = [...names, ...derived];
    return {
      columns: this.#columns,
      quantities: Object.fromEntries(
        Object.entries(this.#found).map(([name, { source }]) => [name, { source, range: this.#rangeOf(name) }]),
      ),
      derived,
      missing: ['params', 'tokens', 'loss']
        .filter((name) => !known.includes(name))
        .map((name) => ({ name, why: this.#whyMissing(name), remedy: remedies(name, known) })),
      warnings: [...this.#warnings, ...this.#suspicions()],
    };
  }

  #suspicions(): Warning[] {
    return linkedQuantities.flatMap((name) =>
      name in this.#found ? suspectUnits(name, this.#found[name].source, this.#rangeOf(name)?.[1] ?? NaN) : [],
    );
  }

  #rangeOf(name: string): readonly [number, number] | null {
    const range = this.#ranges.find((one) => one.name === name);
    return range === undefined || range.min > range.max ? null : [range.min, range.max];
  }

  #whyMissing(name: string): string | null {
    return this.#notes.missing?.[name]?.replace(/^[,:] */, '') ?? null;
  }
}

/** How a quantity can be given that a file lacks. */
function remedies(name: string, known: readonly string[]): string {
  const column = `--columns ${name}=NAME`;
  if (name === 'params') return `${column}, or --params 124M for all rows`;
  if (name === 'tokens' && known.includes('step')) return `${column}, or --tokens-per-step 0.5M`;
  return column;
}
