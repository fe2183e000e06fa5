import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { toParams } from '../../src/laws/law.ts';
import { createRuns } from '../../src/runs/index.ts';
import {
  bootstrapFit,
  bootstrapTask,
  inThisThread,
  joinParts,
  Refitter,
  type BootstrapExecutor,
} from '../../src/uncertainty/bootstrap.ts';
import { groupRows, type Groups } from '../../src/uncertainty/groups.ts';
import { chinchilla240, mapRows } from '../helpers/data.ts';
import { scatter } from '../helpers/laws.ts';
import { mt19937, numpyChoice } from '../helpers/mt19937.ts';

let fit: LawFit;
let groups: Groups;
beforeAll(async () => {
  fit = fitLaw(chinchilla, await chinchilla240());
  groups = groupRows(fit);
});

const countsOf = (drawn: Int32Array): Int32Array => {
  const counts = new Int32Array(240);
  for (const i of drawn) counts[i]++;
  return counts;
};

/** Standard deviation with n - 1. */
const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
};

describe('the resamples of NumPy', () => {
  it('come out of MT19937 as its authors published', () => {
    // init_genrand(5489) is the default seed of the C++ standard's mt19937.
    const bits = mt19937(5489);
    expect(bits()).toBe(3499211612);
    for (let i = 0; i < 9998; i++) bits();
    expect(bits()).toBe(4123659995); // the 10,000th, required by the C++ standard (26.5.5)
  });

  it('are those of seed 42, choice(arange(240), 240)', () => {
    const bits = mt19937(42);
    const rows = Array.from({ length: 4000 }, () => numpyChoice(bits, 240, 240));
    const start = (b: number): number[] => [...rows[b].slice(0, 12)];
    expect(start(0)).toEqual([102, 179, 92, 14, 106, 71, 188, 20, 102, 121, 210, 214]);
    expect(start(1)).toEqual([224, 50, 233, 171, 151, 206, 58, 117, 159, 95, 215, 232]);
    expect(start(1999)).toEqual([232, 135, 187, 21, 107, 201, 234, 117, 42, 179, 228, 22]);
    expect([...rows[3999].slice(-12)]).toEqual([44, 31, 129, 137, 120, 178, 29, 183, 49, 20, 142, 164]);
  });
});

describe('the bootstrap of Besiroglu et al.', () => {
  it('reaches the optimum of all 4,000 resamples, and their spread', async () => {
    const text = await readFile(join(import.meta.dirname, '../fixtures/bootstrap/objectives.txt'), 'utf8');
    const reference = text
      .trim()
      .split(/\s+/)
      .map((x) => Number(x) * 1e-16);
    expect(reference).toHaveLength(4000);
    const refitter = new Refitter(bootstrapTask(fit, groups, 0));
    const bits = mt19937(42);
    const samples: Record<string, number[]> = { E: [], A: [], B: [], alpha: [], beta: [] };
    const exponents: number[] = [];
    let worst = -Infinity;
    let lowest = Infinity;
    let certified = 0;
    for (const value of reference) {
      const minimum = refitter.refit(countsOf(numpyChoice(bits, 240, 240)));
      const excess = minimum.value / value - 1;
      worst = Math.max(worst, excess);
      lowest = Math.min(lowest, excess);
      if (minimum.certified) certified++;
      const p = toParams(chinchilla, refitter.coordinates.uncentre(minimum.point));
      for (const [name, sample] of Object.entries(samples)) sample.push(p[name]);
      exponents.push(p.beta / (p.alpha + p.beta));
    }
    expect(worst).toBeLessThan(1e-11);
    // Nor is anything below the reference, which is known to 13 digits.
    expect(lowest).toBeGreaterThan(-1e-11);
    expect(certified).toBe(4000);
    expect(deviation(samples.A)).toBeCloseTo(124.49, 2);
    expect(deviation(samples.B)).toBeCloseTo(1293.2, 1);
    expect(deviation(samples.E)).toBeCloseTo(0.02566, 5);
    expect(deviation(samples.alpha)).toBeCloseTo(0.0154, 5);
    expect(deviation(samples.beta)).toBeCloseTo(0.02059, 5);
    expect(deviation(exponents)).toBeCloseTo(0.01997, 4);
  });
});

