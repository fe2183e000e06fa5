import { describe, expect, it } from 'vitest';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { findLaw } from '../../src/laws/index.ts';
import { createRandom } from '../../src/core/random.ts';
import { createRuns, takeRows, type Runs } from '../../src/runs/index.ts';
import { bootstrapFit } from '../../src/uncertainty/bootstrap.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { summarizeFit } from '../../src/uncertainty/summarize.ts';

/** Twelve runs of six sizes with 4 to 15 checkpoints each. */
function ladder(): Runs {
  const random = createRandom(7, 0);
  const rows = Array.from({ length: 12 }, (_, r) => {
    const params = 1e8 * 2 ** (r % 6);
    const luck = 0.01 * random.normal();
    return Array.from({ length: 4 + r }, (__, k) => {
      const tokens = (2e9 + 1e9 * r) * (k + 1);
      const loss = (1.7 + 400 * params ** -0.34 + 2000 * tokens ** -0.37) * Math.exp(luck + 0.002 * random.normal());
      return { params, tokens, loss, run: `run-${String(r)}` };
    });
  }).flat();
  return createRuns({
    params: rows.map((row) => row.params),
    tokens: rows.map((row) => row.tokens),
    loss: rows.map((row) => row.loss),
    run: rows.map((row) => row.run),
  });
}

const law = findLaw('chinchilla');
const runs = ladder();
const twice = takeRows(
  runs,
  [...Array(2 * runs.rows).keys()].map((i) => i % runs.rows),
);
const close = (a: ArrayLike<number>, b: ArrayLike<number>, digits: number): void => {
  for (let i = 0; i < a.length; i++) expect(a[i]).toBeCloseTo(b[i], digits);
};

describe.each(['mse', 'log-huber'])('weights under %s', (objective) => {
  const single = fitLaw(law, runs, { objective });
  const halves = fitLaw(law, twice, { objective, weights: new Float64Array(twice.rows).fill(0.5) });

  it('of one half for every row of doubled data give the same fit', () => {
    expect(halves.minimum.value).toBeCloseTo(single.minimum.value, 12);
    close(halves.theta, single.theta, 7);
  });

  it('reach the bootstrap', async () => {
    const draws = async (fit: LawFit): Promise<Float32Array> =>
      (await bootstrapFit(fit, groupRows(fit), { resamples: 5, seed: 1 })).draws;
    close(await draws(halves), await draws(single), 4);
  });
});

describe('weights by run', () => {
  const byRun = fitLaw(law, runs, { objective: 'mse', weights: 'run' });

  it('do not change when one run has every checkpoint twice', () => {
    const doubled = takeRows(runs, [
      ...Array(runs.rows).keys(),
      ...[...Array(runs.rows).keys()].filter((i) => runs.categories.run?.codes[i] === 11),
    ]);
    const again = fitLaw(law, doubled, { objective: 'mse', weights: 'run' });
    close(again.theta, byRun.theta, 7);
    const plain = fitLaw(law, runs, { objective: 'mse' });
    const changed = fitLaw(law, doubled, { objective: 'mse' });
    expect(Math.abs(changed.theta[0] - plain.theta[0])).toBeGreaterThan(1e-4);
  });

  it('reach the sandwich', () => {
    const sandwich = (fit: LawFit): Float64Array =>
      estimateCovariance(fit, groupRows(fit), 'sandwich').matrix ?? new Float64Array();
    const again = fitLaw(law, twice, { objective: 'mse', weights: 'run' });
    // The correction for few rows, (rows - 1) / (rows - params), is all that knows how many there are.
    const correction = (rows: number): number => (rows - 1) / (rows - 5);
    const ratio = correction(twice.rows) / correction(runs.rows);
    const expected = sandwich(byRun);
    expect(expected.length).toBe(25);
    close(
      sandwich(again).map((x, k) => x / (ratio * expected[k])),
      new Float64Array(25).fill(1),
      5,
    );
  });

  it('are recorded in the fit, with the runs that were used', () => {
    const summary = (fit: LawFit) =>
      summarizeFit(fit, { covariance: estimateCovariance(fit, groupRows(fit), 'sandwich') });
    expect(summary(byRun).settings.weights).toBe('run');
    expect(summary(byRun).data.runs).toEqual({ count: 12, fewest: 4, median: 9.5, most: 15 });
    expect(summary(fitLaw(law, runs)).settings.weights).toBe('none');
    expect(summary(fitLaw(law, runs, { weights: new Float64Array(runs.rows).fill(1) })).settings.weights).toBe('given');
  });
});
