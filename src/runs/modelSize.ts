import { isObject, type JsonObject } from './readers/json.ts';

/** Parameters of a model as transformers counts them. */
export interface ModelSize {
  /** All of them; weights that the embedding and the output share count once. */
  readonly params: number;
  /** Without the embeddings of tokens and positions, as transformers counts them for `total_flos`. */
  readonly withoutEmbeddings: number;
}

/** A configuration's fields with their defaults. */
class Fields {
  readonly #config: JsonObject;

  constructor(config: JsonObject) {
    this.#config = config;
  }

  /** A count; the first of the names that is there. */
  number(...names: readonly string[]): number {
    return this.optional(...names) ?? NaN;
  }

  optional(...names: readonly string[]): number | undefined {
    const value = names.map((name) => this.#config[name]).find((one) => typeof one === 'number');
    return typeof value === 'number' ? value : undefined;
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.#config[name];
    return typeof value === 'boolean' ? value : otherwise;
  }
}

/** What makes up a model: the embeddings, one layer, what stands outside of both, and the output layer. */
interface Parts {
  readonly vocabulary: number;
  /** Width of the embedding of a token. */
  readonly embedded: number;
  /** Parameters of the embeddings of positions. */
  readonly positions?: number;
  readonly layers: number;
  readonly layer: number;
  /** Final norms, projections and the like. */
  readonly outside: number;
  /** Whether the output layer shares the weights of the embedding. */
  readonly isTied: boolean;
  /** Parameters of the output layer besides its weights. */
  readonly outputBias?: number;
}

/** A linear layer with or without a bias. */
const linear = (from: number, to: number, bias = true): number => from * to + (bias ? to : 0);

/** A layer norm with gain and bias. */
const layerNorm = (width: number): number => 2 * width;

/** GPT-2, GPT-J and GPT-Neo: heads as wide as the model, a feed-forward part with two matrices. */
function gpt(config: Fields, tied: boolean): Omit<Parts, 'layer'> & { readonly d: number; readonly inner: number } {
  const d = config.number('n_embd', 'hidden_size');
  const inner = config.optional('n_inner', 'intermediate_size') ?? 4 * d;
  return {
    d,
    inner,
    vocabulary: config.number('vocab_size'),
    embedded: d,
    layers: config.number('n_layer', 'num_layers', 'num_hidden_layers'),
    outside: layerNorm(d),
    isTied: config.flag('tie_word_embeddings', tied),
  };
}

const gpt2 = (config: Fields): Parts => {
  const parts = gpt(config, true);
  const { d, inner } = parts;
  const positions = config.number('n_positions') * d;
  const layer = 2 * layerNorm(d) + linear(d, 3 * d) + linear(d, d) + linear(d, inner) + linear(inner, d);
  return { ...parts, positions, layer };
};

const gptNeo = (config: Fields): Parts => {
  const parts = gpt(config, true);
  const { d, inner } = parts;
  const positions = config.number('max_position_embeddings') * d;
  const layer = 2 * layerNorm(d) + 3 * d * d + linear(d, d) + linear(d, inner) + linear(inner, d);
  return { ...parts, positions, layer };
};

const gptJ = (config: Fields): Parts => {
  const parts = gpt(config, false);
  const { d, inner, vocabulary } = parts;
  const layer = layerNorm(d) + 4 * d * d + linear(d, inner) + linear(inner, d);
  return { ...parts, layer, outputBias: vocabulary };
};

const gptNeoX = (config: Fields): Parts => {
  const d = config.number('hidden_size');
  const inner = config.number('intermediate_size');
  const bias = config.flag('attention_bias', true);
  return {
    vocabulary: config.number('vocab_size'),
    embedded: d,
    layers: config.number('num_hidden_layers'),
    layer: 2 * layerNorm(d) + linear(d, 3 * d, bias) + linear(d, d, bias) + linear(d, inner) + linear(inner, d),
    outside: layerNorm(d),
    isTied: config.flag('tie_word_embeddings', false),
  };
};

const opt = (config: Fields): Parts => {
  const d = config.number('hidden_size');
  const embedded = config.optional('word_embed_proj_dim') ?? d;
  const inner = config.number('ffn_dim');
  const bias = config.flag('enable_bias', true);
  const norm = config.flag('layer_norm_elementwise_affine', true) ? layerNorm(d) : 0;
  const hasFinalNorm = config.flag('do_layer_norm_before', true) && !config.flag('_remove_final_layer_norm', false);
  return {
    vocabulary: config.number('vocab_size'),
    embedded,
    // Two positions more than there are tokens, as OPT counts them from 2.
    positions: (config.number('max_position_embeddings') + 2) * d,
    layers: config.number('num_hidden_layers'),
    layer: 2 * norm + 4 * linear(d, d, bias) + linear(d, inner, bias) + linear(inner, d, bias),
    outside: (hasFinalNorm ? norm : 0) + (embedded === d ? 0 : 2 * d * embedded),
    isTied: config.flag('tie_word_embeddings', true),
  };
};

const bloom = (config: Fields): Parts => {
  const d = config.number('hidden_size', 'n_embed');
  return {
    vocabulary: config.number('vocab_size'),
    embedded: d,
    layers: config.number('n_layer', 'num_hidden_layers'),
    layer: 2 * layerNorm(d) + linear(d, 3 * d) + linear(d, d) + linear(d, 4 * d) + linear(4 * d, d),
    outside: 2 * layerNorm(d),
    isTied: config.flag('tie_word_embeddings', true),
  };
};

/** How the members of the Llama family differ from each other. */
interface LlamaLike {
  readonly isTied?: boolean;
  /** Whether queries, keys and values have a bias that no option tells. */
  readonly biasOfHeads?: boolean;
  /** Norms of one layer, each as wide as the model; 2 unless given. */
  readonly norms?: number;
  /** Norms of queries and keys: as wide as one head, or as all of them. */
  readonly headNorms?: 'head' | 'all';
  readonly keyHeads?: number;
  readonly headWidth?: number;
  /** Whether norms have no parameters. */
  readonly plainNorms?: boolean;
  readonly hasExperts?: boolean;
}

const llamaLike =
  (kind: LlamaLike = {}) =>
  (config: Fields): Parts => {
    const d = config.number('hidden_size');
    const inner = config.number('intermediate_size');
    const heads = config.number('num_attention_heads');
    const headWidth = config.optional('head_dim') ?? kind.headWidth ?? d / heads;
    const queries = heads * headWidth;
    const keys = (config.optional('num_key_value_heads') ?? kind.keyHeads ?? heads) * headWidth;
    const bias = config.flag('attention_bias', false);
    const headBias = bias || kind.biasOfHeads === true;
    const gated = linear(d, inner, config.flag('mlp_bias', false));
    const feedForward = 2 * gated + linear(inner, d, config.flag('mlp_bias', false));
    const experts = kind.hasExperts === true ? (config.optional('num_local_experts') ?? 8) : undefined;
    const norm = kind.plainNorms === true ? 0 : d;
    const headNorms = kind.headNorms === undefined ? 0 : kind.headNorms === 'all' ? queries + keys : 2 * headWidth;
    return {
      vocabulary: config.number('vocab_size'),
      embedded: d,
      layers: config.number('num_hidden_layers'),
      layer:
        linear(d, queries, headBias) +
        2 * linear(d, keys, headBias) +
        linear(queries, d, bias) +
        (experts === undefined ? feedForward : experts * feedForward + d * experts) +
        (kind.norms ?? 2) * norm +
        headNorms,
      outside: norm,
      isTied: config.flag('tie_word_embeddings', kind.isTied ?? false),
    };
  };

const phi = (config: Fields): Parts => {
  const d = config.number('hidden_size');
  const inner = config.number('intermediate_size');
  const heads = config.number('num_attention_heads');
  const keys = ((config.optional('num_key_value_heads') ?? heads) * d) / heads;
  const headNorms = config.flag('qk_layernorm', false) ? 2 * layerNorm(d / heads) : 0;
  const vocabulary = config.number('vocab_size');
  return {
    vocabulary,
    embedded: d,
    layers: config.number('num_hidden_layers'),
    layer: layerNorm(d) + headNorms + 2 * linear(d, d) + 2 * linear(d, keys) + linear(d, inner) + linear(inner, d),
    outside: layerNorm(d),
    isTied: config.flag('tie_word_embeddings', false),
    outputBias: vocabulary,
  };
};

/** Architectures by `model_type`, each checked against transformers (test/formats/huggingFace.py). */
const architectures: Readonly<Record<string, (config: Fields) => Parts>> = {
  gpt2,
  gpt_neo: gptNeo,
  gptj: gptJ,
  gpt_neox: gptNeoX,
  opt,
  bloom,
  llama: llamaLike(),
  mistral: llamaLike({ keyHeads: 8 }),
  mixtral: llamaLike({ keyHeads: 8, hasExperts: true }),
  qwen2: llamaLike({ biasOfHeads: true, keyHeads: 32 }),
  qwen3: llamaLike({ headNorms: 'head', headWidth: 128, keyHeads: 32 }),
  gemma: llamaLike({ isTied: true, headWidth: 256, keyHeads: 16 }),
  gemma2: llamaLike({ isTied: true, headWidth: 256, keyHeads: 4, norms: 4 }),
  gemma3_text: llamaLike({ isTied: true, headWidth: 256, keyHeads: 4, norms: 4, headNorms: 'head' }),
  olmo: llamaLike({ plainNorms: true }),
  olmo2: llamaLike({ headNorms: 'all' }),
  phi,
  phi3: llamaLike(),
};

/**
 * Counts the parameters of a language model from its `config.json`, exactly as transformers does.
 *
 * @returns in words why they cannot be counted: an architecture that is not known, or a field that is missing
 * @example
 * ```ts
 * modelSize({ model_type: 'gpt2', vocab_size: 50257, n_positions: 1024, n_embd: 768, n_layer: 12, n_head: 12 }); // { params: 124439808, withoutEmbeddings: 85056000 }
 * ```
 */
export function modelSize(config: unknown): ModelSize | string {
  if (!isObject(config)) return 'config.json holds no configuration of a model';
  const { model_type: type, architectures: classes } = config;
  const name = typeof type === 'string' ? type : '';
  if (!Object.hasOwn(architectures, name))
    return name === ''
      ? 'config.json names no model_type'
      : `the parameters of the model_type "${name}" in config.json are not known here`;
  const model: unknown = Array.isArray(classes) ? classes[0] : undefined;
  if (typeof model === 'string' && !/(ForCausalLM|LMHeadModel)$/.test(model))
    return `config.json is of a ${model}, which is no language model`;
  const {
    vocabulary,
    embedded,
    positions = 0,
    layers,
    layer,
    outside,
    isTied,
    outputBias = 0,
  } = architectures[name](new Fields(config));
  const output = outputBias + (isTied ? 0 : vocabulary * embedded);
  const withoutEmbeddings = layers * layer + outside + output;
  const params = vocabulary * embedded + positions + withoutEmbeddings;
  return Number.isSafeInteger(params) && params > 0
    ? { params, withoutEmbeddings }
    : `config.json lacks a number that a ${name} needs`;
}
