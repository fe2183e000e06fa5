import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { laws } from 'virtual:tables';
import { startBacktest } from '../state/study.ts';
import { built, settings } from '../state/workspace.ts';

/** What the largest runs are the largest by. */
const holdouts = [
  ['flops', 'compute'],
  ['size', 'model size'],
  ['tokens', 'tokens'],
] as const;
type Holdout = (typeof holdouts)[number][0];

/** How far a law could have been trusted: fitted below cuts, asked about the runs beyond. */
export function Study() {
  const id = useId();
  const holdout = useSignal<Holdout>('flops');
  const rival = useSignal('');
  const isMatrix = useSignal(false);
  const request = built.value?.request;
  const law = settings.value?.law ?? '';
  const start = (): void => {
    if (request === undefined) return;
    const others = rival.value === '' ? {} : { laws: [law, rival.value] };
    void startBacktest(request, isMatrix.value ? { matrix: true } : { holdout: holdout.value, ...others });
  };
  return (
    <section class="controls study" aria-labelledby={id}>
      <h3 id={id}>Backtest</h3>
      <p class="hint">Fit the small runs, predict the large ones, and see how far off that was.</p>
      <div class="setting">
        <label for={`${id}-kind`}>Hold out the largest by</label>
        <select
          id={`${id}-kind`}
          value={isMatrix.value ? 'matrix' : holdout.value}
          onChange={({ currentTarget }) => {
            isMatrix.value = currentTarget.value === 'matrix';
            const chosen = holdouts.find(([name]) => name === currentTarget.value);
            if (chosen !== undefined) holdout.value = chosen[0];
          }}
        >
          {holdouts.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
          <option value="matrix">matrix of sizes and shares</option>
        </select>
      </div>
      {!isMatrix.value && (
        <div class="setting">
          <label for={`${id}-law`}>Against</label>
          <select
            id={`${id}-law`}
            value={rival.value}
            onChange={({ currentTarget }) => {
              rival.value = currentTarget.value;
            }}
          >
            <option value="">no other law</option>
            {laws
              .filter((one) => one.id !== law)
              .map((one) => (
                <option key={one.id} value={one.id}>
                  {one.id}
                </option>
              ))}
          </select>
        </div>
      )}
      <button type="button" disabled={request === undefined} onClick={start}>
        Backtest
      </button>
    </section>
  );
}
