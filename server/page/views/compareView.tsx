import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api, type ApiError } from '../api.ts';
import type { Figure, FitDetail, PredictionJson } from '../contract.ts';
import { FigureCard } from '../figures/figureCard.tsx';
import { Problem } from '../parts/problem.tsx';
import { QueryBar } from '../parts/queryBar.tsx';
import { address, linkTo } from '../state/address.ts';
import { estimate, fileName, percent, symbolOf } from '../state/format.ts';
import { apiError } from '../state/loading.ts';
import { readQuery } from '../state/query.ts';
import { Latest } from '../state/refit.ts';
import { startComparison } from '../state/study.ts';

const overlay = signal<Figure | null>(null);
const problem = signal<ApiError | null>(null);
const compared = signal<readonly FitDetail[]>([]);
const answers = signal<ReadonlyMap<string, PredictionJson | string>>(new Map());

interface Asked {
  readonly ids: readonly string[];
  readonly level: number | null;
}

const loading = new Latest<Asked>(async ({ ids, level }, abort) => {
  try {
    const [figure, ...fits] = await Promise.all([
      api.overlay(ids, level === null ? {} : { confidence: level }, abort),
      ...ids.map((id) => api.getFit(id, abort)),
    ]);
    if (abort.aborted) return;
    problem.value = null;
    overlay.value = figure;
    compared.value = fits;
  } catch (error) {
    if (!abort.aborted) problem.value = apiError(error);
  }
});

const asking = new Latest<Asked & { readonly query: string }>(async ({ ids, level, query }, abort) => {
  const read = readQuery(query, []);
  const found = new Map<string, PredictionJson | string>();
  if (read.state === 'point')
    await Promise.all(
      ids.map(async (id) => {
        try {
          found.set(
            id,
            await api.predict(id, { ...read.point, ...(level === null ? {} : { confidence: level }) }, abort),
          );
        } catch (error) {
          if (!abort.aborted) found.set(id, apiError(error).message);
        }
      }),
    );
  if (!abort.aborted) answers.value = found;
});

function Answer({ id }: { readonly id: string }) {
  const found = answers.value.get(id);
  if (found === undefined) return <>–</>;
  if (typeof found === 'string') return <span class="muted">{found}</span>;
  const [point] = found.points;
  const { loss, interval, calibrated } = point;
  const ends = calibrated?.newRun ?? interval;
  return (
    <>
      <strong>{loss?.toFixed(3) ?? '–'}</strong>
      {ends !== null && (
        <span class="muted">
          {' '}
          {ends[0].toFixed(3)} – {ends[1].toFixed(3)}
          {calibrated?.newRun == null ? '' : ' (calibrated)'}
        </span>
      )}
    </>
  );
}

/** Two to eight fits in one figure, and side by side. */
export function CompareView() {
  const { view } = address.value;
  const ids = view.kind === 'compare' ? view.ids : [];
  useEffect(
    () =>
      effect(() => {
        const { view: now, confidence: level, query } = address.value;
        if (now.kind !== 'compare') return;
        const key = JSON.stringify([now.ids, level]);
        if (key !== lastKey) loading.ask({ ids: now.ids, level });
        lastKey = key;
        asking.ask({ ids: now.ids, level, query });
      }),
    [],
  );
  const { value: error } = problem;
  if (error !== null)
    return (
      <Problem
        title="These fits cannot be compared"
        error={error}
        retry={() => {
          loading.ask({ ids, level: address.peek().confidence });
        }}
      />
    );
  const fits = compared.value.filter(({ id }) => ids.includes(id));
  const names = [...new Set(fits.flatMap(({ fit }) => Object.keys(fit.params)))];
  const data = [...new Set(fits.flatMap(({ request }) => request?.datasets ?? []))];
  return (
    <div class="center lone">
      <header class="fit-head">
        <h1>{ids.length} fits compared</h1>
        <p class="meta">{ids.join(' · ')}</p>
      </header>
      <section class="ask" aria-label="Prediction">
        <QueryBar />
      </section>
      <div class="lone-figure">
        <FigureCard
          id="overlay"
          title="Loss against compute"
          description="What each fit says that compute can buy at best, with its runs and its band."
          figure={overlay.value}
          wide
        />
      </div>
      <section aria-label="Coefficients" class="scroll" tabIndex={0}>
        <table class="side-by-side">
          <thead>
            <tr>
              <th scope="col">
                <span class="sr-only">Quantity</span>
              </th>
              {fits.map(({ id }) => (
                <th scope="col" key={id}>
                  <a href={linkTo({ kind: 'fit', id }) || '#'}>{id}</a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">law</th>
              {fits.map(({ id, fit }) => (
                <td key={id}>{fit.law}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">points</th>
              {fits.map(({ id, fit }) => (
                <td key={id}>
                  {fit.points === 0
                    ? 'published'
                    : `${fit.points.toLocaleString('en-US')} of ${fileName(fit.data.source)}`}
                </td>
              ))}
            </tr>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">
                  <i>{symbolOf(name)}</i>
                </th>
                {fits.map(({ id, fit }) => {
                  const param = fit.params[name] as FitDetail['fit']['params'][string] | undefined;
                  const text = param === undefined ? null : estimate(param.value, param.stderr);
                  return (
                    <td key={id}>
                      {text === null ? (
                        '–'
                      ) : (
                        <>
                          {text.value}
                          {text.error !== '' && <span class="muted"> ± {text.error}</span>}
                        </>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
            <tr>
              <th scope="row">
                <i>N*</i> exponent
              </th>
              {fits.map(({ id, fit }) => (
                <td key={id}>{fit.optimum?.paramsExponent.toFixed(3) ?? '–'}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">warnings</th>
              {fits.map(({ id, fit }) => (
                <td key={id}>{fit.warnings.length}</td>
              ))}
            </tr>
            <tr class="asked">
              <th scope="row">loss asked for</th>
              {fits.map(({ id, fit }) => (
                <td key={id} title={`${percent(fit.confidence)} interval`}>
                  <Answer id={id} />
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </section>
      {data.length > 1 && (
        <p>
          <button type="button" onClick={() => void startComparison(data)}>
            Compare their data sets: which scales better?
          </button>
        </p>
      )}
    </div>
  );
}
let lastKey = '';
