import { IsoflopError } from '../../src/core/errors.ts';
import type { RunsFile } from '../../src/node/request/read.ts';
import { parseCell } from '../../src/runs/cell.ts';
import { knownQuantities, recognise } from '../../src/runs/columns.ts';
import { readCsv } from '../../src/runs/csv.ts';
import { readBytes } from '../../src/runs/disk/diskFile.ts';
import { linkedQuantities, planFile } from '../../src/runs/plan.ts';
import { mostDistinct, type ColumnDescription, type Description } from '../stores/description.ts';

/** Characters of a cell that are shown as an example. */
const shownLength = 60;
const mostExamples = 3;

/** What is known of a column so far. */
class ColumnSummary {
  readonly name: string;
  #filled = 0;
  #numbers = 0;
  #min = Infinity;
  #max = -Infinity;
  readonly #values = new Set<string>();
  #tooMany = false;

  constructor(name: string) {
    this.name = name;
  }

  take(cell: string, decimalComma: boolean): void {
    const number = parseCell(cell, decimalComma);
    if (Number.isNaN(number)) return;
    this.#filled++;
    if (number !== undefined) {
      this.#numbers++;
      if (number < this.#min) this.#min = number;
      if (number > this.#max) this.#max = number;
    }
    if (this.#tooMany) return;
    const value = cell.slice(0, shownLength);
    if (this.#values.has(value)) return;
    if (this.#values.size === mostDistinct) this.#tooMany = true;
    // A copy: a slice would keep the block of the file that it comes from in memory.
    else this.#values.add(Buffer.from(value).toString());
  }

  describe(): ColumnDescription {
    const kind = this.#filled === 0 ? 'empty' : this.#numbers === this.#filled ? 'number' : 'text';
    const isNumber = kind === 'number' && Number.isFinite(this.#min) && Number.isFinite(this.#max);
    return {
      name: this.name,
      kind,
      filled: this.#filled,
      distinct: this.#tooMany ? null : this.#values.size,
      min: isNumber ? this.#min : null,
      max: isNumber ? this.#max : null,
      examples: [...this.#values].slice(0, mostExamples),
    };
  }
}

/**
 * Reads a CSV file to its end and says what is in it: rows, columns with their ranges, and which quantities are recognised.
 *
 * @throws {@link IsoflopError} `DATASET_TOO_LONG`, `DATASET_TOO_WIDE`, and as `readCsv`
 */
export async function describeFile(
  { name, path }: RunsFile,
  limits: { readonly rows: number; readonly columns: number },
): Promise<Description> {
  let columns: ColumnSummary[] = [];
  let decimalComma = false;
  let rows = 0;
  const { sha256 } = await readCsv(name, readBytes(path), {
    header: (names, separator) => {
      if (names.length > limits.columns) throw new IsoflopError('DATASET_TOO_WIDE', { name, limit: limits.columns });
      columns = names.map((column) => new ColumnSummary(column));
      decimalComma = separator === ';';
    },
    row: (fields) => {
      if (++rows > limits.rows) throw new IsoflopError('DATASET_TOO_LONG', { name, limit: limits.rows });
      for (let k = 0; k < columns.length; k++) columns[k].take(fields[k], decimalComma);
    },
  });
  return { sha256, rows, columns: columns.map((column) => column.describe()), ...recognised(name, columns) };
}

/** Which quantities the names of the columns tell, and what is missing for the usual law. */
function recognised(
  file: string,
  columns: readonly { readonly name: string }[],
): Pick<Description, 'quantities' | 'ambiguous' | 'derived' | 'problem'> {
  const header = columns.map((column) => column.name);
  const found = knownQuantities.map((quantity) => [quantity, recognise(quantity, header)] as const);
  const single = found.filter(([, names]) => names.length === 1);
  const known = new Set<string>(single.map(([quantity]) => quantity));
  const linked = linkedQuantities.filter((quantity) => known.has(quantity));
  return {
    quantities: Object.fromEntries(single.map(([quantity, [name]]) => [quantity, name])),
    ambiguous: Object.fromEntries(found.filter(([, names]) => names.length > 1)),
    derived: linked.length === 2 ? linkedQuantities.filter((quantity) => !known.has(quantity)) : [],
    problem: problemOf(file, header),
  };
}

function problemOf(file: string, header: readonly string[]): Description['problem'] {
  const row = { fields: [], cells: new Float64Array(), values: new Float64Array() };
  const needs = ['params', 'tokens', 'loss'];
  try {
    planFile({ columns: {}, where: undefined, needs, extra: [], tokensPerStep: undefined }, header, file, row);
    return null;
  } catch (error) {
    if (!(error instanceof IsoflopError)) throw error;
    const { code, message, remedy } = error as IsoflopError;
    return { code, message, remedy };
  }
}
