import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { planSweep, type SweepPlan } from '../../src/proxy/sweep/plan.ts';
import type { RunConfig } from '../../src/proxy/runConfig.ts';
import { readYaml } from '../../src/proxy/yaml.ts';

/** The built program of a sweep's processes. */
export const worker = join(import.meta.dirname, '../../dist/proxy/worker.js');

/** A run of 1,328 parameters that takes a fraction of a second. */
export const tiny: RunConfig = {
  name: 'tiny',
  family: null,
  engine: 'wasm',
  seed: 1,
  corpus: { kind: 'markov', vocabulary: 16, order: 1, exponent: 1.5, straying: 0.5, seed: 0, validationTokens: 1024 },
  model: {
    context: 8,
    layers: 1,
    width: 8,
    heads: 1,
    hidden: 32,
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
  schedule: { kind: 'cosine', rate: 2e-2, warmup: 0.05, final: 0.1, decay: 0.2, cycle: 1 },
  tokens: 40 * 4 * 8,
  batch: 4,
  accumulate: 1,
  evaluations: 5,
  evaluationRows: 16,
  checkpointSeconds: 60,
  keepWeights: false,
};

/** A folder for one test, removed afterwards. */
export async function folderFor(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'isoflop-proxy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The base of a sweep of tiny runs, as YAML. */
export const tinyBase = `
base:
  engine: wasm
  corpus: { kind: markov, vocabulary: 16, validationTokens: 1024 }
  model: { layers: 1, width: 8, context: 8 }
  schedule: { rate: 0.02 }
  tokens: 1280
  batch: 4
  evaluations: 5
  evaluationRows: 16
`;

/** The plan of a sweep, from its YAML. */
export async function planOf(yaml: string): Promise<SweepPlan> {
  const file = join(await folderFor(), 'sweep.yaml');
  await writeFile(file, yaml);
  return planSweep(await readYaml(file));
}
