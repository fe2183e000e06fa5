import type { Law } from '../../src/laws/law.ts';
import { createRandom, type Random } from '../../src/core/random.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';

/** Natural parameters that look like those of language models, for laws made of E, A, B, alpha, beta, gamma. */
export const typicalParams: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  chinchilla: { E: 1.7, A: 480, B: 2100, alpha: 0.35, beta: 0.37 },
  params: { A: 11.5, alpha: 0.076 },
  'params-irreducible': { E: 1.8, A: 300, alpha: 0.33 },
  tokens: { B: 20, beta: 0.095 },
  'tokens-irreducible': { E: 1.75, B: 900, beta: 0.31 },
  flops: { A: 28, gamma: 0.05 },
  'flops-irreducible': { E: 1.6, A: 3000, gamma: 0.16 },
};

/** The laws written out once more, in natural units and without logarithms. */
export const directFormulas: Readonly<
  Record<string, (p: Record<string, number>, x: Record<string, number>) => number>
> = {
  chinchilla: (p, x) => p.E + p.A * x.params ** -p.alpha + p.B * x.tokens ** -p.beta,
  params: (p, x) => p.A * x.params ** -p.alpha,
  'params-irreducible': (p, x) => p.E + p.A * x.params ** -p.alpha,
  tokens: (p, x) => p.B * x.tokens ** -p.beta,
  'tokens-irreducible': (p, x) => p.E + p.B * x.tokens ** -p.beta,
  flops: (p, x) => p.A * x.flops ** -p.gamma,
  'flops-irreducible': (p, x) => p.E + p.A * x.flops ** -p.gamma,
};

/** A number drawn evenly in its logarithm. */
export const logUniform = (random: Random, low: number, high: number): number =>
  Math.exp(Math.log(low) + random.next() * Math.log(high / low));

/** Columns of model sizes and tokens scattered over three decades each. */
export function scatter(rows: number, seed: number): { params: number[]; tokens: number[]; flops: number[] } {
  const random = createRandom(seed, 77);
  const params = Array.from({ length: rows }, () => logUniform(random, 3e7, 2e10));
  const tokens = Array.from({ length: rows }, () => logUniform(random, 5e8, 1e12));
  return { params, tokens, flops: params.map((n, i) => 6 * n * tokens[i]) };
}

/** Runs whose losses follow a law, with log-normal noise of the given size. */
export function syntheticRuns(
  law: Law,
  params: Readonly<Record<string, number>>,
  options: { rows: number; seed: number; noise?: number },
): Runs {
  const random = createRandom(options.seed, 78);
  const x = scatter(options.rows, options.seed);
  const loss = x.params.map((n, i) => {
    const clean = directFormulas[law.id]({ ...params }, { params: n, tokens: x.tokens[i], flops: x.flops[i] });
    return clean * Math.exp((options.noise ?? 0) * random.normal());
  });
  return createRuns({ ...x, loss });
}
