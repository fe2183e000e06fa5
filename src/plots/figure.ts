import type { Fit } from '../fit/result.ts';

/**
 * A Plotly figure as plain JSON: no typed arrays and no functions, so that it survives `JSON.stringify`.
 *
 * A trace whose points are rows of the fit says so, so that a page can show one run in all figures: its `meta` is
 * `{ rows: true }` ({@link rowsMeta}; in a figure of several fits also `fit`, the place of the fit), and its `customdata` has
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

/**
 * Numbers for a figure: seven significant digits, which is finer than any pixel and halves the JSON; null for what is
 * not finite.
 */
export function plain(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? Number(value.toPrecision(7)) : null));
}
