import { computed, signal } from '@preact/signals';
import type { FitSummary, Job } from '../contract.ts';
import { address, linkTo, show } from '../state/address.ts';
import { ago, bytes, fileName, symbolOf } from '../state/format.ts';
import { datasets, fits, jobs, openJobs } from '../state/library.ts';
import { isSweepRunning, sweepCount } from '../state/sweeps.ts';
import { viewedFit } from '../state/workspace.ts';
import { startComparison } from '../state/study.ts';
import { BrokenItem } from './brokenItem.tsx';
import { Progress, stateWords } from './progress.tsx';
import { SweepItems } from './sweepItems.tsx';
import { UploadButton } from './upload.tsx';

type Tab = 'fits' | 'data' | 'jobs' | 'sweeps';
/** The list that was chosen; until one is, the one of what is shown. */
const tab = signal<Tab | null>(null);
const search = signal('');
const law = signal('');
const picked = signal<readonly string[]>([]);
const pickedData = signal<readonly string[]>([]);

/** Whether the list is out, where it is a drawer. */
export const isOut = signal(false);

const found = computed<readonly FitSummary[]>(() => {
  const words = search.value.toLowerCase().split(/\s+/);
  return (fits.value?.fits ?? []).filter(
    (fit) =>
      (law.value === '' || fit.law === law.value) &&
      words.every((word) => `${fit.id} ${fit.law} ${fit.source}`.toLowerCase().includes(word)),
  );
});

const toggle = (list: readonly string[], id: string, isIn: boolean): readonly string[] =>
  isIn ? [...list, id] : list.filter((other) => other !== id);

const close = (): void => {
  isOut.value = false;
};

function Counts({ warnings }: Pick<FitSummary, 'warnings'>) {
  const { error, warning } = warnings;
  if (error + warning === 0) return null;
  return (
    <span class={`badge ${error > 0 ? 'error' : 'warning'}`} title={`${error} serious, ${warning} to be careful with`}>
      {error + warning}
      <span class="sr-only"> warnings</span>
    </span>
  );
}

function Fit({ fit }: { readonly fit: FitSummary }) {
  const { id, points, source, status, coefficients, created } = fit;
  const isShown = viewedFit.value === id;
  const few = Object.entries(coefficients)
    .filter(([, value]) => value !== null)
    .slice(0, 5);
  return (
    <li class={isShown ? 'item shown' : 'item'}>
      <input
        type="checkbox"
        class="pick"
        aria-label={`Compare ${id}`}
        checked={picked.value.includes(id)}
        disabled={picked.value.length >= 8 && !picked.value.includes(id)}
        onChange={({ currentTarget }) => {
          picked.value = toggle(picked.peek(), id, currentTarget.checked);
        }}
      />
      <a href={linkTo({ kind: 'fit', id }) || '#'} aria-current={isShown ? 'page' : undefined} onClick={close}>
        <span class="item-name">
          <span class={`dot ${status}`} title={status} />
          <span class="name" title={id}>
            {id}
          </span>
          <Counts {...fit} />
        </span>
        <span class="item-about">
          {fit.law}
          {' · '}
          {points === 0 ? 'published' : `${points.toLocaleString('en-US')} of ${fileName(source)}`}

          <span class="age" title={created}>
            {' '}
            · {ago(created)}
          </span>
        </span>
        {few.length > 0 && (
          <span class="item-numbers" aria-hidden="true">
            {few.map(([name, value]) => `${symbolOf(name)} ${Number((value ?? 0).toPrecision(3))}`).join('  ')}
          </span>
        )}
      </a>
    </li>
  );
}

function Fits() {
  const { value, error, busy } = fits.state.value;
  if (value === null)
    return error === null ? (
      <ul class="list" aria-busy={busy} aria-label="Loading">
        {[1, 2, 3, 4].map((k) => (
          <li key={k} class="skeleton line" />
        ))}
      </ul>
    ) : (
      <div class="empty">
        <p>
          {error.message} {error.remedy}
        </p>
        <button type="button" onClick={() => void fits.refresh()}>
          Try again
        </button>
      </div>
    );
  const laws = [...new Set(value.fits.map((fit) => fit.law))].sort();
  const compared = picked.value.filter((id) => value.fits.some((fit) => fit.id === id));
  return (
    <>
      <div class="filters">
        <input
          type="search"
          aria-label="Search the fits"
          placeholder="Search"
          value={search.value}
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value;
          }}
        />
        <select
          aria-label="Law"
          value={law.value}
          onChange={({ currentTarget }) => {
            law.value = currentTarget.value;
          }}
        >
          <option value="">every law</option>
          {laws.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </div>
      <ul class="list">
        {found.value.map((fit) => (
          <Fit key={fit.id} fit={fit} />
        ))}
        {value.broken.map(({ id, error: fault }) => (
          <BrokenItem key={id} kind="fit" id={id} error={fault} onOpen={close} />
        ))}
      </ul>
      {found.value.length === 0 && value.fits.length > 0 && <p class="empty">No fit has these words.</p>}
      {value.fits.length === 0 && <p class="empty">No fits yet. Add a CSV of runs to make the first.</p>}
      {compared.length > 0 && (
        <div class="foot">
          <button
            type="button"
            class="primary"
            disabled={compared.length < 2}
            onClick={() => {
              close();
              show({ kind: 'compare', ids: compared });
            }}
          >
            {compared.length < 2 ? 'Pick another to compare' : `Compare ${compared.length} fits`}
          </button>
          <button type="button" class="quiet" onClick={() => (picked.value = [])}>
            Clear
          </button>
        </div>
      )}
    </>
  );
}

