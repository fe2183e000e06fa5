import { open, type FileHandle } from 'node:fs/promises';
import protobuf from 'protobufjs';

/** The part of TensorFlow's `Event` message that scalars need. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Value { string tag = 1; float simple_value = 2; }
  message Summary { repeated Value value = 1; }
  message Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
`);
const eventType = root.lookupType('Event');

/** CRC-32C, byte by byte, of the polynomial 0x1EDC6F41 in reversed bits. */
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c;
});

function crc32c(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = table[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** A checksum as TFRecord masks it, so that checksums of checksums differ. */
const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

/** One record of a TFRecord file: length, its checksum, data, their checksum. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(16 + data.length);
  bytes.writeBigUInt64LE(BigInt(data.length));
  bytes.writeUInt32LE(masked(bytes.subarray(0, 8)), 8);
  bytes.set(data, 12);
  bytes.writeUInt32LE(masked(data), 12 + data.length);
  return bytes;
}

interface EventFields {
  readonly wallTime: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly summary?: { readonly value: readonly { readonly tag: string; readonly simpleValue: number }[] };
}

const encodeEvent = (event: EventFields): Uint8Array =>
  encodeRecord(eventType.encode(eventType.fromObject(event)).finish());

/** A file of events that TensorBoard reads. */
export interface EventFile {
  /** Adds scalars by tag, such as `loss/val`. */
  readonly add: (step: number, scalars: Readonly<Record<string, number>>) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a file of events for appending.
 *
 * @param path - its name has to hold `tfevents`, by which TensorBoard finds it
 */
export async function openEventFile(path: string, now: () => number = Date.now): Promise<EventFile> {
  const file: FileHandle = await open(path, 'a');
  if ((await file.stat()).size === 0)
    await file.write(encodeEvent({ wallTime: now() / 1000, fileVersion: 'brain.Event:2' }));
  return {
    add: async (step, scalars) => {
      const value = Object.entries(scalars)
        .filter(([, simpleValue]) => Number.isFinite(simpleValue))
        .map(([tag, simpleValue]) => ({ tag, simpleValue }));
      await file.write(encodeEvent({ wallTime: now() / 1000, step, summary: { value } }));
    },
    close: () => file.close(),
  };
}
