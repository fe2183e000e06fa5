import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import type { FitOptions } from '../../src/fit/options.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { toParams } from '../../src/laws/law.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import { chinchilla240, columnsOf, mapRows } from '../helpers/data.ts';

let runs: Runs;
const reference = new Map<string, LawFit>();
beforeAll(async () => {
  runs = await chinchilla240();
});

const fitOf = (data: Runs, options: FitOptions = {}): LawFit => fitLaw(chinchilla, data, options);
const cached = (options: FitOptions): LawFit => {
  const key = JSON.stringify(options);
  const fit = reference.get(key) ?? fitOf(runs, options);
  reference.set(key, fit);
  return fit;
};

/** Compares natural parameters after the given factors, relatively. */
function expectSame(fit: LawFit, expected: LawFit, factors: Record<string, number> = {}, tolerance = 1e-6): void {
  const [a, b] = [toParams(chinchilla, fit.theta), toParams(chinchilla, expected.theta)];
  for (const name of Object.keys(b)) {
    const ratio = a[name] / (b[name] * (name in factors ? factors[name] : 1));
    expect(Math.abs(ratio - 1), name).toBeLessThan(tolerance);
  }
  expect(fit.status).toBe(expected.status);
}

const sameValue = (fit: LawFit, expected: LawFit, factor = 1): void => {
  expect(Math.abs(fit.minimum.value / (factor * expected.minimum.value) - 1)).toBeLessThan(1e-9);
};

const objectives: FitOptions[] = [
  { objective: 'log-huber' },
  { objective: 'log-mse' },
  { objective: 'huber' },
  { objective: 'mse' },
];

describe.each(objectives)('with $objective the fit', (options) => {
  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { params, tokens, loss } = columnsOf(runs);
        const random = createRandom(seed);
        const order = params.map((_, i) => i);
        for (let i = order.length - 1; i > 0; i--) {
          const j = random.integer(i + 1);
          [order[i], order[j]] = [order[j], order[i]];
        }
        const pick = (column: number[]): number[] => order.map((i) => column[i]);
        const fit = fitOf(createRuns({ params: pick(params), tokens: pick(tokens), loss: pick(loss) }), options);
        sameValue(fit, cached(options));
        expectSame(fit, cached(options));
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  it('follows the units of params and tokens', () => {
    fc.assert(
      fc.property(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }), (n, d) => {
        const expected = cached(options);
        const { alpha, beta } = toParams(chinchilla, expected.theta);
        const moved = mapRows(runs, (row) => ({
          ...row,
          params: row.params * 10 ** n,
          tokens: row.tokens * 10 ** d,
        }));
        const fit = fitOf(moved, options);
        sameValue(fit, expected);
        expectSame(fit, expected, { A: 10 ** (n * alpha), B: 10 ** (d * beta) });
        expect(Math.abs(fit.minimum.gradientNorm)).toBeLessThan(1e-9);
      }),
      { numRuns: 8, seed: 2, examples: [[3, -Math.log10(7)]] },
    );
  });

  it('is the same with every row twice at half the weight', () => {
    const twice = createRuns(
      Object.fromEntries(Object.entries(columnsOf(runs)).map(([name, column]) => [name, [...column, ...column]])),
    );
    const fit = fitOf(twice, { ...options, weights: new Float64Array(480).fill(0.5) });
    sameValue(fit, cached(options));
    expectSame(fit, cached(options));
  });

  it('gives integer weights the meaning of repeated rows', () => {
    const random = createRandom(8);
    const weights = Array.from({ length: runs.rows }, () => random.integer(4));
    const { params, tokens, loss } = columnsOf(runs);
    const rows = weights.flatMap((w, i) => new Array<number>(w).fill(i));
    const pick = (column: number[]): number[] => rows.map((i) => column[i]);
    const written = fitOf(createRuns({ params: pick(params), tokens: pick(tokens), loss: pick(loss) }), options);
    const weighted = fitOf(runs, { ...options, weights });
    expect(weighted.rows.data.rows).toBe(weights.filter((w) => w > 0).length);
    sameValue(weighted, written);
    expectSame(weighted, written);
  });

  it('treats a row of weight 0 as removed, and says so', () => {
    const weights = Float64Array.from({ length: runs.rows }, (_, i) => (i % 3 === 0 ? 0 : 1));
    const weighted = fitOf(runs, { ...options, weights });
    const removed = fitOf(
      mapRows(runs, (row, i) => (i % 3 === 0 ? undefined : row)),
      options,
    );
    expect(weighted.rows.data.rows).toBe(160);
    expect(weighted.rows.dropped).toEqual([{ rows: 80, why: 'weight 0' }]);
    sameValue(weighted, removed);
    expectSame(weighted, removed);
  });

  it('scales with weights that are all alike', () => {
    const weighted = fitOf(runs, { ...options, weights: new Float64Array(runs.rows).fill(3) });
    sameValue(weighted, cached(options), 3);
    expectSame(weighted, cached(options));
  });
});

