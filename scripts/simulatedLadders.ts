/** Ladders of runs of known laws, for scripts/simulations.ts. */
import type { Random } from '../src/core/random.ts';

/** A run before it has a loss. */
export interface Planned {
  readonly params: number;
  readonly tokens: number;
}

/** Which runs a ladder has. */
export const designs = ['isoFLOP grid', 'ladder, two seeds', 'overtraining grid', 'few runs'] as const;

/** What the losses are made of: the law that is fitted, or another. */
export const forms = ['right', 'coupled', 'drifting exponent'] as const;

/** One kind of ladder. */
export interface Ladder {
  readonly design: (typeof designs)[number];
  readonly form: (typeof forms)[number];
  /** Standard deviation of ln loss between runs that differ in their seed. */
  readonly noise: number;
  /** Share of runs that went wrong: their loss is 3 to 10% too high. */
  readonly outliers: number;
}

/** As many evenly spaced logarithms from the first to the last, as values. */
const between = (first: number, last: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => first * (last / first) ** (k / (count - 1)));

/** The runs of a design, small to large. */
export function planOf(design: Ladder['design']): Planned[] {
  const grid = (sizes: readonly number[], ratios: readonly number[]): Planned[] =>
    sizes.flatMap((params) => ratios.map((ratio) => ({ params, tokens: ratio * params })));
  switch (design) {
    case 'isoFLOP grid':
      // Six budgets, seven sizes each to both sides of 20 tokens per parameter.
      return between(3e18, 1e21, 6).flatMap((flops) =>
        between(1 / 3, 3, 7).map((offset) => {
          const params = offset * Math.sqrt(flops / 120);
          return { params, tokens: flops / (6 * params) };
        }),
      );
    case 'ladder, two seeds':
      return grid(between(3e7, 3e9, 9), [10, 10, 40, 40]);
    case 'overtraining grid':
      return grid(between(2e7, 1.5e9, 7), [20, 60, 180, 540]);
    case 'few runs':
      return grid(between(5e7, 1.5e9, 6), [10, 40]);
  }
}

/** A law like those of language models, drawn at random: the loss of a run. */
export function drawTruth(form: Ladder['form'], random: Random): (run: Planned) => number {
  const within = (low: number, high: number): number => low + (high - low) * random.next();
  const irreducible = within(1.5, 2);
  const [alpha, beta] = [within(0.28, 0.42), within(0.28, 0.42)];
  // What 1B parameters, and 20B tokens, leave above the irreducible loss.
  const [ofParams, ofTokens] = [within(0.25, 0.5), within(0.25, 0.5)];
  const sum = ({ params, tokens }: Planned, exponent: number): number =>
    ofParams * (params / 1e9) ** -exponent + ofTokens * (tokens / 2e10) ** -beta;
  switch (form) {
    case 'right':
      return (run) => irreducible + sum(run, alpha);
    case 'coupled':
      // A bracket to the power 1/2 with twice the exponents inside, so that the loss falls about as fast as that of the sum.
      return ({ params, tokens }) =>
        irreducible + Math.SQRT2 * Math.hypot(ofParams * (params / 1e9) ** -alpha, ofTokens * (tokens / 2e10) ** -beta);
    case 'drifting exponent':
      return (run) => irreducible + sum(run, alpha - 0.01 * Math.log(run.params / 1e9));
  }
}

/** ln of what seeds, and what went wrong, make of the loss of a run. */
export function drawError({ noise, outliers }: Ladder, random: Random): number {
  const wrong = random.next() < outliers ? 0.03 + 0.07 * random.next() : 0;
  return noise * random.normal() + wrong;
}
