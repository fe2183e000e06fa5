import { IsoflopError } from '../core/errors.ts';
import { createWarning } from '../core/warnings.ts';
import type { CheckpointOptions } from './checkpointOptions.ts';
import { chooseCheckpoints } from './checkpoints.ts';
import { checkedFactor } from './checks.ts';
import { parseColumnsOption } from './columns.ts';
import { readCsv } from './csv.ts';
import { readExpression } from './expression.ts';
import { whereInvalid } from './expressionErrors.ts';
import type { ReadOptions } from './options.ts';
import { planFile, type Request, type Row } from './plan.ts';
import { curveQuantities } from './curveQuantities.ts';
import { recordRates } from './recordedRates.ts';
import type { Runs } from './runs.ts';
import { keepRows } from './select.ts';
import { noSelection } from './selection.ts';
import { RunsStore } from './store.ts';
import type { RowSink, TableSource } from './table.ts';
import { createTaker } from './take.ts';

/**
 * Reads CSV text into runs; {@link readRuns} does the same for files, of other formats too.
 *
 * @param text - the text, or its bytes as they come
 * @param options - columns, condition and what has to be there; `name` is the name of the source in messages
 * @throws {@link IsoflopError} with the file, line, column and value for input that cannot be used
 * @example
 * ```ts
 * const runs = await parseRuns('N,D,loss\n70e9,1.4T,2.0\n');
 * runs.quantities.flops; // Float64Array [5.88e23]
 * ```
 */
export async function parseRuns(
  text: string | AsyncIterable<Uint8Array>,
  options: ReadOptions & { readonly name?: string } = {},
): Promise<Runs> {
  const pieces = typeof text === 'string' ? [new TextEncoder().encode(text)] : text;
  const counted = countBytes(pieces, options.onProgress);
  return await readSources([csvSource(options.name ?? 'the CSV text', counted)], options);
}

/** A source whose bytes are CSV. */
export const csvSource = (name: string, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): TableSource => ({
  name,
  read: (sink) => readCsvInto(name, pieces, sink),
});

/** Reads CSV into a sink of any table. */
export async function readCsvInto(
  name: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sink: RowSink,
): ReturnType<TableSource['read']> {
  return await readCsv(name, pieces, {
    header: (names, separator) => {
      sink.header(names, { decimalComma: separator === ';' });
    },
    row: (fields, line) => {
      sink.row(fields, line);
    },
  });
}

/** Tells the bytes of a stream as they pass. */
async function* countBytes(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onProgress: ReadOptions['onProgress'],
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    yield piece;
    onProgress?.((bytes += piece.length));
  }
}

/**
 * Reads several sources of the same quantities into one table.
 *
 * @example
 * ```ts
 * await readSources([csvSource('runs.csv', createReadStream('runs.csv'))], { where: 'loss < 4' });
 * ```
 */
export async function readSources(sources: readonly TableSource[], options: ReadOptions): Promise<Runs> {
  const request = requestOf(options);
  const flopsPerParamToken = checkedFactor(options.flopsPerParamToken ?? 6);
  const store = new RunsStore();
  for (const { name, read } of sources) {
    const { sha256, rows } = await read(createSink(request, store, name, flopsPerParamToken));
    store.endSource({ name, sha256, rows });
  }
  const runs = warnOfDuplicates(store.finish(flopsPerParamToken));
  const selection = { ...noSelection, where: options.where ?? null };
  // Nobody else has these rows yet, so what is not kept need not be.
  const asked = { ...runs, selection };
  const isOfCurves = curveQuantities.every((name) => options.needs?.includes(name) === true);
  return chooseCheckpoints(isOfCurves ? recordRates(asked) : asked, checkpointsOf(options), keepRows);
}

/**
 * What the options ask of every file.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`, `QUANTITY_UNKNOWN`, `QUANTITY_NOT_POSITIVE`, `USAGE`, `WHERE_INVALID`
 */
export function requestOf(options: ReadOptions): Request {
  const { needs, params, tokensPerStep, extra = [] } = options;
  const columns = parseColumnsOption(options.columns ?? {}, needs);
  const constants = [
    ['params', '--params', params],
    ['tokens', '--tokens-per-step', tokensPerStep],
  ] as const;
  for (const [quantity, option, value] of constants) {
    if (value === undefined) continue;
    if (!(value > 0 && value < Infinity)) throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: option, value });
    if (quantity in columns)
      throw new IsoflopError('USAGE', {
        message: `${option} and --columns ${quantity}=${columns[quantity]} both say what ${quantity} are.`,
        remedy: 'Leave one of the two out.',
      });
  }
  return {
    columns: params === undefined ? columns : { ...columns, params: String(params) },
    where: parseWhere(options.where),
    needs,
    extra,
    tokensPerStep,
  };
}

/** What to keep of the runs: everything unless asked otherwise. */
function checkpointsOf({ checkpoints, fromFraction }: ReadOptions): CheckpointOptions {
  if (fromFraction !== undefined) return { ...checkpoints, fromFraction };
  return checkpoints ?? { all: true };
}

/** The same bytes under two names are the same runs, counted twice. */
function warnOfDuplicates(runs: Runs): Runs {
  const first = new Map<string, string>();
  const warnings = runs.sources.flatMap(({ name, sha256 }) => {
    const before = first.get(sha256);
    if (before === undefined) first.set(sha256, name);
    return before === undefined
      ? []
      : [createWarning('DUPLICATE_SOURCE', `${name} has the same content as ${before}.`)];
  });
  return warnings.length === 0 ? runs : { ...runs, warnings: [...runs.warnings, ...warnings] };
}

function parseWhere(text: string | undefined): Request['where'] {
  if (text === undefined) return undefined;
  try {
    return { text, expression: readExpression(text) };
  } catch (error) {
    throw whereInvalid(text, error);
  }
}

function createSink(request: Request, store: RunsStore, file: string, flopsPerParamToken: number): RowSink {
  const row: Row = { fields: [], cells: new Float64Array(), values: new Float64Array() };
  const whereReason = `--where ${request.where?.text ?? ''}`;
  let take: (line: number) => void;
  return {
    header: (names, notes = {}) => {
      const plan = planFile(request, names, file, row, notes);
      const { decimalComma = false } = notes;
      store.decimalComma ||= decimalComma;
      take = createTaker({ plan, row, store, file, flopsPerParamToken, decimalComma, whereReason });
      return plan.fields;
    },
    row: (fields, line) => {
      row.fields = fields;
      take(line);
    },
    warn: (warning) => {
      store.warn(warning);
    },
  };
}
