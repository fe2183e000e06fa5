/** Whether a small model got worse late in training. */
export interface Saturation {
  readonly isSaturated: boolean;
  /** Share of the tokens at which the smoothed loss was least. */
  readonly bestAt: number;
  /** Rise of the smoothed loss since then, nats a token. */
  readonly rise: number;
  /** Spread of the loss about its smoothed course. */
  readonly noise: number;
}

/** Evaluations that are averaged. */
const window = 3;
/** A least loss before this share of training counts. */
const early = 0.95;
/** Rises above so many times the noise count. */
const strong = 2;

/**
 * Looks for saturation: the smoothed loss is least before 95% of the tokens, and has risen by more than twice its noise since.
 *
 * @param tokens - of evaluations, rising
 * @param losses - at them
 * @see arXiv 2404.07647, section 3
 */
export function detectSaturation(tokens: readonly number[], losses: readonly number[]): Saturation {
  const smooth = losses.map((_, k) => {
    const part = losses.slice(Math.max(0, k - window + 1), k + 1);
    return part.reduce((sum, loss) => sum + loss, 0) / part.length;
  });
  // Differences of neighbours hold the noise twice, and hardly any of the course.
  const late = losses.slice(Math.floor(losses.length / 2));
  const jumps = late.slice(1).map((loss, k) => loss - late[k]);
  const mean = jumps.reduce((sum, jump) => sum + jump, 0) / Math.max(1, jumps.length);
  const noise = Math.sqrt(jumps.reduce((sum, jump) => sum + (jump - mean) ** 2, 0) / Math.max(1, jumps.length - 1) / 2);
  const best = smooth.indexOf(Math.min(...smooth));
  const end = smooth.length - 1;
  const bestAt = tokens[best] / tokens[end];
  const rise = smooth[end] - smooth[best];
  return { isSaturated: bestAt < early && rise > strong * noise, bestAt, rise, noise };
}
