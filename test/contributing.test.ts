import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
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
import { DiskFile } from '../src/runs/disk/diskFile.ts';
import type { Reader } from '../src/runs/readers/reader.ts';
import type { TableNotes } from '../src/runs/table.ts';
import type { LawCase } from './helpers/lawCases.ts';
import { checkDerivatives, checkRecovery, checkValue } from './helpers/lawChecks.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^(\`{3,})${language}\n(.*?)^\\1$`, 'gms'))].map((match) => match[2]);

const [lawFile, caseEntry, readerFile] = blocks('ts');
const [lawLines, readerLines] = blocks('diff').map((block) =>
  [...block.matchAll(/^\+(.*)$/gm)].map((match) => match[1]),
);
const nameOf = (file: string): string => /^\/\/ src\/[\w/]+\/(\w+)\.ts\n/.exec(file)?.[1] ?? '';
const name = nameOf(lawFile);

/** A folder with what "Add a law" says. */
let folder: string;
let list: { readonly laws: readonly Law[]; readonly findLaw: typeof findLaw };
let law: Law;
let entry: LawCase;

/** The list with the import below the first one, and the line before or behind all others. */
function withLine(index: string, [importLine, line]: readonly string[], isFirst = false): string {
  return index
    .replace(/^import .*\n/m, (first) => `${first}${importLine}\n`)
    .replace(/(export const \w+: readonly \w+\[\] = \[\n)(.*?)^\];/ms, (_, start: string, lines: string) =>
      isFirst ? `${start}${line}\n${lines}];` : `${start}${lines}${line}\n];`,
    );
}

/** A folder in which one of the folders of src is as it is, but for a file and the longer list; the others are linked. */
function scratch(part: string, others: readonly string[]): string {
  const made = mkdtempSync(join(tmpdir(), 'isoflop-contributing-'));
  const src = join(root, 'src');
  mkdirSync(join(made, part), { recursive: true });
  for (const other of others) symlinkSync(join(src, other), join(made, other));
  for (const other of readdirSync(join(src, part)))
    if (other !== 'index.ts') symlinkSync(join(src, part, other), join(made, part, other));
  return made;
}

beforeAll(async () => {
  folder = scratch('laws', ['core']);
  writeFileSync(join(folder, `laws/${name}.ts`), lawFile);
  const index = readFileSync(join(root, 'src/laws/index.ts'), 'utf8');
  writeFileSync(join(folder, 'laws/index.ts'), withLine(index, lawLines));
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

describe('"Add a reader" of CONTRIBUTING.md', () => {
  /** Lines of a log like the one that is shown, with a loss that falls. */
  const [, shown] = blocks('text');
  const log = [100, 200, 300].map((step) =>
    shown.replace(' 100/', ` ${String(step)}/`).replace('6.342', (6 - step / 200).toFixed(3)),
  );
  let made: string;
  beforeAll(() => {
    made = scratch('runs/readers', ['core', 'runs/input.ts', 'runs/head.ts']);
    writeFileSync(join(made, `runs/readers/${nameOf(readerFile)}.ts`), readerFile);
    const index = readFileSync(join(root, 'src/runs/readers/index.ts'), 'utf8');
    writeFileSync(join(made, 'runs/readers/index.ts'), withLine(index, readerLines, true));
    writeFileSync(join(made, 'train.log'), ['building GPT model ...\n', ...log].join(''));
  });
  afterAll(() => {
    rmSync(made, { recursive: true });
  });

  it('gives a reader that recognises its files and no others, and reads their rows', async () => {
    const { readers } = (await import(/* @vite-ignore */ join(made, 'runs/readers/index.ts'))) as {
      readers: readonly Reader[];
    };
    const [reader] = readers;
    expect(reader.id).toBe(nameOf(readerFile));
    const [file, csv] = [join(made, 'train.log'), join(root, 'data/chinchilla.csv')].map(
      (path) => new DiskFile(path, path, statSync(path).size),
    );
    expect(reader.recognises(await file.head(), false)).toBe(true);
    expect(reader.recognises(await csv.head(), true)).toBe(false);
    // No other reader takes it, so that the place in the list is free.
    const head = await file.head();
    expect(readers.filter((other) => other.recognises(head, false))).toEqual([reader]);

    const rows: Record<string, unknown>[] = [];
    let columns: readonly string[] = [];
    let notes: TableNotes = {};
    const summary = await reader.read([file], {
      header: (names, about = {}) => {
        [columns, notes] = [[...names], about];
        return names.map((_, k) => k);
      },
      row: (cells) => void rows.push(Object.fromEntries(columns.map((column, k) => [column, cells[k]]))),
      warn: () => undefined,
    });
    expect(summary.rows).toBe(3);
    expect(notes.preferred).toMatchObject({ loss: ['lm loss'], step: ['step'], learningRate: ['learning rate'] });
    expect(rows.map((row) => [row.step, row['lm loss']])).toEqual([
      [100, 5.5],
      [200, 5],
      [300, 4.5],
    ]);
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
    expect(layers.slice(0, -1).map((layer) => `${layer.replaceAll(', ', '-')}-imports-only-what-is-below`)).toEqual(
      rules,
    );
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
