import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCodes } from '../src/core/errors.ts';
import { findLaw, laws } from '../src/laws/index.ts';
import { evaluateLaw, type Law } from '../src/laws/law.ts';
import { fitExample } from '../src/report/lawFields.ts';
import { lawPage } from '../src/report/lawPage.ts';
import type { LawCase } from './helpers/lawCases.ts';
import { checkDerivatives, checkRecovery, checkValue } from './helpers/lawChecks.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^(\`{3,})${language}\n(.*?)^\\1$`, 'gms'))].map((match) => match[2]);

const [lawFile, caseEntry] = blocks('ts');
const [listLines] = blocks('diff').map((block) => [...block.matchAll(/^\+(.*)$/gm)].map((match) => match[1]));
const name = /^\/\/ src\/laws\/(\w+)\.ts\n/.exec(lawFile)?.[1] ?? '';

/** A folder in which src/laws is as it is, but for what "Add a law" says: links, the new file and the longer list. */
let folder: string;
let list: { readonly laws: readonly Law[]; readonly findLaw: typeof findLaw };
let law: Law;
let entry: LawCase;

/** The list with the import below the first one, and the line at the end. */
function withLaw(index: string): string {
  const [importLine, line] = listLines;
  return index
    .replace(/^import .*\n/m, (first) => `${first}${importLine}\n`)
    .replace(/(export const laws: readonly Law\[\] = \[\n.*?)^\];/ms, `$1${line}\n];`);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'isoflop-contributing-'));
  const src = join(root, 'src');
  mkdirSync(join(folder, 'laws'));
  symlinkSync(join(src, 'core'), join(folder, 'core'));
  for (const other of readdirSync(join(src, 'laws')))
    if (other !== 'index.ts') symlinkSync(join(src, 'laws', other), join(folder, 'laws', other));
  writeFileSync(join(folder, `laws/${name}.ts`), lawFile);
  writeFileSync(join(folder, 'laws/index.ts'), withLaw(readFileSync(join(src, 'laws/index.ts'), 'utf8')));
  writeFileSync(join(folder, 'entry.ts'), `export const entries = {\n${caseEntry}};\n`);
  list = (await import(/* @vite-ignore */ join(folder, 'laws/index.ts'))) as typeof list;
  const { entries } = (await import(/* @vite-ignore */ join(folder, 'entry.ts'))) as {
    entries: Record<string, LawCase>;
  };
  const [[id, only]] = Object.entries(entries);
  law = list.findLaw(id);
  entry = only;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('"Add a law" of CONTRIBUTING.md', () => {
  it('adds one law to the list', () => {
    expect(list.laws).toHaveLength(laws.length + 1);
    expect(list.laws.filter((other) => !laws.includes(other))).toEqual([law]);
    expect(laws.map((other) => other.id)).not.toContain(law.id);
  });

  it('gives a law that is the formula written out', () => {
    checkValue(law, entry);
  });

  it('gives a law with exact derivatives', () => {
    checkDerivatives(law, entry);
  });

  it('gives a law that recovers its parameters from data without noise', () => {
    checkRecovery(law, entry);
  });

  it('gives the value that the example in the file says', () => {
    const [, params, inputs, value] =
      /evaluateLaw\(\w+, (\{.*?\}), (\{.*?\})\); \/\/ \[([\d.e]+)\]/.exec(lawFile) ?? [];
    const object = (literal: string): never => JSON.parse(literal.replaceAll(/(\w+):/g, '"$1":')) as never;
    expect(evaluateLaw(law, object(params), object(inputs))[0].toPrecision(4)).toBe(Number(value).toPrecision(4));
  });

  it('gives a law that has its page', () => {
    expect(lawPage(law)).toContain(fitExample(law).line);
  });
});

describe('CONTRIBUTING.md', () => {
  it('names the layers that the import rules have', () => {
    const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
      forbidden: { name: string }[];
    };
    const [layers] = blocks('text').map((block) => block.trim().split(' <- '));
    const rules = config.forbidden
      .map((rule) => rule.name)
      .filter((rule) => rule.endsWith('-imports-only-what-is-below'));
    expect(layers.slice(0, -1).map((layer) => `${layer.replace(', ', '-')}-imports-only-what-is-below`)).toEqual(rules);
  });

  it('names commands, files and codes that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [, script] of text.matchAll(/`npm run ([\w:]+)`/g)) expect(Object.keys(scripts)).toContain(script);
    for (const [, path] of text.matchAll(/`((?:src|test|docs|scripts)\/[\w./]+)`/g))
      expect(existsSync(join(root, path)), path).toBe(true);
    for (const [, code] of text.matchAll(/`([A-Z]+_[A-Z_]+)`/g)) expect(errorCodes).toContain(code);
  });
});
