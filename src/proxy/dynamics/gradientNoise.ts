import { openCorpus } from '../corpus/index.ts';
import type { Engine } from '../engines/engine.ts';
import { startOptimizer } from '../optimizer.ts';
import { loadWeights } from '../record/checkpoint.ts';
import type { RecordedRun } from '../record/recordedRuns.ts';
import { shapeUnder } from '../train/strategySet.ts';
import { createTrainer } from '../train/trainer.ts';
import { noiseScale, squaredNorm } from './noiseScale.ts';

/** Noise of the gradient over the checkpoints of a run. */
export interface NoiseCourse {
  readonly run: string;
  readonly params: number;
  readonly steps: readonly number[];
  readonly tokens: readonly number[];
  /** Loss at each checkpoint. */
  readonly losses: readonly number[];
  /** Simple noise scale in tokens: a batch of so many has as much noise as signal; NaN where the noise hides the signal. */
  readonly noise: readonly number[];
}

/** Batches that are drawn at each checkpoint. */
const draws = 24;
/** Steps that no run takes, so that its batches are not those it was trained on. */
const fresh = 2 ** 24;

/**
 * Measures the simple noise scale at each checkpoint that was kept, from gradients of single batches of the run and of
 * their mean.
 *
 * @returns null without a checkpoint
 * @see arXiv 1812.06162, appendix A.1
 */
export async function measureNoise(run: RecordedRun, engine: Engine): Promise<NoiseCourse | null> {
  const { config } = run;
  if (run.weights.length === 0) return null;
  const corpus = await openCorpus(config.corpus);
  try {
    const plain = { ...config.model, vocabulary: corpus.vocabulary };
    const { specs } = shapeUnder(config.strategies, plain);
    const noise: number[] = [];
    // Micro-batches of a step are what is compared: more of them would only be slower.
    const rows = Math.max(1, Math.ceil(config.batch / config.accumulate));
    const { context } = config.model;
    for (const { path } of run.weights) {
      const weights = await loadWeights(path, specs);
      const trainer = createTrainer({ ...config, accumulate: 1 }, engine, corpus, {
        weights,
        optimizer: startOptimizer(weights),
      });
      const sums = new Map<string, Float64Array>();
      let squares = 0;
      for (let k = 0; k < draws; k++) {
        const windows = await corpus.batch(config.seed, fresh + k, rows, context);
        const { gradients } = await trainer.gradient(windows, rows, fresh + k);
        squares += squaredNorm(gradients) / draws;
        for (const [name, values] of gradients) {
          const sum = sums.get(name) ?? new Float64Array(values.length);
          for (let i = 0; i < values.length; i++) sum[i] += values[i] / draws;
          sums.set(name, sum);
        }
      }
      trainer.dispose();
      let large = 0;
      for (const sum of sums.values()) for (const value of sum) large += value * value;
      const { signal, rows: scale } = noiseScale({ rows, squares }, { rows: rows * draws, squares: large });
      noise.push(signal > 0 ? scale * context : NaN);
    }
    const steps = run.weights.map(({ step }) => step);
    return {
      run: run.name,
      params: run.rows.at(0)?.params ?? NaN,
      steps,
      tokens: steps.map((step) => step * config.batch * context),
      losses: steps.map((step) => run.rows.find((row) => row.step === step)?.loss ?? NaN),
      noise,
    };
  } finally {
    await corpus.close();
  }
}
