import { IsoflopError } from '../core/errors.ts';
import { tryParseQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import { parseCell } from '../runs/cell.ts';
import { columnUnknown, findColumn, normaliseName } from '../runs/columns.ts';
import { readCsv } from '../runs/csv.ts';

/** Public models and what they score on benchmarks. */
export interface BenchmarkTable {
  /** Name of the file. */
  readonly source: string;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string;
  /** Names of the models, one a row. */
  readonly models: readonly string[];
  /** Family of each model; the model itself where the table names none. */
  readonly families: readonly string[];
  /** Parameters, length models; NaN where not known. */
  readonly params: Float64Array;
  /** Training tokens, length models; NaN where not known. */
  readonly tokens: Float64Array;
  /** Training compute in FLOP, length models; 6 N D where the table has both and no compute, NaN where not known. */
  readonly flops: Float64Array;
  readonly benchmarks: readonly string[];
  /** Shares of right answers between 0 and 1, row-major models x benchmarks; NaN where missing. */
  readonly scores: Float64Array;
  readonly warnings: readonly Warning[];
}

/** How the columns of a table of benchmarks are read. */
export interface BenchmarkOptions {
  /** Columns by what they hold: `model`, `family`, `params`, `tokens`, `flops`; recognised by name unless given. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Columns that are benchmarks; every other column of numbers unless given. */
  readonly benchmarks?: readonly string[];
}

/** Recognised names, best first, without case, separators and a unit in parentheses. */
const roles = {
  model: ['model', 'modelname', 'name', 'run'],
  family: ['family', 'modelfamily', 'series'],
  params: ['params', 'modelsize', 'parameters', 'numparams', 'nparams', 'size', 'n'],
  tokens: ['tokens', 'pretrainingdatasize', 'trainingtokens', 'traintokens', 'datasize', 'd'],
  flops: ['flops', 'flop', 'trainingflops', 'trainingflop', 'compute', 'trainingcompute', 'c'],
} as const;
type Role = keyof typeof roles;
const roleNames = Object.keys(roles) as readonly Role[];
const isRole = (name: string): name is Role => Object.hasOwn(roles, name);

/** A column of the file as it is read: one cell a row, with its line. */
interface RawTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly sha256: string;
  /** Whether numbers may have a decimal comma. */
  readonly comma: boolean;
}

/**
 * Reads a table of benchmarks: a row for each model, with its family, size, training tokens or compute where known, and a
 * column for each benchmark, as shares of 1 or in per cent (which each column tells by its largest value). A unit in the
 * header counts: `Model Size (B)`, `FLOPs (1E21)`. Blank cells are missing.
 *
 * @param file - name of the file in errors
 * @param pieces - the bytes of the CSV, cut anywhere
 * @throws {@link IsoflopError} `COLUMN_UNKNOWN`, `VALUE_NOT_A_NUMBER`, `BENCHMARK_RANGE`, `MODELS_TOO_FEW` and what
 * {@link readCsv} throws
 * @see arXiv 2405.10938, section 3 (Ruan et al. 2024)
 * @example
 * ```ts
 * const bytes = new TextEncoder().encode('model,family,size (B),MMLU,GSM8K\na-7b,a,7,45,\na-70b,a,70,70,55\nb-1b,b,1,25,1\n');
 * const table = await parseBenchmarks('models.csv', [bytes]);
 * table.benchmarks; // ['MMLU', 'GSM8K']
 * table.scores[2]; // 0.7
 * table.params[1]; // 7e10
 * ```
 */
export async function parseBenchmarks(
  file: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: BenchmarkOptions = {},
): Promise<BenchmarkTable> {
  const raw = await readRaw(file, pieces);
  const { header, rows } = raw;
  const places = findRoles(file, header, options.columns ?? {});
  const number = (column: number, row: number): number => cellOf(file, raw, column, row);
  const quantity = (role: Role): Float64Array => {
    const column = places[role];
    const { factor } = splitUnit(column === undefined ? '' : header[column]);
    return Float64Array.from(rows, (_, row) => (column === undefined ? NaN : scaled(number(column, row), factor)));
  };
  const [params, tokens, given] = (['params', 'tokens', 'flops'] as const).map((role) => {
    const values = quantity(role);
    for (const [row, value] of values.entries())
      if (value <= 0 || value === Infinity)
        throw new IsoflopError('VALUE_NOT_POSITIVE', {
          file,
          line: raw.lines[row],
          column: header[places[role] ?? 0],
          value,
        });
    return values;
  });
  const taken = new Set(Object.values(places));
  const chosen = chooseBenchmarks(file, raw, taken, options.benchmarks);
  const scores = new Float64Array(rows.length * chosen.length).fill(NaN);
  const warnings: Warning[] = [];
  const percent = chosen.map((column) => rows.some((_, row) => number(column, row) > 1));
  for (const [j, column] of chosen.entries()) {
    for (const row of rows.keys()) {
      const value = number(column, row);
      if (value < 0 || value > 100)
        throw new IsoflopError('BENCHMARK_RANGE', { file, line: raw.lines[row], column: header[column], value });
      scores[row * chosen.length + j] = percent[j] ? value / 100 : value;
    }
  }
  const mixed = chosen.filter((_, j) => !percent[j]);
  if (mixed.length > 0 && mixed.length < chosen.length)
    warnings.push(
      createWarning(
        'SUSPECT_UNITS',
        `${mixed.map((column) => header[column]).join(', ')} ${mixed.length === 1 ? 'has' : 'have'} no value above 1 while other benchmarks are in per cent: read as shares of 1.`,
        { remedy: 'Write all benchmarks in one unit.' },
      ),
    );
  const name = (role: 'model' | 'family', row: number): string | undefined => {
    const column = places[role];
    return column === undefined ? undefined : rows[row][column].trim();
  };
  const models = rows.map((_, row) => name('model', row) ?? `row ${String(row + 1)}`);
  return {
    source: file,
    sha256: raw.sha256,
    models,
    families: rows.map((_, row) => name('family', row) ?? models[row]),
    params,
    tokens,
    flops: given.map((value, row) => (Number.isNaN(value) ? 6 * params[row] * tokens[row] : value)),
    benchmarks: chosen.map((column) => header[column]),
    scores,
    warnings,
  };
}

