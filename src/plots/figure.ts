import type { Fit } from '../fit/result.ts';

/**
 * A Plotly figure as plain JSON: no typed arrays and no functions, so that it survives `JSON.stringify`.
 *
 * A trace whose points are rows of the fit says so, so that a page can show one run in all figures: its `meta` is
 * `{ rows: true }` (`rowsMeta`; in a figure of several fits also `fit`, the place of the fit), and its `customdata` has
 * for each point the index of its row in `fit.fitted`, or `null` for a gap between lines.
 */
export interface Figure {
  readonly data: readonly PlainObject[];
  readonly layout: PlainObject;
  readonly config: PlainObject;
}

/** An object of Plotly's schema. Its schema has thousands of entries; the figures' tests check the ones we set. */
export type PlainObject = Readonly<Record<string, unknown>>;

/** What can be asked of every figure. */
export interface FigureOptions {
  /** Confidence of the intervals, 0 to 1; the fit's own unless given. */
  readonly confidence?: number;
  /** Points drawn at most in the whole figure (5,000 unless given); more are thinned evenly. */
  readonly maxPoints?: number;
  /** The run that `curves` shows: its name, or its size such as "70B"; the one with the most points unless given. */
  readonly run?: string | undefined;
}

/** A figure of a fit: one file in this folder, one line in `index.ts`. */
export interface FigureDefinition {
  /** Short name on the command line and in addresses. */
  readonly id: string;
  readonly title: string;
  /** What the figure shows, in a sentence. */
  readonly description: string;
  /** Whether drawing it takes longer than a reader waits without asking for it. */
  readonly isSlow?: boolean;
  /**
   * Builds the figure from nothing but the fit.
   *
   * @throws IsoflopError `FIGURE_UNAVAILABLE` when the law or the data lack what the figure needs
   */
  readonly build: (fit: Fit, options?: FigureOptions) => Figure;
}

/** What marks a trace of fitted rows, see {@link Figure}. */
export const rowsMeta = { rows: true } as const;

/** Points drawn in one figure at most: more would only hide each other and make a page slow. */
export const defaultMaxPoints = 5000;

/** Powers of ten that are exact: 10^0 to 10^22. */
const powers = Array.from({ length: 23 }, (_, k) => Number(`1e${String(k)}`));

/** Significant digits of a number of a figure, finer than any pixel. */
const digits = 7;

/**
 * A number with seven significant digits, as `Number(value.toPrecision(7))` gives it. Figures hold tens of thousands of
 * numbers, and without a text in between it takes a tenth of the time.
 */
function rounded(value: number): number {
  const size = Math.abs(value);
  const shift = digits - 1 - Math.floor(Math.log10(size));
  if (shift >= -22 && shift <= 22) {
    const scaled = shift < 0 ? size / powers[-shift] : size * powers[shift];
    const whole = Math.round(scaled);
    // Where the product is so near to the middle that its own rounding could decide, the text decides.
    if (Math.abs(Math.abs(scaled - whole) - 0.5) > 1e-6 && whole >= 1e6 && whole < 1e7) {
      const back = shift < 0 ? whole * powers[-shift] : whole / powers[shift];
      return value < 0 ? -back : back;
    }
  }
  return Number(value.toPrecision(digits));
}

/**
 * Numbers for a figure: seven significant digits, which is finer than any pixel and halves the JSON; null for what is
 * not finite.
 */
export function plain(values: ArrayLike<number>): (number | null)[] {
  const list = new Array<number | null>(values.length);
  for (let i = 0; i < values.length; i++) list[i] = Number.isFinite(values[i]) ? rounded(values[i]) : null;
  return list;
}
