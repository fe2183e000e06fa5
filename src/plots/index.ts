import { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { approaches } from './approaches.ts';
import { contour } from './contour.ts';
import { curves } from './curves.ts';
import type { Figure, FigureDefinition, FigureOptions } from './figure.ts';
import { profile } from './fitProfile.ts';
import { frontier } from './frontier.ts';
import { isoflop } from './isoflop.ts';
import { isoflopMinima } from './isoflopMinima.ts';
import { parity } from './parity.ts';
import { residuals } from './residuals.ts';
import { schedules } from './schedules.ts';

export { backtestFigure } from './backtest.ts';
export { matrixFigure } from './backtestMatrix.ts';
export { curveRuns, type CurveRun } from './curveRuns.ts';
export { darkFigure } from './dark.ts';
export type { Figure, FigureDefinition, FigureOptions, PlainObject } from './figure.ts';
export { describeLawView, lawFigure, type LawView } from './lawFigure.ts';
export { multiplierFigure } from './multiplier.ts';
export { overlayFigure, type OverlaidFit } from './overlay.ts';
export { profileFigure, profilePairFigure } from './profile.ts';
export { figureHtml, type FigureHtmlOptions, type TitledFigure } from './html.ts';
export { columnInches, figureCaption, paperFigure, type PaperOptions } from './paper/paperFigure.ts';
export { terminalFigure, type TerminalOptions } from './terminal/terminalFigure.ts';
export { figureSvg, type FigureSvgOptions } from './svg/figureSvg.ts';

/**
 * Every figure, in the order in which pages, help and documentation show them. A new figure is one file and one line
 * here.
 */
export const figures: readonly FigureDefinition[] = [
  frontier,
  isoflop,
  residuals,
  contour,
  isoflopMinima,
  approaches,
  parity,
  curves,
  profile,
];

/** Figures that only fits of laws of learning-rate schedules have, and that come first there. */
const curveFigures: readonly FigureDefinition[] = [schedules];

/**
 * The figure of that id.
 *
 * @throws IsoflopError `FIGURE_UNKNOWN`
 * @example
 * ```ts
 * findFigure('isoflop').title; // 'IsoFLOP curves'
 * ```
 */
export function findFigure(id: string): FigureDefinition {
  const all = [...figures, ...curveFigures];
  const found = all.find((figure) => figure.id === id);
  if (found !== undefined) return found;
  throw new IsoflopError('FIGURE_UNKNOWN', { figure: id, figures: all.map((figure) => figure.id) });
}

/**
 * Builds one figure of a fit as Plotly JSON.
 *
 * @param fit - the fit; nothing else is read
 * @param id - which figure, see {@link figures}
 * @throws IsoflopError `FIGURE_UNKNOWN`; `FIGURE_UNAVAILABLE` when the law or the data lack what the figure needs
 * @example
 * ```ts
 * const { data, layout, config } = buildFigure(fit, 'frontier'); // for Plotly.newPlot('plot', data, layout, config)
 * layout.title !== undefined && data.length > 2; // true
 * ```
 */
export function buildFigure(fit: Fit, id: string, options: FigureOptions = {}): Figure {
  return findFigure(id).build(fit, options);
}

/** A figure of a fit, or the reason why it cannot be drawn. */
export type BuiltFigure = { readonly definition: FigureDefinition } & (
  { readonly figure: Figure; readonly reason: null } | { readonly figure: null; readonly reason: string }
);

/**
 * Builds every figure of a fit; one that the law does not allow comes back with the reason instead.
 *
 * @param chosen - which figures, all unless given
 * @example
 * ```ts
 * buildFigures(fit).filter((built) => built.figure !== null).map((built) => built.definition.id);
 * // ['frontier', 'isoflop', 'residuals', 'contour', 'isoflop-minima', 'approaches', 'parity', 'curves', 'profile']
 * ```
 */
export function buildFigures(
  fit: Fit,
  options: FigureOptions = {},
  chosen: readonly FigureDefinition[] = fit.schedules === undefined ? figures : [...curveFigures, ...figures],
): BuiltFigure[] {
  return chosen.map((definition) => {
    try {
      return { definition, figure: definition.build(fit, options), reason: null };
    } catch (error) {
      if (!(error instanceof IsoflopError) || error.code !== 'FIGURE_UNAVAILABLE') throw error;
      return { definition, figure: null, reason: (error as IsoflopError<'FIGURE_UNAVAILABLE'>).details.reason };
    }
  });
}
