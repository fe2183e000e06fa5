import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventType } from '../../../src/core/tensorBoard/events.ts';
import { encodeRecord } from '../../../src/core/tensorBoard/records.ts';
import { fileSource, readRunCurves } from '../../../src/node/watch/fileSource.ts';
import { followRun } from '../../../src/node/watch/follow.ts';
import { openEventFile } from '../../../src/proxy/record/tensorBoard.ts';
import { curveOf } from '../../../src/watch/curve.ts';
import { CurveTable } from '../../../src/watch/curveTable.ts';
import { findAlarms } from '../../../src/watch/alarms.ts';

async function folderFor(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'isoflop-watch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const losses = (rows: { readonly rows: readonly { readonly loss: number }[] } | undefined): number[] | undefined =>
  rows?.rows.map(({ loss }) => loss);

describe('a CSV that grows', () => {
  it('is read line by whole line from where it was left, and need not be there yet', async () => {
    const path = join(await folderFor(), 'run.csv');
    const source = fileSource(path);
    expect(losses(await source.poll())).toEqual([]);
    await writeFile(path, 'tokens,lo');
    expect(losses(await source.poll())).toEqual(undefined);
    await appendFile(path, 'ss\n');
    expect(losses(await source.poll())).toEqual([]);
    await appendFile(path, '1e6,5\n2e6,4.2');
    expect(losses(await source.poll())).toEqual([5]);
    // The rest of a number: 4.2 was not the loss.
    await appendFile(path, '5\n');
    expect(losses(await source.poll())).toEqual([5, 4.25]);
    expect(await source.poll()).toBeUndefined();
    await appendFile(path, '\n# a comment\n"3e6",4\n');
    expect(losses(await source.poll())).toEqual([5, 4.25, 4]);
  });

  it('is read anew when it became shorter, was replaced, or is another', async () => {
    const folder = await folderFor();
    const path = join(folder, 'run.csv');
    const source = fileSource(path);
    await writeFile(path, 'tokens,loss\n1,5\n2,4\n');
    expect(losses(await source.poll())).toEqual([5, 4]);
    await truncate(path, 16);
    expect(losses(await source.poll())).toEqual([5]);
    await writeFile(join(folder, 'new'), 'step,tokens,loss\n1,1,9\n2,2,8\n3,3,7\n');
    await rename(join(folder, 'new'), path);
    expect(losses(await source.poll())).toEqual([9, 8, 7]);
    // Longer, in the same file, but not what was there.
    await writeFile(path, 'tokens,loss\n1,3\n2,2.9\n3,2.8\n4,2.7\n5,2.6\n');
    expect(losses(await source.poll())).toEqual([3, 2.9, 2.8, 2.7, 2.6]);
    await rm(path);
    expect(losses(await source.poll())).toEqual([]);
  });

  it('names the line of the file that cannot be read', async () => {
    const path = join(await folderFor(), 'run.csv');
    const source = fileSource(path);
    await writeFile(path, 'tokens,loss\n1,5\n2,4\n');
    await source.poll();
    await appendFile(path, '3,4,5\n');
    await expect(source.poll()).rejects.toMatchObject({ code: 'CSV_MALFORMED', details: { line: 4 } });
  });
});

describe('the columns of a run', () => {
  const read = (header: string, rows: readonly string[], options = {}) => {
    const table = new CurveTable('run.csv', options);
    table.header(header.split(','));
    rows.forEach((row, k) => {
      table.row(row.split(','), k + 2);
    });
    return table.runs;
  };

  it('are found by the names that trainers give them', () => {
    const [run] = read('step,n_params,tokens_seen,val_loss,train/grad_norm,_timestamp', [
      '10,1.4B,2M,4.5,0.5,1700000000',
    ]);
    expect(run).toMatchObject({
      params: 1.4e9,
      since: 1.7e12,
      rows: [{ tokens: 2e6, loss: 4.5, step: 10, gradientNorm: 0.5 }],
    });
  });

  it('may be expressions, steps of some tokens, or follow from compute', () => {
    const columns = { tokens: '10^log_d', loss: 'log(ppl)' };
    expect(read('log_d,ppl', ['6,100'], { columns })[0].rows[0]).toMatchObject({ tokens: 1e6, loss: Math.log(100) });
    expect(read('step,loss', ['3,4'], { tokensPerStep: 100 })[0].rows[0].tokens).toBe(300);
    const [run] = read('params,flops,loss', ['10,600,4']);
    expect([run.rows[0].tokens, run.flopsPerToken]).toEqual([10, 60]);
    expect(read('run,tokens,loss', ['a,1,5', 'b,1,4', 'a,2,4']).map(({ name, rows }) => [name, rows.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('keep a loss that is no number, which a blank is where every row before had one', () => {
    const rows = Array.from({ length: 12 }, (_, k) => `${String(k + 1)},${String(5 - 0.1 * k)}`);
    const runOf = (more: readonly string[]) => {
      const [{ rows: found }] = read('tokens,loss', [...rows, ...more]);
      return curveOf(found, { name: 'run', params: null, plannedTokens: 100 });
    };
    for (const lost of ['nan', 'NaN', 'inf', ''])
      expect(
        findAlarms(runOf([`13,${lost}`]), null).map(({ kind }) => kind),
        lost,
      ).toEqual(['diverged']);
    const sparse = read('tokens,loss', ['1,5', '2,', '3,', ...rows.map((row) => `1${row}`), '200,']);
    expect(sparse[0].rows.at(-1)?.loss).toBeNaN();
  });

  it('are refused by name, line and value', () => {
    expect(() => read('a,b', [])).toThrow(/run.csv has no column for loss/);
    expect(() => read('step,loss', [])).toThrow(/no column for tokens/);
    expect(() => read('tokens,loss', ['1,many'])).toThrow('run.csv, line 2, column "loss": "many" is not a number');
    expect(() => read('tokens,loss', [], { columns: { loss: 'los' } })).toThrow(/no column "los".*Did you mean "loss"/);
    expect(() => read('tokens,loss', [], { columns: { color: 'loss' } })).toThrow(/"color" is not a quantity/);
  });
});

describe('other sources', () => {
  it('are read anew when they change: TensorBoard, in which a loss may be no number', async () => {
    const folder = await folderFor();
    const source = fileSource(folder, { tokensPerStep: 1000 });
    expect(losses(await source.poll())).toEqual([]);
    const file = join(folder, 'events.out.tfevents.1.host');
    const events = await openEventFile(file);
    await events.add(1, { 'loss/val': 4.5, grad_norm: 0.5 });
    const first = await source.poll();
    expect(first?.rows).toMatchObject([{ tokens: 1000, loss: 4.5, gradientNorm: 0.5 }]);
    expect(first?.since).toBeGreaterThan(1.7e12);
    expect(await source.poll()).toBeUndefined();
    await events.close();
    // Ours leaves out what is no number; others write it.
    const value = [{ tag: 'loss/val', simpleValue: NaN }];
    await appendFile(file, encodeRecord(eventType.encode({ wallTime: 1.7e9, step: 2, summary: { value } }).finish()));
    expect(losses(await source.poll())).toEqual([4.5, Infinity]);
  });

  it('may hold several runs, of which one is named', async () => {
    const path = join(await folderFor(), 'runs.csv');
    await writeFile(path, 'run,tokens,loss\na,1,5\na,2,4\nb,1,6\n');
    await expect(fileSource(path).poll()).rejects.toMatchObject({ code: 'RUNS_SEVERAL' });
    expect(await fileSource(path, { run: 'a' }).poll()).toMatchObject({ name: 'a', rows: [{ loss: 5 }, { loss: 4 }] });
    expect(await fileSource(path, { run: 'c' }).poll()).toMatchObject({ name: 'c', rows: [] });
    expect((await readRunCurves([path])).map(({ name, plannedTokens }) => [name, plannedTokens])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });
});

it('following tells each change once, and ends with the run or the signal', async () => {
  const path = join(await folderFor(), 'run.csv');
  const seen: number[] = [];
  const isOver = ({ rows }: { readonly rows: readonly unknown[] }): boolean => rows.length >= 3;
  const { signal } = new AbortController();
  for await (const rows of followRun(fileSource(path), { intervalMs: 5, signal, isOver })) {
    seen.push(rows.rows.length);
    const next = rows.rows.length + 1;
    await appendFile(path, `${next === 1 ? 'tokens,loss\n' : ''}${String(next)},4\n`);
  }
  expect(seen).toEqual([0, 1, 2, 3]);
  const ending = new AbortController();
  let looks = 0;
  for await (const rows of followRun(fileSource(path), {
    intervalMs: 60_000,
    signal: ending.signal,
    isOver: () => false,
  })) {
    looks += rows.rows.length > 0 ? 1 : 0;
    setTimeout(() => {
      ending.abort();
    }, 5);
  }
  expect(looks).toBe(1);
});