describe('the unit of the loss', () => {
  it.each([2, 1e-3, 1e6, 1 / Math.LN2])('multiplies E, A and B by %d when residuals are logarithms', (factor) => {
    for (const objective of ['log-huber', 'log-mse']) {
      const expected = cached({ objective });
      const fit = fitOf(
        mapRows(runs, (row) => ({ ...row, loss: row.loss * factor })),
        { objective },
      );
      sameValue(fit, expected);
      expectSame(fit, expected, { E: factor, A: factor, B: factor });
    }
  });

  it('needs delta in the same unit when residuals are raw', () => {
    const doubled = mapRows(runs, (row) => ({ ...row, loss: 2 * row.loss }));
    const huber = fitOf(doubled, { objective: 'huber', delta: 2e-3 });
    sameValue(huber, cached({ objective: 'huber' }), 4);
    expectSame(huber, cached({ objective: 'huber' }), { E: 2, A: 2, B: 2 });
    const mse = fitOf(doubled, { objective: 'mse' });
    sameValue(mse, cached({ objective: 'mse' }), 4);
    expectSame(mse, cached({ objective: 'mse' }), { E: 2, A: 2, B: 2 });
  });
});

describe('limits of the objectives', () => {
  it('make a Huber penalty with a wide zone half the squares', () => {
    const wide = fitOf(runs, { objective: 'log-huber', delta: 100 });
    sameValue(wide, cached({ objective: 'log-mse' }));
    expectSame(wide, cached({ objective: 'log-mse' }));
  });

  it('make a narrow Huber penalty delta times the absolute deviations', () => {
    const fit = fitOf(runs, { objective: 'log-huber', delta: 1e-7 });
    const { params, tokens, loss } = columnsOf(runs);
    const p = toParams(chinchilla, fit.theta);
    const absolute = params.reduce(
      (sum, n, i) =>
        sum + Math.abs(Math.log(p.E + p.A * n ** -p.alpha + p.B * tokens[i] ** -p.beta) - Math.log(loss[i])),
      0,
    );
    expect(fit.minimum.value / 1e-7).toBeCloseTo(absolute, 4);
    // At a minimum of absolute deviations at least as many rows as parameters are met exactly.
    expect(fit.minimum.certified).toBe(true);
  });

  it('let an outlier move squares and hardly move a Huber fit', () => {
    const spoilt = mapRows(runs, (row, i) => (i === 100 ? { ...row, loss: 3 * row.loss } : row));
    const move = (objective: string): number =>
      Math.abs(fitOf(spoilt, { objective }).theta[3] - cached({ objective }).theta[3]);
    expect(move('log-huber')).toBeLessThan(0.01);
    expect(move('log-mse')).toBeGreaterThan(3 * move('log-huber'));
  });
});

describe('repeating a fit', () => {
  it('gives the same bits', () => {
    const [a, b] = [fitOf(runs), fitOf(runs)];
    expect(Array.from(a.theta)).toEqual(Array.from(b.theta));
    expect(a.minimum.value).toBe(b.minimum.value);
    expect(a.seeds).toEqual(b.seeds);
  });

  it('leaves the runs as they were', () => {
    const before = columnsOf(runs);
    fitOf(runs, { objective: 'mse', weights: new Float64Array(runs.rows).fill(2) });
    expect(columnsOf(runs)).toEqual(before);
  });
});
