import { createRandom } from '../../src/core/random.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';

/** A run (or checkpoint) before it has a loss. */
export interface Planned {
  readonly params: number;
  readonly tokens: number;
  readonly run?: string;
}

/** A loss of params and tokens like that of language models; E, A, B, alpha, beta. */
export const typical = { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 };

/** The sum of powers with these parameters. */
export const sumLoss =
  (p: typeof typical = typical) =>
  ({ params, tokens }: Planned): number =>
    p.E + p.A * params ** -p.alpha + p.B * tokens ** -p.beta;

/** The coupled form: the same bracket to the power k. */
export const coupledLoss =
  (k: number, p: typeof typical = typical) =>
  ({ params, tokens }: Planned): number =>
    p.E + (p.A * params ** -p.alpha + p.B * tokens ** -p.beta) ** k;

/** Every size with every number of tokens for each parameter, `seeds` times. */
export function sizeGrid(sizes: readonly number[], ratios: readonly number[], seeds = 1): Planned[] {
  return sizes.flatMap((params) =>
    ratios.flatMap((ratio) => Array.from({ length: seeds }, () => ({ params, tokens: ratio * params }))),
  );
}

/** Six sizes of three decades. */
export const sixSizes = [3e7, 1e8, 3e8, 1e9, 3e9, 1e10];

/**
 * Seven budgets of nine sizes each, a factor of `width` to both sides of the optimum of `typical` times `offset`, which grows
 * by `drift` with every budget.
 */
export function isoflopGrid({ offset = 1, drift = 1, width = 8 } = {}): Planned[] {
  const { A, B, alpha, beta } = typical;
  return Array.from({ length: 7 }).flatMap((_, budget) => {
    const product = 1e18 * 10 ** (budget / 2);
    const best = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta)) * product ** (beta / (alpha + beta));
    return [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((j) => {
      const params = best * offset * drift ** (budget - 3) * width ** (j / 4);
      return { params, tokens: product / params };
    });
  });
}

/** Evenly spaced checkpoints of a run for each size and each number of tokens for each parameter. */
export function checkpointGrid(sizes: readonly number[], checkpoints: number, ratios = [100]): Planned[] {
  return sizeGrid(sizes, ratios).flatMap(({ params, tokens }) =>
    Array.from({ length: checkpoints }, (_, i) => ({
      params,
      tokens: (tokens * (i + 1)) / checkpoints,
      run: `${String(params)} on ${String(tokens)}`,
    })),
  );
}

/** Runs of a plan with log-normal noise. */
export function plannedRuns(
  plan: readonly Planned[],
  loss: (row: Planned, index: number) => number,
  { noise = 0.005, seed = 1, columns = {} }: NoiseOptions = {},
): Runs {
  const random = createRandom(seed, 41);
  return createRuns({
    params: plan.map((row) => row.params),
    tokens: plan.map((row) => row.tokens),
    loss: plan.map((row, i) => loss(row, i) * Math.exp(noise * random.normal())),
    ...(plan[0].run === undefined ? {} : { run: plan.map((row) => row.run ?? '') }),
    ...columns,
  });
}

interface NoiseOptions {
  readonly noise?: number;
  readonly seed?: number;
  /** More columns, each of the length of the plan. */
  readonly columns?: Readonly<Record<string, readonly number[]>>;
}
