import { studentQuantile } from '../core/special.ts';
import { fitLaw, type LawFit } from '../fit/fitLaw.ts';
import { definePowerSum } from '../laws/powerSum.ts';
import { largestRows, type Runs } from '../runs/index.ts';
import { estimateCovariance } from './covariance.ts';
import { groupRows } from './groups.ts';

/** Slopes that count as 1 lie in this range; a resolution-limited slope lies wholly below it. */
const nearOne = { low: 0.8, high: 1.25 };
/** Fewest different values of the input that show a slope above a limit. */
const enoughValues = 4;
/** The other quantity counts as large down to this share of its largest value. */
const large = 0.5;

/** Which mechanism holds the loss up, as far as a slope tells. */
export type Regime = 'variance-limited' | 'resolution-limited' | 'undecided';

/** The slope of L - L_inf against an input, and what it means. */
export interface RegimeProbe {
  readonly input: string;
  readonly regime: Regime;
  /** Exponent alpha of L = L_inf + A / x^alpha, with its standard error and 95% interval; `null` where it has none. */
  readonly slope: number;
  readonly stderr: number | null;
  readonly interval: readonly [number, number] | null;
  /** The loss that is left where the input is without limit: fitted, or as given. */
  readonly limit: number;
  /** Dimension of the data manifold that a resolution-limited slope of 4/d implies; `null` in the other regimes. */
  readonly dimension: number | null;
  /** Rows used, and those of them that differ in the input. */
  readonly rows: number;
  readonly values: number;
  /** The verdict and how it was reached, in words. */
  readonly explanation: string;
}

/** Options of {@link probeRegime}. */
export interface ProbeOptions {
  /** The quantity that grows: `tokens`, `params`, or another column such as `width`. */
  readonly input: string;
  /**
   * The quantity that has to be large: only rows with at least half of its largest value are used. Unless given it is params
   * for tokens, and tokens for anything else, where the runs have it; `null` uses all rows.
   */
  readonly other?: string | null;
  /** The loss where the input is without limit, when it is known; fitted unless given. */
  readonly limit?: number;
}

/**
 * Asks of which regime a scaling is. Theory knows two: where the loss is limited by the variance of a finite sample or width,
 * L - L_inf falls as 1/x whatever the data; where it is limited by how finely model or data resolve a d-dimensional data
 * manifold, it falls as x^-alpha with alpha about 4/d, well below 1 for language.
 *
 * The slope is fitted together with L_inf by least squares of log residuals on the rows in which the other quantity is large,
 * since a scarce one bends the curve. Variance-limited: the 95% interval lies within 0.8 to 1.25; resolution-limited: it lies
 * wholly below 0.8; anything else is undecided.
 *
 * @throws {@link IsoflopError} `QUANTITY_MISSING`, `TOO_FEW_ROWS`, `INPUT_CONSTANT`, `VALUE_NOT_POSITIVE`
 * @see arXiv 2102.06701 (Bahri et al. 2021), sections 1 and 2
 * @example
 * ```ts
 * const tokens = [1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6];
 * const limited = createRuns({ tokens, loss: tokens.map((d, i) => 2 + 50 / d + 1e-5 * Math.sin(7 * i)) });
 * probeRegime(limited, { input: 'tokens' }).regime; // 'variance-limited'
 * ```
 */
export function probeRegime(runs: Runs, { input, other, limit }: ProbeOptions): RegimeProbe {
  const companion = other === undefined ? companionOf(runs, input) : other;
  const chosen = companion === null ? runs : largestRows(runs, companion, large);
  const law = definePowerSum({
    id: 'probe',
    title: 'Slope above a limit',
    formula: 'L = L_\\infty + \\frac{A}{x^{\\alpha}}',
    reference: { title: 'Explaining Neural Scaling Laws', arxiv: '2102.06701' },
    irreducible: true,
    terms: [{ amplitude: 'A', exponent: 'alpha', input: { name: input, symbol: 'x', unit: '' } }],
    published: [],
  });
  const fitWith = (fixed: Readonly<Record<string, number>>): LawFit =>
    fitLaw(law, chosen, { objective: 'log-mse', fixed });
  const free = fitWith(limit === undefined ? {} : { E: limit });
  // Losses that fall to zero, as in experiments with a teacher, leave no limit to fit; the slope is determined all the same.
  const fit = free.off.includes('E') ? fitWith({ E: 0 }) : free;
  const values = new Set(Array.from(fit.rows.index, (row) => chosen.quantities[input]?.[row])).size;
  const slope = fit.theta[2];
  const error = errorOfSlope(fit);
  const interval = error === null ? null : ([slope - error.reach, slope + error.reach] as const);
  const found = {
    input,
    slope,
    stderr: error?.stderr ?? null,
    interval,
    limit: Math.exp(fit.theta[0]),
    rows: fit.rows.data.rows,
    values,
  };
  const { regime, why } = judge(found, fit);
  const on =
    companion === null
      ? `on ${String(found.rows)} rows`
      : `on the ${String(found.rows)} rows with at least half of the largest ${companion}`;
  const range = interval === null ? '' : ` (95% interval ${interval.map((end) => end.toFixed(3)).join(' to ')})`;
  return {
    ...found,
    regime,
    dimension: regime === 'resolution-limited' ? 4 / slope : null,
    explanation: `${regime}: L - L_inf falls as ${input}^-${slope.toFixed(3)}${range} ${on}; ${why}.`,
  };
}

function companionOf(runs: Runs, input: string): string | null {
  const other = input === 'tokens' ? 'params' : 'tokens';
  return runs.quantities[other] === undefined ? null : other;
}

function errorOfSlope(fit: LawFit): { stderr: number; reach: number } | null {
  if (fit.status !== 'converged') return null;
  const { matrix, degreesOfFreedom } = estimateCovariance(fit, groupRows(fit), 'classical');
  if (matrix === null) return null;
  const stderr = Math.sqrt(matrix[8]);
  return { stderr, reach: studentQuantile(0.975, degreesOfFreedom) * stderr };
}

function judge(
  { interval, values }: Pick<RegimeProbe, 'interval' | 'values'>,
  fit: LawFit,
): { regime: Regime; why: string } {
  const undecided = (why: string) => ({ regime: 'undecided' as const, why });
  if (values < enoughValues)
    return undecided(`${String(values)} different values are too few to tell a slope from a limit`);
  if (interval === null)
    return undecided(`the slope has no error bar: ${fit.reasons.join(' ') || 'no degrees of freedom'}`);
  const [low, high] = interval;
  if (high < nearOne.low) return { regime: 'resolution-limited', why: 'a slope well below 1' };
  if (low > nearOne.low && high < nearOne.high)
    return { regime: 'variance-limited', why: 'a slope of 1 within its error' };
  if (low > nearOne.high) return undecided('a slope above 1 belongs to neither regime');
  return undecided('the interval holds slopes of both regimes; more values, less noise or a known limit would decide');
}
