/**
 * Neural scaling laws: read runs, fit a law, predict, allocate, draw.
 *
 * @module isoflop
 */
export * from './browser/everywhere.ts';

export { readRuns } from './runs/files.ts';
export { quantityNames, readHeader } from './runs/header.ts';

export { figurePdf } from './node/figures/pdf.ts';
export { figurePng, type FigurePngOptions } from './node/figures/png.ts';
export { saveFigures, type SaveFiguresOptions } from './node/figures/saveFigures.ts';
export type { FigureFormat } from './node/figures/targets.ts';
export { fitRuns, type FitRunsOptions } from './node/fitRuns.ts';
export { loadFit, saveFit } from './node/savedFits.ts';
export { backtestInThreads, inThreads, matrixInThreads, stopThreads } from './node/threads.ts';
export { readCurves, type CurveOfFile, type ReadCurvesOptions } from './node/scheduleFile.ts';

export * from './plan/schedule/index.ts';
export { curvePanels, type CurvePanel } from './plots/curvePanels.ts';
export { drawSchedules } from './plots/drawSchedules.ts';
export { scheduleFigure, type DrawnSchedule } from './plots/scheduleFigure.ts';
export { curvesToJson, scheduleToJson, type ComparedCurve } from './report/curveJson.ts';
export { formatComparedCurves, formatCurve, formatSchedule } from './report/curveText.ts';
export { scheduleCsv, scheduleJson } from './report/scheduleFile.ts';
