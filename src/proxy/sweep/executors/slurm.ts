import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { IsoflopError } from '../../../core/errors.ts';
import { atomicWrite } from '../../../node/atomicWrite.ts';
import { sweepFiles } from '../files.ts';
import type { Submission } from '../submission.ts';
import type { Executor, SweepOrder, Task } from './executor.ts';
import { askProgram } from './program.ts';
import { logPattern, ranges, slurmScript } from './slurmScript.ts';
import { submitRuns, type Handover } from './submitRuns.ts';

/** Slurm: a job array, a task a run. */
export const slurm: Executor = {
  id: 'slurm',
  title: 'a job array of Slurm',
  start: (order) => submitRuns({ id: 'slurm', watch }, order, (what) => submit(order, what)),
  watch,
  cancel: async (submission) => {
    await askProgram('scancel', [...clusterOf(submission), submission.id]);
  },
};

/** The file of the batch script in a sweep's folder. */
const scriptFile = 'sweep.sbatch';

async function submit(
  { plan, jobs }: SweepOrder,
  { folder, digest, indexes }: Handover,
): Promise<{ id: string; place: string | null; note: string }> {
  const script = join(folder, scriptFile);
  const program = [process.execPath, realpathSync(process.argv[1])];
  const { slurm: resources = {} } = plan.resources ?? {};
  await atomicWrite(script, slurmScript({ name: plan.name, folder, digest, resources, program }));
  // Paths are arguments: in the script a blank would end them.
  const logs = logPattern(join(folder, sweepFiles.logs));
  const array = `${ranges(indexes)}%${String(jobs)}`;
  const printed = await askProgram('sbatch', ['--parsable', `--array=${array}`, `--output=${logs}`, script]);
  // "17", or "17;cluster" where there are several.
  const [id, cluster] = printed.trim().split(';') as [string, string?];
  if (!/^\d+$/.test(id))
    throw new IsoflopError('SCHEDULER_FAILED', { program: 'sbatch', reason: `it printed "${printed.trim()}"` });
  return { id, place: cluster ?? null, note: `job ${id} of Slurm has ${String(indexes.length)} runs` };
}

const clusterOf = ({ place }: Submission): string[] => (place === null ? [] : [`--clusters=${place}`]);

/** States in which squeue has tasks that will not run, for a while yet. */
const isOver = (state: string): boolean =>
  /^(COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY|BOOT_FAIL|DEADLINE|PREEMPTED|REVOKED)/.test(state);

const taskOf = (state: string, detail: string): Task => ({
  state: isOver(state) ? 'ended' : /^(PENDING|REQUEUE|SPECIAL_EXIT|RESV_DEL)/.test(state) ? 'waiting' : 'running',
  detail,
});

/** What Slurm's queue, and of tasks that have left it its records, say. */
async function watch(submission: Submission): Promise<ReadonlyMap<number, Task>> {
  const tasks = new Map<number, Task>();
  for (const [index, task] of await endedTasks(submission)) tasks.set(index, task);
  for (const line of await queued(submission)) {
    const [index, state, reason] = line.trim().split('|');
    if (/^\d+$/.test(index)) tasks.set(Number(index), taskOf(state, isOver(state) ? state : reason));
  }
  return tasks;
}

async function queued(submission: Submission): Promise<string[]> {
  const options = ['--noheader', '--array', `--jobs=${submission.id}`, '--format=%K|%T|%r', ...clusterOf(submission)];
  try {
    return (await askProgram('squeue', options)).split('\n').filter((line) => line.trim() !== '');
  } catch (error) {
    // What has left the queue is no longer known to it.
    if (error instanceof IsoflopError && error.message.includes('Invalid job id')) return [];
    throw error;
  }
}

/** "0:9" is the status of the script and the signal that ended it. */
function exitDetail(state: string, exit: string): string {
  const [status, signal] = exit.split(':').map(Number);
  if (signal > 0) return `${state}, ended by signal ${String(signal)}`;
  // A shell adds 128 to the number of the signal that ended its child.
  if (status > 128) return `${state}, ended by signal ${String(status - 128)}`;
  return status > 0 ? `${state}, exit status ${String(status)}` : state;
}

/** Tasks that have ended: from accounting where the cluster has it, else from the controller, which forgets in minutes. */
async function endedTasks(submission: Submission): Promise<[number, Task][]> {
  const { id } = submission;
  const found = (pairs: readonly (readonly [index: string, state: string, exit: string])[]): [number, Task][] =>
    pairs.flatMap(([index, state, exit]) =>
      /^\d+$/.test(index) && isOver(state) ? [[Number(index), taskOf(state, exitDetail(state, exit))]] : [],
    );
  try {
    const options = ['--noheader', '--parsable2', '--allocations', `--jobs=${id}`, '--format=JobID,State,ExitCode'];
    const lines = (await askProgram('sacct', [...options, ...clusterOf(submission)])).trim().split('\n');
    return found(
      lines.map((line) => {
        const [job = '', state = '', exit = ''] = line.split('|');
        return [job.split('_')[1] ?? '', state, exit] as const;
      }),
    );
  } catch {
    // Accounting is an option of Slurm's.
  }
  try {
    const lines = (await askProgram('scontrol', ['show', 'job', id, '--oneliner'])).split('\n');
    const field = (line: string, name: string): string => new RegExp(`\\b${name}=(\\S*)`).exec(line)?.[1] ?? '';
    return found(lines.map((line) => [field(line, 'ArrayTaskId'), field(line, 'JobState'), field(line, 'ExitCode')]));
  } catch {
    return [];
  }
}
