import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { lawPages } from '../scripts/lawPages.ts';
import { takesParamsAndTokens } from '../src/laws/allocation.ts';
import { laws } from '../src/laws/index.ts';
import { defineLaw } from '../src/laws/law.ts';
import { lawIndex, lawPage } from '../src/report/lawPage.ts';

const folder = fileURLToPath(new URL('../docs/laws', import.meta.url));
let fresh: ReadonlyMap<string, string>;

beforeAll(async () => {
  fresh = await lawPages();
});

describe('docs/laws', () => {
  it('has a page and a figure for every law and the index, and nothing else', async () => {
    const files = laws.flatMap(({ id }) => [`${id}.md`, `${id}.svg`]);
    expect([...fresh.keys()].sort()).toEqual(['README.md', ...files].sort());
    expect((await readdir(folder)).sort(), 'npm run laws writes them').toEqual([...fresh.keys()].sort());
  });

  it('holds what npm run laws writes', async () => {
    for (const [name, text] of fresh) expect(await readFile(join(folder, name), 'utf8'), name).toBe(text);
  });

  it('has links and figures in the index, one for each law', () => {
    const index = fresh.get('README.md') ?? '';
    const targets = [...index.matchAll(/\]\((?!https:|\.\.)([^)]+)\)/g)].map((match) => match[1]);
    expect(targets.toSorted()).toEqual(laws.map(({ id }) => `${id}.md`).sort());
    const thumbnails = [...index.matchAll(/<a href="(.+?)\.md"><img src="(.+?)\.svg" alt="[^"]+"/g)];
    expect(thumbnails.map((match) => match[1]).sort()).toEqual(laws.map(({ id }) => id).sort());
    for (const [, page, figure] of thumbnails) expect(figure).toBe(page);
  });

  it('shows the figure of each law with what it is, in the page and in the picture', () => {
    for (const { id } of laws) {
      const [, description, file] = /^!\[(.+)\]\((.+)\)$/m.exec(fresh.get(`${id}.md`) ?? '') ?? [];
      expect(file).toBe(`${id}.svg`);
      expect(fresh.get(file)).toContain(`>${description}</desc>`);
    }
  });

  it('has balanced TeX without commands that Markdown would take for escapes', () => {
    for (const [name, text] of fresh) {
      if (!name.endsWith('.md')) continue;
      const formulas = [...text.matchAll(/\$\$\n(.*?)\n\$\$|\$`([^`]*)`\$/gs)].map((match) => match.slice(1).join(''));
      expect(formulas.length, name).toBeGreaterThan(0);
      for (const tex of formulas) {
        expect(tex, name).not.toMatch(/\\[^A-Za-z\s]/);
        // A bar would end a cell of a table.
        expect(tex, name).not.toContain('|');
        expect(tex.split('{').length, name).toBe(tex.split('}').length);
        expect(tex.match(/\\left\b/g)?.length, name).toBe(tex.match(/\\right\b/g)?.length);
      }
    }
  });
});

describe('lawPage', () => {
  const law = laws[0];

  it('tells every field of a law', () => {
    for (const law of laws) {
      const page = lawPage(law);
      for (const { name, unit } of [...law.inputs, ...law.params]) {
        expect(page).toContain(`\`${name}\``);
        expect(page).toContain(unit);
      }
      for (const { description } of law.params) expect(page).toContain(description);
      for (const { id, source, note } of law.published)
        for (const text of [id, source, note]) expect(page).toContain(text);
      expect(page).toContain(`isoflop fit runs.csv --law ${law.id}`);
      expect(page.includes('isoflop allocate fit.json')).toBe(takesParamsAndTokens(law));
    }
  });

  it('says of each set of coefficients whether it was recomputed', () => {
    const params = { E: 1, A: 1, B: 1, alpha: 1, beta: 1 };
    const published = [true, false].map((verified) => {
      return {
        id: `fit-${String(verified)}`,
        source: 'A paper',
        params,
        stderr: { A: 0.25 },
        verified,
        note: 'A note.',
      };
    });
    const page = lawPage(defineLaw({ ...law, published }));
    expect(page).toMatch(/### fit-true\n\nA paper; \*\*verified\*\*/);
    expect(page).toMatch(/### fit-false\n\nA paper; as read in the source\./);
    expect(page).toContain('| `A` | 1 | 0.25 |');
    expect(lawIndex([defineLaw({ ...law, published })])).toContain('| verified, as read |');
    expect(lawIndex([defineLaw({ ...law, published: [] })])).toContain('| none |');
  });
});
