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
