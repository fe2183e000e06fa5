import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRuns } from '../../../src/runs/files.ts';
import { fixture, fixtureLoss, folderWith } from '../../helpers/formats.ts';

describe('Parquet', () => {
  it.each(['none', 'snappy', 'gzip', 'brotli', 'lz4', 'zstd', 'v2'])('reads what pyarrow wrote: %s', async (name) => {
    const runs = await readRuns(fixture('parquet', `${name}.parquet`));
    const { params, tokens, loss, learningRate } = runs.quantities;
    expect(runs.rows).toBe(12);
    expect(runs.conventions.columns).toMatchObject({ params: 'config.n_params', loss: 'eval_loss', run: 'run' });
    for (let i = 0; i < runs.rows; i++)
      expect(loss?.[i]).toBeCloseTo(fixtureLoss(params?.[i] ?? NaN, tokens?.[i] ?? NaN), 12);
    expect(learningRate?.[0]).toBe(1e-3);
    expect(runs.categories.run?.labels[11]).toBe('1000M-40');
    expect([...runs.lines]).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  it('reads what pandas wrote, missing values as blanks', async () => {
    const runs = await readRuns(fixture('parquet', 'pandas.parquet'), { where: 'finished == "true"', extra: ['half'] });
    expect(runs.rows).toBe(9);
    expect(runs.dropped).toEqual([{ rows: 3, why: '--where finished == "true"' }]);
    expect(runs.quantities.half?.[0]).toBeCloseTo(runs.quantities.loss?.[0] ?? NaN, 5);
    const all = await readRuns(fixture('parquet', 'pandas.parquet'));
    expect(all.dropped).toEqual([{ rows: 1, why: 'blank or NaN loss' }]);
  });

  it('gives 64-bit integers beyond the range of 32 bits', async () => {
    const runs = await readRuns(fixture('parquet', 'none.parquet'));
    expect(Math.max(...(runs.quantities.tokens ?? []))).toBe(4e10);
  });

  const damage = async (change: (bytes: Buffer) => Buffer): Promise<string> => {
    const bytes = await readFile(fixture('parquet', 'snappy.parquet'));
    return join(await folderWith({ 'x.parquet': change(bytes) }), 'x.parquet');
  };
  const refused = async (path: string): Promise<string> => {
    const error: unknown = await readRuns(path).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'FILE_DAMAGED' });
    expect((error as Error).message).toContain(path);
    return (error as Error).message;
  };

  it('refuses a file that was cut', async () => {
    expect(await refused(await damage((bytes) => bytes.subarray(0, 3000)))).toContain('Copy or write the file again');
    await refused(await damage((bytes) => bytes.subarray(0, 6)));
  });

  it('refuses a file that lacks the column chunks of a row group', async () => {
    // The footer stays, and the pages before it are gone.
    const path = await damage((bytes) => {
      const footer = bytes.readUInt32LE(bytes.length - 8) + 8;
      return Buffer.concat([bytes.subarray(0, 200), bytes.subarray(bytes.length - footer)]);
    });
    expect(await refused(path)).toMatch(/column "\S+" of row group \d lies beyond the end/);
  });

  it('refuses pages that cannot be decompressed', async () => {
    await refused(
      await damage((bytes) => {
        const copy = Buffer.from(bytes);
        for (let i = 20; i < copy.length - copy.readUInt32LE(copy.length - 8) - 8; i++) copy[i] = 255;
        return copy;
      }),
    );
  });
});
