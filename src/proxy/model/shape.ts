/** What a model looks like: a decoder-only transformer with pre-norm blocks. */
export interface ModelShape {
  /** Symbols V. */
  readonly vocabulary: number;
  /** Positions T that attention sees at once. */
  readonly context: number;
  /** Blocks. */
  readonly layers: number;
  /** Width d. */
  readonly width: number;
  readonly heads: number;
  /** Width of the MLP's hidden layer. */
  readonly hidden: number;
  readonly positions: 'rotary' | 'learned';
  readonly activation: 'gelu' | 'swiglu';
  readonly norm: 'layernorm' | 'rmsnorm';
  /** Biases of linear layers: none, those of the MLP, or of all; with any, layer norms are shifted too. */
  readonly biases: 'none' | 'mlp' | 'all';
  /** Whether the head is the transposed embedding. */
  readonly tied: boolean;
  /** Whether queries and keys are normed in each head before they meet. @see arXiv 2302.05442, section 3.2 */
  readonly qkNorm: boolean;
  /** How weights, learning rates and logits scale with the width. */
  readonly parametrisation: Parametrisation;
}

/**
 * `standard`, or muP by a base width: at that width it is the standard one, and beyond it hidden matrices learn at a rate
 * that falls as 1/width, logits are scaled by 1/width, attention by 1/(head width) instead of its root.
 *
 * @see arXiv 2203.03466, table 8
 */
export type Parametrisation = { readonly kind: 'standard' } | { readonly kind: 'mup'; readonly baseWidth: number };

/** Parts of a model whose parameters papers count differently. */
export const parameterGroups = ['embedding', 'attention', 'mlp', 'norm', 'head'] as const;
export type ParameterGroup = (typeof parameterGroups)[number];

/** One tensor of a model. */
export interface ParameterSpec {
  /** Such as `blocks.0.attention.query`. */
  readonly name: string;
  readonly group: ParameterGroup;
  readonly shape: readonly number[];
  /** Starts normal with this standard deviation, or as this number. */
  readonly start: { readonly deviation: number } | { readonly value: number };
  /** Whether weight decay pulls at it: matrices of linear layers and tables, not gains, biases. */
  readonly decays: boolean;
  /** Times the learning rate. */
  readonly rate: number;
  /** Whether it is a matrix `(in, out)` of a linear layer inside a block. */
  readonly isHidden: boolean;
  /** Whether it stays as it starts; it is then no parameter and is not counted. */
  readonly isConstant?: boolean;
}

/** Standard deviation of embeddings. @see nanoGPT and GPT-2 */
const embeddingDeviation = 0.02;

