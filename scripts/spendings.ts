/** Ways to spend a budget on runs, for scripts/designs.ts. */
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
import { findLaw } from '../src/laws/index.ts';
import { paramValues } from '../src/fit/result.ts';
import { toCoordinates } from '../src/laws/law.ts';
import { candidatesOf } from '../src/plan/next/candidates.ts';
import { nextRuns } from '../src/plan/next/nextRuns.ts';
import { isoFlopGrid, optimalLadder } from '../src/plan/next/rivals.ts';
import { findOptimum } from '../src/plan/optimum.ts';

/** A run before it has a loss. */
export interface Planned {
  readonly params: number;
  readonly tokens: number;
}

/** A run with its loss. */
export interface Trained extends Planned {
  readonly loss: number;
}

/** Where runs can be bought. */
export interface World {
  /** FLOP that may be spent. */
  readonly budget: number;
  /** Runs that are there at first. */
  readonly first: readonly Planned[];
  readonly target: Planned;
  readonly train: (run: Planned) => Trained;
  /** The runs that there are, where they were recorded; `null` where every shape can be trained. */
  readonly pool: readonly Planned[] | null;
}

export const strategies = [
  'next, in batches',
  'next, at once',
  "next, no run above the grid's",
  'isoFLOP grid',
  "Chinchilla's ladder",
  'random',
] as const;
export type Strategy = (typeof strategies)[number];

export const confidence = 0.9;
const batches = 3;
const mostRuns = 16;
/** FLOP of a run, for each parameter and token. */
const factor = 6;
export const costOf = ({ params, tokens }: Planned): number => factor * params * tokens;

/** Chinchilla's law fitted to runs, with covariance and calibration. */
export function fitTo(runs: readonly Trained[]): Fit {
  const column = (name: keyof Trained): number[] => runs.map((run) => run[name]);
  const law = fitLaw(
    chinchilla,
    createRuns({ params: column('params'), tokens: column('tokens'), loss: column('loss') }),
  );
  const covariance = estimateCovariance(law, groupRows(law), 'sandwich');
  const { calibration } = calibrate(law, { confidence });
  return summarizeFit(law, { covariance, calibration, confidence });
}

/** Runs bought so far, and what is left. */
class Shopping {
  readonly bought: Trained[] = [];
  left: number;
  /** What may still be bought of a pool. */
  private pool: Planned[] | null;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
    this.left = world.budget;
    this.pool = world.pool === null ? null : [...world.pool];
  }

  get room(): number {
    return mostRuns - this.bought.length;
  }

  get shapes(): readonly Planned[] | null {
    return this.pool;
  }

  /** Buys a run that is affordable. */
  buy(run: Planned): void {
    this.bought.push(this.world.train({ params: run.params, tokens: run.tokens }));
    this.left -= costOf(run);
    const place = this.pool?.findIndex((one) => one.params === run.params && one.tokens === run.tokens) ?? -1;
    if (place >= 0) this.pool = this.pool?.toSpliced(place, 1) ?? null;
  }

  /** Of a pool the affordable run that is most like a wish; without a pool the wish itself. */
  buyLike(wish: Planned): void {
    if (this.pool === null) {
      this.buy(wish);
      return;
    }
    const distance = ({ params, tokens }: Planned): number =>
      Math.hypot(Math.log(params / wish.params), Math.log(tokens / wish.tokens));
    const [best] = this.pool.filter((run) => costOf(run) <= this.left).sort((a, b) => distance(a) - distance(b));
    if ((best as Planned | undefined) !== undefined) this.buy(best);
  }

  /** Spends what is left on affordable runs at random. */
  buyAtRandom(all: readonly Planned[], random: Random): void {
    while (this.room > 0) {
      const affordable = (this.pool ?? all).filter((run) => costOf(run) <= this.left);
      if (affordable.length === 0) return;
      this.buy(affordable[Math.floor(random.next() * affordable.length)]);
    }
  }
}

/** Buys what `nextRuns` says, all at once or a part at a time with a fit after each. */
function buyNext(
  shop: Shopping,
  fit: Fit,
  world: World,
  known: readonly Trained[],
  parts: number,
  most?: number,
): number {
  let now = fit;
  let expected = NaN;
  for (let part = parts; part > 0 && shop.room > 0; part--) {
    const plan = planFor(now, shop, world, most);
    if (plan === null) break;
    if (part === parts) expected = plan.after.halfWidth;
    for (const run of plan.runs.slice(0, Math.ceil(plan.runs.length / part))) shop.buy(run);
    if (part > 1) now = fitTo([...known, ...shop.bought]);
  }
  return expected;
}

