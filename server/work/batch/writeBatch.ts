import type { Warning } from '../../../src/core/warnings.ts';
import type { ColumnPrediction } from '../../../src/plan/predictColumns.ts';
import type { PredictedPointJson } from '../../../src/report/json.ts';

/** JSON has no infinities and no NaN. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** An interval is worth nothing without both of its ends. */
const interval = (low: number, high: number): [number, number] | null =>
  Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null;

/** Points that become text at a time. */
const piece = 5000;

/** Predictions as an object for each point, as `isoflop predict --json` prints them. */
export function writePoints(prediction: ColumnPrediction): Uint8Array<ArrayBuffer> {
  const { response, params, tokens, flops, inputs, loss, lower, upper, extrapolation, calibrated, warnings } =
    prediction;
  const others = Object.entries(inputs);
  const pointAt = (i: number): PredictedPointJson => {
    const point: Record<string, unknown> = {
      params: finite(params[i]),
      tokens: finite(tokens[i]),
      flops: finite(flops[i]),
    };
    for (const [name, values] of others) point[name] = values[i];
    point[response] = loss[i];
    point.interval = lower === null || upper === null ? null : interval(lower[i], upper[i]);
    point.extrapolation = {
      params: finite(extrapolation.params[i]),
      tokens: finite(extrapolation.tokens[i]),
      flops: finite(extrapolation.flops[i]),
    };
    point.calibrated =
      calibrated === null || Number.isNaN(calibrated.widening[i])
        ? null
        : {
            loss: finite(calibrated.loss[i]),
            mean: interval(calibrated.mean[0][i], calibrated.mean[1][i]),
            newRun: interval(calibrated.newRun[0][i], calibrated.newRun[1][i]),
            widening: calibrated.widening[i],
            backtests: calibrated.backtests[i],
            runs: calibrated.runs[i],
          };
    return point as unknown as PredictedPointJson;
  };
  const pieces = [response === 'loss' ? '{"points":[' : `{"response":${JSON.stringify(response)},"points":[`];
  for (let from = 0; from < loss.length; from += piece) {
    const some = Array.from({ length: Math.min(piece, loss.length - from) }, (_, k) => pointAt(from + k));
    pieces.push(from === 0 ? '' : ',', JSON.stringify(some).slice(1, -1));
  }
  pieces.push(ending(']', warnings));
  return bytesOf(pieces);
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
  const low = lower?.slice() ?? none;
  const high = upper?.slice() ?? none;
  const pairs = [[low, high]];
  const columns: Record<string, Float64Array> = { params, tokens, flops, ...inputs, [response]: loss };
  Object.assign(columns, { lower: low, upper: high, extrapolation: extrapolation.flops });
  if (asked.calibrated) {
    const [newLow, newHigh] = calibrated?.newRun.map((end) => end.slice()) ?? [none, none];
    pairs.push([newLow, newHigh]);
    Object.assign(columns, { newRunLower: newLow, newRunUpper: newHigh });
  }
  for (const [from, to] of pairs)
    for (let i = 0; i < from.length; i++) if (!Number.isFinite(from[i] + to[i])) from[i] = to[i] = NaN;
  const pieces = ['{"columns":{'];
  for (const [name, values] of Object.entries(columns))
    // JSON writes null for what is not finite.
    pieces.push(pieces.length === 1 ? '' : ',', `${JSON.stringify(name)}:`, JSON.stringify(Array.from(values)));
  pieces.push(ending('}', warnings));
  return bytesOf(pieces);
}

const ending = (close: string, warnings: readonly Warning[]): string =>
  `${close},"warnings":${JSON.stringify(warnings)}}`;

/** The bytes of a text in pieces, which are not put together before. */
function bytesOf(pieces: readonly string[]): Uint8Array<ArrayBuffer> {
  const parts = pieces.map((text) => Buffer.from(text));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
