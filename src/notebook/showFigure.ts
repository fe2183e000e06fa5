import { createHash } from 'node:crypto';
import type { Figure, PlainObject } from '../plots/figure.ts';
import { figureSvg, type FigureSvgOptions } from '../plots/svg/figureSvg.ts';
import { displayed, type Displayed } from './displayed.ts';

/** Wide enough for two panels, narrow enough for the column of a notebook. */
const defaultWidth = 820;

/**
 * Shows a figure in a notebook: with Plotly where the viewer knows it (JupyterLab with the package `plotly`, VS Code), and
 * as the same picture without scripts elsewhere.
 *
 * @param figure - what a builder of figures gave
 * @param options - of the picture; its width is 820 pixels unless given
 * @returns the last value of a cell
 * @throws IsoflopError `FIGURE_UNSUPPORTED`
 * @example
 * ```ts
 * showFigure(buildFigure(fit, 'frontier'), { description: 'Loss against compute, with the frontier of the law' });
 * ```
 */
export function showFigure(figure: Figure, options: FigureSvgOptions = {}): Displayed {
  const { data, layout, config } = figure;
  // All pictures of a notebook stand on one page, where names within them must differ.
  const id = `f${createHash('sha256').update(JSON.stringify(figure)).digest('hex').slice(0, 8)}`;
  return displayed({
    'application/vnd.plotly.v1+json': { data, layout, config },
    'image/svg+xml': figureSvg(figure, { width: defaultWidth, id, ...options }),
    'text/plain': options.description ?? titleOf(layout),
  });
}

/** The title of a figure without the line below it. */
function titleOf(layout: PlainObject): string {
  const title = layout.title as { readonly text?: string } | undefined;
  return title?.text ?? 'figure';
}
