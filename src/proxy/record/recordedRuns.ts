import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { readFailure } from '../../node/readFailure.ts';
import type { RunConfig } from '../runConfig.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import type { MetricsRow } from '../train/metrics.ts';
import { runFiles, withoutNull, type RunResult } from '../train/runFolder.ts';
import { sweepFiles } from '../sweep/files.ts';
import { recordedChecks } from './recordedSchema.ts';

/** A run as its folder has it. */
export interface RecordedRun {
  readonly name: string;
  readonly folder: string;
  readonly config: RunConfig;
  readonly rows: readonly MetricsRow[];
  /** Undefined while it is not ended. */
  readonly result: RunResult | undefined;
  /** Weights that were kept at evaluations, the first first. */
  readonly weights: readonly { readonly step: number; readonly path: string }[];
}

/** The runs of a folder. */
export interface RecordedRuns {
  readonly name: string;
  readonly runs: readonly RecordedRun[];
  /** Every run that was planned, in the order in which they are trained. */
  readonly plan: readonly RunConfig[];
  /** Runs of the plan that have not begun. */
  readonly waiting: number;
}

/** Refuses what isoflop did not write. */
function checked<T>(value: T, what: keyof typeof recordedChecks, path: string): T {
  if (recordedChecks[what].Check(value)) return value;
  throw new IsoflopError('RUNS_MISSING', { folder: path, reason: 'it is not as isoflop writes it' });
}

async function parse<T>(path: string, what: keyof typeof recordedChecks): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw readFailure(path, error);
  }
  let value: T;
  try {
    value = JSON.parse(text) as T;
  } catch {
    throw new IsoflopError('RUNS_MISSING', { folder: path, reason: 'it is no JSON' });
  }
  return checked(value, what, path);
}

const weightName = /^weights-(\d+)\.safetensors$/;

/** One run, or undefined where the folder holds none. */
async function readRun(folder: string): Promise<RecordedRun | undefined> {
  const saved = await parse<{ config: RunConfig }>(join(folder, runFiles.config), 'config');
  if (saved === undefined) return undefined;
  const [rows = [], result, names] = await Promise.all([
    parse<readonly MetricsRow[]>(join(folder, runFiles.rows), 'rows'),
    parse<RunResult>(join(folder, runFiles.result), 'result'),
    readdir(folder),
  ]);
  const weights = names
    .flatMap((name) => {
      const step = weightName.exec(name)?.[1];
      return step === undefined ? [] : [{ step: Number(step), path: join(folder, name) }];
    })
    .sort((a, b) => a.step - b.step);
  return { name: saved.config.name, folder, config: saved.config, rows: rows.map(withoutNull), result, weights };
}

/**
 * Reads what `isoflop train` or `isoflop sweep` left in a folder, ended or still going on.
 *
 * @throws IsoflopError `RUNS_MISSING`, `FILE_UNREADABLE`
 */
export async function readRecordedRuns(folder: string): Promise<RecordedRuns> {
  const plan = await parse<SweepPlan>(join(folder, sweepFiles.plan), 'plan');
  if (plan === undefined) {
    const run = await readRun(folder);
    if (run === undefined)
      throw new IsoflopError('RUNS_MISSING', { folder, reason: 'it has neither sweep.json nor config.json' });
    return { name: basename(folder), plan: [run.config], runs: [run], waiting: 0 };
  }
  const found = await Promise.all(plan.runs.map(({ name }) => readRun(join(folder, name))));
  const runs = found.filter((run) => run !== undefined);
  return { name: plan.name, plan: plan.runs, runs, waiting: plan.runs.length - runs.length };
}
