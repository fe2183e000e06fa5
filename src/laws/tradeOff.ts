import { fitPolynomial } from '../core/polynomial.ts';

/** Checkpoints of one run, in the order of its steps. */
export interface TrainingCurve {
  readonly params: number;
  /** Tokens. */
  readonly batchSize: number;
  readonly steps: readonly number[];
  readonly loss: readonly number[];
}

/** A loss of the ladder, and the trade-off of steps and tokens at it. */
export interface LadderRow {
  readonly loss: number;
  /** Steps and tokens that each batch size takes to the loss. */
  readonly runs: readonly { readonly batchSize: number; readonly steps: number; readonly tokens: number }[];
  /** Fewest steps, those of very large batches. */
  readonly Smin: number;
  /** Fewest tokens, those of very small batches. */
  readonly Emin: number;
  /** Emin / Smin, in tokens. */
  readonly criticalBatch: number;
}

/** Batch sizes that a trade-off is fitted to, at least. */
export const leastBatches = 4;
/** Checkpoints that a curve is smoothed from, at least, and the highest degree of the polynomial that does it. */
const leastPoints = 5;
const highestDegree = 10;
/** Losses of the ladder, evenly in their logarithm. */
const rungs = 16;

/**
 * Fits the trade-off (S / Smin - 1) (E / Emin - 1) = 1 of one model at each of a ladder of losses. The ladder covers the
 * losses that at least {@link leastBatches} of the curves pass; where the fit gives no positive Smin and Emin there is no row.
 *
 * @param curves - one for each batch size
 * @see arXiv 2001.08361, section 5.1, equations 5.1 and 5.2
 */
export function measureTradeOffs(curves: readonly TrainingCurve[]): LadderRow[] {
  const smooth = curves.filter(({ steps }) => steps.length >= leastPoints).map(smoothCurve);
  if (smooth.length < leastBatches) return [];
  const high = smooth.map(({ first }) => first).sort((a, b) => b - a)[leastBatches - 1];
  const low = smooth.map(({ last }) => last).sort((a, b) => a - b)[leastBatches - 1];
  const rows: LadderRow[] = [];
  for (let k = 0; k < rungs && low < high; k++) {
    const target = high * (low / high) ** ((k + 0.5) / rungs);
    const runs = smooth
      .filter(({ first, last }) => first >= target && last <= target)
      .map(({ batchSize, stepsTo }) => {
        const steps = stepsTo(target);
        return { batchSize, steps, tokens: batchSize * steps };
      });
    if (runs.length < leastBatches) continue;
    const [Smin, Emin] = fitTradeOff(runs);
    if (Smin > 0 && Emin > 0) rows.push({ loss: target, runs, Smin, Emin, criticalBatch: Emin / Smin });
  }
  return rows;
}

/**
 * Smin and Emin of S = Smin + Emin / B, which is the trade-off solved for S, by least squares of relative errors.
 *
 * @param runs - steps and tokens that batch sizes took to one loss; two different ones at least
 */
function fitTradeOff(runs: readonly { readonly steps: number; readonly tokens: number }[]): [number, number] {
  let [xx, xy, yy, x, y] = [0, 0, 0, 0, 0];
  for (const { steps, tokens } of runs) {
    const [u, v] = [1 / steps, 1 / tokens];
    xx += u * u;
    xy += u * v;
    yy += v * v;
    x += u;
    y += v;
  }
  const determinant = xx * yy - xy * xy;
  return [(x * yy - y * xy) / determinant, (y * xx - x * xy) / determinant];
}

/** A curve without its noise: ln L as a polynomial of ln S. */
interface SmoothCurve {
  readonly batchSize: number;
  /** Loss at both ends. */
  readonly first: number;
  readonly last: number;
  readonly stepsTo: (loss: number) => number;
}

function smoothCurve({ batchSize, steps, loss }: TrainingCurve): SmoothCurve {
  const x = steps.map(Math.log);
  const curve = fitPolynomial(x, loss.map(Math.log), highestDegree);
  const [from, to] = [x[0], x[x.length - 1]];
  const stepsTo = (target: number): number => {
    let [low, high] = [from, to];
    for (let n = 0; n < 60; n++) {
      const middle = (low + high) / 2;
      if (curve(middle) > Math.log(target)) low = middle;
      else high = middle;
    }
    return Math.exp((low + high) / 2);
  };
  return { batchSize, first: Math.exp(curve(from)), last: Math.exp(curve(to)), stepsTo };
}
