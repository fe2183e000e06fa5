import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api, type ApiError } from '../api.ts';
import type { Job, StudyResult } from '../contract.ts';
import { FigureCard } from '../figures/figureCard.tsx';
import { Problem } from '../parts/problem.tsx';
import { Progress, stateWords } from '../parts/progress.tsx';
import { Report } from '../parts/report.tsx';
import { address, linkTo } from '../state/address.ts';
import { follow, jobs } from '../state/library.ts';
import { apiError } from '../state/loading.ts';

const result = signal<{ readonly id: string; readonly value: StudyResult } | null>(null);
const problem = signal<ApiError | null>(null);

async function load(job: Job): Promise<void> {
  if (job.result === null || result.peek()?.id === job.id) return;
  try {
    result.value = { id: job.id, value: await api.jobResult(job.id) };
    problem.value = null;
  } catch (error) {
    problem.value = apiError(error);
  }
}

async function find(id: string): Promise<void> {
  try {
    await follow(await api.getJob(id));
    problem.value = null;
  } catch (error) {
    problem.value = apiError(error);
  }
}

/** A backtest or a comparison: how far it is, then what it came to. */
export function JobView() {
  const { view } = address.value;
  const id = view.kind === 'job' ? view.id : '';
  const job = (jobs.value ?? []).find((one) => one.id === id);
  useEffect(() => {
    problem.value = null;
    void find(id);
  }, [id]);
  useEffect(() => {
    if (job?.state === 'done' && job.kind !== 'fit') void load(job);
  }, [job?.state, id]);
  if (problem.value !== null)
    return <Problem title="This job cannot be shown" error={problem.value} retry={() => void find(id)} />;
  if (job === undefined)
    return (
      <div class="center lone" aria-busy="true">
        <div class="skeleton block" />
      </div>
    );
  const found = result.value?.id === id ? result.value.value : null;
  return (
    <div class="center lone">
      <header class="fit-head">
        <h1>{job.title.charAt(0).toUpperCase() + job.title.slice(1)}</h1>
        <p class="status">
          <strong class={job.state}>{stateWords(job)}</strong>
        </p>
      </header>
      <Progress job={job} />
      {job.error !== null && (
        <p class="problem-box" role="alert">
          <strong>{job.error.message}</strong> {job.error.remedy}
        </p>
      )}
      {job.fit !== null && job.state === 'done' && (
        <p>
          <a href={linkTo({ kind: 'fit', id: job.fit })}>Open the fit {job.fit}</a>
        </p>
      )}
      {found !== null && (
        <>
          <div class="figures">
            {found.figures.map(({ id: figure, description, figure: drawn }) => (
              <div class="place wide" key={figure}>
                <FigureCard id={figure} title={figure} description={description} figure={drawn} linked={false} />
              </div>
            ))}
          </div>
          <Report report={found.report} command={null} open />
        </>
      )}
    </div>
  );
}
