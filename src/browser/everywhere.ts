/** What runs in Node and in browsers alike: everything from `core` to `plots` but the reading of files. */
export { errorCodes, IsoflopError, type ErrorCode } from '../core/errors.ts';
export { formatQuantity, parseQuantity, tryParseQuantity } from '../core/quantity.ts';
export { version } from '../core/version.ts';
export type { Warning, WarningCode, WarningLevel } from '../core/warnings.ts';

export * from '../runs/index.ts';

export { chinchilla } from '../laws/chinchilla.ts';
export { describeFormula, formulaLaw, type FormulaOptions } from '../laws/formula/formulaLaw.ts';
export { findLaw, lawOf, laws } from '../laws/index.ts';
export { effectiveParams, publishedSensitivities, type Bits, type Sensitivities } from '../laws/precision.ts';
export { defineFormula, type FormulaDefinition } from '../laws/formula/defineFormula.ts';
export {
  defineLaw,
  evaluateLaw,
  type FormulaSpec,
  type Law,
  type LawDefinition,
  type LawInput,
  type LawParam,
  type LawResponse,
  type PublishedFit,
} from '../laws/law.ts';
export {
  estimateTrajectory,
  type TrajectoryEstimate,
  type TrajectoryOptions,
  type TrajectoryPoints,
} from '../laws/trajectoryEstimate.ts';

export { fitLaw, type LawFit } from '../fit/fitLaw.ts';
export { objectives } from '../fit/objectives/index.ts';
export type { Objective } from '../fit/objectives/objective.ts';
export type { FitOptions } from '../fit/options.ts';
export {
  paramValues,
  type Bootstrap,
  type CalibratedForm,
  type Calibration,
  type Covariance,
  type Fit,
  type FitData,
  type FitRows,
  type FitSettings,
  type FitStatus,
  type FittedParam,
  type RehearsedSplit,
} from '../fit/result.ts';
export { solvers } from '../fit/solvers/index.ts';

export { bootstrapFit, inThisThread, type BootstrapExecutor } from '../uncertainty/bootstrap.ts';
export type { Adjustment } from '../uncertainty/adjustment.ts';
export {
  testCoefficients,
  type CoefficientTest,
  type CoefficientTestOptions,
  type ComparedCoefficient,
} from '../uncertainty/coefficientTest.ts';
export { logLikelihood } from '../uncertainty/likelihood.ts';
export {
  compareNested,
  type NestedComparison,
  type RatioOptions,
  type RatioTest,
} from '../uncertainty/likelihoodRatio.ts';
export { profilePair, type ProfilePair } from '../uncertainty/profilePair.ts';
export { bootstrapRatio, type RatioBootstrap } from '../uncertainty/ratioBootstrap.ts';
export { profileNames, profileParam, type Profile, type ProfileOptions } from '../uncertainty/profile.ts';
export { estimateCovariance } from '../uncertainty/covariance.ts';
export { diagnose } from '../uncertainty/diagnostics/index.ts';
export { groupRows, type Groups } from '../uncertainty/groups.ts';
export { probeRegime, type ProbeOptions, type Regime, type RegimeProbe } from '../uncertainty/regime.ts';
export { predictLoss, type LossPrediction, type PredictOptions } from '../uncertainty/predict.ts';
export { summarizeFit } from '../uncertainty/summarize.ts';

export {
  backtestLaws,
  type Backtest,
  type BacktestExecutor,
  type BacktestOptions,
  type LawBacktest,
} from '../backtest/backtest.ts';
export type { SplitScore } from '../backtest/backtestSplit.ts';
export { calibrate, type CalibrateOptions, type CalibrationResult } from '../backtest/calibrate.ts';
export { backtestWarnings } from '../backtest/findings.ts';
export { baselines, type Baseline } from '../backtest/baselines.ts';
export { computeFactor, equivalentCompute } from '../backtest/equivalentCompute.ts';
export { backtestMatrix, type BacktestMatrix, type MatrixOptions } from '../backtest/matrix.ts';

export { allocate, type Allocation } from '../plan/allocate.ts';
export { approachTwoBias, type ApproachTwoBias, type BudgetGrid } from '../plan/approaches/approachTwoBias.ts';
export {
  compareApproaches,
  type Approach,
  type ApproachComparison,
  type ApproachOptions,
} from '../plan/approaches/index.ts';
export { predictChain, type ChainedPoint, type ChainOptions, type ChainPrediction } from '../plan/chain.ts';
export { compareFamilies, type CompareOptions } from '../plan/compare/families.ts';
export type { DesignMultiplier, Estimate, MultiplierModel, MultiplierPoint } from '../plan/compare/multiplier.ts';
export type { ObservedDifferences, Rung } from '../plan/compare/observed.ts';
export type { FamilyComparison, FamilySummary, SharedFit, Verdict } from '../plan/compare/result.ts';
export type { Settled } from '../plan/compare/verdict.ts';
export { countFlops, countParams, type FlopCount, type ParamCount, type TransformerShape } from '../plan/flops.ts';
export {
  compareGaps,
  computeExponent,
  computeScale,
  criticalBatchAt,
  earlyStoppingSteps,
  efficientRun,
  excessCompute,
  kaplanConstants,
  kaplanConstantsOf,
  minFlopsToLoss,
  stepsRatio,
  toMinFlops,
  toMinSteps,
  type EfficientRun,
  type KaplanConstants,
} from '../plan/kaplan.ts';
export {
  predictPoints,
  type CalibratedPoint,
  type PredictedPoint,
  type Prediction,
  type QueryPoint,
} from '../plan/predictPoints.ts';

export * from '../plots/index.ts';
export * from '../report/index.ts';
