import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRuns } from '../../../src/runs/files.ts';
import { folderWith } from '../../helpers/formats.ts';

const rows = [
  { run: 'a', config: { n_params: 1e9, shape: { depth: 12 } }, tokens: 2e10, loss: 2.5 },
  { run: 'b', config: { n_params: 2e9, shape: { depth: 24 } }, tokens: 4e10, loss: 2.25 },
];
const lines = (records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const columns = Object.fromEntries(
  ['params', 'tokens', 'loss'].map((name) => [
    name,
    Object.fromEntries(rows.map(({ config, tokens, loss }, i) => [i, { params: config.n_params, tokens, loss }[name]])),
  ]),
);

describe('JSON lines', () => {
  it('reads one object a line, nested keys by names with dots', async () => {
    const folder = await folderWith({ 'x.jsonl': lines(rows) });
    const runs = await readRuns(join(folder, 'x.jsonl'), { extra: ['config.shape.depth'] });
    expect([...(runs.quantities.params ?? [])]).toEqual([1e9, 2e9]);
    expect([...(runs.quantities['config.shape.depth'] ?? [])]).toEqual([12, 24]);
    expect(runs.categories.run?.labels).toEqual(['a', 'b']);
    expect([...runs.lines]).toEqual([1, 2]);
  });

  it('is recognised by its content and not by its name', async () => {
    const folder = await folderWith({ 'x.csv': lines(rows), 'y.dat': `\n${lines(rows)}` });
    expect((await readRuns([join(folder, 'x.csv'), join(folder, 'y.dat')])).rows).toBe(4);
  });

  it('takes rows that have not all the same keys, NaN, Infinity and blank lines', async () => {
    const text = '{"step":1,"lr":0.1}\n\n{"step":2,"loss":NaN}\n{"step":3,"loss":2.5,"flops":null}\r\n';
    const folder = await folderWith({ 'small.jsonl': text });
    const runs = await readRuns(join(folder, 'small.jsonl'), { params: 1e6, tokensPerStep: 1e5 });
    expect([...(runs.quantities.step ?? [])]).toEqual([3]);
    expect(runs.dropped).toEqual([{ rows: 2, why: 'blank or NaN loss' }]);
    expect(runs.categories.run?.labels).toEqual(['small']);
    expect([...runs.lines]).toEqual([4]);
  });

  it('names the run by the folder where many files have one name, and not where there are several runs', async () => {
    const log = lines([1, 2, 3].map((step) => ({ step, loss: 3 - step / 10 })));
    const folder = await folderWith({
      'small/metrics.jsonl': log,
      'table.jsonl': lines([
        { step: 9, loss: 2 },
        { step: 9, loss: 3 },
      ]),
    });
    const runs = await readRuns(join(folder, 'small'));
    expect(runs.categories.run?.labels).toEqual(['small']);
    expect((await readRuns(join(folder, 'table.jsonl'))).categories.run).toBeUndefined();
  });

  it('reads a log whose last line was cut, and says so', async () => {
    const folder = await folderWith({ 'x.jsonl': lines(rows).slice(0, -9) });
    const runs = await readRuns(join(folder, 'x.jsonl'));
    expect(runs.rows).toBe(1);
    expect(runs.warnings[0]).toMatchObject({ code: 'FILE_TRUNCATED', level: 'warning' });
  });

  it.each([
    ['{"a":1}\n{"a":\n{"a":2}\n', 'x.jsonl, line 2: this is no JSON: "{"a":"'],
    ['{"a":1}\n[1,2]\n{"a":2}\n', 'x.jsonl, line 2: this is no object: "[1,2]"'],
    ['{"a":1,\n', 'x.jsonl, line 1: this is no JSON'],
  ])('refuses %j', async (text, message) => {
    const folder = await folderWith({ 'x.jsonl': text });
    await expect(readRuns(join(folder, 'x.jsonl'))).rejects.toThrow(message);
  });

  it('says in which line a value is no number', async () => {
    const folder = await folderWith({ 'x.jsonl': `${lines(rows)}{"loss":"many","tokens":1e9}\n` });
    await expect(readRuns(join(folder, 'x.jsonl'))).rejects.toThrow('line 3, column "loss": "many" is not a number');
  });

  it('means the same as CSV, for any table', async () => {
    const cell = fc.oneof(
      fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
      fc.integer({ min: 1, max: 1e9 }),
      fc.constant(null),
    );
    const record = fc.record({
      params: cell,
      tokens: cell,
      loss: cell,
      seed: cell,
      name: fc.stringMatching(/^[a-z ,"é]{0,8}$/),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), async (records) => {
        const names = Object.keys(records[0]) as (keyof (typeof records)[0])[];
        const quote = (value: unknown): string =>
          typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String((value as number | null) ?? '');
        const csv = [names.join(','), ...records.map((row) => names.map((name) => quote(row[name])).join(','))].join(
          '\n',
        );
        const split = Object.fromEntries(names.map((name) => [name, records.map((row) => row[name])]));
        const folder = await folderWith({
          'x.csv': `${csv}\n`,
          'x.jsonl': lines(records),
          'list.json': JSON.stringify(records, null, 1),
          'columns.json': JSON.stringify(split),
        });
        const read = async (name: string): Promise<unknown> => {
          const runs = await readRuns(join(folder, name), { extra: ['seed'] }).catch(
            (error: unknown) => (error as { code: string }).code,
          );
          return typeof runs === 'string'
            ? runs
            : { quantities: runs.quantities, categories: runs.categories, dropped: runs.dropped };
        };
        const expected = await read('x.csv');
        for (const name of ['x.jsonl', 'list.json', 'columns.json']) expect(await read(name), name).toEqual(expected);
      }),
      { seed: 11, numRuns: 30 },
    );
  }, 20_000);
});

describe('a JSON table', () => {
  it.each([
    ['a list of objects', rows],
    ['an object with one list of objects', { data: rows }],
    ['the columns of pandas', columns],
    ['columns as lists', { loss: [2.5, 2.25], tokens: [2e10, 4e10], params: [1e9, 2e9] }],
    [
      'columns and data',
      {
        columns: ['params', 'tokens', 'loss'],
        data: [
          [1e9, 2e10, 2.5],
          [2e9, 4e10, 2.25],
        ],
      },
    ],
  ])('reads %s', async (_, document) => {
    const folder = await folderWith({
      'a.json': JSON.stringify(document),
      'b.json': JSON.stringify(document, null, 2),
    });
    for (const name of ['a.json', 'b.json']) {
      const runs = await readRuns(join(folder, name));
      expect([...(runs.quantities.params ?? [])]).toEqual([1e9, 2e9]);
      expect([...(runs.quantities.flops ?? [])]).toEqual([1.2e20, 4.8e20]);
    }
  });

  it.each([
    ['[{"loss": 2},\n', 'before it is complete'],
    ['[{"loss": 2}, x]', 'it is no JSON'],
    ['[{"loss": 2}, 7]', 'neither a list of objects'],
    ['[]', 'its list is empty'],
  ])('refuses %j', async (text, message) => {
    const folder = await folderWith({ 'x.json': text });
    await expect(readRuns(join(folder, 'x.json'))).rejects.toThrow(message);
  });
});
