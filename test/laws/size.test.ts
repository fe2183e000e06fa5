import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = new URL('../../src/laws/', import.meta.url);
const read = (name: string): string => readFileSync(fileURLToPath(new URL(name, folder)), 'utf8');

/** The files that the list takes its laws from. */
const files = [...read('index.ts').matchAll(/^import \{[^}]*\} from '\.\/(\w+\.ts)';$/gm)].map((match) => match[1]);

it('finds the files of the laws', () => {
  expect(files).toContain('chinchilla.ts');
  expect(files.length).toBeGreaterThan(15);
});

it.each(files)('%s has at most 200 lines', (name) => {
  expect(read(name).trimEnd().split('\n').length).toBeLessThanOrEqual(200);
});
