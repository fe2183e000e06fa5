import type { PlainObject } from './figure.ts';

/** Colours of all figures: Okabe and Ito's palette, which stays apart for colour-blind readers and in grey print. */
export const palette = {
  data: '#0072B2',
  law: '#D55E00',
  optimum: '#D55E00',
  band: 'rgba(213, 94, 0, 0.16)',
  ink: '#222222',
  muted: '#6B6B6B',
  faint: '#BDBDBD',
  grid: '#E4E4E4',
  paper: '#FFFFFF',
} as const;

/**
 * Looks of several things in one figure: colours of Okabe and Ito (with a grey and a brown in place of black and of yellow,
 * which vanish on dark and on white paper), and a dash and a marker for readers who cannot tell them apart.
 */
export const series = [
  { color: '#0072B2', band: 'rgba(0, 114, 178, 0.13)', dash: 'solid', symbol: 'circle' },
  { color: '#D55E00', band: 'rgba(213, 94, 0, 0.13)', dash: 'dash', symbol: 'square' },
  { color: '#009E73', band: 'rgba(0, 158, 115, 0.13)', dash: 'dot', symbol: 'diamond' },
  { color: '#CC79A7', band: 'rgba(204, 121, 167, 0.13)', dash: 'dashdot', symbol: 'triangle-up' },
  { color: '#56B4E9', band: 'rgba(86, 180, 233, 0.13)', dash: 'longdash', symbol: 'triangle-down' },
  { color: '#E69F00', band: 'rgba(230, 159, 0, 0.13)', dash: 'longdashdot', symbol: 'star' },
  { color: '#6B6B6B', band: 'rgba(107, 107, 107, 0.13)', dash: 'solid', symbol: 'cross' },
  { color: '#8B5A2B', band: 'rgba(139, 90, 43, 0.13)', dash: 'dash', symbol: 'x' },
] as const;

/**
 * Colours of an ordered quantity such as the size of a model, light for small and dark for large: viridis without its
 * yellow end, which vanishes on white paper.
 */
const sequentialColors = ['#8FD744', '#35B779', '#21908C', '#31688E', '#443A83', '#440154'] as const;

/** The ordered colours as a Plotly colour scale. */
export const sequentialScale: readonly (readonly [number, string])[] = sequentialColors.map((color, k) => [
  k / (sequentialColors.length - 1),
  color,
]);

/**
 * A colour of the ordered palette, blended between its entries.
 *
 * @param share - place in the palette, 0 to 1
 * @example
 * ```ts
 * sequentialColor(0); // 'rgb(143, 215, 68)'
 * ```
 */
export function sequentialColor(share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (sequentialColors.length - 1);
  const low = Math.min(Math.floor(place), sequentialColors.length - 2);
  const channel = (color: string, k: number): number => Number.parseInt(color.slice(1 + 2 * k, 3 + 2 * k), 16);
  const mixed = [0, 1, 2].map((k) => {
    const [from, to] = [channel(sequentialColors[low], k), channel(sequentialColors[low + 1], k)];
    return Math.round(from + (to - from) * (place - low));
  });
  return `rgb(${mixed.join(', ')})`;
}

const family = 'Helvetica, Arial, "Liberation Sans", sans-serif';

/** Parts of layouts that every figure shares. */
export const theme = {
  font: { family, size: 13, color: palette.ink },
  axisTitle: { font: { family, size: 14, color: palette.ink }, standoff: 12 },
  axis: {
    showgrid: true,
    gridcolor: palette.grid,
    zeroline: false,
    showline: true,
    linecolor: palette.muted,
    ticks: 'outside',
    tickcolor: palette.muted,
    ticklen: 5,
    automargin: true,
  },
  /** Text inside the plot, legible on lines and points. */
  note: { font: { family, size: 12, color: palette.ink }, showarrow: false, bgcolor: 'rgba(255, 255, 255, 0.8)' },
} as const;

/** What a figure adds to the common layout. */
export interface LayoutOptions {
  /** What is seen, in one line. */
  readonly title: string;
  /** Law, numbers of runs, what bands mean; a second line in smaller type. */
  readonly subtitle: string;
  /** Axes, annotations, shapes and the like. */
  readonly rest: PlainObject;
  readonly height?: number;
}

/** The layout of a figure: white, with the title and its subtitle at the left edge. */
export function baseLayout(options: LayoutOptions): PlainObject {
  return {
    title: {
      text: options.title,
      subtitle: { text: options.subtitle, font: { family, size: 12.5, color: palette.muted } },
      font: { family, size: 17, color: palette.ink },
      x: 0,
      xref: 'container',
      xanchor: 'left',
      y: 1,
      yref: 'container',
      yanchor: 'top',
      pad: { l: 16, t: 14 },
    },
    font: theme.font,
    paper_bgcolor: palette.paper,
    plot_bgcolor: palette.paper,
    height: options.height ?? 560,
    margin: { l: 72, r: 32, t: 84, b: 100 },
    // Below everything, where it hides no point.
    legend: { orientation: 'h', x: 0.5, xanchor: 'center', y: 0, yref: 'container', yanchor: 'bottom' },
    hovermode: 'closest',
    hoverlabel: { bgcolor: palette.paper, bordercolor: palette.muted, font: { family, size: 12, color: palette.ink } },
    ...options.rest,
  };
}

/** Plotly's configuration for every figure. */
export const baseConfig: PlainObject = {
  responsive: true,
  displaylogo: false,
  modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d'],
  toImageButtonOptions: { format: 'svg' },
};
