/** Room that {@link NumberText.write} may need. */
export const longestNumber = 40;

/** ASCII. */
const zero = 48;
const minus = 45;
const point = 46;
/** Digits of a double that always read back as the same one. */
const digits = 17;
/** Powers of two of the size of the numbers whose digits are worked out here. */
const smallest = -20;
const twos = Float64Array.from({ length: 144 }, (_, k) => 2 ** (k + smallest));
/** Half of the distance from a power of two to the next double, as a share of it. */
const halfUlp = 2 ** -53;
/** What rounding may add to the distance of digits from their double. */
const rounding = 1e-7;
/** Cuts a double into two halves, products of which are exact. */
const splitter = 2 ** 27 + 1;
/** Powers of ten from 10^-22 to 10^38 as sums of two doubles, the first one also in halves. */
const least = -22;
const powers = Float64Array.from({ length: 61 }, (_, k) => Number(`1e${String(k + least)}`));
const upper = powers.map((power) => splitter * power - (splitter * power - power));
const lower = powers.map((power, k) => power - upper[k]);
const rest = powers.map((power, k) => {
  // Up to 10^22 powers are doubles, and no number is multiplied by larger ones; below 1 the rest is what 1 lacks.
  if (k + least >= 0) return 0;
  const inverse = -2 * least - k;
  const product = power * powers[inverse];
  return (1 - product - productError(power, inverse, product)) / powers[inverse];
});
/** Texts of 0000 to 9999, four bytes each, the first digit lowest. */
const fours = Uint32Array.from({ length: 10_000 }, (_, k) => {
  const digit = (power: number): number => zero + (Math.floor(k / power) % 10);
  return digit(1000) + 256 * digit(100) + 65_536 * digit(10) + 16_777_216 * digit(1);
});
/** A double as bits. */
const bits = new DataView(new ArrayBuffer(8));

/**
 * Writes a number as JSON: digits that read back as the same double, mostly the fewest, and `null` for what is not finite.
 *
 * @param view - of bytes with room for {@link longestNumber} of them
 * @returns where the text ends
 * @see Dekker (1971), "A floating-point technique for extending the available precision"
 */
export function writeNumber(view: DataView, at: number, value: number): number {
  if (!Number.isFinite(value)) return writeText(view, at, 'null');
  if (value < 0) {
    view.setUint8(at, minus);
    return writeNumber(view, at + 1, -value);
  }
  if (value < 1e15 && Math.floor(value) === value) return writeInteger(view, at, value);
  if (value < 1e4) {
    const billionths = Math.floor(value * 1e9 + 0.5);
    // The quotient of two integers below 2^53 is the double that their decimal reads as.
    if (value >= 1e-4 && billionths / 1e9 === value) return writeBillionths(view, at, billionths);
  }
  if (value >= 1e-6 && value < 1e37) return writeDigits(view, at, value);
  return writeText(view, at, String(value));
}

/** Writes text in ASCII. */
function writeText(view: DataView, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
  return at + text.length;
}

function writeInteger(view: DataView, at: number, value: number): number {
  if (value < 10) {
    view.setUint8(at, zero + value);
    return at + 1;
  }
  let length = 2;
  while (value >= powers[length - least]) length++;
  const end = at + length;
  let left = value;
  let to = end;
  while (to - at >= 4) {
    const ahead = Math.floor(left / 1e4);
    to -= 4;
    view.setUint32(to, fours[left - ahead * 1e4], true);
    left = ahead;
  }
  while (to > at) {
    const tenth = Math.floor(left / 10);
    view.setUint8(--to, zero + left - 10 * tenth);
    left = tenth;
  }
  return end;
}

