import { open, type FileHandle } from 'node:fs/promises';
import { eventType } from '../../core/tensorBoard/events.ts';
import { encodeRecord } from '../../core/tensorBoard/records.ts';

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
