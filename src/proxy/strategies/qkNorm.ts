import type { Strategy } from './strategy.ts';

export const qkNorm: Strategy = {
  name: 'qk-norm',
  title: 'Norms of queries and keys',
  description: 'Queries and keys have unit root mean square in each head. arXiv 2302.05442, section 3.2.',
  args: [],
  shape: (shape) => ({ ...shape, qkNorm: true }),
};
