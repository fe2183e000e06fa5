import { createWarning, type Warning } from '../../core/warnings.ts';
import { IsoflopError } from '../../core/errors.ts';
import type { Head } from '../head.ts';
import { csv } from '../readers/csv.ts';
import { readers } from '../readers/index.ts';
import { jsonLines } from '../readers/jsonLines.ts';
import { jsonTable } from '../readers/jsonTable.ts';
import type { InspectedFile, Reader } from '../readers/reader.ts';
import type { TableSource } from '../table.ts';
import type { DiskFile, OnBytes } from './diskFile.ts';
import { findFiles } from './findFiles.ts';

/** What is read as one source: a file and its reader, or several files of one run. */
export interface Input {
  readonly name: string;
  readonly reader: Reader;
  readonly files: readonly DiskFile[];
}

/** A file that was not read. */
export interface PassedOver {
  readonly name: string;
  /** Continues the sentence "It was passed over:". */
  readonly why: string;
}

/** What some paths stand for. */
export interface Inputs {
  readonly inputs: readonly Input[];
  readonly passedOver: readonly PassedOver[];
}

/** Files whose names are listed in a message; of the others the number is told. */
const mostListed = 5;

/**
 * Finds the files that some paths stand for and the readers that recognise them.
 *
 * One file that is named alone and that no reader recognises is read as CSV, whose reader says what is wrong with it;
 * among several files it is passed over.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `RUNS_NOT_FOUND`
 */
export async function openInputs(paths: readonly string[], onBytes?: OnBytes): Promise<Inputs> {
  const found = await findFiles(paths, onBytes);
  const passedOver: PassedOver[] = [];
  const recognised: { readonly file: DiskFile; readonly reader: Reader; readonly inspected?: InspectedFile }[] = [];
  for (const { file, isNamed } of found) {
    const head = await file.head();
    const reader =
      readers.find((one) => one.recognises(head, isNamed)) ??
      (isNamed && found.length === 1 ? fallback(head) : undefined);
    if (reader === undefined)
      passedOver.push({ name: file.name, why: head.bytes.length === 0 ? 'it is empty' : 'no reader recognises it' });
    // Heads of thousands of files would fill the memory; only some readers look at them again.
    else recognised.push({ file, reader, ...(reader.supersedes === undefined ? {} : { inspected: { file, head } }) });
  }
  const better = new Map<unknown, string>();
  for (const reader of new Set(recognised.map((one) => one.reader))) {
    const own = recognised.flatMap((one) => (one.reader === reader && one.inspected ? [one.inspected] : []));
    const files = recognised.map(({ file }) => file);
    for (const [file, why] of reader.supersedes?.(own, files) ?? []) better.set(file, why);
  }
  const inputs: (Input & { readonly files: DiskFile[] })[] = [];
  const byFolder = new Map<string, DiskFile[]>();
  for (const { file, reader } of recognised) {
    const why = better.get(file);
    if (why !== undefined) {
      passedOver.push({ name: file.name, why });
      continue;
    }
    const folder = `${reader.id}:${file.path.slice(0, -1).join('/')}`;
    const joined = reader.joinsFolder === true ? byFolder.get(folder) : undefined;
    if (joined !== undefined) {
      joined.push(file);
      continue;
    }
    const files = [file];
    byFolder.set(folder, files);
    inputs.push({ name: file.name, reader, files });
  }
  if (inputs.length === 0)
    throw new IsoflopError('RUNS_NOT_FOUND', { paths, passedOver: passedOver.slice(0, mostListed).map(sentence) });
  return { inputs, passedOver };
}

/** The reader that says what is wrong with a file that no reader recognises. */
function fallback({ text }: Head): Reader {
  const start = text.trimStart();
  if (start.startsWith('[')) return jsonTable;
  return start.startsWith('{') ? jsonLines : csv;
}

const sentence = ({ name, why }: PassedOver): string => `${name}: ${why}`;

/** The source that an input is. */
export const sourceOf = ({ name, reader, files }: Input): TableSource => ({
  name,
  read: async (sink) => {
    const { rows, sha256 } = await reader.read(files, sink);
    if (sha256 !== undefined) return { rows, sha256 };
    const digests: string[] = [];
    for (const file of files) digests.push(await file.sha256());
    return { rows, sha256: digests.join(',') };
  },
});

/** What to tell of files that were not read; nothing where there are none. */
export function passedOverWarnings(passedOver: readonly PassedOver[]): Warning[] {
  if (passedOver.length === 0) return [];
  const listed = passedOver.slice(0, mostListed).map(sentence).join('; ');
  const rest = passedOver.length - mostListed;
  const more = rest > 0 ? `; and ${String(rest)} more` : '';
  const what = passedOver.length === 1 ? '1 file was' : `${String(passedOver.length)} files were`;
  return [createWarning('FILES_PASSED_OVER', `${what} passed over: ${listed}${more}.`)];
}
