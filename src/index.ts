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
export { fileSource, readCurves, type FileSourceOptions } from './node/watch/fileSource.ts';
export { followRun } from './node/watch/follow.ts';
export { loadRegistration, saveRegistration } from './node/watch/registrationFile.ts';
export type { RunRows, RunSource } from './node/watch/runSource.ts';
export { watchFigure } from './plots/watch.ts';
export { formatRegistration, formatWatch, formatWatchLine } from './report/watchText.ts';
export { decodeRegistration, encodeRegistration } from './report/savedRegistration.ts';
export { findAlarms, type Alarm, type AlarmKind } from './watch/alarms.ts';
export { bandOf, type Band, type BandPoint } from './watch/band.ts';
export { curveOf, type CurvePlan, type CurveRow, type RunCurve } from './watch/curve.ts';
export type { Decision, Price, Verdict } from './watch/decision.ts';
export { forecastEnd, type Forecast, type ForecastContext, type Forecasts } from './watch/forecast.ts';
export {
  registrationOf,
  type CheckedRegistration,
  type Registration,
  type RegistrationRequest,
} from './watch/registration.ts';
export { watchRun, type WatchOptions, type WatchState } from './watch/watchRun.ts';
export { fitRuns, type FitRunsOptions } from './node/fitRuns.ts';
export { loadFit, saveFit } from './node/savedFits.ts';
export { backtestInThreads, inThreads, matrixInThreads, stopThreads } from './node/threads.ts';
