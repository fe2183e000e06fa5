import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
const ignored = await readFile(join(root, '.dockerignore'), 'utf8');

/** Instructions of the Dockerfile, by stage. */
const stages = dockerfile
  .split(/^(?=FROM )/m)
  .slice(1)
  .map((stage) => stage.split('\n').filter((line) => line !== '' && !line.startsWith('#')));
const last = stages.at(-1) ?? [];
const valueOf = (instruction: string): string =>
  last.find((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1) ?? '';

it('the Dockerfile has no violation that its linter knows', () => {
  expect(validate(dockerfile)).toEqual([]);
});

it('copies what is there, and what goes into the build', () => {
  const sources = (stages[0] ?? [])
    .filter((line) => line.startsWith('COPY '))
    .flatMap((line) => line.split(' ').slice(1, -1));
  const sent = ignored.split('\n').filter((line) => line.startsWith('!'));
  expect(sent.sort()).toEqual(sources.map((source) => `!${source}`).sort());
  expect(ignored.split('\n')).toContain('*');
  for (const source of sources) expect(existsSync(join(root, source)), source).toBe(true);
});

it('pins its base, and runs without rights and without a shell', () => {
  for (const [from = ''] of stages) expect(from).toMatch(/^FROM node:\d+\.\d+-[a-z]+-slim/);
  expect(valueOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  expect(valueOf('HEALTHCHECK')).toMatch(/CMD \["node", /);
  const entry = JSON.parse(valueOf('ENTRYPOINT')) as string[];
  expect(entry.slice(0, 5)).toEqual(['node', 'dist/cli/main.js', 'serve', '--host', '0.0.0.0']);
  expect(valueOf('VOLUME')).toBe('["/data", "/fits"]');
  expect(dockerfile).not.toMatch(/ISOFLOP_TOKEN=|\bcurl\b|:latest/);
});
