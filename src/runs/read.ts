import { createWarning } from '../core/warnings.ts';
import type { CheckpointOptions } from './checkpointOptions.ts';
import { selectCheckpoints } from './checkpoints.ts';
import { checkedFactor } from './checks.ts';
import { parseColumnsOption } from './columns.ts';
import { readCsv, type CsvSink } from './csv.ts';
import { readExpression } from './expression.ts';
import type { ReadOptions } from './options.ts';
import { planFile, whereInvalid, type Request, type Row } from './plan.ts';
import type { Runs } from './runs.ts';
import { noSelection } from './selection.ts';
import { RunsStore } from './store.ts';
import { createTaker } from './take.ts';

/** One source of CSV: its name in messages, and its bytes. */
export interface CsvSource {
  readonly name: string;
  readonly open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * Reads CSV text into runs; {@link readRuns} does the same for files.
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
  const bytes = typeof text === 'string' ? [new TextEncoder().encode(text)] : text;
  return await readSources([{ name: options.name ?? 'the CSV text', open: () => bytes }], options);
}

/**
 * Reads several sources of the same quantities into one table.
 *
 * @example
 * ```ts
 * await readSources([{ name: 'runs.csv', open: () => createReadStream('runs.csv') }], { where: 'loss < 4' });
 * ```
 */
export async function readSources(sources: readonly CsvSource[], options: ReadOptions): Promise<Runs> {
  const request: Request = {
    columns: parseColumnsOption(options.columns ?? {}, options.needs),
    where: parseWhere(options.where),
    needs: options.needs,
    extra: options.extra ?? [],
  };
  const flopsPerParamToken = checkedFactor(options.flopsPerParamToken ?? 6);
  const store = new RunsStore();
  let bytes = 0;
  for (const { name, open } of sources) {
    const sink = createSink(request, store, name, flopsPerParamToken);
    const progress = (length: number): void => options.onProgress?.((bytes += length));
    const { sha256, rows } = await readCsv(name, counted(open(), progress), sink);
    store.endSource({ name, sha256, rows });
  }
  const runs = warnOfDuplicates(store.finish(flopsPerParamToken));
  const selection = { ...noSelection, where: options.where ?? null };
  return selectCheckpoints({ ...runs, selection }, checkpointsOf(options));
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

function createSink(request: Request, store: RunsStore, file: string, flopsPerParamToken: number): CsvSink {
  const row: Row = { fields: [], cells: new Float64Array(), values: new Float64Array() };
  const whereReason = `--where ${request.where?.text ?? ''}`;
  let take: (line: number) => void;
  return {
    header: (names, separator) => {
      const plan = planFile(request, names, file, row);
      const decimalComma = separator === ';';
      store.decimalComma ||= decimalComma;
      take = createTaker({ plan, row, store, file, flopsPerParamToken, decimalComma, whereReason });
    },
    row: (fields, line) => {
      row.fields = fields;
      take(line);
    },
  };
}

async function* counted(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  progress: (length: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece;
    progress(piece.length);
  }
}
