import { roundPercent } from '../core/percent.ts';
import { normalQuantile } from '../core/special.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { groupRows } from '../uncertainty/groups.ts';
import type { Profile } from '../uncertainty/profile.ts';
import { profilePair } from '../uncertainty/profilePair.ts';
import { linearTicks } from './axis.ts';
import { plain, type Figure, type PlainObject } from './figure.ts';
import type { TitledFigure } from './html.ts';
import { baseConfig, baseLayout, palette, theme } from './theme.ts';

/** Confidence levels drawn as lines, besides that of the interval. */
const levels = [0.68, 0.9, 0.95];
/** Panels side by side, gaps as shares of the figure, and the height of one row in pixels. */
const grid = { columns: 3, gapX: 0.06, gapY: 0.36, row: 310 };
/** The deviance axis ends a little above the highest level. */
const air = 1.45;
/** Cells of the grid of two parameters, to each side, and how far it reaches beyond the region of 95%. */
const pairCells = { count: 37, reach: 1.3 };

const shown = (value: number): string => String(Number(value.toPrecision(4)));

/** The deviance at which an interval of another confidence would end, from that of the profile's own. */
function levelOf({ cutoff, confidence }: Profile, other: number): number {
  return (cutoff * normalQuantile(0.5 + other / 2) ** 2) / normalQuantile(0.5 + confidence / 2) ** 2;
}

/** The coordinate in which the quadratic approximation is a parabola. */
const place = ({ transform }: Profile, value: number): number => (transform === 'log' ? Math.log(value) : value);

/**
 * Profiles of one or several parameters as panels: the deviance over the value, the quadratic approximation dashed, the
 * levels of 68, 90 and 95% as lines, and the interval shaded.
 *
 * @param facts - what else the second line of the title says
 * @example
 * ```ts
 * const profile = profileParam(fitLaw(chinchilla, runs), 'alpha');
 * profileFigure([profile]).data.length; // 4
 * ```
 */
export function profileFigure(profiles: readonly Profile[], facts: readonly string[] = []): Figure {
  const columns = Math.min(grid.columns, Math.max(1, profiles.length));
  const rows = Math.ceil(profiles.length / columns);
  const width = (1 - grid.gapX * (columns - 1)) / columns;
  const gapY = rows > 1 ? grid.gapY / rows : 0;
  const height = (1 - gapY * (rows - 1)) / Math.max(1, rows);
  const panels = profiles.map((profile, k) => {
    const [column, row] = [k % columns, Math.floor(k / columns)];
    const left = column * (width + grid.gapX);
    const top = 1 - row * (height + gapY);
    // Rounding would put the lowest row below zero, and Plotly then draws it over the others.
    return panelOf(profile, k, [left, left + width], [Math.max(0, top - height), top], column === 0);
  });
  const adjusted = profiles.some(({ adjust }) => adjust !== 'none');
  const [first] = profiles as readonly (Profile | undefined)[];
  const names = profiles.map(({ name }) => name).join(', ');
  return {
    data: panels.flatMap(({ traces }) => traces),
    layout: baseLayout({
      title: `Profile likelihood of ${names}`,
      subtitle: [
        first === undefined ? '' : `shaded: ${roundPercent(first.confidence, 3)} interval`,
        'lines: 68, 90 and 95%',
        adjusted ? 'deviance divided by the design effect' : 'rows taken for independent',
        ...facts,
      ].join(' · '),
      height: 190 + grid.row * rows,
      rest: {
        margin: { l: 72, r: 32, t: 112, b: 100 },
        ...Object.fromEntries(panels.flatMap(({ axes }) => axes)),
        annotations: panels.flatMap(({ notes }) => notes),
      },
    }),
    config: baseConfig,
  };
}

interface Panel {
  readonly traces: readonly PlainObject[];
  readonly axes: readonly (readonly [string, PlainObject])[];
  readonly notes: readonly PlainObject[];
}