/** Writes a fraction with nine decimals, but for zeros at its end. */
function writeBillionths(view: DataView, from: number, billionths: number): number {
  const whole = Math.floor(billionths / 1e9);
  let at = writeInteger(view, from, whole);
  view.setUint8(at++, point);
  const rest = (billionths - whole * 1e9) | 0;
  const four = (rest / 1e5) | 0;
  const five = rest - four * 1e5;
  const next = (five / 10) | 0;
  view.setUint32(at, fours[four], true);
  view.setUint32(at + 4, fours[next], true);
  view.setUint8(at + 8, zero + five - next * 10);
  at += 9;
  while (view.getUint8(at - 1) === zero) at--;
  return at;
}

function writeDigits(view: DataView, at: number, value: number): number {
  bits.setFloat64(0, value);
  const binary = (bits.getUint16(0) >> 4) - 1023;
  const two = twos[binary - smallest];
  // Its neighbour below is closer.
  if (value === two) return writeText(view, at, String(value));
  // log10(2) is a little more than 1233 / 4096.
  let exponent = (binary * 1233) >> 12;
  if (value >= powers[exponent + 1 - least]) exponent++;
  // 17 digits before the point, as the sum of two doubles, exact to far beyond the last digit.
  const power = digits - 1 - exponent - least;
  const high = value * powers[power];
  const low = productError(value, power, high) + value * rest[power];
  let leading = Math.floor(high / 1e8);
  let trailing = high - leading * 1e8 + low;
  // As few of the last digits as tell the double from its neighbours.
  const tolerance = two * halfUlp * powers[power] - rounding;
  const hundreds = Math.floor(trailing / 100 + 0.5) * 100;
  const tens = Math.floor(trailing / 10 + 0.5) * 10;
  if (Math.abs(hundreds - trailing) <= tolerance) trailing = hundreds;
  else if (Math.abs(tens - trailing) <= tolerance) trailing = tens;
  else trailing = Math.floor(trailing + 0.5);
  if (trailing < 0) {
    leading--;
    trailing += 1e8;
  } else if (trailing >= 1e8) {
    leading++;
    trailing -= 1e8;
  }
  if (leading >= 1e9 || leading < 1e8) return writeText(view, at, String(value));

  // The digits, with room for what stands before them.
  const from = at + (exponent < 0 ? 1 - exponent : 1);
  const a = leading | 0;
  const b = trailing | 0;
  const first = (a / 1e8) | 0;
  const middle = a - first * 1e8;
  const second = (middle / 1e4) | 0;
  const third = (b / 1e4) | 0;
  view.setUint8(from, zero + first);
  view.setUint32(from + 1, fours[second], true);
  view.setUint32(from + 5, fours[middle - second * 1e4], true);
  view.setUint32(from + 9, fours[third], true);
  view.setUint32(from + 13, fours[b - third * 1e4], true);
  let end = from + digits;
  while (view.getUint8(end - 1) === zero) end--;
  return exponent < 0 ? writeFraction(view, at, end, exponent) : writePoint(view, at, end, exponent);
}

/** Puts zeros before digits that stand where they have to. */
function writeFraction(view: DataView, at: number, end: number, exponent: number): number {
  view.setUint8(at, zero);
  view.setUint8(at + 1, point);
  for (let i = at + 2; i < at + 1 - exponent; i++) view.setUint8(i, zero);
  return end;
}

/** Puts the point into digits that stand one byte too far to the right, where JavaScript has it. */
function writePoint(view: DataView, at: number, end: number, exponent: number): number {
  const isLarge = exponent >= 21;
  const whole = isLarge ? 1 : exponent + 1;
  for (let i = at; i < at + whole; i++) view.setUint8(i, i + 1 < end ? view.getUint8(i + 1) : zero);
  let to = at + whole;
  if (end > to + 1) {
    view.setUint8(to, point);
    to = end;
  }
  return isLarge ? writeInteger(view, writeText(view, to, 'e+'), exponent) : to;
}

/** What rounding took from a product with a power of ten. */
function productError(value: number, power: number, product: number): number {
  const cut = splitter * value;
  const high = cut - (cut - value);
  const low = value - high;
  return high * upper[power] - product + high * lower[power] + low * upper[power] + low * lower[power];
}
