/** Worlds with a known loss, and ways to spend a budget in them, for scripts/designs.ts. */
import { createRandom, type Random } from '../src/core/random.ts';
import {
  calibrate,
  chinchilla,
  createRuns,
  estimateCovariance,
  fitLaw,
  groupRows,
  predictLoss,
  predictPoints,
  summarizeFit,
  type Fit,
} from '../src/index.ts';
import { allocate } from '../src/plan/allocate.ts';
import { candidatesOf } from '../src/plan/next/candidates.ts';
import { nextRuns } from '../src/plan/next/nextRuns.ts';
import { isoFlopGrid, optimalLadder } from '../src/plan/next/rivals.ts';
import type { NextOptions } from '../src/plan/next/types.ts';

/** A run before it has a loss. */
export interface Planned {
  readonly params: number;
  readonly tokens: number;
}

/** A run with its loss. */
export interface Trained extends Planned {
  readonly loss: number;
}

export const truths = ['right', 'coupled', 'multiplicative', 'drifting exponent', 'bumpy'] as const;
export const strategies = ['next', 'next, in batches', 'isoFLOP grid', "Chinchilla's ladder", 'random'] as const;
export type Strategy = (typeof strategies)[number];

export const confidence = 0.9;
/** Compute of the runs that are there at first, of what may be spent, and of the target. */
export const flops = { first: 1e19, budget: 1e20, target: 1e22 };
const batches = 3;
const mostRuns = 16;

/** A world: what runs cost is known, what they give is seen when they are trained. */
export interface World {
  readonly truth: (run: Planned) => number;
  readonly train: (run: Planned) => Trained;
  readonly target: Planned;
}

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

/** World k: every form and noise in turn. */
export function drawWorld(k: number): World & { form: (typeof truths)[number]; noise: number } {
  const random = createRandom(k, 7);
  const form = truths[k % truths.length];
  const noise = [0.002, 0.006][Math.floor(k / truths.length) % 2];
  const truth = drawTruth(form, random);
  const params = Math.sqrt(flops.target / 120);
  return {
    form,
    noise,
    truth,
    train: (run) => ({ ...run, loss: truth(run) * Math.exp(noise * random.normal()) }),
    target: { params, tokens: 20 * params },
  };
}

/** Twelve small runs: four sizes at 7, 20 and 60 tokens per parameter, of which the largest costs a third. */
export function firstRuns(): Planned[] {
  const ratios = [7, 20, 60];
  const largest = Math.sqrt((0.7 * flops.first) / (6 * (7 + 20 + 60)));
  return [1, 2, 4, 8].flatMap((part) =>
    ratios.map((ratio) => ({ params: largest / part, tokens: (ratio * largest) / part })),
  );
}

/** Chinchilla's law fitted to runs, with covariance and calibration. */
export function fitTo(runs: readonly Trained[]): Fit {
  const law = fitLaw(
    chinchilla,
    createRuns({
      params: runs.map((run) => run.params),
      tokens: runs.map((run) => run.tokens),
      loss: runs.map((run) => run.loss),
    }),
  );
  const covariance = estimateCovariance(law, groupRows(law), 'sandwich');
  const { calibration } = calibrate(law, { confidence });
  return summarizeFit(law, { covariance, calibration, confidence });
}

/** Buys runs one after the other at random from what is allowed, as long as one is affordable. */
function randomRuns(fit: Fit, target: Planned, random: Random, options: Partial<NextOptions>): Planned[] {
  const { budget } = flops;
  const all = candidatesOf(fit, { ...options, target, budget }, target.tokens / target.params);
  const bought: Planned[] = [];
  for (let left = budget; bought.length < mostRuns;) {
    const affordable = all.filter((run) => run.flops <= left);
    if (affordable.length === 0) break;
    const run = affordable[Math.floor(random.next() * affordable.length)];
    bought.push(run);
    left -= run.flops;
  }
  return bought;
}

/** Spends the budget in a way, and fits again. */
export function spend(
  strategy: Strategy,
  fit: Fit,
  known: readonly Trained[],
  world: World,
  seed: number,
  options: Partial<NextOptions> = {},
): { readonly runs: readonly Trained[]; readonly fit: Fit; readonly expected: number } {
  const { target } = world;
  const { budget } = flops;
  const all = [...known];
  const maxRunFlops = options.maxRunFlops ?? budget;
  const optimumAt = (at: number): { params: number; tokens: number } =>
    fit.optimum === null ? { params: Math.sqrt(at / 120), tokens: 20 * Math.sqrt(at / 120) } : allocate(fit, at);
  const purse = { budget, maxRunFlops, factor: 6, optimumAt };
  let expected = NaN;
  const train = (runs: readonly Planned[]): void => {
    for (const { params, tokens } of runs) all.push(world.train({ params, tokens }));
  };
  switch (strategy) {
    case 'next': {
      const plan = nextRuns(fit, { target: { ...target }, budget, ...options });
      expected = plan.after.halfWidth;
      train(plan.runs);
      break;
    }
    case 'next, in batches': {
      let now = fit;
      let left = budget;
      for (let b = batches; b > 0; b--) {
        const maxRuns = mostRuns - (all.length - known.length);
        const plan = nextRuns(now, { target: { ...target }, budget: left, ...options, maxRuns });
        if (b === batches) expected = plan.after.halfWidth;
        const part = b === 1 ? plan.runs : plan.runs.slice(0, Math.ceil(plan.runs.length / b));
        train(part);
        left -= part.reduce((sum, run) => sum + run.flops, 0);
        if (b > 1) now = fitTo(all);
        if (left < budget * 1e-3 || all.length - known.length >= mostRuns) break;
      }
      break;
    }
    case 'isoFLOP grid':
      train(isoFlopGrid(purse));
      break;
    case "Chinchilla's ladder":
      train(optimalLadder(purse));
      break;
    case 'random':
      train(randomRuns(fit, target, createRandom(seed, 3), options));
  }
  return { runs: all, fit: fitTo(all), expected };
}

/** What a fit says about the target. */
export interface Said {
  /** Half width in ln loss of the calibrated interval of the mean, and of that of the coefficients. */
  readonly halfWidth: number;
  readonly plain: number;
  /** |ln predicted - ln true|, of the calibrated middle and of the law. */
  readonly error: number;
  readonly plainError: number;
  readonly holds: boolean;
  readonly plainHolds: boolean;
}

export function askAbout(fit: Fit, { target, truth }: Pick<World, 'target' | 'truth'>): Said {
  const { calibrated, loss } = predictPoints(fit, [{ ...target }]).points[0];
  const { lower, upper } = predictLoss(fit, { params: [target.params], tokens: [target.tokens] });
  const there = Math.log(truth(target));
  const ends = (calibrated?.mean ?? [NaN, NaN]).map(Math.log);
  const plain = [lower?.[0] ?? NaN, upper?.[0] ?? NaN].map(Math.log);
  return {
    halfWidth: (ends[1] - ends[0]) / 2,
    plain: (plain[1] - plain[0]) / 2,
    error: Math.abs(Math.log(calibrated?.loss ?? NaN) - there),
    plainError: Math.abs(Math.log(loss) - there),
    holds: ends[0] <= there && there <= ends[1],
    plainHolds: plain[0] <= there && there <= plain[1],
  };
}
