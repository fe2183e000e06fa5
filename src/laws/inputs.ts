import type { LawInput } from './law.ts';

/** Model size N: the number of parameters, as the data count it. */
export const params: LawInput = { name: 'params', symbol: 'N', unit: 'parameters' };

/** Training tokens D. */
export const tokens: LawInput = { name: 'tokens', symbol: 'D', unit: 'tokens' };

/** Training compute C. */
export const flops: LawInput = { name: 'flops', symbol: 'C', unit: 'FLOP' };
