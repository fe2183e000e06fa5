import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Every page that users read, by its path in the repository. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'notebooks/README.md',
  'data/README.md',
  'fonts/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
];

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Line of its fence, from 1. */
  readonly line: number;
}

/** The blocks of a page in their order. */
export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^(`{3,})(\w*)\n(.*?)^\1$/gms)].map((match) => ({
    language: match[2],
    text: match[3],
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** The commands of a block of shell: lines, put together where one ends with a backslash, without empty ones. */
export const commandsOf = ({ text }: Block): string[] =>
  text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
