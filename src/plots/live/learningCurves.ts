import { linearAxis, logAxis, padLinear, padRange, quantityStyle } from '../axis.ts';
import { sizePlaces } from '../dynamics/courses.ts';
import { defaultMaxPoints, plain, type Figure, type PlainObject } from '../figure.ts';
import { extent } from '../plane.ts';
import { escapeText } from '../points.ts';
import { baseConfig, baseLayout, sequentialColor } from '../theme.ts';

/** A run as its evaluations show it. */
export interface LearningCurve {
  readonly name: string;
  readonly params: number;
  readonly tokens: readonly number[];
  /** Not finite where it is no number. */
  readonly loss: readonly number[];
  readonly status: 'training' | 'diverged' | 'other';
}

/** How runs are drawn: those in training stand out. */
const looks = {
  other: { line: { width: 1.3 }, marker: { size: 4 }, opacity: 0.6 },
  diverged: { line: { width: 1.3, dash: 'dot' }, marker: { size: 6, symbol: 'x' }, opacity: 0.8 },
  training: { line: { width: 3 }, marker: { size: 8, symbol: 'circle' }, opacity: 1 },
} as const;

/** Rows of a run that are drawn, its last among them. */
function thinned(rows: number, most: number): number[] {
  const stride = Math.ceil(rows / Math.max(2, most));
  return Array.from({ length: rows }, (_, k) => k).filter((k) => (rows - 1 - k) % stride === 0);
}

/** Runs of one size and look as one trace, with a gap after each run. */
function trace(curves: readonly LearningCurve[], color: string, mostRows: number, showlegend: boolean): PlainObject {
  const [{ params, status }] = curves;
  const look = looks[status];
  const rows = curves.map(({ tokens }) => thinned(tokens.length, mostRows));
  const join = <T>(of: (curve: LearningCurve, row: number) => T): (T | null)[] =>
    curves.flatMap((curve, c) => [...rows[c].map((row) => of(curve, row)), null]);
  const size = quantityStyle('params').format(params);
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name: size,
    x: join(({ tokens }, row) => plain([tokens[row]])[0]),
    y: join(({ loss }, row) => plain([loss[row]])[0]),
    text: join(({ name }) => escapeText(name)),
    hovertemplate: '<b>%{text}</b><br>tokens %{x:.3s}<br>loss %{y:.4g}<extra></extra>',
    legendgroup: size,
    showlegend,
    connectgaps: false,
    opacity: look.opacity,
    line: { ...look.line, color },
    marker: { ...look.marker, color },
  };
}

/**
 * Validation loss over tokens of every run, coloured by the size of the model, those in training in front.
 *
 * @param planned - all runs there will be: colours and the axis of tokens are theirs, and stay while runs come in
 */
export function learningCurves(
  curves: readonly LearningCurve[],
  planned: readonly { readonly params: number; readonly tokens: number }[],
): Figure {
  const drawn = curves.filter(({ tokens }) => tokens.length > 0);
  const sizes = [...new Set(drawn.map(({ params }) => params))].sort((a, b) => a - b);
  const place = sizePlaces([...planned.map(({ params }) => params), ...sizes]);
  const mostRows = defaultMaxPoints / Math.max(1, drawn.length);
  const seen = new Set<number>();
  const traces = (['other', 'diverged', 'training'] as const).flatMap((status) =>
    sizes.flatMap((params) => {
      const own = drawn.filter((curve) => curve.status === status && curve.params === params);
      if (own.length === 0) return [];
      const isFirst = !seen.has(params);
      seen.add(params);
      return [trace(own, sequentialColor(place(params)), mostRows, isFirst)];
    }),
  );
  // What has diverged may be anywhere, and the others are what is looked at.
  const sound = drawn.filter(({ status }) => status !== 'diverged');
  const seenMost = sound.length > 0 ? sound : drawn;
  const tokens = seenMost.flatMap((curve) => curve.tokens);
  const x = extent(tokens.length === 0 ? tokens : [...tokens, ...planned.map((run) => run.tokens)]);
  const y = extent(seenMost.flatMap(({ loss }) => loss));
  const range = ([low, high]: [number, number], none: [number, number]): [number, number] =>
    low <= high ? [low, high] : none;
  return {
    data: traces,
    layout: baseLayout({
      title: 'Validation loss over training',
      subtitle:
        drawn.length === 0
          ? 'no run has been evaluated yet'
          : 'color: model size · thick: in training now · dotted: diverged',
      rest: {
        xaxis: logAxis({ quantity: 'tokens', range: padRange(range(x, [1, 10])) }),
        yaxis: linearAxis({ quantity: 'loss', range: padLinear(range(y, [0, 1])) }),
      },
    }),
    config: baseConfig,
  };
}
