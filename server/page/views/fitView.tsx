import { laws } from 'virtual:tables';
import { Answer } from '../parts/answer.tsx';
import { Coefficients } from '../parts/coefficients.tsx';
import { ConfidenceSlider, Controls } from '../parts/controls.tsx';
import { FitActions } from '../parts/fitActions.tsx';
import { QueryBar } from '../parts/queryBar.tsx';
import { Report } from '../parts/report.tsx';
import { Warnings } from '../parts/warnings.tsx';
import { FigureGrid, FigureSwitches } from '../figures/figureGrid.tsx';
import { Run } from '../parts/run.tsx';
import { Allocate } from '../parts/allocate.tsx';
import { PlanRun } from '../parts/planRun.tsx';
import { Next } from '../parts/next.tsx';
import { Problem } from '../parts/problem.tsx';
import { Study } from '../parts/study.tsx';
import { Mapping } from '../parts/mapping.tsx';
import { fileName, many } from '../state/format.ts';
import { reload, refitProblem } from '../state/engine.ts';
import { address } from '../state/address.ts';
import type { FitJson } from '../contract.ts';
import { base, dataset, isLive, saved, shown, viewedFit } from '../state/workspace.ts';

/** What a status means for the reader. */
function explain({ status, seeds, points }: FitJson): string {
  if (status === 'stalled') return 'The optimiser did not reach an optimum. Do not use these numbers.';
  if (status === 'degenerate')
    return 'The optimum, but the data do not determine every parameter: the warnings say which.';
  if (points === 0 || seeds.tried === 0) return 'Coefficients as published, not fitted here.';
  return seeds.reached === seeds.tried
    ? `All ${String(seeds.tried)} starting points lead to this optimum.`
    : `${String(seeds.reached)} of ${String(seeds.tried)} starting points lead to this optimum, the lowest.`;
}

function Heading() {
  const id = viewedFit.value;
  const { value } = shown;
  const law = laws.find((one) => one.id === value?.fit.law);
  const data = value?.fit.data;
  const isData = address.value.view.kind === 'data';
  return (
    <header class="fit-head">
      <div class="title-row">
        <h1>
          {isData ? (dataset.value?.name ?? 'Data set') : (id ?? '')}
          {isLive.value && <span class="tag live">{isData ? 'not saved' : 'changed, not saved'}</span>}
        </h1>
        <FitActions />
      </div>
      {value !== null && data !== undefined && (
        <>
          <p class="meta">
            {law?.title ?? value.fit.law}
            {value.fit.points > 0 && ` · ${many(value.fit.points, 'point')} of ${fileName(data.source)}`}
            {data.rows > value.fit.points &&
              value.fit.points > 0 &&
              `, ${(data.rows - value.fit.points).toLocaleString('en-US')} left out`}
          </p>
          <p class="status">
            <strong class={value.fit.status}>{value.fit.status}</strong> {explain(value.fit)}{' '}
            {value.fit.warnings.length > 0 && (
              <button
                type="button"
                class="jump"
                onClick={() => {
                  const section = document.getElementById('warnings');
                  section?.scrollIntoView();
                  section?.focus({ preventScroll: true });
                }}
              >
                {many(value.fit.warnings.length, 'warning')}
              </button>
            )}
          </p>
          <Warnings warnings={value.fit.warnings.filter(({ level }) => level === 'error')} quiet />
        </>
      )}
    </header>
  );
}

function Side() {
  const hasControls = base.value !== null;
  const { value } = saved.value;
  return (
    <aside class="side" aria-label="Settings of the fit">
      <details class="side-fold" open={matchMedia('(min-width: 70rem)').matches}>
        <summary>
          <h2>Refit</h2>
        </summary>
        {hasControls ? (
          <Controls />
        ) : (
          <div class="controls">
            <ConfidenceSlider />
            {value !== null && (
              <p class="hint">
                {value.fit.points === 0
                  ? 'These coefficients come from a paper, without data to fit again.'
                  : `To fit again with other settings, add ${fileName(value.fit.data.source)} to the data sets.`}
              </p>
            )}
          </div>
        )}
        {hasControls && <Study />}
      </details>
    </aside>
  );
}

/** A fit, saved or made while one looks: what it says, how sure that is, and what speaks against it. */
export function FitView() {
  const { error } = saved.value;
  const { value } = shown;
  const isData = address.value.view.kind === 'data';
  if (error !== null && !isData) return <Problem title="This fit cannot be shown" error={error} retry={reload} />;
  const problem = refitProblem.value;
  const needsMapping = isData && value === null && (dataset.value?.problem != null || problem !== null);
  return (
    <div class="workspace">
      <div class="center">
        <Heading />
        {needsMapping ? (
          <Mapping />
        ) : (
          <>
            <section class="ask" aria-label="Prediction">
              <QueryBar />
              <Answer />
            </section>
            <Run />
            <FigureGrid part="first" />
            {value === null ? (
              <section class="summary" aria-busy="true" aria-label="Loading">
                <div class="skeleton block" />
                <div class="skeleton block" />
              </section>
            ) : (
              <div class="summary">
                <section aria-label="Coefficients">
                  <h2>Coefficients</h2>
                  <Coefficients fit={value.fit} />
                </section>
                <section aria-label="Warnings" id="warnings" tabIndex={-1}>
                  <h2>
                    What speaks against it <span class="count">{value.fit.warnings.length}</span>
                  </h2>
                  <Warnings warnings={value.fit.warnings} />
                </section>
              </div>
            )}
            <FigureSwitches />
            <FigureGrid part="others" />
            {value !== null && <Allocate />}
            {value !== null && <PlanRun />}
            {value !== null && <Next />}
            {value !== null && <Report report={value.report} command={value.command} />}
          </>
        )}
      </div>
      <Side />
    </div>
  );
}
