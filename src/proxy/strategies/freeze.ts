import type { Strategy } from './strategy.ts';

export const freeze: Strategy = {
  name: 'all-but-last',
  title: 'All but the last layers frozen',
  description: 'Trains the last blocks, the last norm and an untied head; all else stays as it started.',
  args: [{ name: 'n', fallback: 1, least: 0, most: 1000, isWhole: true, description: 'Blocks that are trained' }],
  update: ({ layers }, _seed, { n }) => ({
    isFrozen: ({ name, group }) => {
      const block = /^blocks\.(\d+)\./.exec(name)?.[1];
      return block === undefined ? group === 'embedding' : Number(block) < layers - n;
    },
  }),
};
