import { join, relative } from 'node:path';
import { IsoflopError } from '../../../core/errors.ts';
import { atomicWrite } from '../../../node/atomicWrite.ts';
import type { Submission } from '../submission.ts';
import type { Executor, SweepOrder, Task } from './executor.ts';
import { jobName, kubernetesJob } from './kubernetesJob.ts';
import { askProgram, shellWord } from './program.ts';
import { submitRuns, type Handover } from './submitRuns.ts';

/** Kubernetes: an Indexed Job, a pod a run. */
export const kubernetes: Executor = {
  id: 'kubernetes',
  title: 'an Indexed Job of Kubernetes (untested on a cluster)',
  start: (order) => submitRuns({ id: 'kubernetes', watch }, order, (what) => submit(order, what)),
  watch,
  cancel: async (submission) => {
    await askProgram('kubectl', ['delete', 'job', submission.id, '--ignore-not-found', ...namespaceOf(submission)]);
  },
};

/** The file of the manifest in a sweep's folder. */
const manifestFile = 'sweep.job.yaml';

const isMissing = (error: unknown): boolean =>
  error instanceof IsoflopError && (error as IsoflopError).code === 'SCHEDULER_MISSING';

async function submit(
  { plan, jobs }: SweepOrder,
  { folder, digest, indexes }: Handover,
): Promise<{ id: string; place: string | null; note: string }> {
  const { kubernetes: resources } = plan.resources ?? {};
  if (resources === undefined)
    throw new IsoflopError('RESOURCES_MISSING', { executor: 'kubernetes', what: 'resources.kubernetes in the sweep' });
  if (relative(resources.mount, folder).startsWith('..'))
    throw new IsoflopError('RESOURCES_MISSING', {
      executor: 'kubernetes',
      what: `the sweep's folder on the volume, below ${resources.mount} (--out), not ${folder}`,
    });
  const id = jobName(plan.name, Date.now());
  const manifest = join(folder, manifestFile);
  const options = { job: id, folder, digest, runs: plan.runs.length, parallelism: jobs, resources };
  await atomicWrite(manifest, kubernetesJob(options));
  const made = { id, place: resources.namespace ?? null };
  try {
    await askProgram('kubectl', ['apply', '-f', manifest]);
    return { ...made, note: `job ${id} of Kubernetes has ${String(indexes.length)} runs` };
  } catch (error) {
    if (!isMissing(error)) throw error;
    // Whoever writes manifests here may apply them from somewhere else.
    return { ...made, note: `there is no kubectl here; submit it by: kubectl apply -f ${shellWord(manifest)}` };
  }
}

const namespaceOf = ({ place }: Submission): string[] => (place === null ? [] : [`--namespace=${place}`]);

/** What is read here of a Job and its pods. */
interface Item {
  readonly kind: string;
  readonly metadata: {
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string | undefined>>;
    readonly annotations?: Readonly<Record<string, string | undefined>>;
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
    readonly containerStatuses?: readonly {
      readonly state?: {
        readonly waiting?: { readonly reason?: string };
        readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
      };
    }[];
  };
}

const indexKey = 'batch.kubernetes.io/job-completion-index';

/** What Kubernetes says of the Job and its pods, the last pod of each index. */
async function watch(submission: Submission): Promise<ReadonlyMap<number, Task>> {
  const selector = `--selector=app.kubernetes.io/instance=${submission.id}`;
  const text = await askProgram('kubectl', ['get', 'jobs,pods', selector, ...namespaceOf(submission), '-o', 'json']);
  const { items } = JSON.parse(text) as { items: readonly Item[] };
  const job = items.find(({ kind }) => kind === 'Job');
  // Of a Job that is gone, deleted or never applied, nothing more will come.
  const isActive =
    job !== undefined &&
    !(job.status?.conditions ?? []).some(
      ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
    );
  const tasks = new Map<number, Task>();
  if (isActive) for (const index of submission.indexes) tasks.set(index, { state: 'waiting', detail: null });
  const pods = items
    .filter(({ kind }) => kind === 'Pod')
    .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''));
  for (const pod of pods) {
    const index = Number(pod.metadata.labels?.[indexKey] ?? pod.metadata.annotations?.[indexKey]);
    if (submission.indexes.includes(index)) tasks.set(index, taskOf(pod));
  }
  return tasks;
}

function taskOf({ status = {} }: Item): Task {
  const { waiting, terminated } = status.containerStatuses?.[0]?.state ?? {};
  if (status.phase === 'Running') return { state: 'running', detail: null };
  if (status.phase === 'Pending') return { state: 'waiting', detail: waiting?.reason ?? null };
  const exit = terminated?.exitCode === undefined ? '' : `, exit status ${String(terminated.exitCode)}`;
  return { state: 'ended', detail: `${status.reason ?? terminated?.reason ?? status.phase ?? 'unknown'}${exit}` };
}
