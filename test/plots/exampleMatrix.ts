import { backtestMatrix, type BacktestMatrix } from '../../src/backtest/matrix.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';

/** Runs of five sizes whose losses fall the more slowly the larger they are than the law says: errors of all classes. */
export function drifting(): Runs {
  const rows = [1e8, 2e8, 4e8, 8e8, 1.6e9].flatMap((params, k) =>
    Array.from({ length: 20 }, (_, i) => ({ params, tokens: (i + 1) * params, k })),
  );
  return createRuns({
    params: rows.map((r) => r.params),
    tokens: rows.map((r) => r.tokens),
    loss: rows.map((r) => 2 + 400 / r.params ** 0.3 + (400 + 25 * r.k ** 2) / r.tokens ** 0.3),
    run: rows.map((r) => String(r.params)),
  });
}

/** A matrix with cells of every class. */
export function exampleMatrix(): Promise<BacktestMatrix> {
  return backtestMatrix(chinchilla, drifting(), { shares: [0.05, 0.2, 0.5, 1], models: [1, 3, 4] });
}
