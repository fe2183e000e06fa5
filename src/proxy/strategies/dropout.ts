import { createRandom } from '../../core/random.ts';
import type { Strategy } from './strategy.ts';

/** Streams of random numbers that no other part uses. */
const firstStream = 2 ** 28;

export const dropout: Strategy = {
  name: 'dropout',
  title: 'Dropout',
  description: 'Zeroes a share of what each branch adds to the residual stream. Srivastava et al., JMLR 15 (2014).',
  args: [{ name: 'rate', fallback: 0.1, least: 0, most: 0.9, description: 'Share that is zeroed' }],
  training: ({ engine: { tf }, seed, step, part }, { rate }) => {
    const random = createRandom(seed, firstStream + 64 * step + part);
    return {
      branch: (x) => {
        const kept = Float32Array.from({ length: x.size }, () => (random.next() < rate ? 0 : 1 / (1 - rate)));
        return tf.mul(x, tf.tensor(kept, x.shape));
      },
    };
  },
};
