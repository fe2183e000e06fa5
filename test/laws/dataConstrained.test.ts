import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { dataConstrained } from '../../src/laws/dataConstrained.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import { readRuns } from '../../src/runs/files.ts';
import { createRuns } from '../../src/runs/index.ts';

const { params: published } = dataConstrained.published[0];
const lossAt = (params: number, tokens: number, uniqueTokens: number): number =>
  evaluateLaw(dataConstrained, published, { params: [params], tokens: [tokens], uniqueTokens: [uniqueTokens] })[0];

describe('the published data-constrained law', () => {
  it('gives the two losses of the code of its authors to all digits', () => {
    expect(lossAt(8.67e9, 178e9, 25e9) / 2.2269634075087867).toBeCloseTo(1, 14);
    expect(lossAt(6.34e9, 242e9, 25e9) / 2.2256440889984477).toBeCloseTo(1, 14);
  });

  it('costs little for four epochs', () => {
    expect(lossAt(1e9, 20e9, 20e9)).toBeCloseTo(2.56464, 5);
    expect(lossAt(1e9, 20e9, 5e9)).toBeCloseTo(2.59746, 5);
  });

  it.each([
    [2, 1.9682],
    [4, 3.7257],
    [16, 10.582],
    [40, 15.167],
  ])('makes %d epochs worth %d times the distinct tokens', (epochs, worth) => {
    // A small model is never larger than the optimal one, so that only D' is left in the loss.
    const unique = 1e11;
    const { E, A, B, alpha, beta } = published;
    const left = lossAt(1e8, epochs * unique, unique) - E - A / 1e8 ** alpha;
    expect(((B / left) ** (1 / beta) / unique).toPrecision(5)).toBe(worth.toPrecision(5));
  });

  it('is chinchilla with one epoch and a model no larger than the optimum', () => {
    const one = lossAt(1e9, 1e11, 1e11);
    expect(one).toBeCloseTo(evaluateLaw(chinchilla, published, { params: [1e9], tokens: [1e11] })[0], 12);
    // More distinct tokens than are trained on change nothing.
    expect(lossAt(1e9, 1e11, 1e13)).toBe(one);
  });

  it('has no jump where an epoch or the optimal size ends', () => {
    const unique = 1e10;
    const { A, B, alpha, beta } = published;
    const best = ((alpha * A) / (beta * B)) ** (1 / alpha) * unique ** (beta / alpha);
    for (const at of [
      (x: number) => lossAt(1e8, unique * x, unique),
      (x: number) => lossAt(best * x, unique, unique),
    ]) {
      const step = 1e-5;
      const [below, here, above] = [at(1 - step), at(1), at(1 + step)];
      expect(below - here).toBeGreaterThan(0);
      // The slopes on both sides agree to the order of the step.
      expect((below - here) / (here - above)).toBeCloseTo(1, 3);
    }
  });
});

/** Runs that follow the published law exactly: three sizes, up to 30 epochs. */
function cleanRuns() {
  const rows = [1e8, 1e9, 8e9].flatMap((params) =>
    [1e9, 1e10, 1e11].flatMap((uniqueTokens) =>
      [0.3, 1, 3, 10, 30].map((epochs) => ({ params, uniqueTokens, tokens: epochs * uniqueTokens })),
    ),
  );
  const column = (name: 'params' | 'uniqueTokens' | 'tokens'): number[] => rows.map((row) => row[name]);
  const inputs = { params: column('params'), tokens: column('tokens'), uniqueTokens: column('uniqueTokens') };
  return createRuns({ ...inputs, loss: Array.from(evaluateLaw(dataConstrained, published, inputs)) });
}

describe('a fit of the data-constrained law', () => {
  it('is found together with tied exponents', () => {
    const fit = fitLaw(dataConstrained, cleanRuns(), { tied: { alpha: 'beta' } });
    expect(fit.status).toBe('converged');
    for (const [name, value] of Object.entries(toParams(dataConstrained, fit.theta)))
      expect(value / published[name], name).toBeCloseTo(1, 6);
  });

  it('is found in the two steps of the paper', () => {
    const runs = cleanRuns();
    const { params, tokens, uniqueTokens, loss } = runs.quantities as Record<string, Float64Array>;
    const isSingle = (i: number): boolean => tokens[i] <= uniqueTokens[i];
    const single = (column: Float64Array): Float64Array => column.filter((_, i) => isSingle(i));
    const first = fitLaw(
      chinchilla,
      createRuns({ params: single(params), tokens: single(tokens), loss: single(loss) }),
      { tied: { alpha: 'beta' } },
    );
    // Models larger than the optimum of their data are worth less even in one epoch, which chinchilla does not know.
    expect(first.status).toBe('converged');
    const { E, A, B, alpha, beta } = published;
    const second = fitLaw(dataConstrained, runs, { fixed: { E, A, B, alpha, beta } });
    expect(second.status).toBe('converged');
    const { RD, RN } = toParams(dataConstrained, second.theta);
    expect(RD / published.RD).toBeCloseTo(1, 9);
    expect(RN / published.RN).toBeCloseTo(1, 9);
  });

  it('to the late checkpoints of datablations lies above the published level, as their notes say', async () => {
    const runs = await readRuns(join(import.meta.dirname, '../../data/datablations.csv'), {
      columns: 'loss=rawLoss,family=data',
      needs: ['params', 'tokens', 'uniqueTokens', 'loss'],
      where: 'data == "c4" and tokens > 2e10',
    });
    const { A, B, alpha, beta } = published;
    const fit = fitLaw(dataConstrained, runs, { fixed: { A, B, alpha, beta } });
    expect(fit.status).toBe('converged');
    const found = toParams(dataConstrained, fit.theta);
    expect(found.E - published.E).toBeGreaterThan(0.1);
    expect(found.E - published.E).toBeLessThan(0.25);
    // These runs lose the worth of repeated data sooner than the law was published with.
    expect(found.RD).toBeLessThan(published.RD);
  });
});
