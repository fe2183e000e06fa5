/** One recorded moment of a run; NaN where nothing was recorded, `Infinity` where what was recorded is no finite number. */
export interface CurveRow {
  readonly tokens: number;
  readonly loss: number;
  readonly step?: number;
  readonly gradientNorm?: number;
}

/** What is known of a run besides its rows. */
export interface CurvePlan {
  readonly name: string;
  /** Parameters of the model, null where nobody said. */
  readonly params: number | null;
  /** Tokens at which the run ends. */
  readonly plannedTokens: number;
  /** Training FLOP of a token; 6 N where the run does not say. */
  readonly flopsPerToken?: number;
  /** Why what trains it has given it up as diverged. */
  readonly givenUp?: string;
}

/** A run as it stands: its rows in the order of tokens. */
export interface RunCurve extends CurvePlan {
  /** Ascending, each value once; Float64Array, length rows. */
  readonly tokens: Float64Array;
  /** Nats a token; NaN where none was recorded, `Infinity` where it was no finite number; length rows. */
  readonly loss: Float64Array;
  /** Length rows; null where no row has a step. */
  readonly steps: Float64Array | null;
  /** Length rows; null where no row has the norm of the gradient. */
  readonly gradientNorm: Float64Array | null;
  /** Rows that a later one replaced, as when a run goes on from a checkpoint and does steps again. */
  readonly retraced: number;
}

/**
 * A run from its rows in the order in which they were written. Where the tokens go back, the run went on from a checkpoint:
 * what it had recorded beyond is replaced by what came after. Rows without tokens are left out.
 *
 * @example
 * ```ts
 * const rows = [{ tokens: 1e6, loss: 5 }, { tokens: 2e6, loss: 4.2 }, { tokens: 3e6, loss: 4 }, { tokens: 2e6, loss: 4.1 }];
 * const curve = curveOf(rows, { name: 'small', params: 1e6, plannedTokens: 2e7 });
 * Array.from(curve.loss); // [5, 4.1]
 * curve.retraced; // 2
 * ```
 */
export function curveOf(rows: readonly CurveRow[], plan: CurvePlan): RunCurve {
  const kept: CurveRow[] = [];
  let retraced = 0;
  for (const row of rows) {
    if (!(row.tokens > 0 && row.tokens < Infinity)) continue;
    while (kept.length > 0 && kept[kept.length - 1].tokens >= row.tokens) {
      kept.pop();
      retraced++;
    }
    kept.push(row);
  }
  const column = (of: (row: CurveRow) => number | undefined): Float64Array | null => {
    const values = Float64Array.from(kept, (row) => of(row) ?? NaN);
    return values.every(Number.isNaN) ? null : values;
  };
  return {
    ...plan,
    tokens: Float64Array.from(kept, (row) => row.tokens),
    loss: Float64Array.from(kept, ({ loss }) => (loss > 0 ? loss : NaN)),
    steps: column((row) => row.step),
    gradientNorm: column((row) => row.gradientNorm),
    retraced,
  };
}

/** The part of a run up to some tokens, as it stood then. */
export function curveUpTo(curve: RunCurve, tokens: number): RunCurve {
  let rows = curve.tokens.length;
  while (rows > 0 && curve.tokens[rows - 1] > tokens * (1 + 1e-12)) rows--;
  return {
    ...curve,
    tokens: curve.tokens.subarray(0, rows),
    loss: curve.loss.subarray(0, rows),
    steps: curve.steps?.subarray(0, rows) ?? null,
    gradientNorm: curve.gradientNorm?.subarray(0, rows) ?? null,
  };
}

/** Tokens at the last row, 0 before the first. */
export const lastTokens = (curve: RunCurve): number =>
  curve.tokens.length === 0 ? 0 : curve.tokens[curve.tokens.length - 1];

/** Share of its tokens that a run has seen, at most 1. */
export const shareOf = (curve: RunCurve): number => Math.min(1, lastTokens(curve) / curve.plannedTokens);

/** A run counts as complete when so little of it is missing: the last row may stand a step before the end. */
const endsAt = 0.995;

/** Whether a run has come to its end. */
export const isComplete = (curve: RunCurve): boolean => lastTokens(curve) >= endsAt * curve.plannedTokens;
