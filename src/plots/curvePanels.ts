import { fixedPercent } from '../core/percent.ts';
import type { Warning } from '../core/warnings.ts';
import type { Schedule } from '../laws/curve/schedule.ts';
import { linearAxis, padLinear } from './axis.ts';
import { bandTrace } from './band.ts';
import { plain, type Figure, type PlainObject } from './figure.ts';
import { extent } from './plane.ts';
import { baseConfig, baseLayout, palette, theme } from './theme.ts';

/** A predicted curve, and the measured one where there is one. */
export interface CurvePanel {
  readonly curve: {
    readonly schedule: Schedule;
    readonly points: readonly {
      readonly step: number;
      readonly loss: number;
      readonly interval: readonly [number, number] | null;
    }[];
    readonly confidence?: number;
    readonly warnings?: readonly Warning[];
  };
  readonly measured: { readonly step: readonly number[]; readonly loss: readonly number[] } | null;
}

/** Panels side by side, and shares of the height that lie between the rows of panels and between losses and residuals. */
const columns = 3;
const gaps = { across: 0.05, inside: 0.012 };
/** Height between two rows of panels, for the ticks of one and the title of the next. */
const between = 64;
const residualShare = 0.3;
const rowHeight = 270;
/** A panel that draws more would only hide its points. */
const mostPoints = 400;
/** The first part of a curve, whose losses would leave no room for the rest. */
const steepPart = 0.2;

/**
 * Predicted and measured loss over steps, a panel for each schedule, all of them on one scale of the loss. Below each stands
 * by how many per cent the measured loss is above the prediction.
 *
 * @example
 * ```ts
 * const curve = predictCurve(curveFit, parseSchedule('cosine:steps=24000,peak=3e-4,warmup=2160'));
 * curvePanels([{ curve, measured: { step: [12000, 24000], loss: [3.45, 3.31] } }]).data.length > 1; // true
 * ```
 */
export function curvePanels(panels: readonly CurvePanel[], title = 'Loss curves by learning-rate schedule'): Figure {
  const across = Math.min(columns, panels.length);
  const down = Math.ceil(panels.length / across);
  const losses = extent(panels.flatMap((panel) => latePart(panel)));
  const misses = panels.flatMap((panel) => residualsOf(panel).map(({ percent }) => percent));
  const most = Math.max(
    0.1,
    ...misses
      .map(Math.abs)
      .sort((a, b) => a - b)
      .slice(0, Math.ceil(0.995 * misses.length)),
  );
  const parts = panels.map((panel, k) => panelParts(panel, k, { across, down, losses, most }));
  const isBanded = panels.some(({ curve }) => curve.points.some(({ interval }) => interval !== null));
  const confidence = panels.find(({ curve }) => curve.confidence !== undefined)?.curve.confidence;
  return {
    data: parts.flatMap(({ data }) => data),
    layout: baseLayout({
      title,
      subtitle: [
        'dots: measured, lines: predicted',
        ...(isBanded && confidence !== undefined
          ? [`bands: ${fixedPercent(confidence, 0)} intervals of the law's mean`]
          : []),
        'below: measured / predicted - 1; above: mean error',
      ].join('; '),
      height: 130 + rowHeight * down,
      rest: {
        ...Object.fromEntries(parts.flatMap(({ axes }) => Object.entries(axes))),
        annotations: parts.flatMap(({ annotations }) => annotations),
        showlegend: false,
        margin: { l: 64, r: 20, t: 96, b: 60 },
      },
    }),
    config: baseConfig,
  };
}

interface Place {
  readonly across: number;
  readonly down: number;
  readonly losses: readonly [number, number];
  readonly most: number;
}

