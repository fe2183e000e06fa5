import { runSweep } from '../runSweep.ts';
import type { Executor } from './executor.ts';

/** Processes of this machine, which end with the one that started them. */
export const local: Executor = {
  id: 'local',
  title: 'processes of this machine',
  start: async ({ plan, folder, ...options }) => ({ kind: 'ended', result: await runSweep(plan, folder, options) }),
  // Its processes tell the one that started them, and the files tell everybody.
  watch: () => Promise.resolve(new Map()),
  cancel: ({ id }) => {
    process.kill(Number(id), 'SIGTERM');
    return Promise.resolve();
  },
};
