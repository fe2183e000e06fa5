import type { PlainObject } from '../figure.ts';
import { listOf, numberOf, numbersOf, objectOf, textOf, textsOf } from '../svg/read.ts';
import { isScatter } from '../svg/axes.ts';
import { modesOf } from '../svg/scatter.ts';
import { plainText } from '../svg/richText.ts';

/** Signs of points, in plain ASCII: a log or an old terminal shows them as well, and no font makes one of them two cells wide. */
const pointSigns = ['o', '+', '*', '#', '@', '%', '&', '$', '='];
const lineSigns = Array.from('abcdefghijklmnpqrstuvwyz');
/** Shades from light to dark. A full block would hide what lies on it. */
export const shadeSigns = [' ', '░', '▒', '▓'] as const;
/** Points that no entry of the legend names. */
const unnamed = '.';
/** Points whose colour is a quantity show it by a digit. */
const classes = 5;

/** How the traces of a figure are told apart. */
export interface Signs {
  /** Sign of a point of a trace; a digit where its colour is a quantity. */
  readonly point: (trace: PlainObject, i: number) => string;
  /** Letter of a line, or nothing where the legend does not name it. */
  readonly line: (trace: PlainObject) => string | undefined;
  readonly band: (trace: PlainObject) => string;
  /** Entries of the legend: a sign and its name. */
  readonly legend: readonly string[];
}

const nameOf = (trace: PlainObject): string => textOf(trace, 'legendgroup', textOf(trace, 'name', ''));
export const isBand = (trace: PlainObject): boolean => textOf(trace, 'fill', 'none') !== 'none';
const isContourLine = (trace: PlainObject): boolean =>
  trace.type === 'contour' && objectOf(trace, 'contours').coloring === 'none';

/** Whether the colour of each point is a number on a scale. */
const hasScale = (trace: PlainObject): boolean => numbersOf(objectOf(trace, 'marker'), 'color').some(Number.isFinite);

/** The class of a number, 1 to 5, between the ends of its colour scale. */
function classOf(marker: PlainObject, value: number): string {
  const values = numbersOf(marker, 'color');
  const low = numberOf(marker, 'cmin', Math.min(...values));
  const high = numberOf(marker, 'cmax', Math.max(...values));
  const share = high > low ? (value - low) / (high - low) : 0.5;
  return String(1 + Math.min(classes - 1, Math.max(0, Math.floor(share * classes))));
}

/** What the digits mean: the quantity of the colour bar, from its least to its largest tick. */
function scaleNote(marker: PlainObject): string {
  const bar = objectOf(marker, 'colorbar');
  const ticks = textsOf(bar, 'ticktext', 0);
  const title = plainText(textOf(objectOf(bar, 'title'), 'text', ''));
  return ticks.length < 2 ? title : `${title}, about ${ticks[0]} to ${ticks[ticks.length - 1]}`;
}

/** Gives every group of traces of the legend a sign of its own. */
export function signsOf(traces: readonly PlainObject[]): Signs {
  const points = new Map<string, string>();
  const lines = new Map<string, string>();
  const bands = new Map<string, string>();
  const legend: string[] = [];
  const listed = new Set(
    traces
      .filter((trace) => trace.showlegend !== false && (isScatter(trace) || isContourLine(trace)))
      .map(nameOf)
      .filter((name) => name !== ''),
  );
  // The name of a group is that of the trace which the legend shows.
  const labelOf = (name: string, first: PlainObject): string => {
    const shown = traces.find((trace) => nameOf(trace) === name && trace.showlegend !== false && !isBand(trace));
    return plainText(textOf(isBand(first) ? first : (shown ?? first), 'name', name));
  };
  for (const trace of traces) {
    const name = nameOf(trace);
    if (!listed.has(name)) continue;
    const label = labelOf(name, trace);
    if (isBand(trace)) {
      if (bands.has(name)) continue;
      bands.set(name, shadeSigns[1 + (bands.size % 3)]);
      if (trace.showlegend !== false) legend.push(`${bands.get(name) ?? ''} ${label}`);
      continue;
    }
    if (points.has(name) || lines.has(name)) continue;
    if (isContourLine(trace) || modesOf(trace).has('lines')) {
      const sign = lineSigns[lines.size % lineSigns.length];
      lines.set(name, sign);
      legend.push(`${sign} ${label}`);
    } else if (modesOf(trace).has('markers')) {
      const isScale = hasScale(trace);
      const taken = [...points.values()];
      const sign = pointSigns.find((one) => !taken.includes(one)) ?? pointSigns[points.size % pointSigns.length];
      points.set(name, isScale ? '1' : sign);
      legend.push(
        isScale ? `1-${String(classes)} ${label}: ${scaleNote(objectOf(trace, 'marker'))}` : `${sign} ${label}`,
      );
    }
  }
  return {
    point: (trace, i) => {
      const marker = objectOf(trace, 'marker');
      if (hasScale(trace)) return classOf(marker, numbersOf(marker, 'color')[i]);
      // Points of a trace that are crosses stand out in it, as the missed runs of a backtest do.
      if (listOf(marker, 'symbol') !== undefined && textsOf(marker, 'symbol', 0)[i] === 'x') return 'X';
      return points.get(nameOf(trace)) ?? lines.get(nameOf(trace)) ?? unnamed;
    },
    // Lines that belong to points, such as their intervals, have names of their own, and no letters.
    line: (trace) =>
      labelOf(nameOf(trace), trace) === plainText(textOf(trace, 'name', '')) ? lines.get(nameOf(trace)) : undefined,
    band: (trace) => bands.get(nameOf(trace)) ?? shadeSigns[1],
    legend,
  };
}
