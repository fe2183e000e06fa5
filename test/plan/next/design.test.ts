import { describe, expect, it } from 'vitest';
import { invertSymmetric } from '../../../src/core/linalg.ts';
import { createRandom } from '../../../src/core/random.ts';
import { Design, type DesignProblem } from '../../../src/plan/next/design.ts';
import { exchange, fillGreedily, orderRuns, prune, selectRuns, type Purse } from '../../../src/plan/next/select.ts';

/** Candidates and a target whose errors come from a few coefficients and a part of their own. */
function drawProblem(seed: number, count: number, coefficients = 3): DesignProblem & { vectors: number[][] } {
  const random = createRandom(seed);
  const vectors = Array.from({ length: count + 1 }, () => Array.from({ length: coefficients }, () => random.normal()));
  const dot = (a: number[], b: number[]): number => a.reduce((sum, x, k) => sum + x * b[k], 0);
  const covariance = Float64Array.from(
    { length: count ** 2 },
    (_, k) => dot(vectors[Math.floor(k / count)], vectors[k % count]) + (Math.floor(k / count) === k % count ? 0.1 : 0),
  );
  const target = vectors[count];
  return {
    vectors,
    covariance,
    withTarget: Float64Array.from({ length: count }, (_, i) => dot(vectors[i], target)),
    target: dot(target, target),
    noise: 0.5,
  };
}

/** The variance of the target given observations, by the inverse of their covariance. */
function conditional({ covariance, withTarget, target, noise }: DesignProblem, runs: readonly number[]): number {
  const n = withTarget.length;
  const m = runs.length;
  const matrix = Float64Array.from(
    { length: m * m },
    (_, k) => covariance[runs[Math.floor(k / m)] * n + runs[k % m]] + (Math.floor(k / m) === k % m ? noise : 0),
  );
  const inverse = invertSymmetric(matrix, m) ?? new Float64Array(m * m);
  return runs.reduce(
    (left, i, a) => left - runs.reduce((sum, j, b) => sum + withTarget[i] * inverse[a * m + b] * withTarget[j], 0),
    target,
  );
}

const drawPurse = (seed: number, count: number, rest: Partial<Purse> = {}): Purse => {
  const random = createRandom(seed, 1);
  const costs = Float64Array.from({ length: count }, () => Math.exp(4 * random.next()));
  return { costs, budget: 60, maxRuns: 6, seeds: 1, ...rest };
};

const costOf = (runs: readonly number[], { costs }: Purse): number => runs.reduce((sum, run) => sum + costs[run], 0);

/** Every affordable set of runs. */
function* subsets(purse: Purse, from = 0, chosen: readonly number[] = []): Generator<readonly number[]> {
  yield chosen;
  for (let k = from; k < purse.costs.length; k++) {
    const next = [...chosen, k];
    if (costOf(next, purse) <= purse.budget && next.length <= purse.maxRuns) yield* subsets(purse, k + 1, next);
  }
}

describe('a design', () => {
  it('leaves the variance that the inverse covariance of its runs leaves, repeats included', () => {
    for (let seed = 0; seed < 10; seed++) {
      const problem = drawProblem(seed, 7);
      for (const runs of [[], [3], [0, 5, 2], [1, 1, 4, 1], [6, 5, 4, 3, 2, 1, 0]])
        expect(new Design(problem, runs).variance).toBeCloseTo(conditional(problem, runs), 10);
    }
  });

  it('knows what one more run would take off', () => {
    const problem = drawProblem(3, 6);
    const design = new Design(problem, [2, 4]);
    for (let i = 0; i < 6; i++)
      expect(design.variance - design.gain(i)).toBeCloseTo(new Design(problem, [2, 4, i]).variance, 12);
  });

  it('does not depend on the order of its runs', () => {
    const problem = drawProblem(5, 6);
    expect(new Design(problem, [0, 3, 5]).variance).toBeCloseTo(new Design(problem, [5, 0, 3]).variance, 12);
  });
});

