import type { RunCurve } from './curve.ts';

/** Rows whose tokens lie within this factor below are looked at together. */
const window = 1.06;
/** Fewer rows are no window. */
const leastRows = 5;
/** Sizes of differences between neighbours that say how large the noise is. */
const noiseRows = 200;

/** Where the loss of a run is at some moment. */
export interface Level {
  /** ln loss, without the noise of single rows as far as there are enough of them. */
  readonly log: number;
  /** Standard error of it by that noise alone. */
  readonly stderr: number;
}

/**
 * Where the loss of a run is when it has seen some tokens: on the straight line through the rows of the last 6% of these
 * tokens (ln loss over ln tokens); where these are fewer than five, between the two rows next to it.
 *
 * @returns undefined where the run has no loss near these tokens: before its first row, or after its last
 */
export function levelAt(curve: RunCurve, tokens: number): Level | undefined {
  const { tokens: at, loss } = curve;
  const end = tokens * (1 + 1e-12);
  const inWindow: number[] = [];
  let before = -1;
  let after = -1;
  for (let i = at.length - 1; i >= 0; i--) {
    if (!Number.isFinite(loss[i])) continue;
    if (at[i] > end) {
      after = i;
      continue;
    }
    if (before === -1) before = i;
    if (at[i] * window < tokens) break;
    inWindow.push(i);
  }
  if (before === -1) return undefined;
  const noise = noiseOf(curve, before);
  if (inWindow.length >= leastRows) return onLine(curve, inWindow, tokens, noise);
  const [x0, y0] = [Math.log(at[before]), Math.log(loss[before])];
  if (after === -1)
    // The last row may stand a little before the moment that is meant.
    return at[before] * window < tokens ? undefined : { log: y0, stderr: noise };
  const [x1, y1] = [Math.log(at[after]), Math.log(loss[after])];
  const share = Math.min(1, Math.max(0, (Math.log(tokens) - x0) / (x1 - x0)));
  return { log: y0 + share * (y1 - y0), stderr: noise };
}

function onLine({ tokens: at, loss }: RunCurve, rows: readonly number[], tokens: number, noise: number): Level {
  const n = rows.length;
  let [sx, sy, sxx, sxy] = [0, 0, 0, 0];
  for (const i of rows) {
    const x = Math.log(at[i] / tokens);
    const y = Math.log(loss[i]);
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
  }
  const spread = sxx - (sx * sx) / n;
  const slope = spread > 0 ? (sxy - (sx * sy) / n) / spread : 0;
  const leverage = 1 / n + (spread > 0 ? (sx / n) ** 2 / spread : 0);
  return { log: sy / n - (slope * sx) / n, stderr: noise * Math.sqrt(leverage) };
}

/**
 * Standard deviation of the noise of single rows in ln loss: each against the middle of its neighbours, up to a row; by the
 * median, so that spikes and the steep beginning do not count.
 */
export function noiseOf({ tokens: at, loss }: RunCurve, last: number): number {
  const bends: number[] = [];
  let [next, middle] = [-1, -1];
  for (let i = last; i >= 0 && bends.length < noiseRows; i--) {
    if (!Number.isFinite(loss[i])) continue;
    if (next !== -1 && middle !== -1) {
      const [x0, x1, x2] = [i, middle, next].map((k) => Math.log(at[k]));
      const share = (x1 - x0) / (x2 - x0);
      const bend = Math.log(loss[middle]) - (1 - share) * Math.log(loss[i]) - share * Math.log(loss[next]);
      bends.push(Math.abs(bend) / Math.sqrt(1 + share ** 2 + (1 - share) ** 2));
    }
    [next, middle] = [middle, i];
  }
  if (bends.length === 0) return 0;
  bends.sort((a, b) => a - b);
  // The median size of a normal variable is 0.6745 of its standard deviation.
  return bends[bends.length >> 1] / 0.6745;
}
