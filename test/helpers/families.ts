import { createRandom } from '../../src/core/random.ts';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';

/** Coefficients near those of arXiv 2203.15556. */
export const truth = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };

export type Params = typeof truth;

/** The same law for a family that needs 1/m of the compute everywhere: params and tokens both worth sqrt(m) as much. */
export const faster = (m: number, from: Params = truth): Params => ({
  ...from,
  A: from.A * m ** (-from.alpha / 2),
  B: from.B * m ** (-from.beta / 2),
});

/** What a simulated ladder of runs looks like. */
export interface Ladder {
  readonly sizes?: number;
  readonly ratios?: readonly number[];
  /** Standard deviation of ln loss. */
  readonly sd?: number;
  /** Share of the variance of the noise that paired runs have in common. */
  readonly common?: number;
  readonly seed?: number;
}

/** Runs of two families on one ladder of sizes (50M to 1.2B) and ratios of tokens to params, with noise they partly share. */
export function simulateRuns(laws: readonly [Params, Params], ladder: Ladder = {}): [Runs, Runs] {
  const { sizes = 6, ratios = [5, 10, 20, 40, 80], sd = 0, common = 0.7, seed = 0 } = ladder;
  const random = createRandom(seed, 77);
  const params: number[] = [];
  const tokens: number[] = [];
  for (let k = 0; k < sizes; k++)
    for (const ratio of ratios) {
      params.push(5e7 * 24 ** (k / (sizes - 1)));
      tokens.push(params[params.length - 1] * ratio);
    }
  const losses = laws.map((law) => evaluateLaw(chinchilla, law, { params, tokens }));
  for (let i = 0; i < params.length; i++) {
    const shared = Math.sqrt(common) * random.normal();
    for (const loss of losses) loss[i] *= Math.exp(sd * (shared + Math.sqrt(1 - common) * random.normal()));
  }
  return [
    createRuns({ params, tokens, loss: losses[0] }, { name: 'A' }),
    createRuns({ params, tokens, loss: losses[1] }, { name: 'B' }),
  ];
}

/** Fits of both families. */
export function fitBoth(runs: readonly Runs[], objective = 'log-mse'): [LawFit, LawFit] {
  const [first, second] = runs.map((family) => fitLaw(chinchilla, family, { objective }));
  return [first, second];
}
