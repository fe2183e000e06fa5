import { computed, signal } from '@preact/signals';
import { api } from '../api.ts';
import type { DatasetDetail, DatasetList, FitList, Job } from '../contract.ts';
import { apiError, isAbort, Resource } from './loading.ts';

/** Every fit of the team. */
export const fits = new Resource<FitList>((signal) => api.listFits({ limit: 1000 }, signal));

/** The newest fit of data, which is what somebody works on; where there is none, the first of the published ones. */
export const newestFit = computed<string | null>(() => {
  const all = fits.value?.fits ?? [];
  // The server lists the newest first.
  return (all.find(({ points }) => points > 0) ?? all.at(0))?.id ?? null;
});

/** Every data set. */
export const datasets = new Resource<DatasetList>(() => api.listDatasets());

/** What the server is doing. */
export const jobs = new Resource<readonly Job[]>(async () => (await api.listJobs()).jobs);

/** Jobs that are not over. */
export const openJobs = computed(() =>
  (jobs.value ?? []).filter(({ state }) => state === 'queued' || state === 'running'),
);

const followed = new Map<string, AbortController>();

function putJob(job: Job): void {
  const { value } = jobs.state.peek();
  const others = (value ?? []).filter(({ id }) => id !== job.id);
  const isKnown = others.length !== (value ?? []).length;
  const next = isKnown ? (value ?? []).map((old) => (old.id === job.id ? job : old)) : [job, ...others];
  jobs.state.value = { value: next, busy: false, error: null };
}

/** Shows a job and keeps it up to date until it ends. */
export async function follow(job: Job): Promise<void> {
  putJob(job);
  if (followed.has(job.id) || !['queued', 'running'].includes(job.state)) return;
  const controller = new AbortController();
  followed.set(job.id, controller);
  try {
    for await (const now of api.followJob(job.id, controller.signal)) putJob(now);
    if (job.kind === 'fit') await fits.refresh();
  } catch (error) {
    if (!isAbort(error)) apiError(error);
  } finally {
    followed.delete(job.id);
  }
}

/** Follows every job that is open. */
export async function followJobs(): Promise<void> {
  await jobs.refresh();
  for (const job of openJobs.peek()) void follow(job);
}

/** The columns of data sets by id; they never change, so each is asked for once. */
export const details = signal<ReadonlyMap<string, DatasetDetail>>(new Map());
const asked = new Set<string>();

export function putDetail(detail: DatasetDetail): void {
  details.value = new Map([...details.peek(), [detail.id, detail]]);
}

/** Loads the columns of a data set unless they are there. */
export async function needDetail(id: string): Promise<void> {
  if (asked.has(id) || details.peek().has(id)) return;
  asked.add(id);
  try {
    putDetail(await api.getDataset(id));
  } catch (error) {
    apiError(error);
  } finally {
    asked.delete(id);
  }
}
