import { join } from 'node:path';
import { atomicWrite } from '../../node/atomicWrite.ts';
import { metricsCsv } from '../train/metrics.ts';
import { readResult, readRows, type RunResult } from '../train/runFolder.ts';
import { sweepFiles } from './files.ts';
import { readPlan } from './planFile.ts';

/** A run that could not be trained. */
export interface FailedRun {
  readonly name: string;
  readonly error: string;
}

/** What a sweep came to. */
export interface SweepResult {
  readonly name: string;
  readonly folder: string;
  /** The rows of all runs, for `isoflop fit`. */
  readonly csv: string;
  readonly runs: readonly RunResult[];
  readonly failed: readonly FailedRun[];
}

/**
 * Writes the CSV of a sweep from what its runs recorded so far, in the order of the plan, as `isoflop sweep` does while it
 * trains them itself.
 *
 * @param failed - runs of which nobody expects more, and why; undefined while tasks go on
 */
export async function collectSweep(folder: string, failed?: readonly FailedRun[]): Promise<SweepResult> {
  const { plan } = await readPlan(folder);
  const found = await Promise.all(
    plan.runs.map(async ({ name }) => {
      const run = join(folder, name);
      return { rows: await readRows(run), result: await readResult(run) };
    }),
  );
  const csv = join(folder, sweepFiles.csv);
  await atomicWrite(csv, metricsCsv(found.flatMap(({ rows }) => rows)));
  const runs = found.flatMap(({ result }) => result ?? []);
  if (failed !== undefined)
    await atomicWrite(join(folder, sweepFiles.result), `${JSON.stringify({ runs, failed }, null, 2)}\n`);
  return { name: plan.name, folder, csv, runs, failed: failed ?? [] };
}
