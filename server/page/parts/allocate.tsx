import { useEffect } from 'preact/hooks';
import { effect, signal } from '@preact/signals';
import { formatQuantity, tryParseQuantity } from '../../../src/core/quantity.ts';
import { api } from '../api.ts';
import type { Allocation } from '../contract.ts';
import { Latest } from '../state/refit.ts';
import { showAnswer } from '../state/loading.ts';
import { percent } from '../state/format.ts';
import { address } from '../state/address.ts';
import { confidence, isLive, shown, viewedFit } from '../state/workspace.ts';
import { answer } from '../state/engine.ts';

const budget = signal('5.76e23');
const plan = signal<Allocation | null>(null);
const problem = signal<string | null>(null);

const asking = new Latest<{ id: string; flops: string; level: number | null }>(({ id, flops, level }, abort) => {
  const asked = api.allocate(id, { flops, ...(level === null ? {} : { confidence: level }) }, abort);
  return showAnswer(asked, abort, { answer: plan, problem });
});

const ends = (interval: readonly [number, number] | null): string =>
  interval === null ? '–' : `${formatQuantity(interval[0])} – ${formatQuantity(interval[1])}`;

/** A budget of compute, and the model and tokens that it should buy. */
export function Allocate() {
  useEffect(
    () =>
      effect(() => {
        const [id, flops, level] = [viewedFit.value, budget.value, address.value.confidence];
        const isRead = (tryParseQuantity(flops) ?? 0) > 0;
        if (id === null || isLive.value || !isRead || shown.value?.fit.optimum == null) return;
        asking.ask({ id, flops, level });
      }),
    [],
  );
  const fit = shown.value?.fit;
  if (fit?.optimum == null) return null;
  const found = plan.value;
  const asked = answer.value?.point.flops;
  return (
    <section class="allocate" aria-labelledby="allocate-title">
      <h2 id="allocate-title">Spend a budget</h2>
      {isLive.value ? (
        <p class="hint">Ask the query bar for compute alone; a saved fit gives intervals for size and tokens here.</p>
      ) : (
        <>
          <div class="row">
            <label for="budget">Compute, FLOP</label>
            <input
              id="budget"
              type="text"
              value={budget.value}
              spellcheck={false}
              aria-invalid={problem.value !== null}
              onInput={({ currentTarget }) => {
                budget.value = currentTarget.value;
              }}
            />
            {asked !== undefined && asked !== budget.value && (
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  budget.value = asked;
                }}
              >
                Take {asked} from the query
              </button>
            )}
          </div>
          {problem.value !== null && (
            <p class="problem" role="alert">
              {problem.value}
            </p>
          )}
          {found !== null && (
            <table>
              <caption class="sr-only">Best model for the budget</caption>
              <thead>
                <tr>
                  <th scope="col">
                    <span class="sr-only">Quantity</span>
                  </th>
                  <th scope="col" class="number">
                    best
                  </th>
                  <th scope="col" class="number">
                    {percent(confidence.value)} interval
                  </th>
                </tr>
              </thead>
              <tbody>
                {(
                  [
                    ['parameters', 'params'],
                    ['tokens', 'tokens'],
                    ['tokens per parameter', 'tokensPerParam'],
                  ] as const
                ).map(([name, key]) => (
                  <tr key={key}>
                    <th scope="row">{name}</th>
                    <td class="number value">{formatQuantity(found[key])}</td>
                    <td class="number muted">{ends(found.intervals[key])}</td>
                  </tr>
                ))}
                <tr>
                  <th scope="row">loss</th>
                  <td class="number value">{found.loss.toFixed(3)}</td>
                  <td class="number muted">
                    {found.intervals.loss === null
                      ? '–'
                      : `${found.intervals.loss[0].toFixed(3)} – ${found.intervals.loss[1].toFixed(3)}`}
                  </td>
                </tr>
              </tbody>
            </table>
          )}
        </>
      )}
    </section>
  );
}
