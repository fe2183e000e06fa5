/** Worlds with a known loss, for scripts/designs.ts. */
import { createRandom, type Random } from '../src/core/random.ts';
import type { Planned, World } from './spendings.ts';

export const truths = ['right', 'coupled', 'multiplicative', 'drifting exponent', 'bumpy'] as const;
/** Compute of the runs that are there at first, of what may be spent, and of the target. */
const flops = { first: 1e19, budget: 1e20, target: 1e22 };
/** A law like those of language models, drawn at random: the loss of a run. */
function drawTruth(form: (typeof truths)[number], random: Random): (run: Planned) => number {
  const within = (low: number, high: number): number => low + (high - low) * random.next();
  const E = within(1.5, 2);
  const [alpha, beta] = [within(0.28, 0.42), within(0.28, 0.42)];
  // What 1B parameters, and 20B tokens, leave above the irreducible loss.
  const [ofN, ofD] = [within(0.25, 0.5), within(0.25, 0.5)];
  const k = within(0.4, 0.8);
  const coupling = within(0.05, 0.3);
  const drift = within(-0.01, 0.01);
  const waves = [within(0, 2 * Math.PI), within(0, 2 * Math.PI)];
  const terms = ({ params, tokens }: Planned, n = alpha): [number, number] => [
    ofN * (params / 1e9) ** -n,
    ofD * (tokens / 2e10) ** -beta,
  ];
  switch (form) {
    case 'right':
      return (run) => E + terms(run)[0] + terms(run)[1];
    case 'coupled':
      return (run) => {
        const [a, b] = terms(run);
        return E + 2 ** (1 - k) * (a ** (1 / k) + b ** (1 / k)) ** k;
      };
    case 'multiplicative':
      return (run) => {
        const [a, b] = terms(run);
        return E + a + b + coupling * Math.sqrt(a * b);
      };
    case 'drifting exponent':
      return (run) => {
        const [a, b] = terms(run, alpha - drift * Math.log(run.params / 1e9));
        return E + a + b;
      };
    case 'bumpy':
      // A smooth misfit of half a per cent that turns over about a decade of size and of tokens per parameter.
      return (run) => {
        const [a, b] = terms(run);
        const bump =
          Math.sin(0.9 * Math.log(run.params) + waves[0]) *
          Math.sin(0.9 * Math.log(run.tokens / run.params) + waves[1]);
        return (E + a + b) * (1 + 0.005 * bump);
      };
  }
}

/** A world of a kind. */
export interface SimulatedWorld extends World {
  readonly form: (typeof truths)[number];
  readonly noise: number;
  /** The loss without noise. */
  readonly truth: (run: Planned) => number;
}

/** World k: every form and noise in turn. */
export function drawWorld(k: number): SimulatedWorld {
  const random = createRandom(k, 7);
  const form = truths[k % truths.length];
  const noise = [0.002, 0.006][Math.floor(k / truths.length) % 2];
  const truth = drawTruth(form, random);
  const params = Math.sqrt(flops.target / 120);
  return {
    form,
    noise,
    truth,
    budget: flops.budget,
    first: firstRuns(),
    train: (run) => ({ ...run, loss: truth(run) * Math.exp(noise * random.normal()) }),
    pool: null,
    target: { params, tokens: 20 * params },
  };
}

/** Twelve small runs: four sizes at 7, 20 and 60 tokens per parameter. */
function firstRuns(): Planned[] {
  const ratios = [7, 20, 60];
  const largest = Math.sqrt((0.7 * flops.first) / (6 * (7 + 20 + 60)));
  return [1, 2, 4, 8].flatMap((part) =>
    ratios.map((ratio) => ({ params: largest / part, tokens: (ratio * largest) / part })),
  );
}
