import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { findLaw } from '../../src/laws/index.ts';
import { stopThreads, inThreads } from '../../src/node/threads.ts';
import { decodeFit, encodeFit } from '../../src/report/savedFit.ts';
import { createRuns } from '../../src/runs/index.ts';
import { bootstrapFit, type Resampling } from '../../src/uncertainty/bootstrap.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { percentiles } from '../../src/uncertainty/predict.ts';
import { exampleFit } from '../report/savedFitExample.ts';
import { errorOf } from '../helpers/errors.ts';

const alpha = 0.08;
const level = 3;

/** Runs of a power law of params, of given sizes or that many, with several checkpoints each; those of a run share most of their error. */
function fitOf(
  sizes: readonly number[] | number,
  checkpoints: number,
  seed: number,
  fixed: Record<string, number> = { alpha },
): LawFit {
  const random = createRandom(seed, 5);
  const sizesOf = typeof sizes === 'number' ? Array.from({ length: sizes }, (_, r) => 1e7 * 3 ** r) : sizes;
  const rows = sizesOf
    .map((size, r) => {
      const luck = 0.02 * random.normal();
      return Array.from({ length: checkpoints }, (_, k) => {
        const params = size * (1 + 0.01 * k);
        const error = luck + 0.005 * random.normal();
        return { params, run: `run ${String(r)}`, loss: Math.exp(level - alpha * Math.log(params) + error) };
      });
    })
    .flat();
  const data = createRuns({
    params: rows.map((row) => row.params),
    run: rows.map((row) => row.run),
    loss: rows.map((row) => row.loss),
  });
  // With the exponent held, ln A is the mean of ln L + alpha ln N, and everything can be worked out by hand.
  return fitLaw(findLaw('params'), data, { objective: 'log-mse', fixed });
}

/** ln A in each draw. */
async function levels(fit: LawFit, resamples: number, resampling?: Resampling, seed = 0): Promise<Float64Array> {
  const { draws } = await bootstrapFit(fit, groupRows(fit, 'run'), { resamples, resampling, seed });
  return Float64Array.from({ length: draws.length / 2 }, (_, b) => draws[2 * b]);
}

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;

describe('a wild bootstrap', () => {
  it('gives the residuals of each group one weight of mean 0 and variance 1, and makes up for what the fit took', async () => {
    const fit = fitOf(6, 4, 1);
    const drawn = await levels(fit, 20_000, 'wild');
    const residuals = Array.from(fit.rows.data.logObserved, (y, i) => {
      const params = fit.runs.quantities.params ?? new Float64Array(0);
      return y + alpha * Math.log(params[i]) - fit.theta[0];
    });
    const sums = Array.from({ length: 6 }, (_, g) => residuals.slice(4 * g, 4 * g + 4).reduce((sum, e) => sum + e, 0));
    const larger = (6 / 5) * (23 / 23);
    const variance = larger * sums.reduce((sum, s) => sum + (s / 24) ** 2, 0);
    const center = mean(drawn);
    // The error of a variance of 20,000 draws is 1%.
    expect(mean(drawn.map((x) => (x - center) ** 2)) / variance).toBeCloseTo(1, 1);
    expect(Math.abs(center - fit.theta[0])).toBeLessThan(4 * Math.sqrt(variance / 20_000));
    // Six weights: the largest is sqrt(1.5).
    const reach = Math.sqrt(1.5 * larger) * sums.reduce((sum, s) => sum + Math.abs(s) / 24, 0);
    expect(Math.max(...drawn) - fit.theta[0]).toBeLessThanOrEqual(reach * (1 + 1e-4));
    expect(Math.max(...drawn) - fit.theta[0]).toBeGreaterThan(0.95 * reach);
  });

  it('depends on the seed alone, not on threads', async () => {
    const fit = fitOf(6, 40, 1);
    const once = await levels(fit, 300, 'wild', 3);
    expect(await levels(fit, 300, 'wild', 3)).toEqual(once);
    expect(await levels(fit, 300, 'wild', 4)).not.toEqual(once);
    const groups = groupRows(fit, 'run');
    const here = await bootstrapFit(fit, groups, { resamples: 900, resampling: 'wild', seed: 3 });
    expect(
      await bootstrapFit(fit, groups, { resamples: 900, resampling: 'wild', seed: 3, execute: inThreads }),
    ).toEqual(here);
    await stopThreads();
  });

  it('holds the slope of six runs as often as it says, also where one run is alone at the largest size', async () => {
    const sets = 60;
    const rates: Record<string, Record<Resampling, number>> = {};
    for (const [name, sizes] of [
      ['even', [1e7, 3e7, 9e7, 2.7e8, 8.1e8, 2.4e9]],
      ['one alone', [1e8, 1.1e8, 1.2e8, 1.3e8, 1.45e8, 1e10]],
    ] as const) {
      const held = { wild: 0, cases: 0 };
      for (let seed = 1; seed <= sets; seed++) {
        const fit = fitOf(sizes, 4, seed, {});
        for (const resampling of ['wild', 'cases'] as const) {
          const { draws, certified } = await bootstrapFit(fit, groupRows(fit, 'run'), {
            resamples: 200,
            resampling,
            seed,
          });
          const slopes = Float64Array.from({ length: certified }, (_, b) => draws[2 * b + 1]);
          const [low, high] = percentiles(slopes, 0.9);
          if (low <= alpha && alpha <= high) held[resampling]++;
        }
      }
      rates[name] = { wild: held.wild / sets, cases: held.cases / sets };
    }
    // 200 sets: even 0.82 and, by cases, 0.83; one alone 0.98 and 0.86. The residuals of the fit as they are: 0.70 and 0.42.
    expect(rates.even.wild).toBeGreaterThan(0.74);
    expect(rates['one alone'].wild).toBeGreaterThan(0.9);
    expect(rates['one alone'].wild).toBeGreaterThan(rates['one alone'].cases);
  });

  it('is chosen below twenty groups', async () => {
    const chosen = async (runs: number, resampling?: Resampling): Promise<string> => {
      const fit = fitOf(runs, 2, 1);
      return (await bootstrapFit(fit, groupRows(fit, 'run'), { resamples: 3, resampling })).resampling;
    };
    expect(await chosen(19)).toBe('wild');
    expect(await chosen(20)).toBe('cases');
    expect(await chosen(19, 'cases')).toBe('cases');
    expect(await chosen(20, 'wild')).toBe('wild');
    const rows = fitOf(20, 1, 1);
    expect((await bootstrapFit(rows, groupRows(rows, 'row'), { resamples: 3 })).resampling).toBe('cases');
  });

  it('is one of two kinds', async () => {
    const fit = fitOf(6, 2, 1);
    const error: unknown = await bootstrapFit(fit, groupRows(fit), { resamples: 3, resampling: 'tame' as never }).catch(
      (e: unknown) => e,
    );
    expect(
      errorOf(() => {
        throw error;
      }).code,
    ).toBe('OPTION_INVALID');
  });
});

it('fits that were saved before there was one drew groups', () => {
  const document = JSON.parse(encodeFit(exampleFit(), { command: null })) as { bootstrap: Record<string, unknown> };
  expect(Reflect.deleteProperty(document.bootstrap, 'resampling')).toBe(true);
  expect(decodeFit(JSON.stringify(document), 'old.json').bootstrap?.resampling).toBe('cases');
});
