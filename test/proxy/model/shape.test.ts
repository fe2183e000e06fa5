import { describe, expect, it } from 'vitest';
import { countFlops, countParams } from '../../../src/plan/flops.ts';
import { countModelFlops, countParameters, type ModelShape } from '../../../src/proxy/model/shape.ts';

const plain: ModelShape = {
  vocabulary: 256,
  context: 64,
  layers: 3,
  width: 48,
  heads: 2,
  hidden: 192,
  positions: 'rotary',
  activation: 'gelu',
  norm: 'rmsnorm',
  biases: 'none',
  tied: true,
  qkNorm: false,
  parametrisation: { kind: 'standard' },
};

describe('counts of a model', () => {
  it.each<[string, Partial<ModelShape>]>([
    ['tied, rotary', {}],
    ['untied', { tied: false }],
    ['learned positions', { positions: 'learned' }],
    ['gated', { activation: 'swiglu', hidden: 128 }],
  ])('are those that src/plan has for any transformer: %s', (_, change) => {
    const shape = { ...plain, ...change };
    const same = {
      layers: shape.layers,
      width: shape.width,
      heads: shape.heads,
      feedForwardWidth: shape.hidden,
      gated: shape.activation === 'swiglu',
      vocabulary: shape.vocabulary,
      context: shape.context,
      tiedEmbeddings: shape.tied,
      learntPositions: shape.positions === 'learned',
    };
    const { total, groups, withoutEmbedding } = countParameters(shape);
    const expected = countParams(same);
    expect(total).toBe(expected.total);
    expect(withoutEmbedding).toBe(expected.nonEmbedding);
    expect(groups).toEqual({
      embedding: expected.tokenEmbedding + expected.positionEmbedding,
      attention: expected.attention,
      mlp: expected.feedForward,
      norm: expected.norms,
      head: expected.output,
    });
    expect(countModelFlops(shape).forward).toBe(countFlops(same).forward);
    expect(countModelFlops(shape).training).toBe(countFlops(same).training);
  });

  it('have the biases and norms of the measured model: 120,064 parameters', () => {
    const measured: ModelShape = {
      ...plain,
      layers: 2,
      width: 64,
      hidden: 256,
      positions: 'learned',
      norm: 'layernorm',
      biases: 'mlp',
    };
    expect(countParameters(measured).total).toBe(120_064);
    // Queries, keys, values and outputs of two layers besides.
    expect(countParameters({ ...measured, biases: 'all' }).total).toBe(120_064 + 2 * 4 * 64);
    // A gain for the queries and one for the keys of each layer, as wide as a head.
    expect(countParameters({ ...measured, qkNorm: true }).total).toBe(120_064 + 2 * 2 * 32);
  });
});
