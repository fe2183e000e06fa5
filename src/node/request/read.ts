import type { Law } from '../../laws/law.ts';
import { IsoflopError } from '../../core/errors.ts';
import { nearOptimal } from '../../runs/index.ts';
import { readBytes } from '../../runs/disk/diskFile.ts';
import { openInputs, passedOverWarnings, sourceOf } from '../../runs/disk/openInputs.ts';
import { csvSource, readSources } from '../../runs/read.ts';
import type { Runs } from '../../runs/runs.ts';
import type { TableSource } from '../../runs/table.ts';
import type { Warning } from '../../core/warnings.ts';
import { lawOfFile } from '../lawOption.ts';
import { checkpointsOf, fitOptionsOf, type AskedFit, type DataRequest, type LawRequest } from './options.ts';

/** A file of runs, and the name by which messages and fits call it. */
export interface RunsFile {
  readonly name: string;
  readonly path: string;
  /** Whether the path may be a file of any format, a folder or a pattern; if not, it is a CSV file. */
  readonly isAny?: boolean;
}

/**
 * Files, folders and patterns under the names by which a user gave them.
 *
 * @throws {@link IsoflopError} `USAGE` for none, unless a query says what is read
 */
export function filesNamed(paths: readonly string[], sql?: string): RunsFile[] {
  if (paths.length === 0 && sql === undefined)
    throw new IsoflopError('USAGE', {
      message: 'No file is named.',
      remedy: 'Name a file, a folder or a pattern, or give a query with --sql.',
    });
  return paths.map((path) => ({ name: path, path, isAny: true }));
}

/** What --near-optimal needs besides the inputs of the law. */
const compared = ['params', 'tokens', 'loss'];

/** What else {@link readRequested} is told. */
export interface ReadingOptions {
  /** Quantities that every row has to have. */
  readonly needs: readonly string[];
  /** Further columns to keep. */
  readonly extra?: readonly string[];
  /** Told the bytes read so far, over all files, and how many there are. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/**
 * Reads the files and keeps the rows that a request asks for.
 *
 * @throws {@link IsoflopError} as `readRuns`
 */
export async function readRequested(
  files: readonly RunsFile[],
  request: DataRequest,
  { needs, extra = [], onProgress }: ReadingOptions,
): Promise<Runs> {
  const { nearOptimal: within, group } = request;
  const { sources, warnings } =
    request.sql === undefined ? await sourcesOf(files, onProgress) : await sqlSources(request.sql, files);
  const read = await readSources(sources, {
    columns: request.columns,
    where: request.where,
    params: request.paramsOfRuns,
    tokensPerStep: request.tokensPerStep,
    checkpoints: checkpointsOf(request),
    flopsPerParamToken: request.flopsPerToken,
    needs: [...new Set([...needs, ...(within === undefined ? [] : compared)])],
    extra: [...extra, ...(group === undefined || group === 'row' ? [] : [group])],
  });
  const all = { ...read, warnings: [...read.warnings, ...warnings] };
  return within === undefined ? all : nearOptimal(all, { within });
}

/** The rows of a query, of one database at most. */
async function sqlSources(
  sql: string,
  files: readonly RunsFile[],
): Promise<{ readonly sources: readonly TableSource[]; readonly warnings: readonly Warning[] }> {
  if (files.length > 1)
    throw new IsoflopError('USAGE', {
      message: '--sql reads one database, and several files are named.',
      remedy: 'Name the files in the query, such as --sql "select * from read_parquet(\'runs/*.parquet\')".',
    });
  const { sqlSource } = await import('../duckdb.ts');
  return { sources: [sqlSource(sql, files.at(0)?.path)], warnings: [] };
}

/** What the files hold, and what is to be said of those that hold nothing. */
async function sourcesOf(
  files: readonly RunsFile[],
  onProgress: ReadingOptions['onProgress'],
): Promise<{ readonly sources: readonly TableSource[]; readonly warnings: readonly Warning[] }> {
  let bytes = 0;
  let total = Infinity;
  const onBytes = (fresh: number): void => onProgress?.((bytes += fresh), total);
  if (files.every(({ isAny }) => isAny === true)) {
    const { inputs, passedOver } = await openInputs(
      files.map(({ path }) => path),
      onBytes,
    );
    total = inputs.flatMap((input) => input.files).reduce((sum, file) => sum + file.size, 0);
    return { sources: inputs.map(sourceOf), warnings: passedOverWarnings(passedOver) };
  }
  const counted = async function* (path: string): AsyncGenerator<Uint8Array> {
    for await (const piece of readBytes(path)) {
      yield piece;
      onBytes(piece.length);
    }
  };
  return { sources: files.map(({ name, path }) => csvSource(name, counted(path))), warnings: [] };
}

/** Laws that stand side by side, and the options under which they do. */
export interface ResolvedLaws {
  readonly laws: readonly Law[];
  readonly options: AskedFit;
}

/**
 * The laws that are asked for, for the columns of a file.
 *
 * @throws {@link IsoflopError} `USAGE` for laws of different responses; as `lawOfFile`
 */
export async function resolveLaws(
  file: RunsFile | undefined,
  request: LawRequest & Pick<DataRequest, 'columns' | 'sql'>,
  laws: readonly string[],
): Promise<ResolvedLaws> {
  const asked = fitOptionsOf(request);
  const resolved: Law[] = [];
  for (const law of laws) resolved.push(await lawOfFile({ ...asked, law }, file, request));
  const responses = [...new Set(resolved.map((law) => law.response.name))];
  if (responses.length > 1)
    throw new IsoflopError('USAGE', {
      message: `The laws predict different things (${responses.join(', ')}), so they cannot stand side by side.`,
      remedy: 'Compare laws of one response.',
    });
  // One objective for all of them.
  const objective = asked.objective ?? resolved.find((law) => law.objective !== undefined)?.objective;
  return { laws: resolved, options: { ...asked, ...(objective === undefined ? {} : { objective }) } };
}
