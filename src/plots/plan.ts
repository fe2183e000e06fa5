import { formatQuantity } from '../core/quantity.ts';
import type { Plan } from '../plan/budget/plan.ts';
import { formatPercent } from '../report/paramsText.ts';
import { logAxis, padLinear, linearAxis } from './axis.ts';
import { bandTrace } from './band.ts';
import { plain, type Figure, type PlainObject } from './figure.ts';
import { baseConfig, baseLayout, palette, series, theme } from './theme.ts';

/** The name of the figure, and what it shows. */
export const planFigureTitle = {
  id: 'plan',
  title: 'The choice of size',
  description:
    'What each model size reaches (or costs) with the best tokens that the limits leave it, and which sizes are nearly as good.',
} as const;

/** Losses further above the best than this are left out of view: they decide nothing. */
const shownAbove = 0.06;

const costTitles = {
  flops: 'Cost of training and serving (FLOP)',
  acceleratorHours: 'Cost of training and serving (accelerator hours)',
  money: 'Cost of training and serving',
} as const;

/**
 * The choice of size: above, what each size reaches (or costs) with the best tokens that the limits leave it, with the sizes
 * that are nearly as good; below, these tokens.
 *
 * @example
 * ```ts
 * planFigure(planRun(fit, { flops: 5.76e23 })).data.length > 0; // true
 * ```
 */
export function planFigure(plan: Plan): Figure {
  const { frontier, nearOptimal, goal } = plan;
  const isLoss = goal === 'loss';
  const value = isLoss ? frontier.loss : frontier.cost;
  const best = isLoss ? plan.loss : (plan.cost[plan.currency] ?? NaN);
  const shown = frontier.params
    .map((_, j) => ({ j }))
    .filter(({ j }) => value[j] <= best * (1 + (isLoss ? shownAbove : 1)));
  const pick = (column: readonly number[]): number[] => shown.map(({ j }) => column[j]);
  const x = pick(frontier.params);
  const y = pick(value);
  const hover = shown.map(
    ({ j }) =>
      `${formatQuantity(frontier.params[j])} parameters, ${formatQuantity(frontier.tokens[j])} tokens<br>loss ${frontier.loss[j].toFixed(4)}`,
  );
  const lower = isLoss && frontier.lower !== null ? pick(frontier.lower) : null;
  const upper = isLoss && frontier.upper !== null ? pick(frontier.upper) : null;
  // The band is often much wider than what decides between sizes; where it would squeeze the curve it is cut.
  const bottom = Math.max(Math.min(...(lower ?? y)), best * (1 - 2 * shownAbove));
  const top = Math.min(Math.max(...(upper ?? y)), best * (1 + 2 * shownAbove));
  const at = { params: plan.params, value: best };
  const law = series[1];
  const region = nearOptimal.params;
  const data: PlainObject[] = [
    ...(lower === null || upper === null
      ? []
      : bandTrace(x, lower, upper, {
          name: `${formatPercent(plan.confidence)} interval${plan.calibrated === null ? ' of the mean' : ' of the run'}`,
          fillcolor: palette.band,
          xaxis: 'x',
          yaxis: 'y',
        })),
    {
      type: 'scatter',
      mode: 'lines',
      name: isLoss ? 'least loss of each size' : 'least cost of each size',
      x: plain(x),
      y: plain(y),
      text: hover,
      hoverinfo: 'text',
      line: { color: law.color, width: 2.5 },
      xaxis: 'x',
      yaxis: 'y',
    },
    marker('the plan', at.params, at.value, { xaxis: 'x', yaxis: 'y' }),
    ...tokenLines(
      plan,
      shown.map(({ j }) => j),
      hover,
    ),
    marker('the plan', plan.params, plan.tokens, { xaxis: 'x2', yaxis: 'y2', showlegend: false }),
  ];
  const xRange: [number, number] = [Math.min(...x, plan.params), Math.max(...x, plan.params)];
  const tokens = pick(frontier.tokens);
  const tokenRange: [number, number] = [Math.min(...tokens) / 1.3, Math.max(...tokens) * 1.3];
  const bindings = plan.limits.filter(({ isBinding }) => isBinding).map(({ title }) => title.replace('the ', ''));
  return {
    data,
    layout: baseLayout({
      title: `${formatQuantity(plan.params)} parameters on ${formatQuantity(plan.tokens)} tokens: ${isLoss ? `loss ${plan.loss.toFixed(3)}` : `${formatQuantity(best)} ${plan.currency === 'flops' ? 'FLOP' : plan.currency === 'money' ? 'in money' : 'hours'} for a loss of ${plan.loss.toFixed(3)}`}`,
      subtitle: `${formatQuantity(region[0])} to ${formatQuantity(region[1])} parameters are within ${formatPercent(nearOptimal.within)} of the best ${isLoss ? 'loss' : 'cost'}${bindings.length === 0 ? '' : `; binding: ${bindings.join(', ')}`}`,
      height: 640,
      rest: {
        xaxis: {
          ...logAxis({ quantity: 'params', range: xRange, title: '' }),
          anchor: 'y',
          domain: [0, 1],
          showticklabels: false,
        },
        yaxis: {
          ...(isLoss
            ? linearAxis({ quantity: 'loss', range: padLinear([bottom, top]) })
            : logAxis({ quantity: 'flops', range: [best / 1.1, 2 * best], title: costTitles[plan.currency] })),
          anchor: 'x',
          domain: [0.42, 1],
        },
        xaxis2: { ...logAxis({ quantity: 'params', range: xRange }), anchor: 'y2', domain: [0, 1], matches: 'x' },
        yaxis2: {
          ...logAxis({ quantity: 'tokens', range: tokenRange, title: 'Tokens D' }),
          anchor: 'x2',
          domain: [0, 0.34],
        },
        shapes: [shade(region, 'y domain', 'x'), shade(region, 'y2 domain', 'x2')],
        annotations: [
          {
            ...theme.note,
            text: `within ${formatPercent(nearOptimal.within)}`,
            x: Math.log10(Math.sqrt(region[0] * region[1])),
            xref: 'x',
            y: 1,
            yref: 'y domain',
            yanchor: 'top',
          },
        ],
      },
    }),
    config: baseConfig,
  };
}

