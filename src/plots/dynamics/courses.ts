import { formatQuantity } from '../../core/quantity.ts';
import { bandTrace } from '../band.ts';
import type { Figure, PlainObject } from '../figure.ts';
import { plain } from '../figure.ts';
import { baseConfig, baseLayout, palette, sequentialColor, series } from '../theme.ts';
import { extent } from '../plane.ts';

/** One line of a figure of courses. */
export interface Course {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Interval about the line. */
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
  /** Place of its colour, 0 to 1, where lines are ordered; else they get colours one after the other. */
  readonly place?: number;
  /** Lines without points, and dashed: a law, not data. */
  readonly isLaw?: boolean;
  /** Courses that belong together share a colour, and a place in the legend, where they go by this name. */
  readonly group?: string;
}

/** Options of {@link coursesFigure}. */
export interface CoursesOptions {
  readonly title: string;
  readonly subtitle: string;
  readonly xaxis: (range: readonly [number, number]) => PlainObject;
  readonly yaxis: (range: readonly [number, number]) => PlainObject;
  /** A value of y that matters, drawn across, and what it is. */
  readonly threshold?: { readonly y: number; readonly text: string } | undefined;
  /** What the numbers of a point are called when the pointer is on it. */
  readonly hover: { readonly x: string; readonly y: string };
}

/** `rgb(1, 2, 3)` or `#010203` with the opacity of a band. */
function bandColor(color: string): string {
  const channels = color.startsWith('#')
    ? [1, 3, 5].map((k) => Number.parseInt(color.slice(k, k + 2), 16))
    : (color.match(/\d+/g) ?? []).slice(0, 3).map(Number);
  return `rgba(${channels.join(', ')}, 0.14)`;
}

/** Lines with points, such as a quantity over the training of several runs, each perhaps with a band. */
export function coursesFigure(courses: readonly Course[], options: CoursesOptions): Figure {
  const groups = [...new Set(courses.map(({ group, name }) => group ?? name))];
  const colorOf = ({ place, group, name }: Course): string =>
    place === undefined ? series[groups.indexOf(group ?? name) % series.length].color : sequentialColor(place);
  const seen = new Set<string>();
  const traces = courses.flatMap((course): PlainObject[] => {
    const { name, x, y, lower, upper, isLaw = false, group } = course;
    const color = colorOf(course);
    const isFirst = !seen.has(group ?? name);
    seen.add(group ?? name);
    const band =
      lower === undefined || upper === undefined
        ? []
        : bandTrace(x, lower, upper, {
            name,
            fillcolor: bandColor(color),
            showlegend: false,
            legendgroup: group ?? name,
          });
    return [
      ...band,
      {
        type: 'scatter',
        mode: isLaw ? 'lines' : 'lines+markers',
        name: isFirst && group !== undefined && !isLaw ? group : name,
        x: plain(x),
        y: plain(y),
        showlegend: isFirst,
        legendgroup: group ?? name,
        connectgaps: false,
        line: { color, width: 1.8, ...(isLaw ? { dash: 'dash' } : {}) },
        marker: { color, size: 5 },
        hovertemplate: `<b>${name}</b><br>${options.hover.x} %{x:.4g}<br>${options.hover.y} %{y:.4g}<extra></extra>`,
      },
    ];
  });
  const numbers = (name: 'x' | 'y'): number[] =>
    traces.flatMap((trace) => (trace[name] as (number | null)[]).filter((value) => value !== null));
  const { threshold } = options;
  const rangeX = extent(numbers('x'));
  const rangeY = extent([...numbers('y'), ...(threshold === undefined ? [] : [threshold.y])]);
  const line: PlainObject[] =
    threshold === undefined
      ? []
      : [
          {
            type: 'scatter',
            mode: 'lines',
            name: threshold.text,
            x: plain(rangeX),
            y: [threshold.y, threshold.y],
            line: { color: palette.muted, width: 1.2, dash: 'dot' },
            hoverinfo: 'skip',
          },
        ];
  return {
    data: [...line, ...traces],
    layout: baseLayout({
      title: options.title,
      subtitle: options.subtitle,
      rest: { xaxis: options.xaxis(rangeX), yaxis: options.yaxis(rangeY) },
    }),
    config: baseConfig,
  };
}

/** Places of sizes in the ordered palette, evenly in their logarithm. */
export function sizePlaces(params: readonly number[]): (size: number) => number {
  const [low, high] = extent([...params]);
  return (size) => (high > low ? Math.log(size / low) / Math.log(high / low) : 0.5);
}

/** So many runs have each its own place in the legend, and their bands can be told apart. */
const mostNamed = 5;

/**
 * How runs are called in the legend: each by its name while they are few, else all of a size together.
 *
 * @returns `group` for the courses, and whether bands are drawn
 */
export function nameRuns(count: number): {
  readonly hasBands: boolean;
  readonly groupOf: (run: string, params: number) => string;
} {
  const isFew = count <= mostNamed;
  return {
    hasBands: isFew,
    groupOf: (run, params) => {
      const size = formatQuantity(params);
      return isFew ? `${run} (${size})` : `${size} parameters`;
    },
  };
}
