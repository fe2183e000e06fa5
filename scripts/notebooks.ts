/**
 * `npm run notebooks`: executes the notebooks in Jupyter with Deno's kernel and writes their outputs back, without anything
 * that differs from one run to the next. A cell that fails ends it with status 1 and leaves its notebook as it was.
 *
 * `npm run notebooks -- 1-chinchilla 5-plan` executes only those; `--cache FOLDER` says where the Python environment and the
 * kernel are kept (a folder for temporary files unless given); PYTHON names another python3.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { launchChromium } from '../test/browser/chromium.ts';
import {
  linesOf,
  notebookFolder,
  notebookNames,
  readNotebook,
  textOf,
  writeNotebook,
  type Cell,
  type Output,
} from './notebookFile.ts';

/** What runs the notebooks; new versions may write other outputs. */
const versions = { nbclient: '0.11.0', deno: '2.9.6' };

/** Executes notebooks in Python. */
const executor = fileURLToPath(new URL('execute_notebook.py', import.meta.url));

/** Longest that a cell may take, in seconds. */
const cellSeconds = 300;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cache: { type: 'string', default: join(tmpdir(), 'isoflop-notebooks') } },
});
const cache = resolve(values.cache);
const python = process.env.PYTHON ?? 'python3';

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

/** Runs a program to its end, with its output on the terminal. */
function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const { status, error } = spawnSync(file, args, { stdio: 'inherit', env });
  if (status !== 0) fail(`${file} ${args.join(' ')} ${error?.message ?? `ended with ${String(status)}`}`);
}

/** The Python of an environment that has what executes notebooks. */
function installJupyter(): string {
  const folder = join(cache, `nbclient-${versions.nbclient}`);
  const installed = join(folder, 'bin/python');
  if (existsSync(join(folder, 'bin/jupyter-execute'))) return installed;
  if (spawnSync(python, ['-m', 'venv', '--help']).status !== 0)
    fail(
      `Jupyter needs Python 3 with its module venv, and ${python} is missing or has none. Install it (Debian: apt install python3-venv) or name another one with PYTHON. npm test runs the code of the notebooks without Python.`,
    );
  run(python, ['-m', 'venv', folder]);
  run(join(folder, 'bin/pip'), ['install', '--quiet', `nbclient==${versions.nbclient}`, 'nbformat']);
  return installed;
}

/** The kernel, and the folder in which Jupyter finds it. */
function installKernel(): string {
  const folder = join(cache, `deno-${versions.deno}`);
  const deno = join(folder, 'node_modules/.bin/deno');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(deno))
    run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', `deno@${versions.deno}`]);
  const kernel = join(folder, 'jupyter/kernels/deno');
  mkdirSync(kernel, { recursive: true });
  const argv = [deno, 'jupyter', '--kernel', '--conn', '{connection_file}'];
  writeFileSync(join(kernel, 'kernel.json'), JSON.stringify({ argv, display_name: 'Deno', language: 'typescript' }));
  return join(folder, 'jupyter');
}

/** Pixels of a picture for each pixel of its layout. */
const pixelRatio = 1.5;

/** The picture as PNG, in place of the SVG: viewers that forbid drawings inside a page show it too. */
async function withPng(output: Output, page: Page): Promise<Output> {
  const { 'image/svg+xml': svg, ...data } = output.data ?? {};
  if (svg === undefined) return output;
  await page.setContent(`<body style="margin: 0">${textOf(svg)}`);
  const picture = page.locator('svg').first();
  const size = await picture.boundingBox();
  const png = (await picture.screenshot()).toString('base64');
  return {
    ...output,
    data: { ...data, 'image/png': png },
    metadata: { 'image/png': { width: size?.width, height: size?.height } },
  };
}

/** Text of an output line by line. */
function inLines(output: Output): Output {
  const data = Object.entries(output.data ?? {}).map(([type, value]) => [
    type,
    type.startsWith('text/') ? linesOf(textOf(value)) : value,
  ]);
  return output.data === undefined ? output : { ...output, data: Object.fromEntries(data) as Record<string, unknown> };
}

async function cleaned(cell: Cell, page: Page): Promise<Cell> {
  const { tags } = cell.metadata;
  const clean = { ...cell, metadata: tags === undefined ? {} : { tags }, source: linesOf(textOf(cell.source)) };
  if (cell.outputs === undefined) return clean;
  const outputs: Output[] = [];
  for (const output of cell.outputs) outputs.push(inLines(await withPng(output, page)));
  return { ...clean, outputs };
}

const names = notebookNames().filter(
  (name) => positionals.length === 0 || positionals.includes(name.replace('.ipynb', '')),
);
if (names.length === 0) fail(`There is no such notebook; there are ${notebookNames().join(', ')}.`);
const jupyter = installJupyter();
const env = { ...process.env, JUPYTER_PATH: installKernel(), NO_COLOR: '1' };
const browser = await launchChromium();
try {
  const page = await browser.newPage({ deviceScaleFactor: pixelRatio, viewport: { width: 1200, height: 900 } });
  for (const name of names) {
    run(jupyter, [executor, String(cellSeconds), join(notebookFolder, name)], env);
    const { cells, ...rest } = readNotebook(name);
    const clean: Cell[] = [];
    for (const cell of cells) clean.push(await cleaned(cell, page));
    const metadata = {
      kernelspec: { display_name: 'Deno', language: 'typescript', name: 'deno' },
      language_info: { file_extension: '.ts', mimetype: 'text/x.typescript', name: 'typescript' },
    };
    writeNotebook(name, { ...rest, cells: clean, metadata });
    console.log(`${name}: executed`);
  }
} finally {
  await browser.close();
}
