import { describe, expect, it } from 'vitest';
import { countFlops, countParams, type TransformerShape } from '../../src/plan/flops.ts';

const gpt2: TransformerShape = {
  layers: 12,
  width: 768,
  heads: 12,
  vocabulary: 50_257,
  context: 1024,
  learntPositions: true,
};
/** Llama 2 7B, whose parameters Meta counts as 6.74B. */
const llama7b: TransformerShape = {
  layers: 32,
  width: 4096,
  heads: 32,
  feedForwardWidth: 11_008,
  gated: true,
  vocabulary: 32_000,
  context: 4096,
  tiedEmbeddings: false,
};
/** Llama 3 8B with grouped-query attention, 8.03B parameters. */
const llama3: TransformerShape = {
  ...llama7b,
  keyValueHeads: 8,
  feedForwardWidth: 14_336,
  vocabulary: 128_256,
  context: 8192,
};

describe('countParams', () => {
  it('counts GPT-2 small without biases as nanoGPT does', () => {
    expect(countParams(gpt2).total).toBe(124_337_664);
  });

  it('counts Llama 2 7B and Llama 3 8B as published', () => {
    expect(countParams(llama7b).total).toBe(6_738_415_616);
    expect(countParams(llama3).total).toBe(8_030_261_248);
  });

  it('leaves out embeddings and output in the non-embedding count, near 12 layers width^2', () => {
    const { nonEmbedding, total, tokenEmbedding, positionEmbedding, output } = countParams(gpt2);
    expect(nonEmbedding).toBe(total - tokenEmbedding - positionEmbedding - output);
    expect(nonEmbedding / (12 * 12 * 768 ** 2)).toBeCloseTo(1, 3);
  });
});

describe('countFlops', () => {
  it('counts a training sequence of GPT-2 small as nanoGPT does', () => {
    const { forward, training } = countFlops(gpt2);
    expect(forward * 1024).toBe(291_648_307_200);
    expect(training * 1024).toBe(874_944_921_600);
  });

  it('is close to 6 N for a large model with a short context, and above it for a small one with a long context', () => {
    expect(countFlops({ ...llama7b, context: 256 }).ratioToSixN).toBeCloseTo(0.9905, 3);
    expect(countFlops({ ...gpt2, context: 16_384 }).ratioToSixN).toBeGreaterThan(2);
  });

  it('adds its parts up', () => {
    const { layer, logits, forward } = countFlops(llama3);
    const { total, ...parts } = layer;
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total);
    expect(32 * total + logits).toBe(forward);
  });

  it('refuses a shape that is none', () => {
    expect(() => countFlops({ ...gpt2, heads: 0 })).toThrow(/queryWidth is NaN|has to be positive/);
  });
});