function panelOf(
  profile: Profile,
  k: number,
  domainX: readonly [number, number],
  domainY: readonly [number, number],
  isFirst: boolean,
): Panel {
  const suffix = k === 0 ? '' : String(k + 1);
  const axes = { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
  const { name, values, deviance, interval, isOpen, cutoff, estimate, coordinateError } = profile;
  const top = air * Math.max(levelOf(profile, 0.95), cutoff);
  const range = rangeOf(profile);
  const curveX = Array.from(values);
  const inside = (x: number): boolean => x >= interval[0] && x <= interval[1];
  const shadeX = curveX.filter(inside);
  const shadeY = Array.from(deviance).filter((_, i) => inside(curveX[i]));
  const quadratic = curveX.map((x) =>
    coordinateError === null ? NaN : ((place(profile, x) - place(profile, estimate)) / coordinateError) ** 2,
  );
  const lines = levels.map((level) => ({ level, y: levelOf(profile, level) }));
  const common = { ...axes, type: 'scatter', mode: 'lines' };
  const traces: PlainObject[] = [
    {
      ...common,
      name: 'Interval',
      showlegend: k === 0,
      x: plain([...shadeX, ...[...shadeX].reverse()]),
      y: plain([...shadeY, ...shadeX.map(() => cutoff)]),
      fill: 'toself',
      fillcolor: palette.band,
      line: { width: 0, color: palette.law },
      hoverinfo: 'skip',
    },
    {
      ...common,
      name: 'Confidence levels',
      showlegend: k === 0,
      x: plain(lines.flatMap(() => [...range, NaN])),
      y: plain(lines.flatMap(({ y }) => [y, y, NaN])),
      connectgaps: false,
      line: { color: palette.muted, width: 1, dash: 'dot' },
      hoverinfo: 'skip',
    },
    ...(coordinateError === null
      ? []
      : [
          {
            ...common,
            name: 'Quadratic (Wald)',
            showlegend: k === 0,
            x: plain(curveX),
            y: plain(quadratic.map((y) => (y <= 1.3 * top ? y : NaN))),
            line: { color: palette.data, width: 1.6, dash: 'dash' },
            hovertemplate: `quadratic %{y:.2f}<extra></extra>`,
          },
        ]),
    {
      ...common,
      name: 'Profile',
      showlegend: k === 0,
      x: plain(curveX),
      y: plain(deviance),
      line: { color: palette.law, width: 2.4 },
      hovertemplate: `${name} = %{x:.4g}<br>deviance %{y:.2f}<extra></extra>`,
    },
  ];
  const ends = interval.map((end, side) => (isOpen[side] ? 'open' : shown(end))).join(' to ');
  return {
    traces,
    axes: [
      [
        `xaxis${suffix}`,
        {
          ...theme.axis,
          domain: domainX,
          anchor: `y${suffix}`,
          range,
          nticks: 6,
          title: { ...theme.axisTitle, text: name, standoff: 6 },
        },
      ],
      [
        `yaxis${suffix}`,
        {
          ...theme.axis,
          domain: domainY,
          anchor: `x${suffix}`,
          range: [0, top],
          tickvals: linearTicks(0, top, 6),
          ...(isFirst ? { title: { ...theme.axisTitle, text: 'Deviance' } } : {}),
        },
      ],
    ],
    notes: [
      {
        ...theme.note,
        text: `<b>${name} = ${shown(estimate)}</b>, ${ends}`,
        xref: `x${suffix} domain`,
        yref: `y${suffix} domain`,
        x: 0.5,
        y: 1.02,
        xanchor: 'center',
        yanchor: 'bottom',
      },
      ...(k === 0
        ? lines.map(({ level, y }) => ({
            ...theme.note,
            text: roundPercent(level, 3),
            font: { ...theme.note.font, size: 10.5, color: palette.muted },
            xref: `x${suffix} domain`,
            yref: `y${suffix}`,
            x: 0.5,
            y,
            xanchor: 'center',
            yanchor: 'middle',
          }))
        : []),
    ],
  };
}

/** The values that a panel shows: those whose deviance lies below its top, or the whole curve on an open side. */
function rangeOf(profile: Profile): [number, number] {
  const top = 1.25 * Math.max(levelOf(profile, 0.95), profile.cutoff);
  const { values, deviance, interval, isOpen, estimate } = profile;
  const low = values.find((_, i) => deviance[i] <= top) ?? values[0];
  const high = values.findLast((_, i) => deviance[i] <= top) ?? values[values.length - 1];
  // An open side runs to where nothing changes any more; as much as the other side shows enough of it.
  const span = isOpen[0] ? Math.abs(interval[1] - estimate) : Math.abs(estimate - interval[0]);
  const reach = Number.isFinite(span) && span > 0 ? 2 * span : high - low;
  return [isOpen[0] ? Math.max(low, estimate - reach) : low, isOpen[1] ? Math.min(high, estimate + reach) : high];
}

/** The deviance that bounds the joint region of two parameters: the chi-square quantile of two degrees of freedom. */
const region = (level: number): number => -2 * Math.log(1 - level);

/**
 * The likelihood over two exponents (of params and tokens, else the first two parameters profiled), with the joint regions
 * of 68 and 95%; `null` where fewer than two closed profiles were made.
 *
 * @param profiles - profiles of this fit, whose intervals say how far the figure reaches
 * @param groups - rows that vary together, as for the profiles
 */
export function profilePairFigure(
  fit: LawFit,
  profiles: readonly Profile[],
  groups = groupRows(fit),
): TitledFigure | null {
  const closed = profiles.filter(
    ({ name, isOpen }) => fit.coordinates.names.includes(name) && !isOpen[0] && !isOpen[1],
  );
  const exponents = closed.filter(({ transform }) => transform === 'identity');
  const [first, second] = (exponents.length >= 2 ? exponents : closed) as readonly (Profile | undefined)[];
  if (first === undefined || second === undefined) return null;
  const { adjust } = first;
  const names = [first.name, second.name] as const;
  const options = { adjust, groups };
  const { designEffect } = profilePair(fit, names, [first.estimate], [second.estimate], options);
  const axisOf = ({ interval, estimate, cutoff, designEffect: own }: Profile): Float64Array => {
    // The joint region reaches farther than the intervals, and has a design effect of its own.
    const reach = pairCells.reach * Math.sqrt((region(0.95) * designEffect) / (cutoff * own));
    const low = estimate - reach * (estimate - interval[0]);
    const high = estimate + reach * (interval[1] - estimate);
    return Float64Array.from({ length: pairCells.count }, (_, k) => low + ((high - low) * k) / (pairCells.count - 1));
  };
  const pair = profilePair(fit, names, axisOf(first), axisOf(second), options);
  const columns = pair.x.length;
  const z = Array.from(pair.y, (_, row) => plain(pair.deviance.subarray(row * columns, (row + 1) * columns)));
  const contour = (level: number, width: number): PlainObject => ({
    type: 'contour',
    name: `${roundPercent(level, 3)} region`,
    showlegend: true,
    x: plain(pair.x),
    y: plain(pair.y),
    z,
    autocontour: false,
    contours: { start: region(level), end: region(level), size: 1, coloring: 'none' },
    line: { color: palette.law, width },
    hoverinfo: 'skip',
  });
  const figure: Figure = {
    data: [
      {
        type: 'heatmap',
        x: plain(pair.x),
        y: plain(pair.y),
        z,
        zmin: 0,
        zmax: 2 * region(0.95),
        colorscale: [
          [0, 'rgba(213, 94, 0, 0.35)'],
          [0.5, 'rgba(213, 94, 0, 0.1)'],
          [1, 'rgba(255, 255, 255, 0)'],
        ],
        zsmooth: 'best',
        showscale: false,
        hovertemplate: `${first.name} %{x:.4g}<br>${second.name} %{y:.4g}<br>deviance %{z:.2f}<extra></extra>`,
      },
      contour(0.68, 1.5),
      contour(0.95, 2.5),
      {
        type: 'scatter',
        mode: 'markers',
        name: 'Fit',
        x: [pair.estimate[0]],
        y: [pair.estimate[1]],
        marker: { color: palette.ink, size: 9, symbol: 'x' },
        hovertemplate: `${first.name} ${shown(pair.estimate[0])}<br>${second.name} ${shown(pair.estimate[1])}<extra></extra>`,
      },
    ],
    layout: baseLayout({
      title: `Profile likelihood of ${first.name} and ${second.name} together`,
      subtitle: `joint regions of 68 and 95%${adjust === 'none' ? '' : ' · deviance divided by the design effect'}`,
      height: 560,
      rest: {
        xaxis: { ...theme.axis, title: { ...theme.axisTitle, text: first.name } },
        yaxis: { ...theme.axis, title: { ...theme.axisTitle, text: second.name } },
      },
    }),
    config: baseConfig,
  };
  return {
    id: 'profile-pair',
    description: `Which values of ${first.name} and ${second.name} the data allow together, all other parameters at their best.`,
    figure,
  };
}