/** The tokens of each size, a line for each stretch that one limit ends. */
function tokenLines({ frontier, limits }: Plan, shown: readonly number[], hover: readonly string[]): PlainObject[] {
  const names = [...new Set(shown.map((j) => frontier.limit[j]))];
  const isFirst = new Set<unknown>();
  const traces: PlainObject[] = [];
  let start = 0;
  for (let at = 1; at <= shown.length; at++) {
    const name = frontier.limit[shown[start]];
    if (at < shown.length && frontier.limit[shown[at]] === name) continue;
    // Each stretch goes on to the first point of the next, so that the line has no gap.
    const part = shown.slice(start, Math.min(at + 1, shown.length));
    const title = limits.find((limit) => limit.name === name)?.title.replace('the ', '');
    const look = tokenLooks[names.indexOf(name) % tokenLooks.length];
    traces.push({
      type: 'scatter',
      mode: 'lines',
      name: title === undefined ? 'tokens of each size' : `tokens, ended by ${title}`,
      legendgroup: title ?? 'tokens',
      showlegend: !isFirst.has(name),
      x: plain(part.map((j) => frontier.params[j])),
      y: plain(part.map((j) => frontier.tokens[j])),
      text: hover.slice(start, start + part.length),
      hoverinfo: 'text',
      line: { color: look.color, width: 2.5, dash: look.dash },
      xaxis: 'x2',
      yaxis: 'y2',
    });
    isFirst.add(name);
    start = at;
  }
  return traces;
}

const tokenLooks = [series[0], series[3], series[2], series[5]];

function marker(name: string, x: number, y: number, rest: PlainObject): PlainObject {
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x: plain([x]),
    y: plain([y]),
    marker: { symbol: 'star', size: 15, color: palette.ink },
    hovertemplate: `%{x:.4s} parameters<extra>${name}</extra>`,
    ...rest,
  };
}

function shade([from, to]: readonly [number, number], yref: string, xref: string): PlainObject {
  return {
    type: 'rect',
    layer: 'below',
    xref,
    yref,
    x0: from,
    x1: to,
    y0: 0,
    y1: 1,
    fillcolor: 'rgba(0, 158, 115, 0.12)',
    line: { width: 0 },
  };
}