function panelParts(panel: CurvePanel, k: number, { across, down, losses, most }: Place) {
  const { curve, measured } = panel;
  const [column, row] = [k % across, Math.floor(k / across)];
  const [lossAxis, missAxis] = [2 * k + 1, 2 * k + 2].map((n) => (n === 1 ? '' : String(n)));
  const width = (1 - gaps.across * (across - 1)) / across;
  const gap = down === 1 ? 0 : between / (rowHeight * down);
  const height = (1 - gap * (down - 1)) / down;
  const left = column * (width + gaps.across);
  // Of the lowest row rounding would leave a hair below 0, which Plotly refuses.
  const bottom = Math.max(0, 1 - (row + 1) * height - row * gap);
  const middle = bottom + residualShare * height;
  const isLowest = k + across >= Math.ceil(down * across) || row === down - 1;
  const steps = curve.points.map(({ step }) => step);
  const range = [0, Math.max(...steps)] as const;
  const x = {
    ...linearAxis({ quantity: 'steps', range, title: isLowest ? 'Step' : '', most: 4 }),
    domain: [left, left + width],
  };
  const missTicks = ticksOf(most);
  const residuals = residualsOf(panel);
  const dots = thinned(measured?.step.map((step, i) => ({ step, loss: measured.loss[i] })) ?? []);
  const on = (axis: string): PlainObject => ({ xaxis: `x${axis}`, yaxis: `y${axis}` });
  // Relative to the measured loss, as errors of predictions are.
  const mean =
    residuals.reduce((sum, { percent }) => sum + Math.abs(percent / (1 + percent / 100)), 0) / residuals.length;
  const note = residuals.length === 0 ? '' : `: ${mean.toFixed(3)}%`;
  const lower = curve.points.map(({ interval, loss }) => interval?.[0] ?? loss);
  const upper = curve.points.map(({ interval, loss }) => interval?.[1] ?? loss);
  const data: PlainObject[] = [
    ...(curve.points.every(({ interval }) => interval === null)
      ? []
      : bandTrace(steps, lower, upper, { name: 'interval', fillcolor: palette.band, ...on(lossAxis) })),
    ...(dots.length === 0
      ? []
      : [
          {
            type: 'scatter',
            mode: 'markers',
            name: 'measured',
            x: plain(dots.map(({ step }) => step)),
            y: plain(dots.map(({ loss }) => loss)),
            marker: { color: palette.data, size: 4.5, opacity: 0.45 },
            ...on(lossAxis),
          },
        ]),
    {
      type: 'scatter',
      mode: 'lines',
      name: 'predicted',
      x: plain(steps),
      y: plain(curve.points.map(({ loss }) => loss)),
      line: { color: palette.law, width: 1.4 },
      ...on(lossAxis),
    },
    ...(residuals.length === 0
      ? []
      : [
          {
            type: 'scatter',
            mode: 'lines',
            name: 'residual',
            x: plain(residuals.map(({ step }) => step)),
            y: plain(residuals.map(({ percent }) => Math.max(-most, Math.min(most, percent)))),
            line: { color: palette.data, width: 1.2 },
            ...on(missAxis),
          },
        ]),
  ];
  const hasResiduals = residuals.length > 0;
  return {
    data,
    axes: {
      [`xaxis${lossAxis}`]: hasResiduals
        ? { ...x, anchor: `y${lossAxis}`, showticklabels: false, ticks: '', title: { text: '' } }
        : { ...x, anchor: `y${lossAxis}` },
      [`yaxis${lossAxis}`]: {
        ...linearAxis({
          quantity: 'loss',
          range: padLinear(losses),
          title: column === 0 ? 'Loss (nats per token)' : '',
          most: 5,
        }),
        domain: [hasResiduals ? middle + gaps.inside : bottom, bottom + height],
        anchor: `x${lossAxis}`,
      },
      ...(hasResiduals
        ? {
            [`xaxis${missAxis}`]: { ...x, anchor: `y${missAxis}` },
            [`yaxis${missAxis}`]: {
              ...theme.axis,
              range: [-1.1 * most, 1.1 * most],
              tickvals: missTicks,
              ticktext: missTicks.map((tick) => String(tick).replace('-', '\u2212')),
              zeroline: true,
              zerolinecolor: palette.muted,
              title: { ...theme.axisTitle, text: column === 0 ? '%' : '' },
              domain: [bottom, middle - gaps.inside],
              anchor: `x${missAxis}`,
            },
          }
        : {}),
    },
    annotations: [
      {
        ...theme.note,
        font: { ...theme.note.font, size: 11.5 },
        text: `<b>${shortName(curve.schedule.name)}</b>${note}`,
        xref: `x${lossAxis} domain`,
        yref: `y${lossAxis} domain`,
        x: 0,
        y: 1,
        xanchor: 'left',
        yanchor: 'bottom',
        bgcolor: 'rgba(255, 255, 255, 0)',
      },
    ],
  };
}

/** A name that fits above a panel. */
const shortName = (name: string): string => (name.length > 28 ? `${name.slice(0, 27)}\u2026` : name);

/** By how many per cent the measured losses are above the predictions. */
function residualsOf({ curve, measured }: CurvePanel): { readonly step: number; readonly percent: number }[] {
  if (measured === null) return [];
  const at = new Map(curve.points.map(({ step, loss }) => [step, loss]));
  const all = measured.step.flatMap((step, i) => {
    const predicted = at.get(step);
    return predicted === undefined ? [] : [{ step, percent: 100 * (measured.loss[i] / predicted - 1) }];
  });
  return thinned(all);
}

/** Losses after the steep part of a curve. */
function latePart({ curve, measured }: CurvePanel): number[] {
  const last = curve.points.at(-1)?.step ?? 0;
  const isLate = (step: number): boolean => step >= steepPart * last;
  return [
    ...curve.points.filter(({ step }) => isLate(step)).map(({ loss }) => loss),
    ...(measured?.loss.filter((_, i) => isLate(measured.step[i])) ?? []),
  ];
}

function thinned<T>(rows: readonly T[]): T[] {
  const every = Math.max(1, Math.ceil(rows.length / mostPoints));
  return rows.filter((_, i) => i % every === 0 || i === rows.length - 1);
}

/** A round number below the end of an axis, its negative, and zero. */
function ticksOf(most: number): number[] {
  const unit = 10 ** Math.floor(Math.log10(most));
  const tick = [5, 2, 1].map((k) => k * unit).find((value) => value <= most) ?? unit;
  const round = Number(tick.toPrecision(1));
  return [-round, 0, round];
}
