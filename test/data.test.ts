import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readRuns } from '../src/runs/files.ts';

const folder = fileURLToPath(new URL('../data', import.meta.url));
const notes = await readFile(join(folder, 'README.md'), 'utf8');
const licences = await readFile(join(folder, 'LICENSES.md'), 'utf8');

/** The rows of the table at the top of the notes: file, rows, `--columns`, SHA-256. */
const table = [
  ...notes.matchAll(/^\| `(.+\.csv)` \| ([\d,]+) \| (?:`(.+)`|none needed) \| `([0-9a-f]{64})` \|$/gm),
].map(([, file, rows, columns, sha256]) => ({ file, rows: Number(rows.replaceAll(',', '')), columns, sha256 }));

/** What is said of a file when it is read, where there is something to say. */
const expectedCodes: Readonly<Record<string, readonly string[]>> = {
  // Learning-rate schedules whose curves are there from the start.
  'multi-power.csv': ['BEFORE_DECAY'],
  // Attention and embeddings are counted, and rows of the courses stand beside the ends.
  'ladder.csv': ['FLOPS_MISMATCH', 'BEFORE_DECAY'],
};

describe('data/', () => {
  it('holds the files of the notes and no others', async () => {
    const files = (await readdir(folder)).filter((name) => name.endsWith('.csv'));
    expect(table.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  it.each(table)('$file is described, licensed and unchanged', async ({ file, sha256 }) => {
    const bytes = await readFile(join(folder, file));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect(notes).toMatch(new RegExp(`^## .*${file}`, 'm'));
    expect(licences).toContain(`\`${file}\``);
  });

  it.each(table)('$file is readable with the columns of the notes', async ({ file, rows, columns }) => {
    const runs = await readRuns(join(folder, file), { columns });
    expect(runs.rows).toBe(rows);
    expect(runs.dropped).toEqual([]);
    expect(runs.warnings.map(({ code }) => code)).toEqual(expectedCodes[file] ?? []);
  });
});
