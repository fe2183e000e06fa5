import type { PlainObject } from '../figure.ts';
import { listOf, numberOf, objectOf, textOf } from '../svg/read.ts';
import { series } from '../theme.ts';

/** Traces that share an entry of the legend, and what tells them apart without colour. */
interface Group {
  readonly name: string;
  readonly hasMarkers: boolean;
  /** Whether it has a line without markers. */
  readonly hasPlainLine: boolean;
  readonly symbol: string;
  /** Dashes of its lines; one that has several says something with them. */
  readonly dashes: ReadonlySet<string>;
  readonly width: number;
}

/** What is changed in a group. */
interface Change {
  readonly symbol?: string;
  readonly dash?: string;
  readonly width?: number;
}

/** Lines that only their width tells apart: this much narrower, and less than this difference is none. */
const narrower = 0.5;
const sameWidth = 0.4;

const groupName = (trace: PlainObject): string => textOf(trace, 'legendgroup', textOf(trace, 'name', ''));

const isScatter = ({ type }: PlainObject): boolean => type === 'scatter' || type === 'scattergl' || type === undefined;

/** Whether a trace is a line, not the border of a band. */
const isLine = (trace: PlainObject): boolean =>
  isScatter(trace) &&
  textOf(trace, 'mode', 'lines').includes('lines') &&
  numberOf(objectOf(trace, 'line'), 'width', 2) > 0;

const isMarked = (trace: PlainObject): boolean =>
  isScatter(trace) && textOf(trace, 'mode', 'lines').includes('markers');

const dashOf = (trace: PlainObject): string => textOf(objectOf(trace, 'line'), 'dash', 'solid');

/** The symbol of a trace, the commonest where each point has its own. */
function symbolOf(trace: PlainObject): string {
  const marker = objectOf(trace, 'marker');
  return listOf(marker, 'symbol') === undefined ? textOf(marker, 'symbol', 'circle') : 'circle';
}

/** The groups that have an entry in the legend, in its order. */
function groupsOf(traces: readonly PlainObject[]): Group[] {
  const listed = traces.filter((trace) => trace.showlegend !== false && (isLine(trace) || isMarked(trace)));
  return [...new Set(listed.map(groupName))].map((name) => {
    const own = traces.filter((trace) => groupName(trace) === name && trace.visible !== false);
    const lines = own.filter(isLine);
    const marked = own.find(isMarked);
    return {
      name,
      hasMarkers: marked !== undefined,
      hasPlainLine: lines.some((trace) => !isMarked(trace)),
      symbol: marked === undefined ? '' : symbolOf(marked),
      dashes: new Set(lines.map(dashOf)),
      width: Math.max(0, ...lines.map((trace) => numberOf(objectOf(trace, 'line'), 'width', 2))),
    };
  });
}

/** What each group gets so that no two of them differ by their colour alone. */
function changesOf(groups: readonly Group[]): Map<string, Change> {
  const changes = new Map<string, Change>();
  const change = (name: string, part: Change): void => {
    changes.set(name, { ...changes.get(name), ...part });
  };
  const marked = groups.filter(({ hasMarkers }) => hasMarkers);
  const symbols = new Set(marked.map(({ symbol }) => symbol));
  for (const [k, { name, symbol }] of marked.entries()) {
    if (marked.findIndex((other) => other.symbol === symbol) === k) continue;
    const free = series.find((look) => !symbols.has(look.symbol));
    if (free === undefined) break;
    symbols.add(free.symbol);
    change(name, { symbol: free.symbol });
  }
  // A line that is dashed as a whole is so for a reason, such as being a law.
  const plain = groups.filter(({ hasPlainLine, dashes }) => hasPlainLine && dashes.has('solid'));
  const dashes = new Set(groups.flatMap((group) => [...group.dashes]));
  for (const [k, group] of plain.entries()) {
    const alike = plain.slice(0, k).some(({ width }) => Math.abs(width - group.width) < sameWidth);
    if (!alike) continue;
    const free = series.find((look) => !dashes.has(look.dash));
    if (group.dashes.size > 1 || free === undefined) change(group.name, { width: narrower * group.width });
    else {
      dashes.add(free.dash);
      change(group.name, { dash: free.dash });
    }
  }
  return changes;
}

/** Traces that are told apart by symbols, dashes and widths where only colour did, for print in black and white. */
export function withoutColor(traces: readonly PlainObject[]): PlainObject[] {
  const changes = changesOf(groupsOf(traces));
  return traces.map((trace) => {
    const change = changes.get(groupName(trace));
    if (change === undefined || !isScatter(trace)) return trace;
    const { symbol, dash, width } = change;
    const line = objectOf(trace, 'line');
    const marker = objectOf(trace, 'marker');
    const symbols = listOf(marker, 'symbol');
    return {
      ...trace,
      ...(isLine(trace)
        ? { line: { ...line, ...(dash === undefined ? {} : { dash }), ...(width === undefined ? {} : { width }) } }
        : {}),
      ...(isMarked(trace) && symbol !== undefined
        ? { marker: { ...marker, symbol: symbols?.map((one) => (one === 'circle' ? symbol : one)) ?? symbol } }
        : {}),
    };
  });
}
