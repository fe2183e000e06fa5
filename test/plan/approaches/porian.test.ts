import { join } from 'node:path';
import { expect, it } from 'vitest';
import { estimateIsoflop } from '../../../src/plan/approaches/isoflop.ts';
import { resolveNoise, type SeedNoise } from '../../../src/plan/approaches/seedNoise.ts';
import { slicesOf } from '../../../src/plan/approaches/slices.ts';
import { readRuns } from '../../../src/runs/files.ts';

/** Exponents of N* with 95% intervals, as computed by the authors of arXiv 2406.19146 from the same points. */
const published = [
  ['base', 'long', 'kaplan', 'kaplan', 0.8235, 0.846],
  ['base', 'long', 'kaplan', 'standard', 0.6915, 0.7169],
  ['base', 'short', 'kaplan', 'standard', 0.5914, 0.6173],
  ['base', 'short', 'chinchilla', 'standard', 0.5598, 0.5885],
  ['tuned', 'short', 'const', 'standard', 0.4907, 0.5045],
] as const;

/** Their N* of each budget of the last combination. */
const publishedMinima = [
  12535564.88, 16148596.72, 26050612.92, 31264443.5, 43659152.69, 66621093.1, 92528427.8, 128023005.54, 171278110.28,
  291948207, 373542884.89, 534703603.42,
];

const file = join(import.meta.dirname, '../../../data/porian.csv');

async function estimate([hparams, warmup, decay, count]: readonly unknown[], noise: SeedNoise) {
  const where = `hparams == "${String(hparams)}" and warmup == "${String(warmup)}" and decay == "${String(decay)}" and param_count == "${String(count)}"`;
  const { params, tokens, flops, loss } = (await readRuns(file, { where })).quantities as Record<string, Float64Array>;
  const { kind, slices } = slicesOf({ params, tokens, flops, loss, names: null });
  expect(kind).toBe('isoflop');
  const options = { noise: resolveNoise(noise, slices).of, resamples: 1000, seed: 0, confidence: 0.95 };
  return estimateIsoflop(slices, 'akima', options);
}

it.each(published)('Porian et al., %s, %s warm-up, %s decay, %s counting', async (...[a, b, c, d, low, high]) => {
  // 0.005 nats everywhere is what the authors' code does; `auto` follows what they write, and the data.
  for (const noise of [0.005, 'rule', 'auto'] as const) {
    const { at } = await estimate([a, b, c, d], noise);
    const { advice, ordinary } = at?.(1e21) ?? {};
    expect(advice?.paramsExponent).toBeGreaterThan(low);
    expect(advice?.paramsExponent).toBeLessThan(high);
    // C = 6 N D in these data.
    expect((advice?.paramsExponent ?? 0) + (advice?.tokensExponent ?? 0)).toBeCloseTo(1, 8);
    expect(Math.abs((ordinary?.paramsExponent ?? 0) - (low + high) / 2)).toBeLessThan(0.02);
  }
});

it("finds the authors' minimum of each budget to 3% and its error to 5%", async () => {
  const { budgets } = await estimate(published[4], 0.005);
  expect(budgets).toHaveLength(12);
  for (const [k, { params, deviation }] of budgets.entries()) {
    expect(Math.abs(Math.log((params ?? NaN) / publishedMinima[k]))).toBeLessThan(0.03);
    expect(deviation).toBeGreaterThan(0.105);
    expect(deviation).toBeLessThan(0.125);
  }
});
