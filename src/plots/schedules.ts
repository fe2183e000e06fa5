import { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { predictCurve } from '../plan/schedule/predictCurve.ts';
import { curvePanels, type CurvePanel } from './curvePanels.ts';
import type { Figure, FigureDefinition, FigureOptions } from './figure.ts';

/** Panels at most, and points of a curve that are predicted. */
const most = { panels: 12, points: 300 };

function build(fit: Fit, options: FigureOptions = {}): Figure {
  const { schedules } = fit;
  if (schedules === undefined)
    throw new IsoflopError('FIGURE_UNAVAILABLE', {
      figure: 'schedules',
      reason: 'it needs a law of learning-rate schedules, such as multi-power',
    });
  const { schedule, step, loss } = fit.fitted.columns;
  if (fit.fitted.rows === 0 || schedule === undefined || step === undefined || loss === undefined)
    throw new IsoflopError('FIGURE_UNAVAILABLE', { figure: 'schedules', reason: 'the fit holds no data' });
  const { confidence } = options;
  const panels = schedules.slice(0, most.panels).flatMap((one, k): CurvePanel[] => {
    const rows = Array.from(schedule.keys())
      .filter((i) => schedule[i] === k)
      .sort((a, b) => step[a] - step[b]);
    if (rows.length === 0) return [];
    const every = Math.ceil(rows.length / most.points);
    const kept = rows.filter((_, i) => i % every === 0 || i === rows.length - 1);
    const measured = { step: kept.map((i) => step[i]), loss: kept.map((i) => loss[i]) };
    return [{ curve: predictCurve(fit, one, { steps: measured.step, confidence }), measured }];
  });
  return curvePanels(panels, `Loss curves that ${fit.law} was fitted to`);
}

/** Fitted curves of a law of learning-rate schedules. */
export const schedules: FigureDefinition = {
  id: 'schedules',
  title: 'Curves by schedule',
  description: 'Measured and predicted loss over steps for each learning-rate schedule, with residuals in percent.',
  build,
};
