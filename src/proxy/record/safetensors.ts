import { IsoflopError } from '../../core/errors.ts';

/** A tensor as a file has it, row-major float32. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Largest header that is read, as in the format's own library. */
const largestHeader = 100_000_000;

/**
 * Tensors as the bytes of a safetensors file.
 *
 * @param metadata - texts that go with them
 * @see https://github.com/huggingface/safetensors#format
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, Entry | Readonly<Record<string, string>>> = { __metadata__: metadata };
  let size = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [size, (size += values.byteLength)] };
  }
  // The data begin at a multiple of eight bytes.
  const text = JSON.stringify(header);
  const json = Buffer.from(text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8));
  const bytes = Buffer.alloc(8 + json.length + size);
  bytes.writeBigUInt64LE(BigInt(json.length));
  json.copy(bytes, 8);
  let at = 8 + json.length;
  for (const { values } of tensors.values()) {
    for (const value of values) at = bytes.writeFloatLE(value, at);
  }
  return bytes;
}

/**
 * Reads what {@link encodeSafetensors} wrote, or any other file of float32 tensors.
 *
 * @param file - its name, for messages
 * @throws {@link IsoflopError} `CHECKPOINT_INVALID`
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  file: string,
): { readonly tensors: Map<string, StoredTensor>; readonly metadata: Readonly<Record<string, string>> } {
  const invalid = (reason: string): IsoflopError => new IsoflopError('CHECKPOINT_INVALID', { file, reason });
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 8) throw invalid('it is shorter than its header');
  const length = Number(view.readBigUInt64LE());
  if (length > largestHeader || 8 + length > view.length) throw invalid('its header does not fit');
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(view.toString('utf8', 8, 8 + length)) as Record<string, unknown>;
  } catch {
    throw invalid('its header is no JSON');
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: [from, end] = [NaN, NaN] } = entry as Partial<Entry>;
    const count = shape?.reduce((product, side) => product * side, 1) ?? NaN;
    if (dtype !== 'F32' || shape === undefined) throw invalid(`${name} is no float32 tensor`);
    if (end - from !== 4 * count || 8 + length + end > view.length) throw invalid(`${name} does not fit`);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = view.readFloatLE(8 + length + from + 4 * i);
    tensors.set(name, { shape, values });
  }
  return { tensors, metadata: metadata as Readonly<Record<string, string>> };
}
