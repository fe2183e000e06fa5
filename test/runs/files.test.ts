import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRuns } from '../../src/runs/files.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-runs-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});
const write = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

describe('readRuns', () => {
  it('reads one file', async () => {
    const path = await write('one.csv', 'N,D,loss\n1e9,2e10,2\n');
    const runs = await readRuns(path);
    expect(runs.rows).toBe(1);
    expect(runs.sources[0].name).toBe(path);
  });

  it('reads several files of the same quantities into one table', async () => {
    const a = await write('a.csv', 'N,D,loss,run\n1e9,2e10,2,x\n1e9,4e10,,x\n');
    const b = await write(
      'b.csv',
      'val_loss;model_name;Training FLOP;Model Size;step\n3;y;2,4e20;2e9;7\n2;x;1.2e20;1e9;8\n',
    );
    const told: number[] = [];
    const runs = await readRuns([a, b], { onProgress: (bytes) => told.push(bytes) });
    expect(runs.rows).toBe(3);
    expect([...(runs.quantities.params ?? [])]).toEqual([1e9, 2e9, 1e9]);
    expect([...(runs.quantities.tokens ?? [])]).toEqual([2e10, 2e10, 2e10]);
    expect([...(runs.quantities.loss ?? [])]).toEqual([2, 3, 2]);
    expect([...(runs.quantities.step ?? [])]).toEqual([NaN, 7, 8]);
    expect(runs.categories.run?.labels).toEqual(['x', 'y']);
    expect([...(runs.categories.run?.codes ?? [])]).toEqual([0, 1, 0]);
    expect([...runs.files]).toEqual([0, 1, 1]);
    expect([...runs.lines]).toEqual([2, 2, 3]);
    expect(runs.sources.map(({ name, rows }) => [name, rows])).toEqual([
      [a, 2],
      [b, 2],
    ]);
    expect(runs.dropped).toEqual([{ rows: 1, why: 'blank or NaN loss' }]);
    const swapped = await readRuns([b, a]);
    expect([...(swapped.quantities.step ?? [])]).toEqual([7, 8, NaN]);
    expect(told).toHaveLength(2);
    expect(told[1]).toBeGreaterThan(told[0]);
  });

  it('names the file that is wrong among several', async () => {
    const good = await write('good.csv', 'N,D,loss\n1e9,2e10,2\n');
    const bad = await write('bad.csv', 'N,D,loss\n1e9,2e10,x\n');
    await expect(readRuns([good, bad])).rejects.toThrow(`${bad}, line 2, column "loss": "x" is not a number`);
  });

  it('selects checkpoints', async () => {
    const path = await write('fraction.csv', 'N,D,loss\n1e9,1e9,4\n1e9,2e9,3\n1e9,1e10,2\n');
    const runs = await readRuns(path, { fromFraction: 0.1 });
    expect([...(runs.quantities.loss ?? [])]).toEqual([3, 2]);
    expect(runs.dropped).toEqual([{ rows: 1, why: '--from-fraction 0.1' }]);
  });

  it('refuses what is not a readable file', async () => {
    const missing = join(folder, 'missing.csv');
    await expect(readRuns(missing)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      exit: 2,
      message: expect.stringContaining('missing.csv') as string,
    });
    await mkdir(join(folder, 'empty'));
    await expect(readRuns(join(folder, 'empty'))).rejects.toMatchObject({
      code: 'RUNS_NOT_FOUND',
      message: expect.stringContaining('no file of runs was found') as string,
    });
    await expect(readRuns(join(await write('file.csv', 'x'), 'y.csv'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
    await expect(readRuns([])).rejects.toMatchObject({ code: 'USAGE', exit: 2 });
  });
});
