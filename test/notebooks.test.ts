import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  notebookFolder,
  notebookNames,
  plotlyType,
  readNotebook,
  textOf,
  type Cell,
  type Output,
} from '../scripts/notebookFile.ts';
import { notebookModule, type CellRun } from './helpers/notebookModule.ts';

const mostBytes = 1.5e6;

/** Longest that the code of a notebook may take: a second or two, but processors may be shared. */
const mostMs = 180_000;

/** The parts of a figure that a reader would call the same figure. */
const outlineOf = (figure: unknown): unknown => {
  const { data, layout } = figure as {
    data: readonly { name?: string; type?: string }[];
    layout: { title?: { text?: string } };
  };
  return { title: layout.title?.text, traces: data.map(({ name, type }) => [type, name]) };
};

/** Runs the code of a notebook in Node, without Jupyter. */
async function runCells(name: string, cells: readonly Cell[]): Promise<CellRun[]> {
  // Within the checkout, so that `isoflop` resolves to the built package, and where no other check looks.
  const folder = join(notebookFolder, '../coverage/notebooks');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}-${String(process.pid)}.mjs`);
  await writeFile(file, notebookModule(cells.map(({ source }) => textOf(source))));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file], {
      cwd: notebookFolder,
      maxBuffer: 2 ** 28,
    });
    return JSON.parse(stdout) as CellRun[];
  } finally {
    await rm(file);
  }
}

const number = /[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi;

/**
 * Expects a text of the same words whose numbers are the same: to a unit of their last digit, since the mathematics of
 * JavaScript engines differs, or to a share of them. The lengths of spaces and rules in tables follow from the numbers.
 */
function expectText(actual: string, expected: string, share: number): void {
  const words = (text: string): string => text.replaceAll(number, '#').replaceAll(/[ -]+/g, ' ');
  expect(words(actual)).toBe(words(expected));
  const wanted = expected.match(number) ?? [];
  for (const [k, text] of (actual.match(number) ?? []).entries()) {
    const [digits, exponent = '0'] = wanted[k].toLowerCase().split('e');
    const unit = 10 ** (Number(exponent) - (digits.split('.').at(1)?.length ?? 0));
    const difference = Math.abs(Number(text) - Number(wanted[k]));
    expect(difference, `${text} for ${wanted[k]}`).toBeLessThanOrEqual(
      Math.max(1.001 * unit, share * Math.abs(Number(wanted[k]))),
    );
  }
}

/** Of cells with this tag the numbers hang on the misfit that calibration estimates, which engines agree on less well. */
const calibratedTag = 'calibrated';

const names = notebookNames();
const dataOf = (outputs: readonly Output[]): Readonly<Record<string, unknown>>[] =>
  outputs.flatMap(({ data }) => (data === undefined ? [] : [data]));

describe('notebooks/', () => {
  it('are listed in their README, which is linked from that of the project', () => {
    const list = readFileSync(join(notebookFolder, 'README.md'), 'utf8');
    const readme = readFileSync(join(notebookFolder, '../README.md'), 'utf8');
    expect(names.length).toBe(5);
    for (const name of names) expect(list).toContain(`(${name})`);
    expect(readme).toContain('(notebooks/README.md)');
  });
});

describe.each(names)('notebooks/%s', (name) => {
  const { cells } = readNotebook(name);
  const code = cells.filter((cell) => cell.cell_type === 'code');

  it('was executed from top to bottom, without an error, and shows figures', () => {
    expect(statSync(join(notebookFolder, name)).size).toBeLessThan(mostBytes);
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, k) => k + 1));
    const outputs = code.flatMap((cell) => cell.outputs ?? []);
    // Nothing fails, and nothing is printed: the kernel may lose a part of it.
    expect(outputs.filter((output) => output.output_type !== 'execute_result')).toEqual([]);
    const figures = dataOf(outputs).filter((data) => plotlyType in data);
    expect(figures.length).toBeGreaterThan(0);
    for (const figure of figures) expect(textOf(figure['image/png'])).toMatch(/^iVBOR/);
  });

  it('has links that lead somewhere', () => {
    const text = cells
      .filter((cell) => cell.cell_type === 'markdown')
      .map(({ source }) => textOf(source))
      .join('\n');
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      expect(() => statSync(join(notebookFolder, target)), target).not.toThrow();
  });

  it(
    'gives the committed outputs when its code runs again',
    async () => {
      const ran = await runCells(name, code);
      expect(ran).toHaveLength(code.length);
      for (const [k, shown] of ran.entries()) {
        const [data = {}] = dataOf(code[k].outputs ?? []);
        expect(Object.keys(data).filter((type) => !type.startsWith('image/'))).toEqual(
          Object.keys(shown ?? {}).filter((type) => !type.startsWith('image/')),
        );
        const share = code[k].metadata.tags?.includes(calibratedTag) === true ? 0.2 : 0;
        for (const type of ['text/markdown', 'text/plain'])
          if (type in data) expectText(String(shown?.[type]), textOf(data[type]), share);
        if (plotlyType in data) expect(outlineOf(data[plotlyType])).toEqual(outlineOf(shown?.[plotlyType]));
      }
    },
    mostMs,
  );
});
