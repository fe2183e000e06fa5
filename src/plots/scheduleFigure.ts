import type { Schedule } from '../laws/curve/schedule.ts';
import { scheduleRates } from '../laws/curve/scheduleRates.ts';
import { linearAxis, padLinear } from './axis.ts';
import { plain, type Figure, type PlainObject } from './figure.ts';
import { extent } from './plane.ts';
import { baseConfig, baseLayout, series, theme } from './theme.ts';

/** A schedule with the curve that is predicted along it. */
export interface DrawnSchedule {
  readonly name: string;
  readonly schedule: Schedule;
  readonly points: readonly { readonly step: number; readonly loss: number }[];
  /** Loss at its last step. */
  readonly loss: number;
  /** How much lower the first schedule ends, as text with its interval; none for the first. */
  readonly gain?: string;
}

const panels = { gap: 0.1, height: 460 };
const samples = 600;
/** Losses before this part of the steps would leave no room for the differences. */
const latePart = 0.35;

/**
 * Learning-rate schedules side by side, and the loss that is predicted along each.
 *
 * @param schedules - the best one first
 * @example
 * ```ts
 * const schedule = parseSchedule('cosine:steps=2400,peak=3e-4,warmup=216');
 * const { points, final } = predictCurve(curveFit, schedule);
 * scheduleFigure([{ name: 'cosine', schedule, points, loss: final.loss }]).data.length; // 2
 * ```
 */
export function scheduleFigure(schedules: readonly DrawnSchedule[], subtitle = ''): Figure {
  const last = Math.max(...schedules.map(({ points }) => points.at(-1)?.step ?? 0));
  const late = extent(
    schedules.flatMap(({ points }) => points.filter(({ step }) => step >= latePart * last).map(({ loss }) => loss)),
  );
  const half = (1 - panels.gap) / 2;
  const rates = schedules.map(({ schedule }) => ratesOf(schedule));
  const traces = schedules.flatMap(({ name, points, loss, gain }, k): PlainObject[] => {
    const { color, dash } = series[k % series.length];
    const line = { color, dash, width: k === 0 ? 2.6 : 1.8 };
    const label = `${name}: ${loss.toFixed(4)}${gain === undefined ? '' : ` (${gain})`}`;
    return [
      { type: 'scatter', mode: 'lines', name: label, ...rates[k], line, xaxis: 'x', yaxis: 'y' },
      {
        type: 'scatter',
        mode: 'lines',
        name: label,
        showlegend: false,
        x: plain(points.map(({ step }) => step)),
        y: plain(points.map((point) => point.loss)),
        line,
        xaxis: 'x2',
        yaxis: 'y2',
      },
    ];
  });
  const peak = Math.max(...rates.flatMap(({ y }) => y.map((rate) => rate ?? 0)));
  const x = (domain: readonly [number, number], from: number): PlainObject => ({
    ...linearAxis({ quantity: 'steps', range: [from, last], title: 'Step', most: 6 }),
    domain,
  });
  const rateTicks = ticksTo(peak);
  return {
    data: traces,
    layout: baseLayout({
      title: 'Learning-rate schedules and the loss predicted along them',
      subtitle,
      height: panels.height,
      rest: {
        xaxis: { ...x([0, half], 0), anchor: 'y' },
        yaxis: {
          ...theme.axis,
          range: [0, 1.05 * peak],
          tickvals: rateTicks,
          ticktext: rateTicks.map((rate) => (rate === 0 ? '0' : rate.toExponential(0).replace('e-', 'e\u2212'))),
          title: { ...theme.axisTitle, text: 'Learning rate' },
        },
        xaxis2: { ...x([1 - half, 1], latePart * last), anchor: 'y2' },
        yaxis2: {
          ...linearAxis({
            quantity: 'loss',
            range: padLinear(late),
            title: 'Predicted loss (nats per token)',
            most: 6,
          }),
          anchor: 'x2',
        },
      },
    }),
    config: baseConfig,
  };
}

/** The rates of a schedule at some hundred of its steps, every corner among them. */
function ratesOf(schedule: Schedule): { readonly x: (number | null)[]; readonly y: (number | null)[] } {
  const rates = scheduleRates(schedule);
  const every = Math.max(1, Math.floor(rates.length / samples));
  const peak = rates.reduce((high, rate) => Math.max(high, rate), 0);
  const isCorner = (s: number): boolean =>
    s > 0 && s + 1 < rates.length && Math.abs(rates[s + 1] - 2 * rates[s] + rates[s - 1]) > 1e-3 * peak;
  const steps = Array.from(rates.keys()).filter((s) => s % every === 0 || s === rates.length - 1 || isCorner(s));
  return { x: plain(steps), y: plain(steps.map((s) => rates[s])) };
}

/** Round values from 0 to a peak. */
function ticksTo(peak: number): number[] {
  const unit = 10 ** Math.floor(Math.log10(peak));
  const step = [0.2, 0.5, 1, 2].map((k) => k * unit).find((value) => peak / value <= 5) ?? unit;
  return Array.from({ length: Math.floor(peak / step) + 1 }, (_, k) => Number((k * step).toPrecision(3)));
}
