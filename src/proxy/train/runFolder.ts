import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFailure } from '../../node/readFailure.ts';
import type { RunConfig } from '../runConfig.ts';
import type { MetricsRow } from './metrics.ts';

/** How a run ended, `result.json` in its folder; without that file it has not ended. */
export interface RunResult {
  readonly name: string;
  readonly status: 'done' | 'diverged';
  /** Why it counts as diverged. */
  readonly reason: string | null;
  readonly params: number;
  readonly tokens: number;
  readonly flops: number;
  /** Last loss on the validation part; null when it was no number. */
  readonly loss: number | null;
  /** Loss before the first step. */
  readonly startLoss: number;
  /** Seconds of training, interruptions apart. */
  readonly seconds: number;
}

/** Files of a run, in its folder. */
export const runFiles = {
  config: 'config.json',
  start: 'start.json',
  metrics: 'metrics.csv',
  rows: 'metrics.json',
  checkpoint: 'checkpoint.safetensors',
  weights: 'weights.safetensors',
  result: 'result.json',
} as const;

/** Name of the weights at an evaluation. */
export const weightsAt = (step: number): string => `weights-${String(step).padStart(8, '0')}.safetensors`;

/**
 * A JSON file of a run, or undefined where there is none.
 *
 * @throws {@link IsoflopError} `FILE_UNREADABLE`
 */
async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw readFailure(path, error);
  }
}

/** The config of a run that was begun, or undefined. */
export const readConfig = async (folder: string): Promise<RunConfig | undefined> =>
  (await readJson<{ config: RunConfig }>(join(folder, runFiles.config)))?.config;

/** The result of a run that has ended, or undefined. */
export const readResult = (folder: string): Promise<RunResult | undefined> => readJson(join(folder, runFiles.result));

/** JSON has null for what is no number, and a mean would take that for 0. */
export const withoutNull = (row: MetricsRow): MetricsRow =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, (value as unknown) ?? NaN]),
  ) as unknown as MetricsRow;

/** The rows of a run, ended or not. */
export const readRows = async (folder: string): Promise<readonly MetricsRow[]> =>
  ((await readJson<MetricsRow[]>(join(folder, runFiles.rows))) ?? []).map(withoutNull);

/** The loss before the first step, where it is known already. */
export const readStartLoss = async (folder: string): Promise<number | undefined> =>
  (await readJson<{ loss: number }>(join(folder, runFiles.start)))?.loss;
