import { useEffect } from 'preact/hooks';
import { effect, signal, type Signal } from '@preact/signals';
import { formatQuantity, tryParseQuantity } from '../../../src/core/quantity.ts';
import { api } from '../api.ts';
import type { NextAnswer } from '../contract.ts';
import { FigureCard } from '../figures/figureCard.tsx';
import { address } from '../state/address.ts';
import { many, percent } from '../state/format.ts';
import { showAnswer } from '../state/loading.ts';
import { Latest } from '../state/refit.ts';
import { confidence, isLive, shown, viewedFit } from '../state/workspace.ts';
import { Slider } from './slider.tsx';

/** Target and budget as typed; until then a hundred times, and three times, the largest compute of the data. */
const target = signal<string | null>(null);
const budget = signal<string | null>(null);
const plan = signal<NextAnswer | null>(null);
const problem = signal<string | null>(null);
const isOpen = signal(false);

/** How far beyond the largest compute of the data the sliders go, as powers of ten. */
const reach = { target: [0, 4], budget: [-2, 2] } as const;
const usual = { target: 100, budget: 3 };

const largest = (): number | null => {
  const range = shown.value?.fit.data.ranges.flops;
  return range === undefined ? null : range[1];
};

const textOf = (typed: Signal<string | null>, factor: number): string =>
  typed.value ?? formatQuantity((largest() ?? NaN) * factor, 2);

const asking = new Latest<{ id: string; target: string; budget: string; level: number | null }>(
  ({ id, target: flops, budget: most, level }, abort) => {
    const request = { target: { flops }, budget: most, figure: true };
    const asked = api.nextRuns(id, { ...request, ...(level === null ? {} : { confidence: level }) }, abort);
    return showAnswer(asked, abort, { answer: plan, problem });
  },
);

const isRead = (text: string): boolean => (tryParseQuantity(text) ?? 0) > 0;

function Amount(properties: {
  readonly label: string;
  readonly typed: Signal<string | null>;
  readonly factor: number;
  readonly powers: readonly [number, number];
}) {
  const { label, typed, factor, powers } = properties;
  const base = largest();
  if (base === null) return null;
  const text = textOf(typed, factor);
  const value = tryParseQuantity(text) ?? NaN;
  const power = Math.log10(value / base);
  const place = Number.isFinite(power) ? (power - powers[0]) / (powers[1] - powers[0]) : 0;
  return (
    <Slider
      label={label}
      text={text}
      place={Math.min(1, Math.max(0, place))}
      placeholder="1e24"
      valueText={`${text} FLOP`}
      problem={isRead(text) ? undefined : 'A number of FLOP, such as 1e24.'}
      onPlace={(share) => {
        typed.value = formatQuantity(base * 10 ** (powers[0] + share * (powers[1] - powers[0])), 2);
      }}
      onText={(next) => {
        typed.value = next;
      }}
    />
  );
}

/** Half a width as per cent of the loss, or as it is where residuals are raw. */
const half = ({ scale }: NextAnswer, halfWidth: number): string =>
  scale === 'log' ? `±${(100 * halfWidth).toFixed(2)}%` : `±${halfWidth.toPrecision(3)}`;

function Plan({ found }: { readonly found: NextAnswer }) {
  const { before, after, rivals, runs } = found;
  return (
    <>
      <p>
        The {percent(confidence.value)} interval of the loss at the target goes from{' '}
        <strong>{half(found, before.halfWidth)}</strong> to <strong>{half(found, after.halfWidth)}</strong> with{' '}
        {many(runs.length, 'run')} for {formatQuantity(found.flops)} FLOP. Expected of the budget otherwise:{' '}
        {rivals.map(({ name, halfWidth }) => `${name} ${half(found, halfWidth)}`).join(', ')}.
      </p>
      {runs.length > 0 && (
        <div class="scroll">
          <table>
            <caption class="sr-only">Runs to train next</caption>
            <thead>
              <tr>
                {['run', 'parameters', 'tokens', 'tokens/param', 'FLOP', 'interval then', 'saves'].map((name) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.run}>
                  <th scope="row" class="number">
                    {run.run}
                  </th>
                  <td class="number value">{formatQuantity(run.params)}</td>
                  <td class="number value">{formatQuantity(run.tokens)}</td>
                  <td class="number">{formatQuantity(run.tokensPerParam)}</td>
                  <td class="number">{formatQuantity(run.flops)}</td>
                  <td class="number">{half(found, run.after)}</td>
                  <td class="number muted">{(100 * run.saves).toFixed(1)}%</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.warnings.map(({ code, message }) => (
        <p key={code} class="hint">
          {message}
        </p>
      ))}
      {found.figure !== undefined && (
        <FigureCard
          id="next"
          title="Which runs next"
          description="Known runs, the runs to buy and the target over size and tokens."
          figure={found.figure}
          linked={false}
          wide
        />
      )}
    </>
  );
}

/** A target and a budget, and the runs that would tell most about it. */
export function Next() {
  useEffect(
    () =>
      effect(() => {
        const [id, level] = [viewedFit.value, address.value.confidence];
        const asked = { target: textOf(target, usual.target), budget: textOf(budget, usual.budget) };
        if (id === null || isLive.value || !isOpen.value || shown.value?.fit.optimum == null) return;
        if (largest() === null || !isRead(asked.target) || !isRead(asked.budget)) return;
        asking.ask({ id, ...asked, level });
      }),
    [],
  );
  if (shown.value?.fit.optimum == null || isLive.value || largest() === null) return null;
  return (
    <details
      class="allocate next"
      open={isOpen.value}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>
        <h2>Which runs next</h2>
      </summary>
      <Amount label="Target, FLOP" typed={target} factor={usual.target} powers={reach.target} />
      <Amount label="Budget, FLOP" typed={budget} factor={usual.budget} powers={reach.budget} />
      {problem.value !== null && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {plan.value !== null && <Plan found={plan.value} />}
    </details>
  );
}
