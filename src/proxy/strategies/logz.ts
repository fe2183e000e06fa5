import type { Strategy } from './strategy.ts';

export const logz: Strategy = {
  name: 'logz',
  title: 'Log-Z penalty',
  description:
    'Adds a multiple of the squared log of the partition function, which keeps logits from drifting. PaLM (arXiv 2204.02311), section 5; also called z-loss, a name that another loss had first (arXiv 1604.08859).',
  args: [{ name: 'coefficient', fallback: 1e-4, least: 0, most: 1, description: 'Factor of log Z squared' }],
  logz: ({ coefficient }) => coefficient,
};
