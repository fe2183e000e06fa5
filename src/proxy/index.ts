/**
 * Proxy training: models, runs and sweeps from YAML, and how they trained.
 *
 * @module isoflop/proxy
 */
export { measureDynamics, type Dynamics, type DynamicsOptions } from './dynamics/dynamics.ts';
export { convergedAt, linearAlignment, type Activations } from './dynamics/alignment.ts';
export { proportionalEffectiveRank, singularValues } from './dynamics/effectiveRank.ts';
export { fitGrowth, type GrowthFit } from './dynamics/instability.ts';
export { noiseScale, type NoiseScale } from './dynamics/noiseScale.ts';
export { detectSaturation, type Saturation } from './dynamics/saturation.ts';
export { bestRate, learningRateSensitivity, type RateSweep } from './dynamics/sensitivity.ts';
export { dynamicsCsv, dynamicsRows, type DynamicsRow } from './dynamics/table.ts';
export { formatDynamics } from './dynamics/text.ts';
export type { Engine } from './engines/engine.ts';
export { engines, openEngine, type OpenedEngine } from './engines/index.ts';
export {
  countModelFlops,
  countParameters,
  parameterSpecs,
  type FlopCount,
  type ModelShape,
  type ParameterCount,
  type ParameterSpec,
} from './model/shape.ts';
export { checkedRun, resolveRun } from './readConfig.ts';
export { readRecordedRuns, type RecordedRun, type RecordedRuns } from './record/recordedRuns.ts';
export type { RunConfig } from './runConfig.ts';
export { strategies } from './strategies/index.ts';
export type { Strategy } from './strategies/strategy.ts';
export { estimateSweep, type SweepEstimate } from './sweep/estimate.ts';
export { planSweep, type SweepPlan } from './sweep/plan.ts';
export type { SweepResult } from './sweep/collect.ts';
export { runSweep, type SweepOptions } from './sweep/runSweep.ts';
export type { MetricsRow } from './train/metrics.ts';
export {
  exactRandomFeatures,
  randomFeatureDefaults,
  randomFeatureTruth,
  trainRandomFeatures,
  type ExactLoss,
  type RandomFeatures,
  type RandomFeatureTruth,
} from './testbeds/randomFeatures.ts';
export {
  superpositionDefaults,
  superpositionTruth,
  trainSuperposition,
  weakSuperpositionLoss,
  type Superposition,
  type SuperpositionTruth,
  type SuperpositionWeights,
  type TrainedSuperposition,
} from './testbeds/superposition.ts';
export {
  randomFeatureRuns,
  superpositionRuns,
  testbedCsv,
  type RandomFeatureGrid,
  type SuperpositionGrid,
  type Testbed,
  type TestbedRow,
} from './testbeds/testbeds.ts';
export { trainRun, type RunProgress, type TrainOptions } from './train/run.ts';
export type { RunResult } from './train/runFolder.ts';
export { readYaml, type YamlDocument } from './yaml.ts';
