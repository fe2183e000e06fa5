import type { Strategy } from './strategy.ts';

export const none: Strategy = { name: 'none', title: 'None', description: 'Plain training.', args: [] };
