/** Bytes of a file from which its format is recognised. */
export const headSize = 2 ** 16;

/** The beginning of a file. */
export interface Head {
  /** At most {@link headSize} bytes. */
  readonly bytes: Uint8Array;
  /** The same as text; empty where they are not text. */
  readonly text: string;
  /** Whether the file has no more. */
  readonly isWhole: boolean;
  /** Extension of the file's name in lower case without the dot: a hint where the content leaves it open. */
  readonly extension: string;
}

/**
 * The beginning of a file, as readers look at it.
 *
 * @param name - name of the file
 * @param size - bytes of the whole file
 */
export function headOf(name: string, bytes: Uint8Array, size: number): Head {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1].toLowerCase() ?? '';
  const isText = !bytes.includes(0);
  // A head may end within a character, which is then replaced; nobody looks at the last one.
  const text = isText ? new TextDecoder().decode(bytes) : '';
  return { bytes, text, isWhole: bytes.length === size, extension };
}