describe('the choice of runs', () => {
  it('never costs more than the budget, nor has more runs or seeds than allowed', () => {
    for (let seed = 0; seed < 20; seed++) {
      const purse = drawPurse(seed, 30, { seeds: 1 + (seed % 3), maxRuns: 3 + (seed % 5) });
      const runs = selectRuns(drawProblem(seed, 30), purse);
      expect(costOf(runs, purse)).toBeLessThanOrEqual(purse.budget * (1 + 1e-9));
      expect(runs.length).toBeLessThanOrEqual(purse.maxRuns);
      for (const run of runs) expect(runs.filter((one) => one === run).length).toBeLessThanOrEqual(purse.seeds);
    }
  });

  it('is no worse after exchanges than before, and better in many cases', () => {
    let better = 0;
    for (let seed = 0; seed < 20; seed++) {
      const [problem, purse] = [drawProblem(seed, 25), drawPurse(seed, 25)];
      for (const exponent of [0, 1]) {
        const greedy = fillGreedily(problem, purse, exponent);
        const before = new Design(problem, greedy).variance;
        const after = new Design(problem, exchange(problem, purse, greedy)).variance;
        expect(after).toBeLessThanOrEqual(before * (1 + 1e-12));
        if (after < 0.999 * before) better++;
      }
    }
    expect(better).toBeGreaterThan(5);
  });

  it('comes within 2% of the best of all sets of runs, and mostly finds it', () => {
    let found = 0;
    for (let seed = 0; seed < 30; seed++) {
      const [problem, purse] = [drawProblem(seed, 9), drawPurse(seed, 9)];
      const best = Math.min(...[...subsets(purse)].map((runs) => new Design(problem, runs).variance));
      const reached = new Design(problem, selectRuns(problem, purse)).variance;
      expect(Math.sqrt(reached / best)).toBeLessThan(1.02);
      if (reached < best * 1.0101) found++;
    }
    expect(found).toBeGreaterThan(24);
  });

  it('does not depend on the order of the candidates', () => {
    const [problem, purse] = [drawProblem(8, 12), drawPurse(8, 12)];
    const order = [7, 3, 11, 0, 5, 9, 1, 10, 2, 8, 4, 6];
    const turned: DesignProblem = {
      ...problem,
      covariance: Float64Array.from(
        { length: 144 },
        (_, k) => problem.covariance[order[Math.floor(k / 12)] * 12 + order[k % 12]],
      ),
      withTarget: Float64Array.from(order, (k) => problem.withTarget[k]),
    };
    const again = selectRuns(turned, { ...purse, costs: Float64Array.from(order, (k) => purse.costs[k]) });
    expect(again.map((k) => order[k]).sort((a, b) => a - b)).toEqual(selectRuns(problem, purse).sort((a, b) => a - b));
  });

  it('keeps no run that the others make useless', () => {
    const problem = drawProblem(2, 12);
    const everything = Array.from({ length: 12 }, (_, k) => k);
    const kept = prune(problem, everything);
    expect(kept.length).toBeLessThan(12);
    const whole = Math.sqrt(new Design(problem, kept).variance);
    for (const k of kept.keys())
      expect(whole).toBeLessThan(0.995 * Math.sqrt(new Design(problem, kept.toSpliced(k, 1)).variance));
  });

  it('orders the same runs by what they are worth for their cost', () => {
    const [problem, purse] = [drawProblem(4, 20), drawPurse(4, 20)];
    const runs = selectRuns(problem, purse);
    const order = orderRuns(problem, purse, runs);
    expect([...order].sort()).toEqual([...runs].sort());
    const worth = (run: number): number =>
      -Math.log1p(-new Design(problem).gain(run) / problem.target) / purse.costs[run];
    expect(worth(order[0])).toBe(Math.max(...runs.map(worth)));
  });
});
