/** Laws of learning-rate schedules: curves predicted along them, and the best of them searched for. */
export { annealing } from '../../laws/annealing.ts';
export { evaluateCurve } from '../../laws/curve/evaluateCurve.ts';
export { parseSchedule } from '../../laws/curve/parseSchedule.ts';
export { scheduleKinds, type Schedule, type ScheduleRows, type ScheduleShape } from '../../laws/curve/schedule.ts';
export { scheduleRates } from '../../laws/curve/scheduleRates.ts';
export { multiPower } from '../../laws/multiPower.ts';
export { compareCurve, type CurveError, type MeasuredCurve } from './compareCurve.ts';
export type { FinalLoss, RivalSchedule } from './compareFinals.ts';
export { optimizeSchedule, type OptimalSchedule, type ScheduleRequest } from './optimizeSchedule.ts';
export { predictCurve, type CurveOptions, type CurvePoint, type PredictedCurve } from './predictCurve.ts';
