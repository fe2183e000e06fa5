import { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult, writeWarnings } from './output.ts';

/** The options of `predict` that are about curves, and those that are not. */
export interface CurveFlags {
  readonly schedule: readonly string[];
  readonly warmup?: number;
  readonly where?: string;
  readonly figure?: string;
  readonly confidence?: number;
  readonly json?: boolean;
  readonly params?: number;
  readonly tokens?: number;
  readonly flops?: number;
  readonly at?: unknown;
  readonly points?: string;
  readonly then?: string;
}

/** Predicts the curves of some schedules and prints them; beside what was measured, where a file says that. */
export async function showCurves(fit: Fit, flags: CurveFlags): Promise<void> {
  const other = (['params', 'tokens', 'flops', 'at', 'points', 'then'] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (other !== undefined)
    throw new IsoflopError('USAGE', {
      message: `--schedule and --${other} do not go together.`,
      remedy: 'A law of curves takes a schedule and nothing else.',
    });
  const [{ readCurves }, { predictCurve }, { compareCurve }] = await Promise.all([
    import('../node/scheduleFile.ts'),
    import('../plan/schedule/predictCurve.ts'),
    import('../plan/schedule/compareCurve.ts'),
  ]);
  const { warmup, where, confidence } = flags;
  const read = await Promise.all(flags.schedule.map((text) => readCurves(text, { warmup, where })));
  const curves = read.flat().map(({ schedule, measured }) => {
    const curve = predictCurve(fit, schedule, { confidence, ...(measured === null ? {} : { steps: measured.step }) });
    return { curve, error: measured === null ? null : compareCurve(curve, measured), measured };
  });
  if (flags.json === true) {
    const { curvesToJson } = await import('../report/curveJson.ts');
    writeJson(curvesToJson(curves));
  } else {
    const { formatComparedCurves, formatCurve } = await import('../report/curveText.ts');
    const options = { color: useColor(), width: outputWidth() };
    const [first] = curves;
    const isAlone = curves.length === 1 && first.measured === null;
    writeResult(isAlone ? formatCurve(first.curve, options) : formatComparedCurves(curves, options));
  }
  if (flags.figure !== undefined) {
    const [{ curvePanels }, { saveFigures }] = await Promise.all([
      import('../plots/curvePanels.ts'),
      import('../node/figures/saveFigures.ts'),
    ]);
    const figure = curvePanels(curves.map(({ curve, measured }) => ({ curve, measured })));
    const description = 'Predicted and measured curves, a panel for each schedule.';
    for (const file of await saveFigures(flags.figure, [{ id: 'curve-panels', description, figure }], {
      title: fit.law,
    }))
      writeError(`wrote ${file}`);
  }
  writeWarnings(
    curves.flatMap(({ curve }) => curve.warnings),
    flags.json !== true,
  );
}
