import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chinchillaId, form, simulatedCsv, useServer } from './testServer.ts';

const { ask, upload, folder, server } = useServer({ limits: { uploadBytes: 200_000, rows: 5000, columns: 50 } });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const uploads = (): Promise<string[]> => readdir(join(folder(), 'data/uploads'));

describe('datasets', () => {
  it('are the CSV files of the folder, by the digest of their bytes', async () => {
    await writeFile(join(folder(), 'data/notes.txt'), 'N,D,loss');
    const { body } = await ask('/api/datasets');
    expect(body.datasets).toEqual([
      {
        id: chinchillaId,
        name: 'chinchilla.csv',
        bytes: 23224,
        origin: 'folder',
        created: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      },
    ]);
  });

  it('tell their columns, and the quantities recognised in them', async () => {
    const { body } = await ask(`/api/datasets/${chinchillaId}`);
    expect(body).toMatchObject({
      rows: 245,
      quantities: { params: 'Model Size', flops: 'Training FLOP', loss: 'loss' },
      derived: ['tokens'],
      problem: null,
    });
    const columns = body.columns as { name: string }[];
    expect(columns.find(({ name }) => name === 'loss')).toMatchObject({ kind: 'number', filled: 245, distinct: null });
  });

  it('are uploaded once whatever their name, fitted names cleaned', async () => {
    const text = simulatedCsv(1);
    const first = await upload(text, '../../my runs \u00e9.csv');
    expect(first.status).toBe(201);
    expect(first.headers.location).toBe(`/api/datasets/${sha256(text)}`);
    expect(first.body).toMatchObject({ id: sha256(text), name: 'my-runs-e-.csv', origin: 'uploaded', rows: 30 });
    const again = await upload(text, 'other.csv');
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect(await uploads()).toEqual([`${sha256(text)}.my-runs-e-.csv`]);
    const download = await server().inject(`/api/datasets/${sha256(text)}/download`);
    expect(download.body).toBe(text);
    expect(download.headers['content-disposition']).toBe('attachment; filename="my-runs-e-.csv"');
  });

  it('that lie in the folder are not copied when they are uploaded', async () => {
    const bytes = await readFile(join(folder(), 'data/chinchilla.csv'));
    const { status, body } = await upload(bytes, 'copy.csv');
    expect([status, body.origin]).toEqual([200, 'folder']);
  });

  it('are deleted where they were uploaded, and only there', async () => {
    const { body } = await upload(simulatedCsv(2));
    const address = `/api/datasets/${String(body.id)}`;
    expect((await ask({ method: 'DELETE', url: address })).status).toBe(204);
    expect((await ask(address)).body.error?.code).toBe('DATASET_UNKNOWN');
    const fixed = await ask({ method: 'DELETE', url: `/api/datasets/${chinchillaId}` });
    expect([fixed.status, fixed.body.error?.code]).toEqual([409, 'DATASET_FIXED']);
  });

  it('come, change and go with the files of the folder', async () => {
    const path = join(folder(), 'data/late.csv');
    const names = async (): Promise<string[]> =>
      ((await ask('/api/datasets')).body.datasets as { name: string }[]).map(({ name }) => name);
    await writeFile(path, simulatedCsv(3));
    expect(await names()).toContain('late.csv');
    expect((await ask(`/api/datasets/${sha256(simulatedCsv(3))}`)).body.name).toBe('late.csv');
    await writeFile(path, simulatedCsv(4));
    expect((await ask(`/api/datasets/${sha256(simulatedCsv(3))}`)).status).toBe(404);
    expect((await ask(`/api/datasets/${sha256(simulatedCsv(4))}`)).body.name).toBe('late.csv');
    await rm(path);
    expect(await names()).not.toContain('late.csv');
  });

  it('whose columns are not recognised say what is missing', async () => {
    const { body } = await upload('size,seen,val_loss,test_loss,note\n1e8,2e9,3.1,3.2,=cmd()\n');
    expect(body).toMatchObject({
      quantities: { params: 'size' },
      ambiguous: { loss: ['val_loss', 'test_loss'] },
      problem: { code: expect.stringMatching(/COLUMN_AMBIGUOUS|QUANTITY_MISSING/) as unknown },
    });
  });
});

describe('uploads that are refused', () => {
  const wide = `${Array.from({ length: 51 }, (_, k) => `c${String(k)}`).join(',')}\n`;
  it.each<[string, string | Buffer, number, string]>([
    ['an empty file', '', 400, 'CSV_EMPTY'],
    ['a header alone', 'N,D,loss\n', 400, 'CSV_NO_ROWS'],
    ['binary data', Buffer.from([1, 0, 2, 0]), 400, 'FILE_BINARY'],
    ['a column twice', 'N,N,loss\n1,2,3\n', 400, 'CSV_DUPLICATE_COLUMN'],
    ['a quote in the middle', 'N,D,loss\n1,a"b,3\n', 400, 'CSV_MALFORMED'],
    ['too many bytes', `N,D,loss\n${'1,2,3\n'.repeat(40_000)}`, 413, 'UPLOAD_TOO_LARGE'],
    ['too many rows', `N,D,loss\n${'1,2,3\n'.repeat(5001)}`, 413, 'DATASET_TOO_LONG'],
    ['too many columns', wide, 413, 'DATASET_TOO_WIDE'],
  ])('%s', async (_, text, status, code) => {
    const before = await uploads();
    const answer = await upload(text);
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    expect(await uploads()).toEqual(before);
  });

  it('no form, and a part of another name', async () => {
    const json = await ask({ method: 'POST', url: '/api/datasets', payload: {} });
    expect([json.status, json.body.error?.code]).toEqual([400, 'UPLOAD_INVALID']);
    const other = await upload(simulatedCsv(5), 'runs.csv', 'csv');
    expect([other.status, other.body.error?.code]).toEqual([400, 'UPLOAD_INVALID']);
    const { payload, headers = {} } = form('N', 'a.csv');
    const cut = await ask({
      method: 'POST',
      url: '/api/datasets',
      headers,
      payload: (payload as Buffer).subarray(0, 20),
    });
    expect(cut.status).toBe(400);
  });
});
