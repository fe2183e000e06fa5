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
export function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Bytes before the data of a record: its length and the checksum of that. */
export const recordHead = 12;

/** Bytes of a record besides its data. */
export const recordFrame = recordHead + 4;

/** One record of a TFRecord file: length, its checksum, data, their checksum. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(recordFrame + data.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(bytes.subarray(0, 8)), true);
  bytes.set(data, recordHead);
  view.setUint32(recordHead + data.length, maskedChecksum(data), true);
  return bytes;
}

/**
 * Length of the data of the record that begins here.
 *
 * @param head - 12 bytes or more
 * @returns `undefined` where the checksum says that no record begins here
 */
export function recordLength(head: Uint8Array): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, recordHead);
  if (view.getUint32(8, true) !== maskedChecksum(head.subarray(0, 8))) return undefined;
  return Number(view.getBigUint64(0, true));
}
