import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { atomicWrite } from '../../node/atomicWrite.ts';
import { readFailure } from '../../node/readFailure.ts';
import { sweepFiles } from './files.ts';
import type { SweepPlan } from './plan.ts';

/** The runs of a sweep as they stand in its folder; what schedulers are asked for may change from start to start. */
const textOf = ({ name, runs }: SweepPlan): string => `${JSON.stringify({ name, runs }, null, 2)}\n`;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/**
 * Writes the plan of a sweep into its folder, which goes on only with the sweep that it holds.
 *
 * @returns the digest by which tasks know the plan
 * @throws {@link IsoflopError} `RUN_EXISTS`
 */
export async function writePlan(folder: string, plan: SweepPlan, resume: boolean): Promise<string> {
  const path = join(folder, sweepFiles.plan);
  const text = textOf(plan);
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined && known !== text) throw new IsoflopError('RUN_EXISTS', { folder, why: 'another sweep' });
  if (known !== undefined && !resume) throw new IsoflopError('RUN_EXISTS', { folder, why: 'this sweep' });
  await atomicWrite(path, text);
  return digestOf(text);
}

/**
 * The plan in a sweep's folder.
 *
 * @throws {@link IsoflopError} `RUNS_MISSING`, `FILE_UNREADABLE`
 */
export async function readPlan(folder: string): Promise<{ readonly plan: SweepPlan; readonly digest: string }> {
  const path = join(folder, sweepFiles.plan);
  try {
    const text = await readFile(path, 'utf8');
    return { plan: JSON.parse(text) as SweepPlan, digest: digestOf(text) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new IsoflopError('RUNS_MISSING', { folder, reason: `it has no ${sweepFiles.plan}` });
    throw readFailure(path, error);
  }
}