describe('refits', () => {
  it('of each row once are the fit itself', () => {
    const minimum = new Refitter(bootstrapTask(fit, groups, 0)).refit(new Int32Array(240).fill(1));
    expect(Math.abs(minimum.value / fit.minimum.value - 1)).toBeLessThan(1e-12);
  });

  it('are those of a table with rows copied', async () => {
    const counts = countsOf(numpyChoice(mt19937(7), 240, 240));
    const runs = await chinchilla240();
    const rows = [...counts.keys()].flatMap((i) => new Array<number>(counts[i]).fill(i));
    const { params, tokens, loss } = runs.quantities;
    const pick = (column?: Float64Array): number[] => rows.map((i) => column?.[i] ?? NaN);
    const copied = fitLaw(chinchilla, createRuns({ params: pick(params), tokens: pick(tokens), loss: pick(loss) }));
    const minimum = new Refitter(bootstrapTask(fit, groups, 0)).refit(counts);
    expect(Math.abs(minimum.value / copied.minimum.value - 1)).toBeLessThan(1e-9);
  });

  it('multiply the weights of the rows by the counts', async () => {
    const weights = Float64Array.from({ length: 240 }, (_, i) => 1 + (i % 3));
    const weighted = fitLaw(chinchilla, await chinchilla240(), { weights });
    const counts = countsOf(numpyChoice(mt19937(8), 240, 240));
    const minimum = new Refitter(bootstrapTask(weighted, groups, 0)).refit(counts);
    const direct = fitLaw(chinchilla, await chinchilla240(), { weights: weights.map((w, i) => w * counts[i]) });
    expect(Math.abs(minimum.value / direct.minimum.value - 1)).toBeLessThan(1e-9);
  });

  it('keep what was fixed and tied', async () => {
    const tied = fitLaw(chinchilla, await chinchilla240(), { fixed: { E: 1.8 }, tied: { alpha: 'beta' } });
    const { theta } = new Refitter(bootstrapTask(tied, groups, 3)).run(0, 5);
    for (let b = 0; b < 5; b++) {
      expect(theta[5 * b]).toBeCloseTo(Math.log(1.8), 12);
      expect(theta[5 * b + 3]).toBe(theta[5 * b + 4]);
    }
    expect(theta[3]).not.toBe(theta[8]);
  });

  it('do not remember the refit before', () => {
    const task = bootstrapTask(fit, groups, 1);
    const both = new Refitter(task);
    both.run(0, 3);
    expect([...both.run(3, 4).theta]).toEqual([...new Refitter(task).run(3, 4).theta]);
  });
});

describe('the draws', () => {
  it('do not depend on how the work is split', async () => {
    const task = bootstrapTask(fit, groups, 5);
    const whole = new Refitter(task).run(0, 40);
    for (const size of [1, 7, 13, 40]) {
      const parts = [];
      for (let from = 0; from < 40; from += size) parts.push(new Refitter(task).run(from, Math.min(40, from + size)));
      const joined = joinParts(parts);
      expect([...joined.theta]).toEqual([...whole.theta]);
      expect([...joined.certified]).toEqual([...whole.certified]);
    }
    const progress: number[] = [];
    const here = await inThisThread(task, 40, (done) => progress.push(done));
    expect([...here.theta]).toEqual([...whole.theta]);
    expect(progress.at(-1)).toBe(40);
  });

  it('follow the seed', async () => {
    const draw = async (seed: number): Promise<number[]> => [
      ...(await bootstrapFit(fit, groups, { resamples: 20, seed })).draws,
    ];
    const [a, b, c] = [await draw(1), await draw(1), await draw(2)];
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    // Seeds beyond 32 bits count too.
    expect(await draw(2 ** 40 + 1)).not.toEqual(a);
  });

  it('hold only what was certified', async () => {
    const execute: BootstrapExecutor = (task, resamples) => {
      const part = new Refitter(task).run(0, resamples);
      part.certified[1] = 0;
      part.certified[4] = 0;
      return Promise.resolve(part);
    };
    const all = await bootstrapFit(fit, groups, { resamples: 6, seed: 9 });
    const some = await bootstrapFit(fit, groups, { resamples: 6, seed: 9, execute });
    expect(some).toMatchObject({ resamples: 6, certified: 4, seed: 9, group: 'row', groups: 240 });
    const row = (b: number): number[] => [...all.draws.slice(5 * b, 5 * b + 5)];
    expect([...some.draws]).toEqual([0, 2, 3, 5].flatMap(row));
  });

  it('resample runs as a whole', async () => {
    // Four checkpoints a run that all share the run's luck: rows alone would make the errors far too small.
    const runs = await chinchilla240();
    const four = mapRows(runs, (row, i) => (i < 60 ? row : undefined));
    const repeat = (column?: Float64Array): number[] => Array.from(column ?? []).flatMap((x) => [x, x, x, x]);
    const { params, tokens, loss } = four.quantities;
    const columns = { params: repeat(params), tokens: repeat(tokens), loss: repeat(loss) };
    const run = Array.from({ length: 240 }, (_, i) => `run ${String(Math.floor(i / 4))}`);
    const grouped = fitLaw(chinchilla, createRuns({ ...columns, run }));
    const alone = fitLaw(chinchilla, four);
    const byRun = await bootstrapFit(grouped, groupRows(grouped), { resamples: 60, seed: 2 });
    const single = await bootstrapFit(alone, groupRows(alone), { resamples: 60, seed: 2 });
    expect(byRun).toMatchObject({ group: 'run', groups: 60 });
    for (let k = 0; k < byRun.draws.length; k++)
      expect(Math.abs(byRun.draws[k] - single.draws[k])).toBeLessThan(1e-5 * Math.max(1, Math.abs(single.draws[k])));
  });

  it('work for every law', async () => {
    const x = scatter(40, 2);
    const loss = x.params.map((n, i) => 1.7 + 400 * n ** -0.34 + 0.02 * Math.sin(7 * i));
    const one = fitLaw((await import('../../src/laws/index.ts')).findLaw('params'), createRuns({ ...x, loss }));
    const bootstrap = await bootstrapFit(one, groupRows(one), { resamples: 10 });
    expect(bootstrap.draws).toHaveLength(20);
    expect(bootstrap.certified).toBe(10);
  });
});
