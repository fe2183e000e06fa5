import type { LawParam } from './law.ts';

/** The loss E that is left with a model and data without end. */
export const irreducibleLoss: LawParam = {
  name: 'E',
  unit: 'nats/token',
  description: 'irreducible loss',
  transform: 'log',
  bounds: [0, Infinity],
};
