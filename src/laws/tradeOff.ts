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
  const falling = curves.map(fallingPart).filter(({ steps }) => steps.length > 1);
  const firsts = falling.map(({ loss }) => loss[0]).sort((a, b) => b - a);
  const lasts = falling.map(({ loss }) => loss[loss.length - 1]).sort((a, b) => a - b);
  if (falling.length < leastBatches) return [];
  const [high, low] = [firsts[leastBatches - 1], lasts[leastBatches - 1]];
  const rows: LadderRow[] = [];
  for (let k = 0; k < rungs && low < high; k++) {
    const target = high * (low / high) ** ((k + 0.5) / rungs);
    const runs = falling
      .filter(({ loss }) => loss[0] >= target && loss[loss.length - 1] <= target)
      .map((curve) => {
        const steps = stepsTo(curve, target);
        return { batchSize: curve.batchSize, steps, tokens: curve.batchSize * steps };
      });
    if (runs.length < leastBatches) continue;
    const [Smin, Emin] = fitTradeOff(runs);
    if (Smin > 0 && Emin > 0) rows.push({ loss: target, runs, Smin, Emin, criticalBatch: Emin / Smin });
  }
  return rows;
}

/** Smin and Emin of S = Smin + Emin / B, which is the trade-off solved for S, by least squares of relative errors. */
function fitTradeOff(runs: LadderRow['runs']): [number, number] {
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

/** The checkpoints at which a curve is lower than ever before. */
function fallingPart(curve: TrainingCurve): TrainingCurve {
  const steps: number[] = [];
  const loss: number[] = [];
  for (const [i, value] of curve.loss.entries())
    if (loss.length === 0 || value < loss[loss.length - 1]) {
      steps.push(curve.steps[i]);
      loss.push(value);
    }
  return { ...curve, steps, loss };
}

/** Steps to a loss on a falling curve, between its checkpoints by a monotone cubic in the logarithms. */
function stepsTo({ steps, loss }: TrainingCurve, target: number): number {
  const after = Math.max(
    1,
    loss.findIndex((value) => value <= target),
  );
  const x = (k: number): number => Math.log(loss[k]);
  const y = (k: number): number => Math.log(steps[k]);
  const secant = (k: number): number => (y(k + 1) - y(k)) / (x(k + 1) - x(k));
  // Fritsch and Butland: the harmonic mean of the neighbouring secants, weighted by their lengths.
  const slope = (k: number): number => {
    if (k === 0) return secant(0);
    if (k === steps.length - 1) return secant(k - 1);
    const [a, b] = [x(k) - x(k - 1), x(k + 1) - x(k)];
    return (3 * (a + b)) / ((a + 2 * b) / secant(k - 1) + (2 * a + b) / secant(k));
  };
  const [left, right] = [after - 1, after];
  const width = x(right) - x(left);
  const t = (Math.log(target) - x(left)) / width;
  const s = 1 - t;
  const cubic =
    y(left) * s * s * (1 + 2 * t) +
    y(right) * t * t * (3 - 2 * t) +
    width * (slope(left) * t * s * s - slope(right) * s * t * t);
  return Math.exp(cubic);
}
