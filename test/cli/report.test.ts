import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { elementsOf, parseMarkup } from '../helpers/markup.ts';
import { folderWith, isoflop, jsonOf, publishedFit } from './run.ts';

interface CardDocument {
  readonly kind: string;
  readonly checklist: readonly { readonly id: string; readonly value: string | null }[];
}
const valueOf = ({ checklist }: CardDocument, id: string): string | null | undefined =>
  checklist.find((entry) => entry.id === id)?.value;

describe('isoflop report', () => {
  it('prints Markdown, or one JSON document', async () => {
    const { status, stdout, stderr } = await isoflop(['report', publishedFit]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^# Chinchilla: loss from parameters and tokens\n/);
    expect((await jsonOf<CardDocument>(['report', publishedFit, '--json'])).kind).toBe('isoflop-card');
  });

  it('takes notes from the command line and from a file, the command line first', async () => {
    const notes = JSON.stringify({ schedule: 'constant', loss: 'C4' });
    const cwd = await folderWith({ 'notes.json': notes });
    const args = ['report', publishedFit, '--notes', 'notes.json', '--note', 'schedule=cosine, a = 1', '--json'];
    const card = await jsonOf<CardDocument>(args, { cwd });
    expect(valueOf(card, 'schedule')).toBe('cosine, a = 1');
    expect(valueOf(card, 'loss')).toBe('C4');
    expect(valueOf(card, 'batch')).toBeNull();
  });

  it('writes a page, and Markdown with its pictures beside it', async () => {
    const cwd = await folderWith();
    const page = await isoflop(['report', publishedFit, '--out', 'new/card.html'], { cwd });
    expect(page).toMatchObject({ status: 0, stdout: 'new/card.html\n' });
    const html = await readFile(join(cwd, 'new/card.html'), 'utf8');
    expect(elementsOf(parseMarkup(html), 'svg').length).toBeGreaterThan(1);
    expect(html).not.toMatch(/<script|\ssrc=|url\(http/);

    await isoflop(['report', publishedFit, '--out', 'new/card.md'], { cwd });
    const text = await readFile(join(cwd, 'new/card.md'), 'utf8');
    const linked = [...text.matchAll(/!\[.*\]\((.*)\)/g)].map(([, file]) => file);
    const files = await readdir(join(cwd, 'new'));
    expect(linked.length).toBeGreaterThan(1);
    expect(files).toEqual(expect.arrayContaining(linked));
  });

  it.each([
    [['--note', 'scedule=x'], 'did you mean schedule?'],
    [['--note', 'schedule'], 'name=text'],
    [['--notes', 'none.json'], 'There is no file "none.json"'],
    [['--notes', 'list.json'], 'a JSON object of texts'],
    [['--notes', 'broken.json'], 'a JSON object of texts'],
    [['--notes', 'number.json'], '"batch" is none'],
    [['--out', 'card.pdf'], 'ends in .html or .md'],
  ])('refuses %j', async (args, hint) => {
    const cwd = await folderWith({ 'list.json': '[]', 'broken.json': '{', 'number.json': '{"batch": 1}' });
    const { status, stdout, stderr } = await isoflop(['report', publishedFit, ...args], { cwd });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(hint);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('isoflop plot', () => {
  it('writes one figure as SVG', async () => {
    const cwd = await folderWith();
    const { status, stdout } = await isoflop(['plot', publishedFit, '--figure', 'contour', '--out', 'c.svg'], { cwd });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'c.svg\n' });
    const svg = parseMarkup(await readFile(join(cwd, 'c.svg'), 'utf8'));
    expect(elementsOf(svg, 'desc')[0].text).toContain('Contours of the fitted loss');
  });

  it('writes a file for each figure where an SVG file is named and no figure', async () => {
    const cwd = await folderWith();
    const { status, stderr } = await isoflop(['plot', publishedFit, '--out', 'all.svg'], { cwd });
    expect(status).toBe(0);
    expect(stderr).toContain('left out curves: the fit holds no data');
    const written = (await readdir(cwd)).filter((name) => name.startsWith('all-')).sort();
    expect(written).toEqual(['all-contour.svg', 'all-frontier.svg', 'all-isoflop.svg']);
  });
});
