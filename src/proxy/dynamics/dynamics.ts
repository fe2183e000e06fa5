import type { Engine } from '../engines/engine.ts';
import { openEngine } from '../engines/index.ts';
import type { RecordedRuns } from '../record/recordedRuns.ts';
import {
  compareBatches,
  compareRates,
  compareSizes,
  type BatchCourse,
  type GrowthCourse,
  type RateCourse,
} from './compareRuns.ts';
import { measureNoise, type NoiseCourse } from './gradientNoise.ts';
import { endedRuns } from './grouping.ts';
import { measureLayers, type AlignmentCourse, type RankCourse } from './layers.ts';
import { compareWithLaw, saturationOf, type LawSaturation, type RunSaturation } from './lawSaturation.ts';

/** What the runs of a folder say about how their models trained. */
export interface Dynamics {
  readonly name: string;
  /** Runs that have ended, and those among them that diverged. */
  readonly runs: number;
  readonly diverged: number;
  readonly ranks: readonly RankCourse[];
  readonly alignments: readonly AlignmentCourse[];
  readonly noise: readonly NoiseCourse[];
  readonly rates: readonly RateCourse[];
  readonly growth: readonly GrowthCourse[];
  readonly saturation: readonly RunSaturation[];
  readonly law: readonly LawSaturation[];
  readonly batches: readonly BatchCourse[];
  /** Parts that these runs cannot say, and what a sweep would need for them. */
  readonly missing: readonly { readonly part: string; readonly why: string }[];
}

/** Options of {@link measureDynamics}. */
export interface DynamicsOptions {
  /** Windows whose activations are compared; 16 unless given. */
  readonly samples?: number;
  /** Engine for activations and gradients; that of the runs unless given. */
  readonly engine?: string;
  /** Told about each run whose weights have been looked at. */
  readonly onProgress?: (done: number, of: number) => void;
}

const needs = {
  layers: 'no run kept its weights: set keepWeights: true',
  rates: 'no model was trained at two learning rates: give the sweep rates',
  growth: 'no learning rate was used for three sizes: give the sweep three or more sizes',
  law: 'no size has three larger ones with eight runs: give the sweep more sizes and budgets',
  batches: 'no model was trained at four batch sizes to a common loss: give the sweep four or more batches',
} as const;

/**
 * Measures the training dynamics of the runs in a folder: what can be read from their rows always, what needs weights where
 * they were kept.
 *
 * @param recorded - as `readRecordedRuns` gives it
 * @throws IsoflopError `ENGINE_UNKNOWN`, `ENGINE_UNAVAILABLE`, `CHECKPOINT_INVALID`
 */
export async function measureDynamics(recorded: RecordedRuns, options: DynamicsOptions = {}): Promise<Dynamics> {
  const { samples = 16, onProgress } = options;
  const ended = endedRuns(recorded.runs);
  const kept = recorded.runs.filter(({ weights }) => weights.length >= 2);
  const ranks: RankCourse[] = [];
  const alignments: AlignmentCourse[] = [];
  const noise: NoiseCourse[] = [];
  const engines = new Map<string, Engine>();
  for (const [k, run] of kept.entries()) {
    const id = options.engine ?? run.config.engine;
    const engine = engines.get(id) ?? (await openEngine(id)).engine;
    engines.set(id, engine);
    const layers = await measureLayers(run, engine, samples);
    ranks.push(...(layers?.ranks ?? []));
    alignments.push(...(layers?.alignments ?? []));
    const course = await measureNoise(run, engine);
    if (course !== null) noise.push(course);
    onProgress?.(k + 1, kept.length);
  }
  const found = {
    rates: compareRates(ended),
    growth: compareSizes(ended),
    law: compareWithLaw(ended),
    batches: compareBatches(ended),
  };
  const isMissing = { ...found, layers: ranks };
  return {
    name: recorded.name,
    runs: ended.length,
    diverged: ended.filter(({ diverged }) => diverged).length,
    ranks,
    alignments,
    noise,
    saturation: saturationOf(ended),
    ...found,
    missing: Object.entries(needs)
      .filter(([part]) => isMissing[part as keyof typeof needs].length === 0)
      .map(([part, why]) => ({ part, why })),
  };
}
