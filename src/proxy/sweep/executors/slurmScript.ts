import { join } from 'node:path';
import type { SlurmResources } from '../resourcesSchema.ts';
import { interruptedStatus } from '../taskFiles.ts';
import { shellWord } from './program.ts';

/** What the batch script of a job array is made from. */
export interface ScriptOptions {
  readonly name: string;
  readonly folder: string;
  readonly digest: string;
  readonly resources: SlurmResources;
  /** The program `isoflop`, as words. */
  readonly program: readonly string[];
}

/** Seconds before the time limit at which a task is told to write its checkpoint. */
const noticeSeconds = 60;

/** Numbers as Slurm lists them: 0-3,7. */
export function ranges(indexes: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const index of indexes) {
    const last = parts.at(-1);
    if (last?.[1] === index - 1) last[1] = index;
    else parts.push([index, index]);
  }
  return parts.map(([from, to]) => (from === to ? String(from) : `${String(from)}-${String(to)}`)).join(',');
}

/** The batch script that trains one run a task. */
export function slurmScript({ name, folder, digest, resources, program }: ScriptOptions): string {
  const { setup = [], partition, account, qos, time, cpus, memory, gpus, gres, constraint } = resources;
  const asked = { partition, account, qos, time, mem: memory, gpus, gres, constraint, 'cpus-per-task': cpus };
  const options = Object.entries(asked).flatMap(([option, value]) =>
    value === undefined ? [] : [`#SBATCH --${option}=${String(value)}`],
  );
  const command = [...program, 'sweep', 'run', folder].map(shellWord).join(' ');
  return `#!/bin/bash
# Written by isoflop sweep: one task of this job array trains one run of the sweep.
#SBATCH --job-name=isoflop-${name}
#SBATCH --ntasks=1
${options.join('\n')}${options.length > 0 ? '\n' : ''}# A task whose node fails, or that gives way to another job, starts again and goes on from its checkpoint.
#SBATCH --requeue
#SBATCH --open-mode=append
# Before its time is over a task is told, so that it writes a checkpoint; then it starts again.
#SBATCH --signal=B:USR1@${String(noticeSeconds)}
${setup.length > 0 ? `\n# From resources.slurm.setup:\n${setup.join('\n')}\n` : ''}
isOver=
told=
# Training stops at the end of its step, writes a checkpoint and ends with ${String(interruptedStatus)}.
trap 'isOver=yes; told=yes; kill -TERM "$child"' USR1
trap 'told=yes; kill -TERM "$child"' TERM

${command} --index "$SLURM_ARRAY_TASK_ID" --plan ${digest} &
child=$!
# A signal ends the wait, not the run.
while :; do
  wait "$child"
  status=$?
  [ -n "$told" ] || break
  told=
done
if [ "$status" -eq ${String(interruptedStatus)} ] && [ -n "$isOver" ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt 1000 ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit "$status"
`;
}

/** Where the tasks' outputs go; a percent sign of the folder is none of Slurm's. */
export const logPattern = (logs: string): string => join(logs.replaceAll('%', '%%'), '%a.log');
