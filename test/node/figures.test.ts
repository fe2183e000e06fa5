import { mkdtemp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { figurePdf, figurePng, paperFigure, saveFigures, buildFigures, type Figure } from '../../src/index.ts';
import { figureTargets } from '../../src/node/figures/targets.ts';
import { bootstrappedFit } from '../plots/exampleFit.ts';
import { errorOf } from '../plots/traces.ts';

const figures = buildFigures(bootstrappedFit()).flatMap(({ definition: { id, description }, figure }) =>
  figure === null ? [] : [{ id, description, figure }],
);
const [{ figure: frontier }] = figures;

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'isoflop-figures-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** Share of the pixels of a part of a picture that are dark. */
function darkness(png: PNG, [left, top, right, bottom]: readonly number[]): number {
  let dark = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) if (png.data[4 * (y * png.width + x)] < 128) dark++;
  return dark / ((right - left) * (bottom - top));
}

describe('PNG', () => {
  it('has the pixels that are asked for, says how many an inch has, and is the same every time', async () => {
    const bytes = await figurePng(frontier, { width: 600, height: 400, scale: 1.5 });
    const png = PNG.sync.read(Buffer.from(bytes));
    expect([png.width, png.height]).toEqual([900, 600]);
    const text = Buffer.from(bytes).toString('latin1');
    // 144 pixels an inch are 5669 a metre.
    expect(Buffer.from(bytes).readUInt32BE(text.indexOf('pHYs') + 4)).toBe(5669);
    expect(Buffer.compare(bytes, await figurePng(frontier, { width: 600, height: 400, scale: 1.5 }))).toBe(0);
  });

  it('has letters, in either face', async () => {
    const title = [12, 12, 300, 34] as const;
    const screen = PNG.sync.read(Buffer.from(await figurePng(frontier, { width: 600, height: 400, scale: 1 })));
    expect(darkness(screen, title)).toBeGreaterThan(0.08);
    const print = async (face: 'sans' | 'serif'): Promise<Buffer> =>
      Buffer.from(await figurePng(paperFigure(frontier, { face }), { scale: 2 }));
    const [serif, sans] = [await print('serif'), await print('sans')];
    expect(PNG.sync.read(serif).width).toBe(624);
    expect(Buffer.compare(serif, sans)).not.toBe(0);
  });
});

/** The texts of a PDF's streams, inflated. */
function streamsOf(pdf: Uint8Array): string {
  const bytes = Buffer.from(pdf);
  const text = bytes.toString('latin1');
  return [...text.matchAll(/stream\r?\n/g)]
    .map(({ index, 0: head }) => {
      const end = text.indexOf('endstream', index);
      try {
        return inflateSync(bytes.subarray(index + head.length, end)).toString('latin1');
      } catch {
        return '';
      }
    })
    .join('\n');
}

describe('PDF', () => {
  it('is one page of the size in print, with its fonts inside and letters that can be searched', async () => {
    const pdf = await figurePdf(paperFigure(frontier, { heightInches: 2.5 }));
    const text = Buffer.from(pdf).toString('latin1');
    expect(text).toContain('/MediaBox [0 0 234 180]');
    expect(text.match(/\/FontFile2/g)).toHaveLength(1);
    expect(text).toMatch(/\/BaseFont \/[A-Z]+\+IsoflopSerif/);
    expect(text).toContain('/ToUnicode');
    const streams = streamsOf(pdf);
    expect(streams).toContain('beginbfrange');
    // Strokes and fills, and no image.
    expect(streams).toMatch(/ l\n[\s\S]*S\n/);
    expect(text).not.toContain('/Subtype /Image');
  });

  it('is the same every time', async () => {
    expect(Buffer.compare(await figurePdf(frontier), await figurePdf(frontier))).toBe(0);
  });
});

describe('files', () => {
  it.each([
    ['a.pdf', ['frontier'], ['a.pdf']],
    ['a.PNG', ['frontier'], ['a.PNG']],
    ['x/a.svg', ['frontier', 'parity'], ['x/a-frontier.svg', 'x/a-parity.svg']],
    ['x/fig-{figure}.pdf', ['frontier', 'parity'], ['x/fig-frontier.pdf', 'x/fig-parity.pdf']],
    ['fig-{figure}.pdf', ['frontier'], ['fig-frontier.pdf']],
    ['a.html', ['frontier', 'parity'], ['a.html']],
    ['x/', ['frontier', 'parity'], ['x/frontier.svg', 'x/parity.svg']],
  ])('%s of %j are %j', (out, ids, files) => {
    expect(figureTargets(out, ids).map(({ file }) => file)).toEqual(files);
  });

  it('of several formats go to a folder', () => {
    expect(figureTargets('x/', ['a', 'b'], ['html', 'json']).map(({ file }) => file)).toEqual([
      'x/figures.html',
      'x/a.json',
      'x/b.json',
    ]);
  });

  it.each([
    ['a.gif', undefined, /\.html, \.svg, \.png, \.pdf or \.json/],
    ['figures', undefined, /a folder with a slash/],
    ['x/', ['gif'], /--format "gif"/],
    ['a.pdf', ['png'], /formats for a folder/],
  ])('%s with %j are refused', (out, formats, message) => {
    expect(errorOf(() => figureTargets(out, ['a'], formats))).toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('are written with their captions, and JSON is the figure for Plotly', async () => {
    const path = await folder();
    await mkdir(join(path, 'here'));
    const some = figures.slice(0, 2);
    const written = await saveFigures(join(path, 'here'), some, {
      formats: ['json', 'pdf'],
      style: 'paper',
      captions: true,
    });
    expect(written.map((file) => file.slice(path.length + 6))).toEqual([
      'frontier.json',
      'frontier.txt',
      'isoflop.json',
      'isoflop.txt',
      'frontier.pdf',
      'isoflop.pdf',
    ]);
    expect((await readdir(join(path, 'here'))).length).toBe(6);
    const json = JSON.parse(await readFile(written[0], 'utf8')) as Figure;
    expect(json).toEqual(paperFigure(frontier));
    expect(await readFile(written[1], 'utf8')).toMatch(/^Compute-optimal loss: .*\. L = .*confidence band\.\n$/);
  });

  it('in the dark are dark, as picture and as page', async () => {
    const path = await folder();
    const [svg] = await saveFigures(join(path, 'a.svg'), figures.slice(0, 1), { dark: true, width: 500 });
    expect(await readFile(svg, 'utf8')).toMatch(/width="500".*<rect width="500" height="560" fill="#14181d"/s);
    const [html] = await saveFigures(join(path, 'a.html'), figures.slice(0, 1), { dark: true });
    expect(await readFile(html, 'utf8')).toContain('background: #14181D');
  });
});
