import { open, type FileHandle } from 'node:fs/promises';
import { eventType } from '../../core/tensorBoard/events.ts';
import { encodeRecord } from '../../core/tensorBoard/records.ts';
import { writeFailure } from '../../node/atomicWrite.ts';

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
