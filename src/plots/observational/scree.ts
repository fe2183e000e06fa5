import type { Observation } from '../../observational/observation.ts';
import { linearAxis } from '../axis.ts';
import { plain, type Figure } from '../figure.ts';
import { baseConfig, baseLayout, palette } from '../theme.ts';

/** The variance of the benchmarks along each principal capability, alone and summed. */
export function screeFigure({ capabilities, errors, benchmarks }: Observation): Figure {
  const { explained } = capabilities;
  const places = [...explained.keys()].map((k) => k + 1);
  const summed = explained.map((_, k) => explained.subarray(0, k + 1).reduce((sum, share) => sum + share, 0));
  const percent = (values: Float64Array): (number | null)[] => plain(values.map((share) => 100 * share));
  const three = (100 * summed[Math.min(2, summed.length - 1)]).toFixed(1);
  return {
    data: [
      {
        type: 'scatter',
        mode: 'lines+markers',
        name: 'Together with those before',
        x: places,
        y: percent(summed),
        line: { color: palette.muted, width: 1.5, dash: 'dash' },
        marker: { size: 8, color: palette.muted, symbol: 'square' },
        hovertemplate: 'first %{x}: %{y:.1f}%<extra></extra>',
      },
      {
        type: 'scatter',
        mode: 'lines+markers',
        name: errors === null ? 'Alone' : 'Alone (one standard error by family)',
        x: places,
        y: percent(explained),
        ...(errors === null
          ? {}
          : {
              error_y: {
                type: 'data',
                array: percent(errors.explained),
                color: palette.data,
                thickness: 1.2,
                width: 4,
              },
            }),
        line: { color: palette.data, width: 2 },
        marker: { size: 8, color: palette.data, symbol: 'circle' },
        hovertemplate: 'capability %{x}: %{y:.1f}%<extra></extra>',
      },
    ],
    layout: baseLayout({
      title: `One capability holds ${(100 * explained[0]).toFixed(1)}% of what ${String(benchmarks.length)} benchmarks say`,
      subtitle: `${String(capabilities.models)} models, ${String(capabilities.imputed)} scores filled in  |  the first ${String(Math.min(3, places.length))} hold ${three}%`,
      rest: {
        xaxis: {
          ...linearAxis({ quantity: 'component', range: [0.6, places.length + 0.4], title: 'Principal capability' }),
          tickvals: places,
          ticktext: places.map(String),
        },
        yaxis: linearAxis({ quantity: 'share', range: [-3, 104], title: 'Share of the variance (%)' }),
      },
    }),
    config: baseConfig,
  };
}
