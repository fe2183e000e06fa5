import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import type { Forecast } from '../../../src/watch/forecast.ts';
import type { SweepDetail, WatchState } from '../contract.ts';
import { FigureCard } from '../figures/figureCard.tsx';
import { percent } from '../state/format.ts';
import { targetOf, targetText, watched, watchRun } from '../state/watch.ts';
import { Warnings } from './warnings.tsx';

/** The run that is looked at first: one in training, else the last that has begun. */
function firstRun({ runs }: Pick<SweepDetail, 'runs'>): string | undefined {
  const training = runs.find(({ status }) => status === 'training');
  return (training ?? runs.findLast(({ tokens }) => tokens > 0) ?? runs.at(0))?.name;
}

function Row({ name, forecast, missing }: { name: string; forecast: Forecast | null; missing: string | null }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number value">{forecast === null ? '–' : forecast.loss.toFixed(4)}</td>
      <td class="number">
        {forecast !== null && `${forecast.interval[0].toFixed(4)} – ${forecast.interval[1].toFixed(4)}`}
      </td>
      <td class="muted">{forecast?.by ?? missing}</td>
    </tr>
  );
}

/** A probability without more certainty than a forecast has. */
const chance = (probability: number): string =>
  probability > 0.99 ? 'more than 99%' : probability < 0.01 ? 'less than 1%' : `${(100 * probability).toFixed(0)}%`;

function Standing({ state }: { readonly state: WatchState }) {
  const { forecast, confidence, alarms, decision, registration, band } = state;
  const { own, curves, law, combined, missing } = forecast;
  return (
    <>
      <p class="meta">
        {registration !== null
          ? `Band registered ${registration.written}${registration.isLate ? ', late' : ''}, SHA-256 ${registration.sha256.slice(0, 16)}`
          : band === null
            ? 'Nothing was registered, and too few runs have ended for a law.'
            : 'Nothing was registered; the band is that of the other runs that have ended.'}
      </p>
      <div class="scroll" tabIndex={0} role="group" aria-label="Loss at the end">
        <table class="lines">
          <thead>
            <tr>
              <th scope="col">loss at the end</th>
              <th scope="col" class="number">
                loss
              </th>
              <th scope="col" class="number">
                {percent(confidence)} interval
              </th>
              <th scope="col">from</th>
            </tr>
          </thead>
          <tbody>
            <Row name="own curve" forecast={own} missing={missing.own} />
            <Row name="family curves" forecast={curves} missing={missing.curves} />
            <Row name="family law" forecast={law} missing={missing.law} />
            <Row name="together" forecast={combined} missing={null} />
          </tbody>
        </table>
      </div>
      {decision !== null && (
        <p>
          {decision.probability !== null && (
            <>
              Chance of {decision.target} or less: <strong>{chance(decision.probability)}</strong>.{' '}
            </>
          )}
          {decision.advice}
        </p>
      )}
      {alarms.length === 0 ? (
        <p class="hint">No alarm.</p>
      ) : (
        <ul class="warnings" aria-label="Alarms">
          {alarms.map(({ kind, message, remedy }) => (
            <li key={kind} class="error">
              <details open>
                <summary>
                  <strong>{kind}</strong> <span>{message}</span>
                </summary>
                <p>{remedy}</p>
              </details>
            </li>
          ))}
        </ul>
      )}
      <Warnings warnings={state.warnings} quiet />
    </>
  );
}

/** One run of a sweep against what was expected of it: forecast of its end, alarms, chance of a target, and the figure. */
export function WatchedRun({ detail, id }: { readonly detail: SweepDetail; readonly id: string }) {
  const chosen = useSignal<string | undefined>(undefined);
  const fields = useId();
  const run = chosen.value ?? firstRun(detail);
  const text = targetText.value;
  const target = targetOf(text);
  const own = detail.runs.find(({ name }) => name === run);
  // What others do changes the law and the curves that the run is held against.
  const ended = detail.runs.filter(({ status }) => status === 'done').length;
  useEffect(() => {
    if (run !== undefined) watchRun({ id, run, target });
  }, [id, run, target, own?.tokens, own?.status, ended]);
  if (run === undefined) return null;
  const now = watched.value?.id === id && watched.value.run === run ? watched.value : null;
  return (
    <section aria-label="Watched run" class="watched-run">
      <h2>One run</h2>
      <div class="watched-form">
        <label for={`${fields}-run`}>Run</label>
        <select
          id={`${fields}-run`}
          value={run}
          onChange={(event) => {
            chosen.value = event.currentTarget.value;
          }}
        >
          {detail.runs.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <label for={`${fields}-target`}>Target loss</label>
        <input
          id={`${fields}-target`}
          type="text"
          inputMode="decimal"
          size={8}
          placeholder="such as 2.5"
          value={text}
          aria-invalid={text.trim() !== '' && target === null}
          onInput={(event) => {
            targetText.value = event.currentTarget.value;
          }}
        />
      </div>
      {now?.error != null && <p class="watched-problem">{now.error.message}</p>}
      {now?.state != null && <Standing state={now.state} />}
      <FigureCard
        id="sweep-watch"
        title={`Run ${run}`}
        description="The loss of the run, what was expected of it, the forecast of its end, its target and its alarms; below, the norm of its gradient."
        figure={now?.figure ?? null}
        linked={false}
      />
    </section>
  );
}
