import { open, type FileHandle } from 'node:fs/promises';
import protobuf from 'protobufjs';
import { writeFailure } from '../../node/atomicWrite.ts';

/** The part of TensorFlow's `Event` message that scalars need, and what tells of an interruption. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Value { string tag = 1; float simple_value = 2; }
  message Summary { repeated Value value = 1; }
  message SessionLog { enum Status { UNSPECIFIED = 0; START = 1; } Status status = 1; }
  message Event {
    double wall_time = 1;
    int64 step = 2;
    string file_version = 3;
    Summary summary = 5;
    SessionLog session_log = 7;
  }
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
  readonly sessionLog?: { readonly status: 'START' };
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
 * @param restartAt - first step of a run that goes on: TensorBoard forgets what an interrupted process told of later ones
 * @throws {@link IsoflopError} `FILE_UNWRITABLE`, `DISK_FULL`
 */
export async function openEventFile(
  path: string,
  { now = Date.now, restartAt }: { readonly now?: () => number; readonly restartAt?: number | undefined } = {},
): Promise<EventFile> {
  const failed = (error: unknown): never => {
    throw writeFailure(path, error);
  };
  const file: FileHandle = await open(path, 'a').catch(failed);
  /** Adds a record, whole or not at all: after a part of one nothing that follows could be read. */
  const append = async (event: Omit<EventFields, 'wallTime'>): Promise<void> => {
    const record = encodeEvent({ wallTime: now() / 1000, ...event });
    const { size } = await file.stat();
    try {
      await file.appendFile(record);
    } catch (error) {
      await file.truncate(size).catch(() => undefined);
      failed(error);
    }
  };
  try {
    if ((await file.stat()).size === 0) await append({ fileVersion: 'brain.Event:2' });
    if (restartAt !== undefined) await append({ step: restartAt, sessionLog: { status: 'START' } });
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    add: async (step, scalars) => {
      const value = Object.entries(scalars)
        .filter(([, simpleValue]) => Number.isFinite(simpleValue))
        .map(([tag, simpleValue]) => ({ tag, simpleValue }));
      await append({ step, summary: { value } });
    },
    close: () => file.close(),
  };
}
