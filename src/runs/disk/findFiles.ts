import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { DiskFile, fileError, type OnBytes } from './diskFile.ts';
import { isPattern, patternExpression, patternRoot } from './glob.ts';

/** A file that a path stands for. */
export interface FoundFile {
  readonly file: DiskFile;
  /** Whether the path is that of the file, and not of a folder or a pattern that it was found by. */
  readonly isNamed: boolean;
}

/** Folders that hold programs or the history of files, but no runs. */
const skippedFolders = new Set(['node_modules', '.git', '__pycache__', '.venv']);

/** Files of one call; a folder of more is probably not what was meant. A row keeps the number of its file in 16 bits. */
const mostFiles = 65_535;

/**
 * The files that some paths stand for: a file itself, all files in a folder and in the folders below it, or those that a
 * pattern matches. A file that is found in several ways comes once; one that is named twice comes twice.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `USAGE`
 */
export async function findFiles(paths: readonly string[], onBytes?: OnBytes): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const known = new Set<string>();
  const named = new Set<string>();
  for (const path of paths) {
    const kind = await kindOf(path);
    if (kind === undefined && !isPattern(path)) throw new IsoflopError('FILE_NOT_FOUND', { file: path });
    const isNamed = kind === 'file';
    const files = isNamed ? [path] : kind === 'folder' ? await filesBelow(path) : await filesMatching(path);
    for (const file of files) {
      const place = resolve(file);
      if (known.has(place) && !(isNamed && named.has(place))) continue;
      known.add(place);
      if (isNamed) named.add(place);
      const { size } = await stat(file).catch((error: unknown) => {
        throw fileError(error, file);
      });
      found.push({ file: new DiskFile(file, file, size, onBytes), isNamed });
    }
    if (found.length > mostFiles)
      throw new IsoflopError('USAGE', {
        message: `${path} stands for more than ${String(mostFiles)} files.`,
        remedy: `Name a smaller folder or a pattern such as '${path}/**/*.csv'.`,
      });
  }
  return found;
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(error, path);
  }
}

/** Files in a folder and the folders below it, in the order of their names; links to folders are not followed. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name)) files.push(...(await filesBelow(path)));
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await kindOf(path)) === 'file')) files.push(path);
    if (files.length > mostFiles) return files;
  }
  return files;
}

/** Files that a pattern matches, and all files in the folders that it matches, as if a shell had written these out. */
async function filesMatching(pattern: string): Promise<string[]> {
  const root = patternRoot(pattern);
  const matches = patternExpression(pattern.replace(/^\.\//, '').replace(/\/$/, ''));
  if ((await kindOf(root)) !== 'folder') throw new IsoflopError('FILE_NOT_FOUND', { file: pattern });
  const files = (await filesBelow(root)).filter((file) => {
    const parts = (file.startsWith('/') ? file : relative('.', file)).split(/[\\/]/);
    return parts.some((_, k) => matches.test(parts.slice(0, k + 1).join('/')));
  });
  if (files.length === 0) throw new IsoflopError('FILE_NOT_FOUND', { file: pattern });
  return files;
}
