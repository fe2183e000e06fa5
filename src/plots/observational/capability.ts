import { lineAt } from '../../observational/familyLines.ts';
import type { Observation } from '../../observational/observation.ts';
import { linearAxis, logAxis, padLinear, padRange } from '../axis.ts';
import { plain, type Figure, type PlainObject } from '../figure.ts';
import { extent } from '../plane.ts';
import { escapeText } from '../points.ts';
import { baseConfig, baseLayout, palette, series } from '../theme.ts';

/** Families that have a look of their own; more would not be told apart. */
const mostShown = 6;

/** The first capability against compute, with the lines of the families that have most models. */
export function capabilityFigure({ table, places, components, lines, capabilities, benchmarks }: Observation): Figure {
  const rows = [...table.models.keys()].filter(
    (row) => table.flops[row] > 0 && !Number.isNaN(places[row * components]),
  );
  const first = (row: number): number => places[row * components];
  const shown = [...lines.lines].sort((a, b) => b.models - a.models || b.spread - a.spread).slice(0, mostShown);
  const names = new Set(shown.map(({ family }) => family));
  const points = (some: readonly number[], rest: PlainObject): PlainObject => ({
    type: 'scatter',
    x: plain(some.map((row) => table.flops[row])),
    y: plain(some.map(first)),
    text: some.map(
      (row) =>
        `<b>${escapeText(table.models[row])}</b><br>${escapeText(table.families[row])}, ${table.flops[row].toExponential(2)} FLOP<br>capability ${first(row).toFixed(3)}`,
    ),
    hovertemplate: '%{text}<extra></extra>',
    ...rest,
  });
  const others = rows.filter((row) => !names.has(table.families[row]));
  const own = shown.flatMap((line, k): PlainObject[] => {
    const { color, dash, symbol } = series[k];
    const ends = [...line.range];
    const name = `${escapeText(line.family)} (${line.lines[0].slope.toFixed(2)})`;
    return [
      {
        type: 'scatter',
        mode: 'lines',
        name,
        legendgroup: line.family,
        showlegend: false,
        x: plain(ends),
        y: plain(ends.map((flops) => lineAt(line, flops)[0])),
        line: { color, width: 2, dash },
        hoverinfo: 'skip',
      },
      points(
        rows.filter((row) => table.families[row] === line.family),
        {
          mode: 'markers',
          name,
          legendgroup: line.family,
          marker: { size: 8, color, symbol, line: { width: 0.5, color: palette.paper } },
        },
      ),
    ];
  });
  const share = (100 * capabilities.explained[0]).toFixed(1);
  return {
    data: [
      ...(others.length === 0
        ? []
        : [
            points(others, {
              mode: 'markers',
              name: 'Other families',
              marker: {
                size: 6,
                color: palette.faint,
                symbol: 'circle-open',
                line: { width: 1.5, color: palette.faint },
              },
            }),
          ]),
      ...own,
    ],
    layout: baseLayout({
      title: 'Families turn compute into capability along lines of their own',
      subtitle: `First principal capability of ${String(benchmarks.length)} benchmarks, ${share}% of their variance  |  ${String(rows.length)} models whose compute is known  |  in brackets: slope per decade`,
      rest: {
        xaxis: logAxis({ quantity: 'flops', range: padRange(extent(rows.map((row) => table.flops[row]))) }),
        yaxis: linearAxis({
          quantity: 'capability',
          range: padLinear(extent(rows.map(first)), 0.06),
          title: 'First principal capability',
        }),
      },
    }),
    config: baseConfig,
  };
}
