import { createReadStream, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Every example of the TSDoc under src runs, and every value that a comment beside it gives is the value it has. */
const root = fileURLToPath(new URL('..', import.meta.url));

interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !/^(cli|browser\/standIns)/.test(name) && name !== 'index.ts',
);
const examples = sources.flatMap((name): Example[] => {
  const text = readFileSync(join(root, 'src', name), 'utf8');
  return [...text.matchAll(/@example\s*\n\s*\* ```ts\n(.*?)```/gs)].map((match) => ({
    file: name,
    line: text.slice(0, match.index).split('\n').length,
    code: match[1].replaceAll(/^\s*\* ?/gm, ''),
  }));
});

/** What examples may take for granted: everything that src exports, the bundled runs and their fit. */
const scope: Record<string, unknown> = {};
let folder: string;

beforeAll(async () => {
  for (const name of sources)
    Object.assign(scope, (await import(/* @vite-ignore */ `../src/${name}`)) as Record<string, unknown>);
  folder = mkdtempSync(join(tmpdir(), 'isoflop-examples-'));
  for (const name of ['data', 'fits']) cpSync(join(root, name), join(folder, name), { recursive: true });
  cpSync(join(root, 'data/chinchilla.csv'), join(folder, 'runs.csv'));
  process.chdir(folder);
  const { readRuns, loadFit, encodeFit } = scope as {
    readRuns: (path: string, options: { where: string }) => Promise<unknown>;
    loadFit: (path: string) => Promise<unknown>;
    encodeFit: (fit: unknown, options: { command: null }) => string;
  };
  const fit = await loadFit('fits/chinchilla.json');
  const curveFit = await loadFit('fits/luo-25m.json');
  Object.assign(scope, { createReadStream, readFile, fit, curveFit });
  Object.assign(scope, { text: encodeFit(fit, { command: null }), path: 'fits/chinchilla.json' });
  Object.assign(scope, { runs: await readRuns('data/chinchilla.csv', { where: 'loss < 3.44' }) });
});
afterAll(() => {
  process.chdir(root);
  rmSync(folder, { recursive: true });
});

/** The value that a comment gives, when it is a literal: a number, a string, a list or an object of them. */
function literal(comment: string): { value: unknown } | undefined {
  const words = comment.replace(/^(Float64Array|Int32Array) (\[)/, '$2').replace(/(\d)\.\.\./g, '$1');
  for (const text of [words, words.replace(/,? (or|and|the|with) .*$|, [A-Za-z0-9.].*$/, '')])
    if (/^[-\d'"[{tfun]/.test(text) && !/=>|\w\(/.test(text))
      try {
        // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- a comment of this repository
        return { value: new Function(`return (${text});`)() as unknown };
      } catch {
        continue;
      }
  return undefined;
}

/** Whether a value is what a comment says, numbers to the digits that the comment gives. */
function agrees(actual: unknown, said: unknown): boolean {
  if (typeof said === 'number' && typeof actual === 'number') {
    const digits = said.toExponential().replace(/e.*|[.-]/g, '').length;
    return actual === said || Math.abs(actual - said) <= 10 ** (Math.floor(Math.log10(Math.abs(said))) - digits + 1);
  }
  if (ArrayBuffer.isView(actual)) return agrees(Array.from(actual as unknown as ArrayLike<number>), said);
  if (Array.isArray(said) && Array.isArray(actual))
    return said.length === actual.length && said.every((item, k) => agrees(actual[k], item));
  if (typeof said === 'object' && said !== null && typeof actual === 'object' && actual !== null)
    return Object.entries(said).every(([key, item]) => agrees((actual as Record<string, unknown>)[key], item));
  return Object.is(actual, said);
}

/** Rewrites `expression; // value` so that the value reaches `check`. */
function instrument(code: string): string {
  const lines = code.replaceAll(/;\n\/\/ /g, '; // ').split('\n');
  return lines
    .map((line) => {
      const match = /^(?!const |let |import |for |throw |if )(.+?);\s*\/\/ (.+)$/.exec(line);
      return match === null ? line : `check(${match[1]}, ${JSON.stringify(match[2])});`;
    })
    .join('\n');
}

describe('examples of the TSDoc', () => {
  it('are many', () => {
    expect(examples.length).toBeGreaterThan(60);
  });

  it.each(examples.map((example): [string, Example] => [`${example.file}, line ${example.line}`, example]))(
    '%s',
    async (_, { code }) => {
      const wrong: string[] = [];
      const check = (actual: unknown, comment: string): void => {
        const said = literal(comment);
        if (said !== undefined && !agrees(actual, said.value))
          wrong.push(`says ${comment}, is ${JSON.stringify(actual)}`);
      };
      const declared = new Set(
        [...code.matchAll(/\b(?:const|let) (?:\{ ([^}]*) \}|(\w+))/g)].flatMap((m) =>
          m.slice(1).flatMap((names) => (names as string | undefined)?.split(', ') ?? []),
        ),
      );
      const names = Object.keys(scope).filter((name) => !declared.has(name) && name !== 'default');
      const body = ts.transpileModule(instrument(code), {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
      }).outputText;
      const AsyncFunction = (async () => Promise.resolve()).constructor as new (
        ...args: string[]
      ) => (...args: unknown[]) => Promise<void>;
      const quiet = { log: () => undefined };
      const run = new AsyncFunction('check', 'console', ...names, body);
      await run(check, quiet, ...names.map((name) => scope[name]));
      expect(wrong).toEqual([]);
    },
  );
});
