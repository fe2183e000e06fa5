import { createWarning, type Warning } from '../core/warnings.ts';
import { findObjective } from '../fit/objectives/index.ts';
import { nameOf, type Law } from '../laws/law.ts';
import type { Runs } from '../runs/runs.ts';
import { cheapestCells, type Cheapest } from './cheapest.ts';
import { MatrixWork, type MatrixCell, type MatrixFitOptions, type MatrixTask } from './matrixCell.ts';
import type { MatrixLayout, MatrixPlan } from './matrixPlan.ts';

/** What was fitted and predicted in a row of a matrix. */
export interface MatrixRowLabel {
  /** Number of sizes that were fitted. */
  readonly models: number;
  /** The smallest and the largest of them, in parameters. */
  readonly from: number;
  readonly to: number;
  /** Parameters of the size that is predicted. */
  readonly target: number;
  /** Checkpoints of it that are predicted. */
  readonly test: number;
}

/** How well ever more sizes and ever more of their training predict a target: rows by number of sizes, columns by share of training. */
export interface BacktestMatrix extends Pick<
  MatrixPlan,
  'experiment' | 'shares' | 'fractionOf' | 'dropTokens' | 'testFrom'
> {
  /** First fraction of each run that was left out when the runs were read. */
  readonly fromFraction: number;
  readonly law: string;
  readonly objective: string;
  readonly rows: readonly MatrixRowLabel[];
  /** One list for each row, one cell for each share. */
  readonly cells: readonly (readonly MatrixCell[])[];
  /** For each threshold; empty where every row predicts another target. */
  readonly cheapest: readonly Cheapest<MatrixCell>[];
  readonly warnings: readonly Warning[];
}

/** Fills the cells of a task, in this thread or in others; reports how many are done. */
export type MatrixExecutor = (
  task: MatrixTask,
  count: number,
  onProgress: ((done: number) => void) | undefined,
) => Promise<MatrixCell[]>;

/** Options of {@link backtestMatrix}. */
export interface MatrixOptions extends MatrixLayout {
  /** Options of every fit. The protocol of the paper is `{ objective: 'mse' }`, least squares of the loss itself. */
  readonly fit?: MatrixFitOptions;
  readonly execute?: MatrixExecutor;
  /** Told how many of the cells are done. */
  readonly onProgress?: (done: number, cells: number) => void;
}

/** Fills the cells in the calling thread, with a pause after each so that a page stays responsive. */
const matrixInThisThread: MatrixExecutor = async (task, count, onProgress) => {
  const work = new MatrixWork(task);
  const cells: MatrixCell[] = [];
  for (let cell = 0; cell < count; cell++) {
    cells.push(...work.run(cell, cell + 1));
    onProgress?.(cell + 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return cells;
};

/**
 * The matrix of "A Hitchhiker's Guide to Scaling Law Estimation": a law is fitted to the checkpoints of the m smallest
 * sizes up to a share p of their training and predicts the last 30% of the largest size's training; the error is shown for
 * every m and p. It says how much of an experiment would have been enough. Every cell is a fit of its own, to the global
 * optimum, so the result does not depend on how the work is split.
 *
 * @throws {@link IsoflopError} `QUANTITY_MISSING` without params or tokens, `BACKTEST_IMPOSSIBLE` for fewer than three
 *   sizes, `OPTION_INVALID`; what prevents the fit of one cell stands in that cell
 * @see arXiv 2410.11840, sections 3 and 7
 * @example
 * ```ts
 * const columns = 'params=model_size,tokens=10^num_token,loss=log(ppl),run=model_size';
 * const opt = await readRuns('data/opt-trajectories.csv', { columns });
 * const matrix = await backtestMatrix(chinchilla, opt, { dropTokens: 10e9, fit: { objective: 'mse' }, shares: [1] });
 * matrix.cells.at(-1)[0].are; // 0.0311
 * ```
 */
export async function backtestMatrix(law: Law, runs: Runs, options: MatrixOptions = {}): Promise<BacktestMatrix> {
  const { fit = {}, execute = matrixInThisThread, onProgress, ...layout } = options;
  const task: MatrixTask = { law: nameOf(law), runs, fit, layout };
  const work = new MatrixWork(task);
  const { plan, ladder } = work;
  const filled = await execute(task, work.count, (done) => onProgress?.(done, work.count));
  const columns = plan.shares.length;
  const cells = plan.rows.map((_, r) => filled.slice(r * columns, (r + 1) * columns));
  return {
    law: law.id,
    objective: findObjective(fit.objective ?? law.objective ?? 'log-huber').id,
    experiment: plan.experiment,
    shares: plan.shares,
    fractionOf: plan.fractionOf,
    // Left out here, or when the runs were read.
    dropTokens: Math.max(plan.dropTokens, runs.selection?.dropTokens ?? 0),
    fromFraction: runs.selection?.fromFraction ?? 0,
    testFrom: plan.testFrom,
    rows: plan.rows.map((row) => ({
      models: row.sizes.length,
      from: ladder.sizes[row.sizes[0]],
      to: ladder.sizes[row.sizes[row.sizes.length - 1]],
      target: ladder.sizes[row.target],
      test: work.testRows(row).length,
    })),
    cells,
    cheapest: plan.experiment === 'own' ? [] : cheapestCells(cells),
    warnings: warningsOf(work),
  };
}

/** Fewer sizes than this are no safe basis for a law (arXiv 2410.11840, section 9). */
const safeSizes = 5;

function warningsOf({ plan, ladder }: MatrixWork): Warning[] {
  const warnings: Warning[] = [];
  const below = ladder.sizes.length - 1;
  if (plan.experiment !== 'own' && below < safeSizes)
    warnings.push(
      createWarning('FEW_SIZES', `Only ${String(below)} sizes besides the one that is predicted.`, {
        remedy: 'Add runs at other sizes; five are a safe minimum.',
      }),
    );
  if (!ladder.hasCheckpoints && plan.fractionOf === 'run')
    warnings.push(
      createWarning(
        'NO_CHECKPOINTS',
        `Each of the ${String(ladder.runs.rows)} rows is a run by itself, so no share of a run below 1 has rows.`,
      ),
    );
  return warnings;
}
