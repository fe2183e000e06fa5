import type { Head } from './head.ts';

/** A file that a reader reads, wherever it lies. */
export interface InputFile {
  /** What messages call it. */
  readonly name: string;
  /** Names of the folders on the way to it and its own name, at least as far as the user gave them. */
  readonly path: readonly string[];
  /** Bytes. */
  readonly size: number;
  /** The bytes from the first to the last. */
  open(): AsyncIterable<Uint8Array>;
  /** The beginning, by which its format is recognised. */
  head(): Promise<Head>;
  /** The bytes from `start` to before `end`. */
  slice(start: number, end: number): Promise<ArrayBuffer>;
  /** Another file by its path from the folder of this one, such as `../config.json`; `undefined` where there is none. */
  beside(path: string): Promise<InputFile | undefined>;
  /** Hex SHA-256 of the bytes. */
  sha256(): Promise<string>;
}

/** Folders that tell nothing about the run whose files lie in them. */
const plainFolders =
  /^(\.|files|logs?|runs?|tb|tensorboard|tb_logs|events|wandb|outputs?|results?|checkpoints?|checkpoint-\d+|lightning_logs|metrics|history)$/i;

/** Folders that tell one part of a run from another, and need the name before them. */
const partFolders = /^(train|training|val|valid|validation|eval|evaluation|test|version_\d+)$/i;

/**
 * The name of the run whose only file this is: that of its folder, or of the nearest folder above it that tells more.
 *
 * @example
 * ```ts
 * runNameOf(['sweep', 'small', 'checkpoint-500', 'trainer_state.json']); // 'small'
 * runNameOf(['logs', 'small', 'validation', 'events.out.tfevents.1.host']); // 'small/validation'
 * ```
 */
export function runNameOf(path: readonly string[]): string {
  const folders = path.slice(0, -1);
  const parts: string[] = [];
  for (const folder of folders.reverse()) {
    if (plainFolders.test(folder)) continue;
    parts.unshift(folder);
    if (!partFolders.test(folder)) break;
  }
  return parts.length === 0 ? fileStem(path) : parts.join('/');
}

/** Names of files that tell nothing about the run that they hold. */
const plainFiles = /^(metrics?|logs?|history|wandb-(history|summary)|train(ing)?([-_]?log)?|eval|results?|progress)$/i;

/** The name of the run that a file holds alone: its own, or that of its folder where many a file is called like it. */
export function singleRunName(path: readonly string[]): string {
  const stem = fileStem(path);
  return plainFiles.test(stem) ? runNameOf(path) : stem;
}

/** Name of a file without its extension. */
function fileStem(path: readonly string[]): string {
  const name = path.at(-1) ?? '';
  return name.replace(/(?<=.)\.[a-z]+$/i, '');
}

/** All bytes of a file of which it is known that they are not too many. */
export async function readWhole(file: InputFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(file.size);
  let at = 0;
  for await (const piece of file.open()) {
    bytes.set(piece.subarray(0, bytes.length - at), at);
    at += piece.length;
  }
  return bytes.subarray(0, Math.min(at, bytes.length));
}
