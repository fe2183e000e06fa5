import type { LawInput } from './law.ts';

/** Model size N: the number of parameters, as the data count it. */
export const params: LawInput = { name: 'params', symbol: 'N', unit: 'parameters' };

/** Training tokens D. */
export const tokens: LawInput = { name: 'tokens', symbol: 'D', unit: 'tokens' };

/** Training compute C. */
export const flops: LawInput = { name: 'flops', symbol: 'C', unit: 'FLOP' };

/** Optimiser steps S taken. */
export const steps: LawInput = { name: 'steps', symbol: 'S', unit: 'steps' };

/** Smallest number of optimiser steps S_min that reaches the loss: that at a batch far above the critical one. */
export const minSteps: LawInput = { name: 'minSteps', symbol: 'S_{\\min}', unit: 'steps' };

/** Batch size B in tokens: sequences in a batch times tokens in a sequence. */
export const batchSize: LawInput = { name: 'batchSize', symbol: 'B', unit: 'tokens' };

/** Loss L as an input: of laws that say what it takes to reach a loss. */
export const loss: LawInput = { name: 'loss', symbol: 'L', unit: 'nats/token' };

/** What a law of one quantity is about, whichever it is: examples, tokens, parameters, FLOP or steps. */
export const x: LawInput = { name: 'x', symbol: 'x', unit: 'units of x' };

/** Width m of the residual stream, the dimension of the representations. */
export const width: LawInput = { name: 'width', symbol: 'm', unit: 'dimensions' };

/** Experts E of each routed layer; 1 for a dense model. */
export const experts: LawInput = { name: 'experts', symbol: 'E', unit: 'experts' };

/** Bits of a weight during training. */
export const weightBits: LawInput = { name: 'weightBits', symbol: 'P_w', unit: 'bits' };

/** Bits of an activation during training. */
export const activationBits: LawInput = { name: 'activationBits', symbol: 'P_a', unit: 'bits' };

/** Bits of a key or value of attention during training. */
export const cacheBits: LawInput = { name: 'cacheBits', symbol: 'P_{kv}', unit: 'bits' };

/** Parameters N_nv outside the vocabulary. */
export const nonVocabularyParams: LawInput = { name: 'nonVocabularyParams', symbol: 'N_{nv}', unit: 'parameters' };

/** Parameters N_v of the vocabulary: its size times the width of the embedding. */
export const vocabularyParams: LawInput = { name: 'vocabularyParams', symbol: 'N_v', unit: 'parameters' };

/** Distinct training tokens U, of which the training tokens D are repetitions where D is larger. */
export const uniqueTokens: LawInput = { name: 'uniqueTokens', symbol: 'U', unit: 'tokens' };

/** Training tokens for each parameter, M = D / N. */
export const tokensPerParam: LawInput = { name: 'tokensPerParam', symbol: 'M', unit: 'tokens per parameter' };

/** Loss L as an input of laws in which it is no power: of what it tells about tasks. */
export const lossValue: LawInput = { name: 'loss', symbol: 'L', unit: 'nats/token', transform: 'identity' };
