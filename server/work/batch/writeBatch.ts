import type { Warning } from '../../../src/core/warnings.ts';
import type { ColumnPrediction } from '../../../src/plan/predictColumns.ts';
import { longestNumber, writeNumber } from './numberText.ts';

/** Text that is written again and again, as words of four bytes; the last one is filled up. */
interface Fixed {
  readonly words: Uint32Array;
  readonly bytes: number;
}

function fixed(text: string): Fixed {
  const bytes = Buffer.from(text);
  const padded = Buffer.concat([bytes, Buffer.alloc(4)]);
  const words = Uint32Array.from({ length: Math.ceil(bytes.length / 4) }, (_, k) => padded.readUInt32LE(4 * k));
  return { words, bytes: bytes.length };
}

/** What overshoots the end is overwritten by what comes next. */
function writeFixed(view: DataView, at: number, { words, bytes }: Fixed): number {
  for (let k = 0; k < words.length; k++) view.setUint32(at + 4 * k, words[k], true);
  return at + bytes;
}

const nothing = fixed('null');

/** Members of the points of an answer: text before a number, or before two that are the ends of an interval. */
type Member =
  | { readonly before: Fixed; readonly values: Float64Array }
  | { readonly before: Fixed; readonly low: Float64Array; readonly high: Float64Array };

/** Predictions as an object for each point, as `isoflop predict --json` prints them. */
export function writePoints(prediction: ColumnPrediction): Uint8Array<ArrayBuffer> {
  const { response, params, tokens, flops, inputs, loss, extrapolation, calibrated, warnings } = prediction;
  const none = new Float64Array(loss.length).fill(NaN);
  const { lower, upper } = prediction;
  const members: Member[] = [
    { before: fixed('{"params":'), values: params },
    { before: fixed(',"tokens":'), values: tokens },
    { before: fixed(',"flops":'), values: flops },
    ...Object.entries({ ...inputs, [response]: loss }).map(([name, values]) => ({
      before: fixed(`,${JSON.stringify(name)}:`),
      values,
    })),
    { before: fixed(',"interval":'), low: lower ?? none, high: upper ?? none },
    { before: fixed(',"extrapolation":{"params":'), values: extrapolation.params },
    { before: fixed(',"tokens":'), values: extrapolation.tokens },
    { before: fixed(',"flops":'), values: extrapolation.flops },
  ];
  const more: Member[] =
    calibrated === null
      ? []
      : [
          { before: fixed('{"loss":'), values: calibrated.loss },
          { before: fixed(',"mean":'), low: calibrated.mean[0], high: calibrated.mean[1] },
          { before: fixed(',"newRun":'), low: calibrated.newRun[0], high: calibrated.newRun[1] },
          { before: fixed(',"widening":'), values: calibrated.widening },
          { before: fixed(',"backtests":'), values: calibrated.backtests },
          { before: fixed(',"runs":'), values: calibrated.runs },
        ];
  const head = response === 'loss' ? '{"points":[' : `{"response":${JSON.stringify(response)},"points":[`;
  const beforeCalibrated = fixed('},"calibrated":');
  const [close, comma] = [fixed('}'), fixed(',')];
  const roomOf = (list: readonly Member[]): number =>
    list.reduce((sum, member) => sum + member.before.bytes + ('low' in member ? 2 : 1) * longestNumber, 0);
  return write(head, loss.length * (roomOf(members) + roomOf(more) + 40), `]${ending(warnings)}`, (view, from) => {
    let at = from;
    for (let i = 0; i < loss.length; i++) {
      if (i > 0) at = writeFixed(view, at, comma);
      for (const member of members) at = writeMember(view, at, member, i);
      at = writeFixed(view, at, beforeCalibrated);
      if (calibrated === null || Number.isNaN(calibrated.widening[i])) at = writeFixed(view, at, nothing);
      else {
        for (const member of more) at = writeMember(view, at, member, i);
        at = writeFixed(view, at, close);
      }
      at = writeFixed(view, at, close);
    }
    return at;
  });
}

const [open, between, shut] = [fixed('['), fixed(','), fixed(']')];

function writeMember(view: DataView, from: number, member: Member, i: number): number {
  const at = writeFixed(view, from, member.before);
  if (!('low' in member)) return writeNumber(view, at, member.values[i]);
  const low = member.low[i];
  const high = member.high[i];
  // An interval is worth nothing without both of its ends.
  if (!Number.isFinite(low) || !Number.isFinite(high)) return writeFixed(view, at, nothing);
  const middle = writeFixed(view, writeNumber(view, writeFixed(view, at, open), low), between);
  return writeFixed(view, writeNumber(view, middle, high), shut);
}

/** The same predictions, one array for each quantity. */
export function writeColumns(
  {
    response,
    params,
    tokens,
    flops,
    inputs,
    loss,
    lower,
    upper,
    extrapolation,
    calibrated,
    warnings,
  }: ColumnPrediction,
  asked: { readonly calibrated: boolean },
): Uint8Array<ArrayBuffer> {
  const none = new Float64Array(loss.length).fill(NaN);
  const [low, high] = bothEnds(lower ?? none, upper ?? none);
  const columns: Record<string, Float64Array> = { params, tokens, flops, ...inputs, [response]: loss };
  Object.assign(columns, { lower: low, upper: high, extrapolation: extrapolation.flops });
  if (asked.calibrated) {
    const [newRunLower, newRunUpper] = calibrated === null ? [none, none] : bothEnds(...calibrated.newRun);
    Object.assign(columns, { newRunLower, newRunUpper });
  }
  const named = Object.entries(columns).map(([name, values], k) => ({
    before: fixed(`${k === 0 ? '' : ','}${JSON.stringify(name)}:[`),
    values,
  }));
  const room = named.reduce((sum, { before, values }) => sum + before.bytes + 2 + values.length * longestNumber, 0);
  return write('{"columns":{', room, `}${ending(warnings)}`, (view, from) => {
    let at = from;
    for (const { before, values } of named) {
      at = writeFixed(view, at, before);
      for (let i = 0; i < values.length; i++) {
        if (i > 0) at = writeFixed(view, at, between);
        at = writeNumber(view, at, values[i]);
      }
      at = writeFixed(view, at, shut);
    }
    return at;
  });
}

/** The ends of intervals, none where one of them is lacking. */
function bothEnds(low: Float64Array, high: Float64Array): [Float64Array, Float64Array] {
  const isWhole = (i: number): boolean => Number.isFinite(low[i]) && Number.isFinite(high[i]);
  return [low.map((end, i) => (isWhole(i) ? end : NaN)), high.map((end, i) => (isWhole(i) ? end : NaN))];
}

const ending = (warnings: readonly Warning[]): string => `,"warnings":${JSON.stringify(warnings)}}`;

/** The bytes of a text of which the middle is written by a function; there is a little more room than it asks for. */
function write(
  head: string,
  room: number,
  tail: string,
  body: (view: DataView, at: number) => number,
): Uint8Array<ArrayBuffer> {
  const ends = [Buffer.from(head), Buffer.from(tail)];
  // Memory that is not touched costs nothing.
  const buffer = new ArrayBuffer(ends[0].length + room + ends[1].length + longestNumber);
  const bytes = new Uint8Array(buffer);
  bytes.set(ends[0]);
  const at = body(new DataView(buffer), ends[0].length);
  bytes.set(ends[1], at);
  return bytes.subarray(0, at + ends[1].length);
}
