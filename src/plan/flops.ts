import { IsoflopError } from '../core/errors.ts';

/** Shape of a decoder-only transformer. */
export interface TransformerShape {
  readonly layers: number;
  /** Width of the residual stream, d_model. */
  readonly width: number;
  readonly heads: number;
  /** Width of one head; default width / heads. */
  readonly headWidth?: number;
  /** Heads of keys and values (grouped-query attention); default heads. */
  readonly keyValueHeads?: number;
  /** Inner width of the feed-forward block; default 4 width. */
  readonly feedForwardWidth?: number;
  /** Whether the feed-forward block is gated (SwiGLU and its kin: three matrices instead of two). */
  readonly gated?: boolean;
  readonly vocabulary: number;
  /** Tokens in a sequence. */
  readonly context: number;
  /** Whether the output layer shares the input embedding; default true. */
  readonly tiedEmbeddings?: boolean;
  /** Whether positions have learnt embeddings; default false. */
  readonly learntPositions?: boolean;
}

/** Parameters of a transformer, counted by group, because papers count differently. */
export interface ParamCount {
  readonly tokenEmbedding: number;
  readonly positionEmbedding: number;
  readonly attention: number;
  readonly feedForward: number;
  /** Scales of the normalisations: two a layer and the last. */
  readonly norms: number;
  /** The output layer where it is not tied to the embedding. */
  readonly output: number;
  readonly total: number;
  /** Without embeddings and output layer, as in arXiv 2001.08361, section 2.1; about 12 layers width^2. */
  readonly nonEmbedding: number;
}

/** FLOP for one token; a multiply-add counts as two. */
export interface FlopCount {
  /** Forward pass of one layer, by matrix product. */
  readonly layer: {
    readonly queriesKeysValues: number;
    readonly scores: number;
    readonly mixing: number;
    readonly projection: number;
    readonly feedForward: number;
    readonly total: number;
  };
  /** Forward pass of the output layer. */
  readonly logits: number;
  readonly forward: number;
  /** Forward and backward pass; the backward pass costs twice the forward pass. */
  readonly training: number;
  /** `training` divided by 6 N with N = total parameters: how far C = 6 N D is off for this model. */
  readonly ratioToSixN: number;
}

/**
 * Parameters of a decoder-only transformer without biases, by group.
 *
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @example
 * ```ts
 * countParams({ layers: 12, width: 768, heads: 12, vocabulary: 50257, context: 1024, learntPositions: true }).total;
 * // 124337664, GPT-2 small without biases
 * ```
 */
export function countParams(shape: TransformerShape): ParamCount {
  const { layers, width, vocabulary, context, queryWidth, keyValueWidth, feedForwardWidth, gated } = complete(shape);
  const tokenEmbedding = vocabulary * width;
  const positionEmbedding = shape.learntPositions === true ? context * width : 0;
  const attention = layers * (2 * width * queryWidth + 2 * width * keyValueWidth);
  const feedForward = layers * (gated ? 3 : 2) * width * feedForwardWidth;
  const norms = (2 * layers + 1) * width;
  const output = shape.tiedEmbeddings === false ? vocabulary * width : 0;
  const nonEmbedding = attention + feedForward + norms;
  const total = nonEmbedding + tokenEmbedding + positionEmbedding + output;
  return { tokenEmbedding, positionEmbedding, attention, feedForward, norms, output, total, nonEmbedding };
}

/**
 * Exact FLOP of the matrix products of a decoder-only transformer, for each token of a full sequence. Attention is counted
 * over the whole context (a causal kernel may skip half of the scores); looking up an embedding is free; softmax, norms and
 * activations, below 1% together, are left out.
 *
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @see arXiv 2203.15556, appendix F; arXiv 2001.08361, section 2.1, table 1
 * @example
 * ```ts
 * countFlops({ layers: 12, width: 768, heads: 12, vocabulary: 50257, context: 1024, learntPositions: true }).training;
 * // 854438400, 8.75e11 for the 1,024 tokens of a sequence
 * ```
 */
export function countFlops(shape: TransformerShape): FlopCount {
  const { layers, width, vocabulary, context, queryWidth, keyValueWidth, feedForwardWidth, gated } = complete(shape);
  const queriesKeysValues = 2 * width * (queryWidth + 2 * keyValueWidth);
  const scores = 2 * context * queryWidth;
  const mixing = 2 * context * queryWidth;
  const projection = 2 * queryWidth * width;
  const feedForward = 2 * (gated ? 3 : 2) * width * feedForwardWidth;
  const total = queriesKeysValues + scores + mixing + projection + feedForward;
  const logits = 2 * width * vocabulary;
  const forward = layers * total + logits;
  const training = 3 * forward;
  const layer = { queriesKeysValues, scores, mixing, projection, feedForward, total };
  return { layer, logits, forward, training, ratioToSixN: training / (6 * countParams(shape).total) };
}

function complete(shape: TransformerShape) {
  const headWidth = shape.headWidth ?? shape.width / shape.heads;
  const full = {
    layers: shape.layers,
    width: shape.width,
    vocabulary: shape.vocabulary,
    context: shape.context,
    queryWidth: headWidth * shape.heads,
    keyValueWidth: headWidth * (shape.keyValueHeads ?? shape.heads),
    feedForwardWidth: shape.feedForwardWidth ?? 4 * shape.width,
  };
  for (const [what, value] of Object.entries(full))
    if (!(value > 0 && value < Infinity)) throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what, value });
  return { ...full, gated: shape.gated === true };
}
