import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCorpus } from '../../../src/proxy/corpus/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-corpus-'));
  await writeFile(
    join(folder, 'one.txt'),
    Uint8Array.from({ length: 1000 }, (_, i) => i % 251),
  );
  await mkdir(join(folder, 'many'));
  await writeFile(
    join(folder, 'many/a.txt'),
    Uint8Array.from({ length: 300 }, (_, i) => i % 251),
  );
  await writeFile(
    join(folder, 'many/b.txt'),
    Uint8Array.from({ length: 700 }, (_, i) => (i + 300) % 251),
  );
  const tokens = Buffer.alloc(1000);
  for (let i = 0; i < 500; i++) tokens.writeUInt16LE(100 * i, 2 * i);
  await writeFile(join(folder, 'tokens.bin'), tokens);
});
afterAll(() => rm(folder, { recursive: true }));

const text = (name: string) => ({ kind: 'text', path: join(folder, name), validationFraction: 0.1 }) as const;

describe('a text', () => {
  it('is trained on in its first part and evaluated on in its last', async () => {
    const corpus = await openCorpus(text('one.txt'));
    expect([corpus.vocabulary, corpus.trainTokens, corpus.validationTokens]).toEqual([256, 900, 100]);
    const windows = await corpus.batch(0, 0, 200, 9);
    for (let row = 0; row < 200; row++) {
      const [first, ...rest] = windows.subarray(row * 10, row * 10 + 10);
      expect(rest).toEqual(rest.map((_, i) => (first + i + 1) % 251));
    }
    const validation = await corpus.validation(1000, 9);
    // Side by side: each target is seen once.
    expect(validation.length).toBe(11 * 10);
    expect([...validation.subarray(0, 10)]).toEqual(Array.from({ length: 10 }, (_, i) => (900 + i) % 251));
    expect([...validation.subarray(10, 12)]).toEqual([909 % 251, 910 % 251]);
    await corpus.close();
  });

  it('may be a folder, whose files follow each other in the order of their names', async () => {
    const [one, many] = await Promise.all(['one.txt', 'many'].map((name) => openCorpus(text(name))));
    for (const step of [0, 1, 2]) expect(await many.batch(7, step, 50, 20)).toEqual(await one.batch(7, step, 50, 20));
    expect(await many.validation(100, 20)).toEqual(await one.validation(100, 20));
    await Promise.all([one.close(), many.close()]);
  });

  it('says what is wrong with it', async () => {
    await expect(openCorpus(text('nothing.txt'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    const corpus = await openCorpus(text('one.txt'));
    await expect(corpus.batch(0, 0, 1, 900)).rejects.toMatchObject({ code: 'CORPUS_SHORT' });
    await expect(corpus.validation(1, 100)).rejects.toMatchObject({ code: 'CORPUS_SHORT' });
    await corpus.close();
  });
});

describe('a file of tokens', () => {
  it('is read as little-endian uint16', async () => {
    const path = join(folder, 'tokens.bin');
    const corpus = await openCorpus({ kind: 'bin', path, vocabulary: 50_000, validationFraction: 0.2 });
    expect([corpus.trainTokens, corpus.validationTokens]).toEqual([400, 100]);
    expect([...(await corpus.validation(1, 3))]).toEqual([40_000, 40_100, 40_200, 40_300]);
    await corpus.close();
    const narrow = await openCorpus({ kind: 'bin', path, vocabulary: 1000, validationFraction: 0.2 });
    await expect(narrow.validation(1, 3)).rejects.toMatchObject({ code: 'CORPUS_SYMBOL' });
    await narrow.close();
  });
});
