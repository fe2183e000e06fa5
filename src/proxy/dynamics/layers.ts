import { openCorpus } from '../corpus/index.ts';
import type { Engine } from '../engines/engine.ts';
import { createModel } from '../model.ts';
import type { Weights } from '../model/weights.ts';
import { loadWeights } from '../record/checkpoint.ts';
import type { RecordedRun } from '../record/recordedRuns.ts';
import { combineStrategies } from '../train/strategySet.ts';
import { convergedAt, linearAlignment, type Activations } from './alignment.ts';
import { proportionalEffectiveRank, singularValues } from './effectiveRank.ts';

/** One matrix over the checkpoints of a run. */
export interface RankCourse {
  readonly run: string;
  readonly params: number;
  /** Name of the matrix, such as `blocks.0.attention.query`. */
  readonly tensor: string;
  readonly steps: readonly number[];
  readonly tokens: readonly number[];
  /** Proportional effective rank, 0 to 1. */
  readonly ranks: readonly number[];
}

/** The output of one branch over the checkpoints of a run, beside its final state. */
export interface AlignmentCourse {
  readonly run: string;
  readonly params: number;
  readonly part: 'attention' | 'mlp';
  readonly layer: number;
  readonly steps: readonly number[];
  readonly tokens: readonly number[];
  /** Linear CKA with the last checkpoint, whose own is 1. */
  readonly alignments: readonly number[];
  /** Share of the tokens from which it stays at 0.9 or above; null where only the last checkpoint does. */
  readonly convergedAt: number | null;
}

/** The layers of one run. */
export interface LayerCourses {
  readonly ranks: readonly RankCourse[];
  readonly alignments: readonly AlignmentCourse[];
}

const parts = ['attention', 'mlp'] as const;

/**
 * Follows the matrices of a run and what its layers compute over the checkpoints that were kept (`keepWeights`).
 *
 * @param samples - windows of the validation part whose activations are compared
 * @returns null with fewer than two checkpoints
 */
export async function measureLayers(run: RecordedRun, engine: Engine, samples: number): Promise<LayerCourses | null> {
  if (run.weights.length < 2) return null;
  const { config } = run;
  const corpus = await openCorpus(config.corpus);
  try {
    const plain = { ...config.model, vocabulary: corpus.vocabulary };
    const { shape, specs, forward } = combineStrategies(config.strategies, plain, engine, config.seed);
    const windows = await corpus.validation(samples, shape.context);
    const { tf } = engine;
    const model = createModel(engine, shape);
    const width = shape.context + 1;
    const rows = windows.length / width;
    const ids = new Int32Array(rows * shape.context);
    for (let row = 0; row < rows; row++)
      ids.set(windows.subarray(row * width, row * width + shape.context), row * shape.context);

    const activationsOf = (weights: Weights): Map<string, Activations> =>
      tf.tidy(() => {
        const found = new Map<string, Activations>();
        const parameters = Object.fromEntries(
          specs.map(({ name, shape: lengths }) => [
            name,
            tf.tensor(weights.get(name) ?? new Float32Array(), [...lengths]),
          ]),
        );
        model.logits(parameters, tf.tensor1d(ids, 'int32'), rows, {
          ...forward,
          look: (name, value) => {
            if (name.endsWith('.logits')) return;
            const values = Float32Array.from(value.dataSync());
            found.set(name, { values, rows: rows * shape.context, width: shape.width });
          },
        });
        return found as never;
      });

    const matrices = specs.filter(({ shape: lengths, isHidden }) => isHidden && lengths.length === 2);
    const ranks = new Map<string, number[]>(matrices.map(({ name }) => [name, []]));
    const activations: Map<string, Activations>[] = [];
    for (const { path } of run.weights) {
      const weights = await loadWeights(path, specs);
      for (const { name, shape: lengths } of matrices) {
        const values = weights.get(name) ?? new Float32Array();
        ranks.get(name)?.push(proportionalEffectiveRank(singularValues(values, lengths[0], lengths[1])));
      }
      activations.push(activationsOf(weights));
    }
    model.dispose();

    const steps = run.weights.map(({ step }) => step);
    const tokens = steps.map((step) => step * config.batch * shape.context);
    const params = run.rows.at(0)?.params ?? NaN;
    const about = { run: run.name, params, steps, tokens };
    const [last] = activations.slice(-1);
    return {
      ranks: [...ranks].map(([tensor, values]) => ({ ...about, tensor, ranks: values })),
      alignments: parts.flatMap((part) =>
        Array.from({ length: shape.layers }, (_, layer) => {
          const name = `blocks.${String(layer)}.${part}`;
          const end = last.get(name);
          const alignments = activations.map((one) => {
            const at = one.get(name);
            return at === undefined || end === undefined ? NaN : linearAlignment(at, end);
          });
          const first = convergedAt(alignments);
          return {
            ...about,
            part,
            layer,
            alignments,
            convergedAt: first === null ? null : tokens[first] / tokens[tokens.length - 1],
          };
        }),
      ),
    };
  } finally {
    await corpus.close();
  }
}