/** Every tensor of a model, in the order of the forward pass. */
export function parameterSpecs(shape: ModelShape): ParameterSpec[] {
  const { vocabulary, context, layers, width, hidden, heads, parametrisation } = shape;
  const rate = parametrisation.kind === 'mup' ? parametrisation.baseWidth / width : 1;
  const specs: ParameterSpec[] = [];
  const table = (name: string, group: ParameterGroup, rows: number, columns: number): void => {
    const start = { deviation: embeddingDeviation };
    specs.push({ name, group, shape: [rows, columns], start, decays: true, rate: 1, isHidden: false });
  };
  /** A linear layer, scaled so that what it gives has the variance of what it is given, over `branches`. */
  const linear = (name: string, group: ParameterGroup, from: number, to: number, branches = 1): void => {
    const start = { deviation: 1 / Math.sqrt(from * branches) };
    specs.push({ name, group, shape: [from, to], start, decays: true, rate, isHidden: true });
  };
  const vector = (name: string, group: ParameterGroup, length: number, value: number): void => {
    specs.push({ name, group, shape: [length], start: { value }, decays: false, rate: 1, isHidden: false });
  };
  const norm = (name: string, length = width): void => {
    vector(`${name}.gain`, 'norm', length, 1);
    if (shape.norm === 'layernorm' && shape.biases !== 'none') vector(`${name}.bias`, 'norm', length, 0);
  };

  table('embedding', 'embedding', vocabulary, width);
  if (shape.positions === 'learned') table('positions', 'embedding', context, width);
  for (let k = 0; k < layers; k++) {
    const block = `blocks.${String(k)}`;
    norm(`${block}.attention.norm`);
    for (const part of ['query', 'key', 'value', 'out']) {
      // 2 x layers branches add up along the residual stream.
      linear(`${block}.attention.${part}`, 'attention', width, width, part === 'out' ? 2 * layers : 1);
      if (shape.biases === 'all') vector(`${block}.attention.${part}.bias`, 'attention', width, 0);
    }
    if (shape.qkNorm)
      for (const part of ['query', 'key']) vector(`${block}.attention.${part}.norm.gain`, 'norm', width / heads, 1);
    norm(`${block}.mlp.norm`);
    for (const part of shape.activation === 'swiglu' ? ['gate', 'up'] : ['up']) {
      linear(`${block}.mlp.${part}`, 'mlp', width, hidden);
      if (shape.biases !== 'none') vector(`${block}.mlp.${part}.bias`, 'mlp', hidden, 0);
    }
    linear(`${block}.mlp.down`, 'mlp', hidden, width, 2 * layers);
    if (shape.biases !== 'none') vector(`${block}.mlp.down.bias`, 'mlp', width, 0);
  }
  norm('norm');
  if (!shape.tied) table('head', 'head', vocabulary, width);
  return specs;
}

/** Numbers in a tensor. */
export const sizeOf = ({ shape }: ParameterSpec): number => shape.reduce((product, length) => product * length, 1);

/** Parameters of a model: all of them, by group, and as papers count them. */
export interface ParameterCount {
  readonly total: number;
  readonly groups: Readonly<Record<ParameterGroup, number>>;
  /** Without tables of embeddings and positions and an untied head. @see Kaplan et al., arXiv 2001.08361, section 1.3 */
  readonly withoutEmbedding: number;
}

/** Counts the parameters of a model exactly; `specs` are those of its shape unless a strategy has others. */
export function countParameters(
  shape: ModelShape,
  specs: readonly ParameterSpec[] = parameterSpecs(shape),
): ParameterCount {
  const groups = Object.fromEntries(parameterGroups.map((group) => [group, 0])) as Record<ParameterGroup, number>;
  for (const spec of specs) if (spec.isConstant !== true) groups[spec.group] += sizeOf(spec);
  const total = Object.values(groups).reduce((sum, count) => sum + count, 0);
  return { total, groups, withoutEmbedding: total - groups.embedding - groups.head };
}

/** Arithmetic of a model, FLOP a token; training counts the backward pass as twice the forward one. */
export interface FlopCount {
  readonly forward: number;
  readonly training: number;
  /** 6 N of all parameters, the rule of thumb that `C = 6 N D` stands for. */
  readonly sixN: number;
}

/**
 * FLOP a token: two for each weight of a linear layer and of the head (tied or not), and `4 T d` a layer for the logits
 * of attention and the sum of its values. Looking up embeddings, norms, softmax and activations are left out, as is the
 * half of attention that the mask hides, which is computed all the same.
 *
 * @see Hoffmann et al., arXiv 2203.15556, appendix F, which counts the lookup as a product as well, and the softmax
 */
export function countModelFlops(shape: ModelShape, specs: readonly ParameterSpec[] = parameterSpecs(shape)): FlopCount {
  const { vocabulary, context, layers, width } = shape;
  const linear = specs.filter(({ isHidden, isConstant }) => isHidden && isConstant !== true);
  const weights = linear.reduce((sum, spec) => sum + sizeOf(spec), 0);
  const forward = 2 * weights + 4 * layers * context * width + 2 * width * vocabulary;
  return { forward, training: 3 * forward, sixN: 6 * countParameters(shape, specs).total };
}
