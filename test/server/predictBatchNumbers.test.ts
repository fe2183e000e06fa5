import { describe, expect, it } from 'vitest';
import { longestNumber, writeNumber } from '../../server/work/batch/numberText.ts';
import { createRandom } from '../../src/core/random.ts';

const bytes = new Uint8Array(longestNumber + 8);
const view = new DataView(bytes.buffer);
/** The text of a number, after checking that nothing is written beyond the room for it. */
function textOf(value: number): string {
  bytes.fill(1);
  const end = writeNumber(view, 4, value);
  expect(end).toBeLessThanOrEqual(4 + longestNumber);
  expect([...bytes.subarray(0, 4), ...bytes.subarray(4 + longestNumber)]).toEqual(Array(8).fill(1));
  return new TextDecoder().decode(bytes.subarray(4, end));
}

describe('a number as JSON', () => {
  it.each([
    0,
    1,
    9,
    10,
    12_345,
    7e10,
    999_999_999_999_999,
    1e15,
    2 ** 53,
    0.1,
    0.30000000000000004,
    2.5,
    123.456,
    1e-6,
    1.5e-6,
    0.000123,
    9.999999999999999e20,
    1e20,
    1e21,
    5.88e23,
    1e22,
    1e23,
    9.999999999999999e22,
    1.7976931348623157e308,
    5e-324,
    -3.25,
    -1e-9,
  ])('is written as JavaScript does: %f', (value) => {
    expect(textOf(value)).toBe(String(value));
  });

  it.each([NaN, Infinity, -Infinity])('is null where there is none: %f', (value) => {
    expect(textOf(value)).toBe('null');
  });

  it('reads back as the same number', () => {
    const random = createRandom(3);
    const double = new DataView(new ArrayBuffer(8));
    const kinds = [
      () => Math.exp(80 * random.next() - 15),
      () => 1 + 3 * random.next(),
      () => Math.round(1e6 * random.next()) / 10 ** Math.floor(6 * random.next()),
      () => 10 ** Math.floor(40 * random.next() - 8) * (1 + 1e-15 * (random.next() - 0.5)),
      () => {
        for (const at of [0, 4]) double.setUint32(at, Math.floor(2 ** 32 * random.next()));
        return double.getFloat64(0);
      },
    ];
    let longer = 0;
    for (let k = 0; k < 20_000; k++) {
      const value = kinds[k % kinds.length]();
      const text = textOf(value);
      if (!Object.is(JSON.parse(text), Number.isFinite(value) ? value : null)) expect([text]).toEqual([String(value)]);
      if (text.length > JSON.stringify(value).length) longer++;
    }
    // Sometimes it has a digit more than it needs.
    expect(longer).toBeLessThan(20);
  });
});
