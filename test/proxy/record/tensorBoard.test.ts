import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../../src/proxy/engines/engine.ts';
import { openEngine } from '../../../src/proxy/engines/index.ts';
import { trainRun } from '../../../src/proxy/train/run.ts';
import { readRows } from '../../../src/proxy/train/runFolder.ts';
import { folderFor, tiny } from '../tiny.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

/** CRC-32C bit by bit, as its definition has it. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Takes the mask of TFRecord off a checksum. */
const unmasked = (value: number): number => {
  const rotated = (value - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
};

/** Records of a TFRecord file, whose checksums have to be right. */
function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(unmasked(bytes.readUInt32LE(at + 8))).toBe(crc32c(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(data).toHaveLength(length);
    expect(unmasked(bytes.readUInt32LE(at + 12 + length))).toBe(crc32c(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}

/** Fields of a Protocol Buffers message by number: whole numbers, eight or four bytes, or bytes with a length. */
function fieldsOf(bytes: Buffer): { field: number; number?: number; data?: Buffer }[] {
  let at = 0;
  const varint = (): number => {
    for (let [value, scale] = [0, 1]; ; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  const found: { field: number; number?: number; data?: Buffer }[] = [];
  while (at < bytes.length) {
    const key = varint();
    const field = key >>> 3;
    if ((key & 7) === 0) found.push({ field, number: varint() });
    else if ((key & 7) === 1) found.push({ field, number: take(8).readDoubleLE() });
    else if ((key & 7) === 2) found.push({ field, data: take(varint()) });
    else found.push({ field, number: take(4).readFloatLE() });
  }
  return found;
}

interface Event {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  readonly restart: boolean;
  readonly scalars: Readonly<Record<string, number>>;
}

/** Events as TensorFlow's `event.proto` numbers their fields. */
function eventOf(record: Buffer): Event {
  const fields = fieldsOf(record);
  const find = (wanted: number) => fields.find(({ field }) => field === wanted);
  const values = fieldsOf(find(5)?.data ?? Buffer.alloc(0)).map(({ data }) => fieldsOf(data ?? Buffer.alloc(0)));
  const version = find(3)?.data;
  return {
    wallTime: find(1)?.number ?? NaN,
    step: find(2)?.number ?? 0,
    ...(version === undefined ? {} : { version: version.toString() }),
    restart: fieldsOf(find(7)?.data ?? Buffer.alloc(0)).some(({ field, number }) => field === 1 && number === 1),
    scalars: Object.fromEntries(
      values.map((value) => [
        value.find(({ field }) => field === 1)?.data?.toString(),
        value.find(({ field }) => field === 2)?.number ?? 0,
      ]),
    ) as Record<string, number>,
  };
}

/** Events of all files of a folder, in the order in which TensorBoard reads them. */
async function eventsIn(folder: string): Promise<Event[]> {
  const names = (await readdir(folder)).filter((name) => name.includes('tfevents')).sort();
  const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return files.flatMap((bytes) => recordsOf(bytes).map(eventOf));
}

it('the checksum is that of the standard', () => {
  // RFC 3720, appendix B.4.
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

it('events hold what metrics.csv does, under tags that TensorBoard groups', async () => {
  const folder = join(await folderFor(), 'run');
  const began = Date.now() / 1000;
  await trainRun(tiny, folder, engine);
  const [head, ...events] = await eventsIn(folder);
  expect(head).toMatchObject({ version: 'brain.Event:2', restart: false, scalars: {} });
  const rows = await readRows(folder);
  expect(rows).toHaveLength(5);
  expect(events.map(({ step }) => step)).toEqual(rows.map(({ step }) => step));
  for (const [k, { scalars, wallTime, restart }] of events.entries()) {
    const row = rows[k];
    expect(scalars).toEqual({
      'loss/val': Math.fround(row.loss),
      'loss/train': Math.fround(row.train_loss),
      lr: Math.fround(row.learning_rate),
      tokens: row.tokens,
      flops: Math.fround(row.flops),
      grad_norm: Math.fround(row.gradient_norm),
      update_rms: Math.fround(row.update_rms),
      max_attn_logit: Math.fround(row.max_attention_logit),
      logZ: Math.fround(row.log_z),
      toks_per_s: Math.fround(row.tokens_per_second),
      mem_bytes: Math.fround(row.memory_mb * 1e6),
    });
    expect(restart).toBe(false);
    expect(wallTime).toBeGreaterThanOrEqual(began - 1);
    expect(wallTime).toBeLessThan(began + 60);
  }
});

it('a run that goes on takes back what was told of steps that it does again', async () => {
  const folder = join(await folderFor(), 'run');
  const interrupted = trainRun(tiny, folder, engine, {
    onProgress: ({ row }) => {
      if (row !== undefined && row.step >= 10) throw new Error('killed');
    },
  });
  await expect(interrupted).rejects.toThrow('killed');
  await trainRun(tiny, folder, engine, { resume: true });
  const events = await eventsIn(folder);
  const restarts = events.filter(({ restart }) => restart);
  // There was no checkpoint, so all is done again.
  expect(restarts.map(({ step }) => step)).toEqual([1]);
  // What TensorBoard keeps: nothing at or after the step of a restart from before it.
  const kept: Event[] = [];
  for (const event of events) {
    if (event.restart) kept.splice(0, kept.length, ...kept.filter(({ step }) => step < event.step));
    else if (event.version === undefined) kept.push(event);
  }
  const rows = await readRows(folder);
  expect(kept.map(({ step, scalars }) => [step, scalars['loss/val']])).toEqual(
    rows.map(({ step, loss }) => [step, Math.fround(loss)]),
  );
  expect(events.length).toBeGreaterThan(kept.length + 2);
});
