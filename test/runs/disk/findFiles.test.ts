import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRuns } from '../../../src/runs/files.ts';
import { folderWith } from '../../helpers/formats.ts';

const csv = (loss: number, tokens: number | string = 2e10): string =>
  `run,params,tokens,loss\nr${loss},1e9,${tokens},${loss}\n`;
const json = (loss: number): string => `{"run":"r${loss}","params":1e9,"tokens":2e10,"loss":${loss}}\n`;
const losses = async (paths: string | readonly string[]): Promise<number[]> => [
  ...((await readRuns(paths)).quantities.loss ?? []),
];

describe('folders and patterns', () => {
  it('reads every file of a folder that holds runs, and tells which it passed over', async () => {
    const folder = await folderWith({
      'a.csv': csv(3),
      'b/c.jsonl': json(2),
      'b/config.json': '{\n "hidden_size": 3\n}\n',
      'b/weights.bin': Uint8Array.of(1, 0, 2),
      'notes.md': 'Losses, as they came\nand, went\n',
      'tokens.jsonl': '{"text":"not a run"}\n',
      'empty.log': '',
      '.git/x.csv': csv(9),
    });
    const runs = await readRuns(folder);
    expect([...(runs.quantities.loss ?? [])]).toEqual([3, 2]);
    expect(runs.sources.map(({ name }) => name)).toEqual([join(folder, 'a.csv'), join(folder, 'b/c.jsonl')]);
    const [warning] = runs.warnings;
    expect(warning).toMatchObject({ code: 'FILES_PASSED_OVER', level: 'info' });
    for (const text of ['5 files', 'config.json: no reader', 'weights.bin', 'notes.md', 'empty.log: it is empty'])
      expect(warning.message).toContain(text);
  });

  it('means the same quoted and written out by the shell', async () => {
    const folder = await folderWith({
      'runs/a.csv': csv(3),
      'runs/x/b.jsonl': json(2),
      'runs/x/y/c.csv': csv(4),
      'd.csv': csv(5),
    });
    const path = (name: string): string => join(folder, name);
    const quoted = await losses(path('runs/**'));
    expect(quoted).toEqual([3, 2, 4]);
    expect(await losses([path('runs/a.csv'), path('runs/x')])).toEqual(quoted);
    expect(
      await losses([path('runs/'), path('runs/a.csv'), path('runs/x'), path('runs/x/b.jsonl'), path('runs/x/y')]),
    ).toEqual(quoted);
    expect(await losses(path('runs/*'))).toEqual(quoted);
    expect(await losses(path('**/*.csv'))).toEqual([5, 3, 4]);
  });

  it('takes a name with the characters of a pattern for a name where there is such a file', async () => {
    const folder = await folderWith({ 'a[1].csv': csv(3), 'a1.csv': csv(4) });
    expect(await losses(join(folder, 'a[1].csv'))).toEqual([3]);
  });

  it('warns of a file that is named twice', async () => {
    const folder = await folderWith({ 'a.csv': csv(3) });
    const runs = await readRuns([join(folder, 'a.csv'), join(folder, 'a.csv')]);
    expect(runs.warnings.map(({ code }) => code)).toContain('DUPLICATE_SOURCE');
  });

  it('says what there is not', async () => {
    const folder = await folderWith({ 'a.txt': 'nothing' });
    await expect(readRuns(join(folder, '*.csv'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readRuns(join(folder, 'x/**'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readRuns(folder)).rejects.toThrow('no file of runs was found');
  });

  it('reads 500 files of several formats with few of them open', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 500 }, (_, k) =>
        k % 2 === 0 ? [`${k}.csv`, csv(2 + k / 1000)] : [`${k}.jsonl`, json(2 + k / 1000)],
      ),
    );
    const folder = await folderWith(files);
    const { readdir } = await import('node:fs/promises');
    const before = (await readdir('/proc/self/fd').catch(() => [])).length;
    let most = 0;
    const watch = setInterval(
      () =>
        void readdir('/proc/self/fd').then(
          ({ length }) => (most = Math.max(most, length)),
          () => 0,
        ),
      5,
    );
    const runs = await readRuns(folder);
    clearInterval(watch);
    expect(runs.rows).toBe(500);
    expect(most - before).toBeLessThan(20);
  });

  it('suspects files that count tokens in other units than the others', async () => {
    const folder = await folderWith({ 'a.csv': csv(3), 'b.csv': csv(2.5, 20), 'c.csv': csv(2.4, '20M') });
    const warnings = async (...names: readonly string[]): Promise<readonly string[]> =>
      (await readRuns(names.map((name) => join(folder, name)))).warnings
        .filter(({ code }) => code === 'MIXED_UNITS')
        .map(({ message }) => message);
    expect(await warnings('a.csv', 'b.csv')).toEqual([
      `The largest tokens in ${join(folder, 'b.csv')} is 20, and 20B in ${join(folder, 'a.csv')}: the files seem to count tokens in different units.`,
    ]);
    // 20M tokens for 1B parameters, against 20 for each of them: counted in thousands.
    expect(await warnings('a.csv', 'c.csv')).toHaveLength(0);
    await writeFile(join(folder, 'd.csv'), csv(2.4, '2M'));
    expect(await warnings('a.csv', 'd.csv')).toHaveLength(1);
    expect(await warnings('a.csv')).toHaveLength(0);
  });
});
