import { readFile } from 'node:fs/promises';
import { IsoflopError } from '../../core/errors.ts';
import { atomicWrite } from '../../node/atomicWrite.ts';
import { readFailure } from '../../node/readFailure.ts';
import type { ParameterSpec } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import type { OptimizerState } from '../optimizer.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts';

/** All that an interrupted run goes on from. */
export interface Checkpoint {
  readonly weights: Weights;
  readonly optimizer: OptimizerState;
  /** Evaluations that were recorded before it. */
  readonly evaluations: number;
  /** Seconds of training before it. */
  readonly seconds: number;
  /** Sum of the training losses since the last evaluation, and the step of that evaluation. */
  readonly losses: number;
  readonly evaluatedAt: number;
}

const kinds = ['weights', 'first', 'second'] as const;

/** Writes weights and moments, whole or not at all. */
export async function saveCheckpoint(
  path: string,
  specs: readonly ParameterSpec[],
  { weights, optimizer, ...rest }: Checkpoint,
): Promise<void> {
  const maps = { weights, first: optimizer.first, second: optimizer.second };
  const tensors = new Map<string, StoredTensor>();
  for (const kind of kinds)
    for (const { name, shape } of specs) {
      const values = maps[kind].get(name);
      if (values !== undefined) tensors.set(`${kind}.${name}`, { shape, values });
    }
  const numbers = { step: optimizer.step, ...rest };
  const metadata = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, String(value)]));
  await atomicWrite(path, encodeSafetensors(tensors, metadata));
}

/** Writes weights alone, under the names of their tensors. */
export async function saveWeights(
  path: string,
  specs: readonly ParameterSpec[],
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const tensors = new Map(
    specs.map(({ name, shape }) => [name, { shape, values: weights.get(name) ?? new Float32Array() }]),
  );
  await atomicWrite(path, encodeSafetensors(tensors, metadata));
}

/** The tensors of a model, stored under its names after a prefix. */
function pick(
  tensors: ReadonlyMap<string, StoredTensor>,
  specs: readonly ParameterSpec[],
  prefix: string,
  file: string,
): Weights {
  const map = new Map<string, Float32Array>();
  for (const { name, shape } of specs) {
    const stored = tensors.get(`${prefix}${name}`);
    if (stored === undefined || String(stored.shape) !== String(shape))
      throw new IsoflopError('CHECKPOINT_INVALID', { file, reason: `it has no ${name} of the model's shape` });
    map.set(name, stored.values);
  }
  return map;
}

/**
 * Reads weights that {@link saveWeights} wrote.
 *
 * @throws {@link IsoflopError} `CHECKPOINT_INVALID` for those of another model, `FILE_UNREADABLE`
 */
export async function loadWeights(path: string, specs: readonly ParameterSpec[]): Promise<Weights> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw readFailure(path, error);
  });
  return pick(decodeSafetensors(bytes, path).tensors, specs, '', path);
}

/**
 * Reads a checkpoint, or undefined where there is none.
 *
 * @throws {@link IsoflopError} `CHECKPOINT_INVALID` for a file of another model
 */
export async function loadCheckpoint(path: string, specs: readonly ParameterSpec[]): Promise<Checkpoint | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw readFailure(path, error);
  }
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const maps = kinds.map((kind) => pick(tensors, specs, `${kind}.`, path));
  const numbers = ['step', 'evaluations', 'evaluatedAt', 'seconds', 'losses'].map((key) => Number(metadata[key]));
  if (!numbers.every(Number.isFinite))
    throw new IsoflopError('CHECKPOINT_INVALID', { file: path, reason: 'it does not say of which step it is' });
  const [weights, first, second] = maps;
  const [step, evaluations, evaluatedAt, seconds, losses] = numbers;
  return { weights, optimizer: { step, first, second }, evaluations, evaluatedAt, seconds, losses };
}
