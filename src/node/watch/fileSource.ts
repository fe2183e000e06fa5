import { stat } from 'node:fs/promises';
import { IsoflopError } from '../../core/errors.ts';
import { findFiles } from '../../runs/disk/findFiles.ts';
import { openInputs, sourceOf } from '../../runs/disk/openInputs.ts';
import { curveOf, type RunCurve } from '../../watch/curve.ts';
import { CurveTable, type CurveColumns, type TabledRun } from '../../watch/curveTable.ts';
import { GrowingCsv } from './growingCsv.ts';
import { noRows, type RunRows, type RunSource } from './runSource.ts';

/** What is not there yet in a run that has just begun. */
const notYet: ReadonlySet<string> = new Set([
  'FILE_NOT_FOUND',
  'RUNS_NOT_FOUND',
  'FILE_WITHOUT_ROWS',
  'CSV_EMPTY',
  'CSV_NO_ROWS',
]);

/** Options of {@link fileSource}. */
export interface FileSourceOptions extends CurveColumns {
  /** Name of the run, where the file holds several. */
  readonly run?: string;
}

/**
 * A run in a file or folder of any format that isoflop reads: a CSV that grows is read from where it was left, others anew
 * when their sizes or times change. There may be nothing yet.
 */
export function fileSource(path: string, options: FileSourceOptions = {}): RunSource {
  const csv = new GrowingCsv(path, options);
  let stamp: string | undefined;
  const read = async (): Promise<readonly TabledRun[] | undefined> => {
    const kind = await kindOf(path);
    if (kind === 'csv') {
      const isNew = await csv.read();
      return isNew || stamp !== 'csv' ? ((stamp = 'csv'), csv.runs) : undefined;
    }
    const now = kind === 'none' ? 'none' : await stampOf(path);
    if (now === stamp) return undefined;
    const runs = kind === 'none' ? [] : await readAll([path], options);
    stamp = now;
    return runs;
  };
  return {
    name: path,
    poll: async () => {
      try {
        const runs = await read();
        return runs && rowsOf(path, runs, options.run);
      } catch (error) {
        if (!(error instanceof IsoflopError && notYet.has((error as IsoflopError).code))) throw error;
        return noRows(path);
      }
    },
  };
}

/** The run that is meant, of those that a file holds. */
function rowsOf(path: string, runs: readonly TabledRun[], wanted: string | undefined): RunRows {
  const names = runs.map(({ name }) => name);
  if (wanted === undefined && runs.length > 1) throw new IsoflopError('RUNS_SEVERAL', { run: path, names });
  const run = wanted === undefined ? runs.at(0) : runs.find((one) => one.name === wanted);
  if (run === undefined) return noRows(wanted ?? path);
  return {
    name: run.name === '' ? path : run.name,
    rows: run.rows,
    params: run.params,
    plannedTokens: null,
    flopsPerToken: run.flopsPerToken,
    since: run.since,
    family: [],
    hasEnded: false,
  };
}

/** Tables in text are read as they grow; what they are is told by the ending, as for a file that is still to come. */
async function kindOf(path: string): Promise<'csv' | 'other' | 'none'> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true && /\.[ct]sv$/i.test(path)) return 'csv';
  return found === undefined ? 'none' : 'other';
}

/** Sizes and times of all files that a path stands for. */
async function stampOf(path: string): Promise<string> {
  const files = await findFiles([path]);
  const stamps = await Promise.all(
    files.map(async ({ file }) => {
      const found = await stat(file.name).catch(() => undefined);
      return `${file.name} ${String(found?.size)} ${String(found?.mtimeMs)}`;
    }),
  );
  return stamps.join('\n');
}

/** All runs of some files. */
async function readAll(paths: readonly string[], options: CurveColumns): Promise<readonly TabledRun[]> {
  const { inputs } = await openInputs(paths);
  const runs: TabledRun[] = [];
  for (const input of inputs) {
    const table = new CurveTable(input.name, options);
    await sourceOf(input).read(table);
    runs.push(...table.runs);
  }
  return runs;
}

/**
 * The curves of the runs of some files, each as long as its last row says.
 *
 * @throws {@link IsoflopError} as `readRuns`
 */
export async function readRunCurves(paths: readonly string[], options: CurveColumns = {}): Promise<RunCurve[]> {
  const runs = await readAll(paths, options);
  return runs.flatMap(({ name, rows, params, flopsPerToken }) => {
    const plannedTokens = rows.reduce((most, { tokens }) => (tokens > most ? tokens : most), 0);
    if (!(plannedTokens > 0)) return [];
    const plan = { name, params, plannedTokens, ...(flopsPerToken === null ? {} : { flopsPerToken }) };
    return [curveOf(rows, plan)];
  });
}
