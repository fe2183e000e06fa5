import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/proxy/engines/engine.ts';
import { openEngine } from '../../../src/proxy/engines/index.ts';
import type { CorpusConfig } from '../../../src/proxy/runConfig.ts';
import { trainRun } from '../../../src/proxy/train/run.ts';
import { folderFor, tiny } from '../tiny.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

const text = (path: string): CorpusConfig => ({ kind: 'text', path, validationFraction: 0.1 });
const bin = (path: string, vocabulary = 16): CorpusConfig => ({
  kind: 'bin',
  path,
  vocabulary,
  validationFraction: 0.1,
});

/** Trains on a corpus; what it is refused with, after which there is no folder of the run. */
async function refusal(corpus: CorpusConfig): Promise<unknown> {
  const folder = join(await folderFor(), 'run');
  const error: unknown = await trainRun({ ...tiny, corpus }, folder, engine).then(
    () => 'trained',
    (reason: unknown) => reason,
  );
  await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  return error;
}

describe('a corpus that cannot be trained on is refused before anything is written', () => {
  it('where there is none', async () => {
    expect(await refusal(text('/nowhere/a.txt'))).toMatchObject({
      code: 'FILE_NOT_FOUND',
      details: { file: '/nowhere/a.txt' },
    });
    // The part to evaluate on may lie elsewhere.
    const folder = await folderFor();
    await writeFile(join(folder, 'a.bin'), new Uint8Array(400));
    const apart = { ...bin(join(folder, 'a.bin')), validation: join(folder, 'b.bin') } as CorpusConfig;
    expect(await refusal(apart)).toMatchObject({ code: 'FILE_NOT_FOUND', details: { file: join(folder, 'b.bin') } });
  });

  it('where the folder has no files', async () => {
    const folder = await folderFor();
    await mkdir(join(folder, 'deeper'));
    await writeFile(join(folder, '.hidden'), 'x'.repeat(1000));
    expect(await refusal(text(folder))).toMatchObject({ code: 'CORPUS_SHORT', details: { tokens: 0 } });
  });

  // Nothing is forbidden to root.
  it.skipIf(process.getuid?.() === 0)('where it may not be read', async () => {
    const path = join(await folderFor(), 'secret.txt');
    await writeFile(path, 'x'.repeat(1000));
    await chmod(path, 0);
    expect(await refusal(text(path))).toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  it('where it is shorter than the context', async () => {
    const path = join(await folderFor(), 'short.txt');
    // 8 positions take 9 symbols in each part; the last 10% of 89 are 9, of 80 only 8.
    await writeFile(path, 'x'.repeat(80));
    expect(await refusal(text(path))).toMatchObject({
      code: 'CORPUS_SHORT',
      details: { part: 'validation', tokens: 8 },
    });
    await writeFile(path, '');
    expect(await refusal(text(path))).toMatchObject({ code: 'CORPUS_SHORT', details: { tokens: 0 } });
    const { status } = await trainRun(
      { ...tiny, corpus: { ...text(path), path: await longer(path) } as CorpusConfig, tokens: 64 },
      join(await folderFor(), 'run'),
      engine,
    );
    expect(status).toBe('done');
  });

  it('where it has a symbol that its vocabulary has not', async () => {
    const path = join(await folderFor(), 'a.bin');
    const tokens = Uint16Array.from({ length: 500 }, (_, k) => k % 16);
    tokens[480] = 16;
    await writeFile(path, tokens);
    const error = await refusal(bin(path));
    expect(error).toMatchObject({ code: 'CORPUS_SYMBOL', details: { path, symbol: 16, vocabulary: 16 } });
    expect((error as Error).message).toContain('Set corpus.vocabulary to 17 or more');
  });

  it('where it has half a symbol at its end', async () => {
    const path = join(await folderFor(), 'odd.bin');
    await writeFile(path, new Uint8Array(1001));
    expect(await refusal(bin(path))).toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('1001 bytes') as unknown,
    });
  });
});

/** A text beside another that is just long enough. */
async function longer(path: string): Promise<string> {
  const other = `${path}.long`;
  await writeFile(other, 'abcdefghi'.repeat(10).slice(0, 89));
  return other;
}