function Data() {
  const { value, error } = datasets.state.value;
  const { view } = address.value;
  if (error !== null)
    return (
      <p class="empty">
        {error.message} {error.remedy}
      </p>
    );
  if (value === null)
    return (
      <ul class="list" aria-busy="true">
        <li class="skeleton line" />
      </ul>
    );
  const chosen = pickedData.value.filter((id) => value.datasets.some((one) => one.id === id));
  return (
    <>
      <ul class="list">
        {value.datasets.map(({ id, name, bytes: size, origin }) => {
          const isShown = view.kind === 'data' && view.ids.includes(id);
          return (
            <li class={isShown ? 'item shown' : 'item'} key={id}>
              <input
                type="checkbox"
                class="pick"
                aria-label={`Choose ${name}`}
                checked={chosen.includes(id)}
                onChange={({ currentTarget }) => {
                  pickedData.value = toggle(pickedData.peek(), id, currentTarget.checked);
                }}
              />
              <a href={linkTo({ kind: 'data', ids: [id] })} aria-current={isShown ? 'page' : undefined} onClick={close}>
                <span class="item-name">
                  <span class="name">{name}</span>
                </span>
                <span class="item-about">
                  {bytes(size)} · {origin === 'uploaded' ? 'uploaded' : 'in the folder'}
                </span>
              </a>
            </li>
          );
        })}
      </ul>
      {value.datasets.length === 0 && <p class="empty">No data sets yet. Drop a CSV of runs anywhere on the page.</p>}
      {chosen.length > 1 && (
        <div class="foot">
          <button
            type="button"
            class="primary"
            onClick={() => {
              close();
              show({ kind: 'data', ids: chosen });
            }}
          >
            Fit together
          </button>
          <button
            type="button"
            onClick={() => {
              close();
              void startComparison(chosen);
            }}
          >
            Compare
          </button>
        </div>
      )}
    </>
  );
}

function JobItem({ job }: { readonly job: Job }) {
  const { view } = address.value;
  const isShown = view.kind === 'job' && view.id === job.id;
  const target =
    job.kind === 'fit' && job.fit !== null ? linkTo({ kind: 'fit', id: job.fit }) : linkTo({ kind: 'job', id: job.id });
  return (
    <li class={isShown ? 'item shown' : 'item'}>
      <a href={target} onClick={close} aria-current={isShown ? 'page' : undefined}>
        <span class="item-name">
          <span class={`dot ${job.state}`} />
          <span class="name" title={job.title}>
            {job.fit ?? job.title}
          </span>
        </span>
        <span class="item-about">
          {stateWords(job)} · {ago(job.created)}
        </span>
      </a>
      <Progress job={job} />
    </li>
  );
}

function Jobs() {
  const { value, error } = jobs.state.value;
  if (error !== null)
    return (
      <p class="empty">
        {error.message} {error.remedy}
      </p>
    );
  if (value === null || value.length === 0)
    return (
      <p class="empty">
        Nothing runs. Backtests, comparisons and long fits are listed here while the server works on them.
      </p>
    );
  return (
    <ul class="list">
      {value.map((job) => (
        <JobItem key={job.id} job={job} />
      ))}
    </ul>
  );
}

const Sweeps = () => <SweepItems onOpen={close} />;

const tabs = { fits: ['Fits', Fits], data: ['Data', Data], jobs: ['Jobs', Jobs], sweeps: ['Sweeps', Sweeps] } as const;

/** The lists of the team's fits, data sets and jobs. */
export function Rail() {
  const counts: Readonly<Record<Tab, number>> = {
    fits: fits.value?.fits.length ?? 0,
    data: datasets.value?.datasets.length ?? 0,
    jobs: openJobs.value.length,
    sweeps: sweepCount.value,
  };
  // Most servers have no sweeps, and a list that stays empty would only be in the way.
  const names = (Object.keys(tabs) as Tab[]).filter((name) => name !== 'sweeps' || counts.sweeps > 0);
  const wanted = tab.value ?? (address.value.view.kind === 'sweep' ? 'sweeps' : 'fits');
  const shown = names.includes(wanted) ? wanted : 'fits';
  const Content = tabs[shown][1];
  return (
    <nav class={isOut.value ? 'rail out' : 'rail'} aria-label="Fits, data sets and jobs" id="rail">
      <div class="rail-head">
        <div class="tabs" role="group" aria-label="List">
          {names.map((name) => (
            <button type="button" key={name} aria-pressed={shown === name} onClick={() => (tab.value = name)}>
              {tabs[name][0]}
              {name === 'sweeps' && isSweepRunning.value ? (
                <span class="dot running" title="running">
                  <span class="sr-only"> running</span>
                </span>
              ) : (
                counts[name] > 0 && <span class="count">{counts[name]}</span>
              )}
            </button>
          ))}
        </div>
      </div>
      <div class="rail-body">
        <Content />
      </div>
      <div class="rail-foot">
        <UploadButton />
      </div>
    </nav>
  );
}