async function readRaw(file: string, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<RawTable> {
  let header: readonly string[] = [];
  let comma = false;
  const rows: string[][] = [];
  const lines: number[] = [];
  const { sha256 } = await readCsv(file, pieces, {
    header: (names, separator) => {
      header = names;
      comma = separator === ';';
    },
    row: (fields, line) => {
      rows.push(fields.slice(0, header.length));
      lines.push(line);
    },
  });
  return { header, rows, lines, sha256, comma };
}

/** A name and what its values are multiplied by: a unit in parentheses such as (B) or (1E21). */
function splitUnit(name: string): { readonly bare: string; readonly factor: number } {
  const match = /^(.*?)\s*\(([^()]*)\)$/.exec(name);
  const unit = match?.[2].trim() ?? '';
  const factor = unit === '' ? undefined : tryParseQuantity(/^[\d.]/.test(unit) ? unit : `1${unit}`);
  return match === null || factor === undefined ? { bare: name, factor: 1 } : { bare: match[1], factor };
}

/** A product without the digits that rounding adds: 0.124 billion is 124 million. */
const scaled = (value: number, factor: number): number => Number((value * factor).toPrecision(15));

function findRoles(
  file: string,
  header: readonly string[],
  named: Readonly<Record<string, string>>,
): Partial<Record<Role, number>> {
  const places: Partial<Record<Role, number>> = {};
  for (const [role, column] of Object.entries(named)) {
    if (!isRole(role))
      throw new IsoflopError('OPTION_INVALID', {
        option: '--columns',
        value: role,
        expected: `what a column holds: ${roleNames.join(', ')}`,
      });
    const place = findColumn(column, header, file);
    if (place === -1) throw columnUnknown(column, header, file);
    places[role] = place;
  }
  const bare = header.map((name) => normaliseName(splitUnit(name).bare));
  for (const role of roleNames) {
    if (places[role] !== undefined) continue;
    const place = roles[role].map((name) => bare.indexOf(name)).find((at) => at !== -1);
    if (place !== undefined && !Object.values(places).includes(place)) places[role] = place;
  }
  return places;
}

function chooseBenchmarks(
  file: string,
  raw: RawTable,
  taken: ReadonlySet<number>,
  named: readonly string[] | undefined,
): number[] {
  const { header, rows, comma } = raw;
  if (named !== undefined) {
    const columns = named.map((name) => {
      const column = findColumn(name, header, file);
      if (column === -1) throw columnUnknown(name, header, file);
      return column;
    });
    const again = columns.find((column, k) => columns.indexOf(column) !== k || taken.has(column));
    if (again !== undefined)
      throw new IsoflopError('OPTION_INVALID', {
        option: '--benchmarks',
        value: header[again],
        expected: 'columns of scores, each once, that hold neither a size nor a name',
      });
    return columns;
  }
  return [...header.keys()].filter((column) => {
    if (taken.has(column) || header[column] === '') return false;
    const values = rows.map((row) => parseCell(row[column], comma));
    // A column of text is no benchmark; one with a slip in it is, and the slip is reported when it is read.
    const numbers = values.filter((value) => value !== undefined && !Number.isNaN(value)).length;
    const texts = values.filter((value) => value === undefined).length;
    return numbers > 0 && texts <= numbers / 4;
  });
}

function cellOf(file: string, { header, rows, lines, comma }: RawTable, column: number, row: number): number {
  const value = parseCell(rows[row][column], comma);
  if (value === undefined)
    throw new IsoflopError('VALUE_NOT_A_NUMBER', {
      file,
      line: lines[row],
      column: header[column],
      value: rows[row][column],
    });
  return value;
}
