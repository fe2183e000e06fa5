import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatQuantity } from '../../../src/core/quantity.ts';
import type { PredictionJson } from '../contract.ts';
import { answer } from '../state/engine.ts';
import { decimalsFor, many, percent } from '../state/format.ts';
import { spoken } from '../state/messages.ts';
import { confidence } from '../state/workspace.ts';
import { IntervalStrip, type Span } from './intervals.tsx';
import { Warnings } from './warnings.tsx';

type PredictedPoint = PredictionJson['points'][number];

/** The predicted value: the loss, or whatever else the law predicts. */
function valueOf({ response = 'loss' }: PredictionJson, point: PredictedPoint): number {
  return (point as unknown as Readonly<Record<string, number>>)[response];
}

/** How far the point lies from the data in each quantity, as words and as the number of decades beyond. */
function distances({ extrapolation }: PredictedPoint): { name: string; text: string; decades: number }[] {
  const words = { flops: 'compute', params: 'parameters', tokens: 'tokens' } as const;
  return (['flops', 'params', 'tokens'] as const).flatMap((name) => {
    const factor = extrapolation[name];
    if (factor === null) return [];
    const text =
      factor === 1
        ? 'inside the data'
        : factor > 1
          ? `${formatQuantity(factor)}× the largest`
          : `1/${formatQuantity(1 / factor)} of the smallest`;
    return [{ name: words[name], text, decades: Math.abs(Math.log10(factor)) }];
  });
}

function spansOf(point: PredictedPoint, value: number, level: string): Span[] {
  const { interval, calibrated } = point;
  const spans: Span[] = [];
  if (interval !== null)
    spans.push({ name: `${level} for the law's coefficients`, ends: interval, middle: value, kind: 'plain' });
  if (calibrated?.newRun != null)
    spans.push({
      name: `${level} for a new run, calibrated`,
      ends: calibrated.newRun,
      middle: calibrated.loss ?? value,
      kind: 'calibrated',
    });
  return spans;
}

function decimalsOf(spans: readonly Span[]): number {
  const widths = spans.map(({ ends }) => (ends[1] - ends[0]) / 4).filter((width) => width > 0);
  return widths.length === 0 ? 3 : Math.max(3, Math.min(6, decimalsFor(Math.min(...widths))));
}

function Support({ point }: { readonly point: PredictedPoint }) {
  const { calibrated, interval } = point;
  if (interval === null && calibrated === null)
    return <p class="hint">This fit has no intervals: it has no data or no covariance.</p>;
  if (calibrated === null)
    return (
      <p class="hint">
        No backtests support this interval: it holds the coefficients' error alone, if the law is right.
      </p>
    );
  const { backtests, runs, widening } = calibrated;
  return (
    <p class="hint">
      {backtests === 0
        ? 'No backtest reached so far: the calibrated interval is a guess.'
        : `${many(backtests, 'backtest')} on ${many(runs, 'run')} at a comparable distance support the calibrated interval; they ask for ${formatQuantity(widening, 2)}× the estimated width.`}
    </p>
  );
}

/** The answer to the query bar. */
export function Answer() {
  useEffect(
    () =>
      effect(() => {
        const found = answer.value;
        if (found === null) return;
        const [point] = found.prediction.points;
        const value = valueOf(found.prediction, point);
        const [first] = spansOf(point, value, percent(confidence.peek())) as (Span | undefined)[];
        spoken.value = `${found.prediction.response ?? 'loss'} ${value.toFixed(3)}${first === undefined ? '' : `, interval ${first.ends[0].toFixed(3)} to ${first.ends[1].toFixed(3)}`}`;
      }),
    [],
  );
  const found = answer.value;
  if (found === null) return null;
  const { prediction, point: asked } = found;
  const [point] = prediction.points;
  const value = valueOf(prediction, point);
  const spans = spansOf(point, value, percent(confidence.value));
  const decimals = decimalsOf(spans);
  const isOptimal =
    asked.flops !== undefined && asked.params === undefined && asked.tokens === undefined && point.params !== null;
  const facts: [string, string][] = [];
  const best = isOptimal ? 'best ' : '';
  if (point.params !== null) facts.push([`${best}parameters`, formatQuantity(point.params)]);
  if (point.tokens !== null) facts.push([`${best}tokens`, formatQuantity(point.tokens)]);
  if (point.params !== null && point.tokens !== null)
    facts.push(['tokens per parameter', formatQuantity(point.tokens / point.params)]);
  if (point.flops !== null) facts.push(['compute', `${formatQuantity(point.flops)} FLOP`]);
  return (
    <div class="answer" id="answer">
      <p class="big">
        <span class="what">{prediction.response ?? 'loss'}</span>
        <output for="query" data-value={value} title={String(value)}>
          {value.toFixed(decimals)}
        </output>
      </p>
      <div class="answer-intervals">
        {spans.length > 0 && <IntervalStrip spans={spans} decimals={decimals} />}
        <Support point={point} />
      </div>
      <dl class="facts">
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <Distance point={point} />
      <Warnings warnings={prediction.warnings} quiet />
    </div>
  );
}

function Distance({ point }: { readonly point: PredictedPoint }) {
  const found = distances(point);
  if (found.length === 0) return null;
  const far = Math.max(1, ...found.map(({ decades }) => decades));
  return (
    <dl class="distance" aria-label="Distance beyond the data">
      {found.map(({ name, text, decades }) => (
        <div key={name} class={decades === 0 ? 'inside' : decades > 1 ? 'far' : 'beyond'}>
          <dt>{name}</dt>
          <dd>
            <span class="distance-track" aria-hidden="true">
              <span style={{ width: `${((100 * decades) / far).toFixed(1)}%` }} />
            </span>
            {text}
          </dd>
        </div>
      ))}
    </dl>
  );
}
