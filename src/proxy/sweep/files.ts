/** Files of a sweep, in its folder, besides a folder for each run. */
export const sweepFiles = {
  plan: 'sweep.json',
  csv: 'runs.csv',
  result: 'result.json',
  lock: 'sweep.lock',
  /** Of the process that hands runs to a scheduler, while it does. */
  submitLock: 'sweep.submit.lock',
  /** What a scheduler was given, and the number that it gave to it. */
  submission: 'sweep.job.json',
  /** A lock of each run that a task trains, and why a task failed. */
  tasks: 'sweep.tasks',
  /** What tasks wrote to their outputs. */
  logs: 'sweep.logs',
} as const;