function planFor(fit: Fit, { left, room, shapes }: Shopping, { target }: World, most: number | undefined) {
  const cheapest = shapes?.reduce((least, run) => Math.min(least, costOf(run)), Infinity) ?? 0;
  if (!(left > 0) || cheapest > left) return null;
  return nextRuns(fit, {
    target: { params: target.params, tokens: target.tokens },
    budget: left,
    maxRuns: room,
    ...(shapes === null ? {} : { candidates: shapes }),
    ...(most === undefined ? {} : { maxRunFlops: Math.min(left, most) }),
  });
}

/** Spends the budget in a way, and fits again. */
export function spend(
  strategy: Strategy,
  fit: Fit,
  known: readonly Trained[],
  world: World,
  seed: number,
): { readonly bought: readonly Trained[]; readonly fit: Fit; readonly expected: number } {
  const shop = new Shopping(world);
  const { budget, target } = world;
  const law = findLaw(fit.law);
  const theta = toCoordinates(law, paramValues(fit));
  const optimumAt = (flops: number): Planned => {
    const best = findOptimum(law, theta, Math.log(flops / factor));
    // Where the first fit knows no optimum, one goes by the usual 20 tokens per parameter.
    return 'fault' in best
      ? { params: Math.sqrt(flops / 120), tokens: 20 * Math.sqrt(flops / 120) }
      : { params: Math.exp(best[0]), tokens: Math.exp(best[1]) };
  };
  const purse = { budget, maxRunFlops: budget, factor, optimumAt };
  const random = createRandom(seed, 3);
  const shapes = world.pool ?? candidatesOf(fit, { target: { ...target }, budget }, target.tokens / target.params);
  let expected = NaN;
  switch (strategy) {
    case 'next, in batches':
      expected = buyNext(shop, fit, world, known, batches);
      break;
    case 'next, at once':
      expected = buyNext(shop, fit, world, known, 1);
      break;
    case "next, no run above the grid's": {
      const most = isoFlopGrid(purse).reduce((largest, { flops }) => Math.max(largest, flops), 0);
      expected = buyNext(shop, fit, world, known, batches, most);
      break;
    }
    case 'isoFLOP grid':
      for (const run of isoFlopGrid(purse)) shop.buyLike(run);
      break;
    case "Chinchilla's ladder":
      for (const run of optimalLadder(purse)) shop.buyLike(run);
      break;
    case 'random':
      break;
  }
  // Recorded runs are not those that one wished for and cost less or more; a random choice has no wish at all.
  if (strategy === 'random' || (world.pool !== null && !strategy.startsWith('next'))) shop.buyAtRandom(shapes, random);
  return { bought: shop.bought, fit: fitTo([...known, ...shop.bought]), expected };
}

/** What a fit says about a run, beside what it is. */
export interface Said {
  /** Half widths in ln loss of the calibrated intervals of the mean and of a new run, and of that of the coefficients. */
  readonly mean: number;
  readonly newRun: number;
  readonly plain: number;
  /** |ln predicted - ln true|, of the calibrated middle. */
  readonly error: number;
  readonly meanHolds: boolean;
  readonly newRunHolds: boolean;
}

export function askAbout(fit: Fit, { params, tokens }: Planned, loss: number): Said {
  const { calibrated } = predictPoints(fit, [{ params, tokens }]).points[0];
  const { lower, upper } = predictLoss(fit, { params: [params], tokens: [tokens] });
  const there = Math.log(loss);
  const half = (ends: readonly [number, number] | undefined): number =>
    ends === undefined ? NaN : Math.log(ends[1] / ends[0]) / 2;
  const holds = (ends: readonly [number, number] | undefined): boolean =>
    ends !== undefined && Math.log(ends[0]) <= there && there <= Math.log(ends[1]);
  return {
    mean: half(calibrated?.mean),
    newRun: half(calibrated?.newRun),
    plain: half([lower?.[0] ?? NaN, upper?.[0] ?? NaN]),
    error: Math.abs(Math.log(calibrated?.loss ?? NaN) - there),
    meanHolds: holds(calibrated?.mean),
    newRunHolds: holds(calibrated?.newRun),
  };
}
