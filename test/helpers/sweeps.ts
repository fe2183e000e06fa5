import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../src/core/random.ts';
import type { LiveInput } from '../../src/proxy/live/liveInput.ts';
import type { RecordedRun } from '../../src/proxy/record/recordedRuns.ts';
import type { RunConfig } from '../../src/proxy/runConfig.ts';
import { costOf } from '../../src/proxy/sweep/cost.ts';
import { metricsCsv, type MetricsRow } from '../../src/proxy/train/metrics.ts';
import type { RunResult } from '../../src/proxy/train/runFolder.ts';

/** A made-up run: its model by width, its tokens, and how far it is. */
export interface MadeRun {
  readonly width: number;
  readonly tokens: number;
  readonly seed?: number;
  readonly family?: string;
  /** Share of its tokens that it has seen, null where it has not begun. */
  readonly share: number | null;
  /** How it has ended, where it has. */
  readonly ended?: RunResult['status'];
}

/** The law that made-up runs follow. */
export const madeLaw = { E: 1.7, A: 30, B: 60, alpha: 0.35, beta: 0.37 };
/** How fast they are trained: multiplications and additions of training a second. */
const flopsPerSecond = 2e8;

const nameOf = ({ width, tokens, seed = 0, family }: MadeRun): string =>
  [
    ...(family === undefined ? [] : [family]),
    `w${String(width)}`,
    `d${String(tokens / 1000)}K`,
    `s${String(seed)}`,
  ].join('-');

/** The config of a made-up run. */
export function madeConfig(run: MadeRun): RunConfig {
  const { width, tokens, seed = 0, family = null } = run;
  return {
    name: nameOf(run),
    family,
    engine: 'wasm',
    seed,
    corpus: { kind: 'markov', vocabulary: 64, order: 1, exponent: 1.5, straying: 0.5, seed: 0, validationTokens: 4096 },
    model: {
      context: 32,
      layers: 2,
      width,
      heads: 1,
      hidden: 4 * width,
      positions: 'rotary',
      activation: 'gelu',
      norm: 'rmsnorm',
      biases: 'none',
      tied: true,
      qkNorm: false,
      parametrisation: { kind: 'standard' },
    },
    strategies: [],
    optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, independentDecay: false, clip: 1 },
    schedule: { kind: 'cosine', rate: 5e-3, warmup: 0.05, final: 0.1, decay: 0.2, cycle: 1 },
    tokens,
    batch: 16,
    accumulate: 1,
    evaluations: 8,
    evaluationRows: 64,
    checkpointSeconds: 60,
    keepWeights: false,
  };
}

/** What was recorded of a made-up run: evaluations evenly in the logarithm of tokens, above the law before the end. */
function recordedOf(run: MadeRun, folder: string): RecordedRun {
  const config = madeConfig(run);
  const { params, tokens: planned, flops } = costOf(config);
  const random = createRandom(params + planned + config.seed);
  const noise = 1 + 0.002 * random.normal();
  const shares = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.6, 1].filter((share) => share <= (run.share ?? 0));
  const { E, A, B, alpha, beta } = madeLaw;
  const rows = shares.map((share, k): MetricsRow => {
    const tokens = Math.round(share * planned);
    const loss = (E + A / params ** alpha + B / tokens ** beta) * noise * (1 + 0.04 * (1 - share));
    const isLast = k === shares.length - 1;
    return {
      run: config.name,
      family: run.family ?? 'none',
      seed: config.seed,
      step: Math.round(tokens / (config.batch * config.model.context)),
      params,
      tokens,
      flops: (flops * tokens) / planned,
      loss: isLast && run.ended === 'diverged' ? 9 : loss,
      train_loss: loss,
      learning_rate: config.schedule.rate,
      peak_learning_rate: config.schedule.rate,
      batch_size: config.batch,
      gradient_norm: 0.5,
      update_rms: 1e-3,
      max_attention_logit: 4,
      log_z: 3,
      tokens_per_second: Math.round((flopsPerSecond * planned) / flops),
      memory_mb: 200,
      status: isLast && run.ended !== undefined ? run.ended : 'training',
    };
  });
  const last = rows.at(-1);
  const result: RunResult | undefined =
    run.ended === undefined || last === undefined
      ? undefined
      : {
          name: config.name,
          status: run.ended,
          reason: run.ended === 'diverged' ? 'its loss is 9, above the 4.158 before the first step' : null,
          params,
          tokens: last.tokens,
          flops: last.flops,
          loss: last.loss,
          startLoss: 4.158,
          seconds: last.flops / flopsPerSecond,
        };
  return { name: config.name, folder: join(folder, config.name), config, rows, result, weights: [] };
}

/** A sweep of made-up runs, as it would be read. */
export function madeInput(runs: readonly MadeRun[], change: Partial<LiveInput> = {}): LiveInput {
  const recorded = runs.filter(({ share }) => share !== null).map((run) => recordedOf(run, 'made'));
  const now = Date.parse('2026-01-02T03:04:05Z');
  return {
    recorded: {
      name: 'made',
      plan: runs.map(madeConfig),
      runs: recorded,
      waiting: runs.length - recorded.length,
    },
    isWorking: true,
    workingSince: now - 60_000,
    failed: new Map(),
    times: new Map(
      recorded.flatMap(({ name, result }) =>
        result === undefined ? [[name, { changed: now, rows: now }] as const] : [],
      ),
    ),
    now,
    ...change,
  };
}

/** Writes one made-up run as training would have left it. */
export async function writeRun(folder: string, run: MadeRun): Promise<void> {
  const { folder: own, config, rows, result } = recordedOf(run, folder);
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'config.json'), JSON.stringify({ config }));
  await writeFile(join(own, 'metrics.json'), JSON.stringify(rows));
  await writeFile(join(own, 'metrics.csv'), metricsCsv(rows));
  if (result !== undefined) await writeFile(join(own, 'result.json'), JSON.stringify(result));
}

/**
 * Writes a sweep of made-up runs.
 *
 * @param pid - of the process that works on it; none unless given
 */
export async function writeSweep(folder: string, name: string, runs: readonly MadeRun[], pid?: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'sweep.json'), JSON.stringify({ name, runs: runs.map(madeConfig) }));
  if (pid !== undefined) await writeFile(join(folder, 'sweep.lock'), String(pid));
  for (const run of runs) if (run.share !== null) await writeRun(folder, run);
}

/** A ladder of four widths and three budgets with two seeds, of which the first `ended` runs have ended and two train. */
export function madeLadder(ended: number, training = 2): MadeRun[] {
  const all = [12, 24, 48, 96].flatMap((width) =>
    [150_000, 400_000, 1_000_000].flatMap((tokens) => [0, 1].map((seed) => ({ width, tokens, seed }))),
  );
  return all.map((run, k): MadeRun => {
    if (k < ended) return { ...run, share: 1, ended: 'done' };
    return { ...run, share: k < ended + training ? [0.32, 0.6][k - ended] : null };
  });
}
