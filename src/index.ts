/**
 * Neural scaling laws: read runs, fit a law, predict, allocate, draw.
 *
 * @module isoflop
 */
export * from './browser/everywhere.ts';

export {
  capabilitiesOf,
  fitCapabilities,
  type Capabilities,
  type CapabilityOptions,
  type Scores,
} from './observational/capabilities.ts';
export { parseBenchmarks, type BenchmarkOptions, type BenchmarkTable } from './observational/benchmarkTable.ts';
export {
  equivalentFlops,
  type EquivalenceOptions,
  type EquivalentCompute,
  type FamilyEquivalence,
} from './observational/equivalentFlops.ts';
export {
  fitFamilyLines,
  lineAt,
  type FamilyLine,
  type FamilyLines,
  type Line,
  type LineData,
} from './observational/familyLines.ts';
export type { Calibrations, HeldOut, Holdout, Way, WayCalibration, WayError } from './observational/holdout.ts';
export type { Observation, ObservedTask } from './observational/observation.ts';
export { observe, type ObserveOptions } from './observational/observe.ts';
export type { FamilyPrediction, ModelInterval } from './observational/predictFamilies.ts';
export { fitSigmoid, sigmoidAt, type Sigmoid, type SigmoidFit, type SigmoidOptions } from './observational/sigmoid.ts';
export { observationFigures } from './plots/observational/index.ts';
export { observationToJson, type ObservationJson } from './report/observationJson.ts';
export { formatObservation } from './report/observationText.ts';

export { readBenchmarks } from './node/benchmarks.ts';
export { nextRuns } from './plan/next/nextRuns.ts';
export type {
  NextOptions,
  NextRival,
  NextRun,
  NextRuns,
  NextTarget,
  RunShape,
  TargetInterval,
} from './plan/next/types.ts';
export { nextRunsFigure } from './plots/nextRuns.ts';
export { formatNextRuns } from './report/nextText.ts';

export { readRuns } from './runs/files.ts';
export { quantityNames, readHeader } from './runs/header.ts';

export { acceleratorOf, parseAccelerators, type Accelerator } from './plan/budget/accelerator.ts';
export { planRun, type Plan, type PlanLimit, type ShapeChoice } from './plan/budget/plan.ts';
export type { Machine, PlanRequest } from './plan/budget/request.ts';
export { shapeFamilies, type ShapeFamily } from './plan/budget/shapeFamilies.ts';
export { parseShapeFamily, shapesNear, type PlannedShape } from './plan/budget/shapes.ts';
export { planFigure } from './plots/plan.ts';
export { formatPlan } from './report/planRunText.ts';

export { loadAccelerators, loadShapes } from './node/accelerators.ts';
export { figurePdf } from './node/figures/pdf.ts';
export { figurePng, type FigurePngOptions } from './node/figures/png.ts';
export { saveFigures, type SaveFiguresOptions } from './node/figures/saveFigures.ts';
export type { FigureFormat } from './node/figures/targets.ts';
export { fileSource, readRunCurves, type FileSourceOptions } from './node/watch/fileSource.ts';
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
export { readCurves, type CurveOfFile, type ReadCurvesOptions } from './node/scheduleFile.ts';

export * from './plan/schedule/index.ts';
export { curvePanels, type CurvePanel } from './plots/curvePanels.ts';
export { drawSchedules } from './plots/drawSchedules.ts';
export { scheduleFigure, type DrawnSchedule } from './plots/scheduleFigure.ts';
export { curvesToJson, scheduleToJson, type ComparedCurve } from './report/curveJson.ts';
export { formatComparedCurves, formatCurve, formatSchedule } from './report/curveText.ts';
export { scheduleCsv, scheduleJson } from './report/scheduleFile.ts';
