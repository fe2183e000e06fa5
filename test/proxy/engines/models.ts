import type { ModelShape } from '../../../src/proxy/model/shape.ts';

const least: ModelShape = {
  vocabulary: 11,
  context: 5,
  layers: 2,
  width: 8,
  heads: 2,
  hidden: 12,
  positions: 'rotary',
  activation: 'swiglu',
  norm: 'rmsnorm',
  biases: 'none',
  tied: true,
  qkNorm: true,
  parametrisation: { kind: 'standard' },
};

/** Tiny models that have every option between them, by what they are. */
export const models: Readonly<Record<string, ModelShape>> = {
  'rotary, SwiGLU, RMSNorm, qk-norm, tied': least,
  'learned positions, GELU, LayerNorm, biases, untied, muP': {
    ...least,
    positions: 'learned',
    activation: 'gelu',
    norm: 'layernorm',
    biases: 'all',
    tied: false,
    qkNorm: false,
    parametrisation: { kind: 'mup', baseWidth: 4 },
  },
  'rotary, GELU, LayerNorm, biases of the MLP, one head': {
    ...least,
    layers: 1,
    heads: 1,
    hidden: 10,
    activation: 'gelu',
    norm: 'layernorm',
    biases: 'mlp',
    qkNorm: false,
  },
};
