import { IsoflopError } from '../../core/errors.ts';
import { singleRunName, type InputFile } from '../input.ts';
import { readCsvInto } from '../read.ts';
import type { Cell, RowSink, TableNotes, TableSummary } from '../table.ts';
import { csvHeader } from './csv.ts';
import { isObject, readJson } from './json.ts';
import { logColumns } from './logNames.ts';
import { defineReader } from './reader.ts';

const format = 'the configuration of an OLMo ladder';

/** Folders above a configuration in which its paths are looked for: they begin at the root of the repository. */
const mostLevels = 8;

/** A CSV file that a configuration names. */
interface LadderRun {
  readonly file: InputFile;
  readonly params: number;
  readonly mode: string;
}

/** A configuration: models by label, each with its parameters `n` and the `path` or `paths` of its runs. */
const isLadder = (text: string): boolean =>
  /^\s*\{\s*"[^"]+"\s*:\s*\{/.test(text) && /"paths?"\s*:/.test(text) && /"n"\s*:\s*\d/.test(text);

const isRunTable = (names: readonly string[]): boolean =>
  names.includes('_step') &&
  names.includes('throughput/total_tokens') &&
  names.some((name) => name.endsWith('/CrossEntropyLoss'));

const own = { run: 'run (by its file)', params: 'n (configuration)', mode: 'mode (configuration)' };

const notesOf = (names: readonly string[], notes: TableNotes = {}): TableNotes => ({
  ...notes,
  preferred: { ...logColumns(names), run: [own.run], params: [own.params] },
  missing: { params: ', which the ladder keeps in its configuration: read that JSON file, which names this one' },
});

async function findRun(config: InputFile, path: string): Promise<InputFile> {
  for (let level = 0; level < mostLevels; level++) {
    const found = await config.beside('../'.repeat(level) + path);
    if (found !== undefined) return found;
  }
  throw new IsoflopError('FILE_NOT_FOUND', { file: `${path} (named in ${config.name})` });
}

async function readConfig(file: InputFile): Promise<LadderRun[]> {
  const models = await readJson(file, format);
  const runs: LadderRun[] = [];
  for (const [label, model] of Object.entries(isObject(models) ? models : {})) {
    const { n, path, paths, mode }: Readonly<Record<string, unknown>> = isObject(model) ? model : {};
    const all: unknown = paths ?? [path];
    if (typeof n !== 'number' || !Array.isArray(all) || !all.every((one) => typeof one === 'string')) {
      const reason = `"${label}" has not both n and paths`;
      throw new IsoflopError('FILE_DAMAGED', { file: file.name, format, reason });
    }
    for (const one of all) {
      const params = n;
      runs.push({ file: await findRun(file, one), params, mode: typeof mode === 'string' ? mode : '' });
    }
  }
  return runs;
}

/** Reads the runs that a configuration names as one table; they may differ in what was evaluated. */
async function readLadder(config: InputFile, sink: RowSink): Promise<TableSummary> {
  const runs = await readConfig(config);
  const headers: string[][] = [];
  for (const { file } of runs) headers.push(csvHeader(await file.head()));
  const names = [...new Set(headers.flat())];
  sink.header([own.run, own.params, own.mode, ...names], notesOf(names));
  let rows = 0;
  const digests = [await config.sha256()];
  for (const { file, params, mode } of runs) {
    const cells: Cell[] = [singleRunName(file.path), params, mode];
    let places: number[] = [];
    const summary = await readCsvInto(file.name, file.open(), {
      header: (columns) => (places = columns.map((column) => 3 + names.indexOf(column))),
      row: (fields, line) => {
        cells.length = 3;
        for (let k = 0; k < names.length; k++) cells.push('');
        for (let k = 0; k < fields.length; k++) cells[places[k]] = fields[k];
        sink.row(cells, line);
      },
      warn: (warning) => {
        sink.warn(warning);
      },
    });
    rows += summary.rows;
    digests.push(summary.sha256);
  }
  return { rows, sha256: digests.join(',') };
}

/** One CSV of a ladder by itself. */
async function readRun(file: InputFile, sink: RowSink): Promise<TableSummary> {
  const run = singleRunName(file.path);
  return await readCsvInto(file.name, file.open(), {
    header: (names, notes) => sink.header([...names, own.run], notesOf(names, notes)),
    row: (fields, line) => {
      sink.row([...fields, run], line);
    },
    warn: (warning) => {
      sink.warn(warning);
    },
  });
}

/** The run tables of OLMo's ladder (scripts/scaling), and the configurations that say how large their models are. */
export const olmoLadder = defineReader({
  id: 'olmo-ladder',
  title: 'OLMo ladder',
  recognises: (head) => isLadder(head.text) || isRunTable(csvHeader(head)),
  supersedes: (files, all) => {
    // A configuration names its files by paths that end like those of the files themselves.
    const configs = files.filter(({ head }) => isLadder(head.text));
    const isNamed = (file: InputFile): boolean =>
      configs.some(({ head }) => head.text.includes(`/${file.path.slice(-2).join('/')}"`));
    return new Map(
      all.filter(isNamed).map((file) => [file, `${configs[0].file.name} names it, and says how large its model is`]),
    );
  },
  read: async ([file], sink) =>
    isLadder((await file.head()).text) ? await readLadder(file, sink) : await readRun(file, sink),
});
