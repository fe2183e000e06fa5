/** Files of a sweep, in its folder, besides a folder for each run. */
export const sweepFiles = { plan: 'sweep.json', csv: 'runs.csv', result: 'result.json', lock: 'sweep.lock' } as const;
