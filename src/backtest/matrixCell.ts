import { IsoflopError } from '../core/errors.ts';
import type { WarningCode } from '../core/warnings.ts';
import { fitLaw } from '../fit/fitLaw.ts';
import type { FitOptions } from '../fit/options.ts';
import type { Fit, FitStatus } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { evaluateLaw, toParams } from '../laws/law.ts';
import type { Runs } from '../runs/runs.ts';
import { takeRows } from '../runs/select.ts';
import { createLadder, type Ladder } from './ladder.ts';
import { planMatrix, type MatrixLayout, type MatrixPlan, type MatrixRow } from './matrixPlan.ts';
import { scorePredictions } from './scores.ts';

/** Everything a thread needs to fill cells of a matrix; plain data that can be sent to it. */
export interface MatrixTask {
  readonly law: Pick<Fit, 'law' | 'formula'>;
  readonly runs: Runs;
  readonly fit: MatrixFitOptions;
  readonly layout: MatrixLayout;
}

/** Options of the fit in every cell. */
export interface MatrixFitOptions extends Omit<FitOptions, 'weights'> {
  readonly weights?: 'run';
}

/** One experiment: a law fitted to some sizes and a share of their training, and how well it predicts the target. */
export interface MatrixCell {
  /** Number of sizes that were fitted. */
  readonly models: number;
  /** Share of training that was fitted. */
  readonly share: number;
  /** Rows that were fitted. */
  readonly rows: number;
  /** FLOP that the fitted runs took up to their last fitted checkpoint, summed over runs; `null` where unknown. */
  readonly flops: number | null;
  /** Mean absolute relative error of the predictions, `null` where there are none. */
  readonly are: number | null;
  /** Mean signed relative error: above zero the predictions were too high. */
  readonly bias: number | null;
  /** ARE of the naive prediction, the least response among the fitted rows. */
  readonly naive: number | null;
  /** How the fit ended; `refused` where the law cannot be fitted to these rows. */
  readonly status: FitStatus | 'refused';
  /** Why it is not `converged`. */
  readonly reason: string | null;
  /** Codes of the fit's warnings of level `error`. */
  readonly warnings: readonly WarningCode[];
}

/** Fills cells of one matrix; holds what all of them share. */
export class MatrixWork {
  readonly ladder: Ladder;
  readonly plan: MatrixPlan;
  private readonly task: MatrixTask;
  private readonly law: ReturnType<typeof lawOf>;

  /** @throws {@link IsoflopError} as {@link createLadder} and {@link planMatrix} */
  constructor(task: MatrixTask) {
    this.task = task;
    this.law = lawOf(task.law);
    this.ladder = createLadder(this.law, task.runs);
    this.plan = planMatrix(this.ladder, task.layout);
  }

  get count(): number {
    return this.plan.rows.length * this.plan.shares.length;
  }

  /** Fills the cells `from` to `to` - 1, counted along the rows. */
  run(from: number, to: number): MatrixCell[] {
    const { rows, shares } = this.plan;
    return Array.from({ length: to - from }, (_, k) => {
      const cell = from + k;
      return this.cell(rows[Math.floor(cell / shares.length)], shares[cell % shares.length]);
    });
  }

  /** Rows of the target that are predicted. */
  testRows({ target }: MatrixRow): Int32Array {
    const { testFrom, dropTokens } = this.plan;
    return this.rowsOf([target], (tokens, all) => tokens > dropTokens && tokens >= testFrom * all);
  }

  private cell(row: MatrixRow, share: number): MatrixCell {
    const { ladder, law, plan } = this;
    const train = this.rowsOf(
      row.sizes,
      (tokens, all) => tokens > plan.dropTokens && (share === 1 || tokens < share * all),
    );
    const test = this.testRows(row);
    const known = Float64Array.from(train, (i) => ladder.observed[i]);
    const observed = Float64Array.from(test, (i) => ladder.observed[i]);
    const score = (predicted: Float64Array): { are: number; bias: number } =>
      scorePredictions({ observed, predicted, lower: null, upper: null }, 0.5);
    const naive =
      known.length === 0 || observed.length === 0 ? null : score(observed.map(() => known.reduce(least))).are;
    const about = { models: row.sizes.length, share, rows: train.length, flops: this.flopsOf(train), naive };
    const none = { ...about, are: null, bias: null, status: 'refused', warnings: [] } as const;
    if (train.length === 0) return { ...none, reason: 'no checkpoint is that early' };
    if (test.length === 0) return { ...none, reason: 'the target has no checkpoint to predict' };
    try {
      const fit = fitLaw(law, takeRows(ladder.runs, train), this.task.fit);
      const { quantities } = takeRows(ladder.runs, test);
      const inputs = Object.fromEntries(law.inputs.map(({ name }) => [name, quantities[name] ?? []]));
      const { are, bias } = score(evaluateLaw(law, toParams(law, fit.theta), inputs));
      const codes = fit.warnings.filter(({ level }) => level === 'error').map(({ code }) => code);
      const ended = { status: fit.status, reason: fit.reasons.at(0) ?? null, warnings: [...new Set(codes)] };
      if (!Number.isFinite(are)) return { ...none, ...ended, reason: 'the prediction is not finite' };
      return { ...about, ...ended, are, bias };
    } catch (error) {
      if (!(error instanceof IsoflopError)) throw error;
      return { ...none, reason: error.statement };
    }
  }

  /** Rows of some sizes that are chosen by their tokens and the tokens that a share is taken of. */
  private rowsOf(sizes: readonly number[], isChosen: (tokens: number, all: number) => boolean): Int32Array {
    const { size, tokens, last } = this.ladder;
    const wanted = new Set(sizes);
    const rows = Int32Array.from(size.keys()).filter((i) => wanted.has(size[i]));
    const family = rows.reduce((most, i) => Math.max(most, tokens[i]), 0);
    return rows.filter((i) => isChosen(tokens[i], this.plan.fractionOf === 'run' ? last[i] : family));
  }

  private flopsOf(rows: Int32Array): number | null {
    const { flops, run } = this.ladder;
    if (flops === undefined) return null;
    const spent = new Map<number, number>();
    for (const i of rows) spent.set(run[i], Math.max(spent.get(run[i]) ?? 0, flops[i]));
    let sum = 0;
    for (const value of spent.values()) sum += value;
    return Number.isFinite(sum) ? sum : null;
  }
}

const least = (a: number, b: number): number => Math.min(a, b);
