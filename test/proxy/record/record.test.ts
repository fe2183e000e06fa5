import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCheckpoint, loadWeights, saveCheckpoint, saveWeights } from '../../../src/proxy/record/checkpoint.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/proxy/record/safetensors.ts';
import { encodeRecord } from '../../../src/core/tensorBoard/records.ts';
import { openEventFile } from '../../../src/proxy/record/tensorBoard.ts';
import { metricsColumns, metricsCsv, type MetricsRow } from '../../../src/proxy/train/metrics.ts';
import { codeOf } from '../../helpers/errors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-record-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('safetensors', () => {
  const tensors = new Map([
    ['a.b', { shape: [2, 3], values: Float32Array.of(1, -2.5, 3e-20, NaN, Infinity, -0) }],
    ['c', { shape: [1], values: Float32Array.of(7) }],
  ]);
  it('come back bit for bit, with their texts', () => {
    const bytes = encodeSafetensors(tensors, { step: '12' });
    const back = decodeSafetensors(bytes, 'x');
    expect(back.tensors).toEqual(tensors);
    expect(back.metadata).toEqual({ step: '12' });
    // The layout of the format: the length of the header, JSON, data from a multiple of eight bytes on.
    const length = Number(Buffer.from(bytes).readBigUInt64LE());
    expect(length % 8).toBe(0);
    const header = JSON.parse(Buffer.from(bytes).toString('utf8', 8, 8 + length)) as Record<string, unknown>;
    expect(header['a.b']).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
    expect(Buffer.from(bytes).readFloatLE(8 + length + 4)).toBe(-2.5);
  });
  it('that are damaged are told', () => {
    const bytes = encodeSafetensors(tensors);
    for (const broken of [
      bytes.subarray(0, 4),
      bytes.subarray(0, bytes.length - 1),
      Buffer.from(bytes).fill(255, 0, 8),
      Buffer.from(bytes).fill(35, 8, 20),
    ])
      expect(codeOf(() => decodeSafetensors(broken, 'x'))).toBe('CHECKPOINT_INVALID');
  });
});

describe('a checkpoint', () => {
  const specs = [
    { name: 'w', group: 'mlp', shape: [2, 2], start: { value: 0 }, decays: true, rate: 1, isHidden: true },
  ] as const;
  const map = (value: number): Map<string, Float32Array> => new Map([['w', Float32Array.of(value, 1, 2, 3)]]);
  it('comes back as it was', async () => {
    const path = join(folder, 'checkpoint.safetensors');
    const checkpoint = {
      weights: map(0.1),
      optimizer: { step: 5, first: map(0.2), second: map(0.3) },
      evaluations: 2,
      seconds: 1.25,
      losses: 8.123456789012345,
      evaluatedAt: 3,
    };
    await saveCheckpoint(path, specs, checkpoint);
    expect(await loadCheckpoint(path, specs)).toEqual(checkpoint);
    expect(await loadCheckpoint(join(folder, 'none'), specs)).toBeUndefined();
    await expect(loadCheckpoint(path, [{ ...specs[0], shape: [4] }])).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
    });
    await saveWeights(path, specs, checkpoint.weights, {});
    expect(await loadWeights(path, specs)).toEqual(checkpoint.weights);
    await writeFile(path, encodeSafetensors(new Map()));
    await expect(loadWeights(path, specs)).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
    await expect(loadCheckpoint(path, specs)).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });
});

describe('events', () => {
  it('have the checksums of TFRecord', () => {
    // The file version event as TensorFlow writes it: length 24, and both masked CRC-32C.
    const event = Buffer.from('0900000000000000001a0d627261696e2e4576656e743a32', 'hex');
    const record = Buffer.from(encodeRecord(event));
    expect(record.readBigUInt64LE()).toBe(24n);
    expect(record.toString('hex', 8, 12)).toBe('a37f4b22');
    expect(record.subarray(12, 36).equals(event)).toBe(true);
  });
  it('are appended, numbers only', async () => {
    const path = join(folder, 'events.out.tfevents.1.x');
    for (const step of [1, 2]) {
      const file = await openEventFile(path, { now: () => 1000 });
      await file.add(step, { 'loss/val': 1.5, nothing: NaN });
      await file.close();
    }
    const bytes = await readFile(path);
    const found: string[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = Number(bytes.readBigUInt64LE(at));
      found.push(bytes.toString('latin1', at + 12, at + 12 + length));
      at += 16 + length;
    }
    expect(found).toHaveLength(3);
    expect(found[0]).toContain('brain.Event:2');
    expect(found[2]).toContain('loss/val');
    expect(found[2]).not.toContain('nothing');
  });
});

describe('metrics', () => {
  it('are a CSV with an empty field where there is no number', () => {
    const row = Object.fromEntries(metricsColumns.map((column, k) => [column, k])) as unknown as MetricsRow;
    const text = metricsCsv([{ ...row, run: 'a,"b"', family: 'none', status: 'done', loss: NaN }]);
    expect(text.split('\n')[1]).toBe('"a,""b""",none,2,3,4,5,6,,8,9,10,11,12,13,14,15,16,17,done');
  });
});
