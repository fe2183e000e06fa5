/** Characters that `String.fromCharCode` takes at a time, well below every engine's limit on arguments. */
const chunk = 8192;

function bytesToBase64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += chunk)
    text += String.fromCharCode(...bytes.subarray(start, start + chunk));
  return btoa(text);
}

function base64ToView(base64: string): DataView {
  const text = atob(base64);
  const view = new DataView(new ArrayBuffer(text.length));
  for (let k = 0; k < text.length; k++) view.setUint8(k, text.charCodeAt(k));
  return view;
}

/** Numbers as base64 of little-endian float32. */
export function encodeFloat32(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (let k = 0; k < values.length; k++) view.setFloat32(4 * k, values[k], true);
  return bytesToBase64(new Uint8Array(view.buffer));
}

/** Numbers as base64 of little-endian float64. */
export function encodeFloat64(values: Float64Array): string {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (let k = 0; k < values.length; k++) view.setFloat64(8 * k, values[k], true);
  return bytesToBase64(new Uint8Array(view.buffer));
}

/** Inverse of {@link encodeFloat32}; `undefined` when the text is not base64 of exactly that many numbers. */
export function decodeFloat32(base64: string, length: number): Float32Array | undefined {
  const view = tryView(base64, 4 * length);
  if (view === undefined) return undefined;
  const values = new Float32Array(length);
  for (let k = 0; k < length; k++) values[k] = view.getFloat32(4 * k, true);
  return values;
}

/** Inverse of {@link encodeFloat64}; `undefined` when the text is not base64 of exactly that many numbers. */
export function decodeFloat64(base64: string, length: number): Float64Array | undefined {
  const view = tryView(base64, 8 * length);
  if (view === undefined) return undefined;
  const values = new Float64Array(length);
  for (let k = 0; k < length; k++) values[k] = view.getFloat64(8 * k, true);
  return values;
}

function tryView(base64: string, bytes: number): DataView | undefined {
  // The length of base64 is known from the number of bytes, so a wrong size is found without decoding.
  if (base64.length !== 4 * Math.ceil(bytes / 3)) return undefined;
  try {
    const view = base64ToView(base64);
    return view.byteLength === bytes ? view : undefined;
  } catch {
    return undefined;
  }
}
