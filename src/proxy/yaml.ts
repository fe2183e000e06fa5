import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { IsoflopError } from '../core/errors.ts';
import { readFailure } from '../node/readFailure.ts';

/** Steps from the top of a document to a part of it. */
export type YamlPath = readonly (string | number)[];

/** A YAML 1.2 document, and where its parts are. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown;
  /** Whether a part is there. */
  readonly has: (path: YamlPath) => boolean;
  /** The line of a part, by its path; of the nearest part above it that is there. */
  readonly lineOf: (path: YamlPath) => number;
}

/** What is wrong with a config: where, what, and the remedy. */
export function configError(
  { file, lineOf }: Pick<YamlDocument, 'file' | 'lineOf'>,
  path: YamlPath,
  message: string,
  remedy: string,
): IsoflopError {
  return new IsoflopError('CONFIG_INVALID', { file, line: lineOf(path), path: path.join('.'), message, remedy });
}

/** Aliases that a document may resolve to: nested ones make a small file a huge value. */
const mostAliases = 100;

/**
 * Reads a YAML file.
 *
 * @throws IsoflopError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `CONFIG_INVALID` with the line
 */
export async function readYaml(file: string): Promise<YamlDocument> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw readFailure(file, error);
  });
  const lines = new LineCounter();
  const lineAt = (position: number | undefined): number => (position === undefined ? 1 : lines.linePos(position).line);
  const refused = (position: number | undefined, message: string, remedy: string): IsoflopError =>
    configError({ file, lineOf: () => lineAt(position) }, [], message, remedy);
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false });
  } catch (error) {
    // The parser calls itself for each level.
    throw refused(undefined, `its YAML cannot be read: ${(error as Error).message}`, 'Nest it less deeply.');
  }
  const [mistake] = document.errors;
  if ((mistake as typeof mistake | undefined) !== undefined)
    throw refused(mistake.pos[0], mistake.message, 'Correct the YAML there.');
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    throw refused(firstAlias(document), (error as Error).message, 'Write out what the alias stands for.');
  }
  return {
    file,
    value,
    has: (path) => document.hasIn(path),
    lineOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const position = positionOf(document, path.slice(0, length));
        if (position !== undefined) return lineAt(position);
      }
      return lineAt(document.contents?.range[0]);
    },
  };
}

/** Where a part begins: its key, or the item of a list. */
function positionOf(document: Document.Parsed, path: YamlPath): number | undefined {
  const step = path.at(-1);
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return (document.getIn(path, true) as { range?: readonly number[] } | undefined)?.range?.[0];
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

function firstAlias(document: Document.Parsed): number | undefined {
  let position: number | undefined;
  visit(document, {
    Alias: (_key, node) => {
      position = node.range?.[0];
      return visit.BREAK;
    },
  });
  return position;
}
