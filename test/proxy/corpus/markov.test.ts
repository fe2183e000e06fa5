import { describe, expect, it } from 'vitest';
import { markovCorpus } from '../../../src/proxy/corpus/markov.ts';

const config = {
  kind: 'markov',
  vocabulary: 8,
  order: 1,
  exponent: 1.3,
  straying: 0.5,
  seed: 3,
  validationTokens: 200_000,
} as const;

describe('a Markov source', () => {
  it('has the entropy of its power law as its entropy rate', () => {
    const weights = Array.from({ length: 8 }, (_, r) => (r + 1) ** -1.3);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const entropy = -weights.reduce((sum, weight) => sum + (weight / total) * Math.log(weight / total), 0);
    expect(markovCorpus(config).entropyRate).toBeCloseTo(entropy, 12);
    expect(markovCorpus({ ...config, exponent: 0 }).entropyRate).toBeCloseTo(Math.log(8), 12);
  });

  it('makes text whose conditional entropy, counted, is that rate', async () => {
    for (const order of [1, 2]) {
      const source = markovCorpus({ ...config, order });
      const rows = 4000;
      const context = 60;
      const windows = await source.batch(0, 0, rows, context);
      const states = 8 ** order;
      const counts = new Float64Array(states * 8);
      for (let row = 0; row < rows; row++)
        for (let i = order; i <= context; i++) {
          let state = 0;
          for (let k = order; k >= 1; k--) state = state * 8 + windows[row * (context + 1) + i - k];
          counts[state * 8 + windows[row * (context + 1) + i]] += 1;
        }
      let entropy = 0;
      const all = counts.reduce((sum, count) => sum + count, 0);
      for (let state = 0; state < states; state++) {
        const row = counts.subarray(state * 8, state * 8 + 8);
        const seen = row.reduce((sum, count) => sum + count, 0);
        for (const count of row) if (count > 0) entropy -= (count / all) * Math.log(count / seen);
      }
      // Counting is biased low by (states x 7) / (2 x symbols), under 0.001 here.
      expect(Math.abs(entropy - (source.entropyRate ?? NaN))).toBeLessThan(0.006);
    }
  });

  it('gives the same windows for the same seed and step, others for others, and never those of the validation part', async () => {
    const source = markovCorpus(config);
    const again = markovCorpus(config);
    expect(await again.batch(1, 5, 3, 10)).toEqual(await source.batch(1, 5, 3, 10));
    expect(await source.batch(1, 6, 3, 10)).not.toEqual(await source.batch(1, 5, 3, 10));
    expect(await source.batch(2, 5, 3, 10)).not.toEqual(await source.batch(1, 5, 3, 10));
    expect(await again.validation(3, 10)).toEqual(await source.validation(3, 10));
    expect((await source.validation(1e9, 100)).length).toBe(2000 * 101);
  });
});
