import { readBenchmarks } from '../../src/node/benchmarks.ts';
import { createRandom } from '../../src/core/random.ts';
import type { BenchmarkTable } from '../../src/observational/benchmarkTable.ts';

/** The public models that ship with the package. */
export const publicModels = await readBenchmarks('data/benchmarks.csv');

/** What made-up models follow. */
export interface MadeUp {
  readonly families: number;
  readonly models: number;
  readonly slope: number;
  /** Spread of capabilities about the lines, and of scores about the sigmoids. */
  readonly spread: number;
  readonly noise: number;
  readonly seed: number;
}

/**
 * Models of families on lines of one slope whose one capability decides all benchmarks: four of them, and a task that is
 * 0.1 + 0.9 sigmoid(4 (S - 0.5)).
 */
export function madeUpModels({ families, models, slope, spread, noise, seed }: MadeUp): BenchmarkTable {
  const random = createRandom(seed);
  const rows = Array.from({ length: families }, (_, f) => {
    const level = 0.15 * random.normal();
    return Array.from({ length: models }, (_, m) => {
      const flops = 10 ** (20 + (4 * m) / (models - 1) + 0.3 * random.next());
      const s = slope * (Math.log10(flops) - 22) + level + spread * random.normal();
      const score = (from: number, to: number, steep: number, middle: number): number =>
        Math.min(1, Math.max(0, from + (to - from) / (1 + Math.exp(-steep * (s - middle))) + noise * random.normal()));
      return {
        name: `f${String(f)}-m${String(m)}`,
        family: `f${String(f)}`,
        flops,
        scores: [
          score(0.25, 1, 2, 0),
          score(0, 1, 2, 0.2),
          score(0.25, 1, 1.5, -0.3),
          score(0, 0.9, 2, 0.1),
          score(0.1, 1, 4, 0.5),
        ],
      };
    });
  }).flat();
  return {
    source: 'made up',
    sha256: '',
    models: rows.map(({ name }) => name),
    families: rows.map(({ family }) => family),
    params: new Float64Array(rows.length).fill(NaN),
    tokens: new Float64Array(rows.length).fill(NaN),
    flops: Float64Array.from(rows, ({ flops }) => flops),
    benchmarks: ['a', 'b', 'c', 'd', 'task'],
    scores: Float64Array.from(rows.flatMap(({ scores }) => scores)),
    warnings: [],
  };
}
