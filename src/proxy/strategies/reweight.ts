import type { Strategy } from './strategy.ts';

export const reweight: Strategy = {
  name: 'reweight',
  title: 'Loss-based reweighting of samples',
  description:
    'Rows of a batch count by the softmax of their loss, scaled to -1..1 and capped: easy rows count less, hard ones no more than the cap. After the LinUpper rule of arXiv 2502.06733, section 4.',
  args: [
    { name: 'temperature', fallback: 1, least: 0.01, most: 100, description: 'How little the loss matters' },
    { name: 'cap', fallback: 0, least: -1, most: 1, description: 'Scaled loss above which rows count alike' },
  ],
  rowWeights: (losses, { tf }, { temperature, cap }) => {
    const [low, high] = [tf.min(losses), tf.max(losses)];
    const scaled = tf.sub(tf.div(tf.mul(2, tf.sub(losses, low)), tf.add(tf.sub(high, low), 1e-6)), 1);
    return tf.softmax(tf.div(tf.minimum(scaled, cap), temperature));
  },
};
