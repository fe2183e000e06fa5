import { quantityStyle } from './axis.ts';
import type { PlainObject } from './figure.ts';
import { palette, theme } from './theme.ts';

/** A line that divides a figure or ends it, behind the curves. */
export const rule = { type: 'line', line: { color: palette.muted, width: 1.2, dash: 'dot' }, layer: 'below' } as const;

/** The irreducible loss on a logarithmic axis: a line across the figure, and a note on it. */
export function floorMarks(loss: number): { readonly shape: PlainObject; readonly note: PlainObject } {
  return {
    shape: { ...rule, xref: 'paper', x0: 0, x1: 1, y0: loss, y1: loss },
    note: {
      ...theme.note,
      font: { ...theme.note.font, color: palette.muted },
      x: 0.005,
      xref: 'paper',
      xanchor: 'left',
      // Plotly takes shapes on logarithmic axes in natural units, but annotations in log10.
      y: Math.log10(loss),
      yanchor: 'bottom',
      text: `irreducible loss ${quantityStyle('loss').format(loss)}`,
    },
  };
}
