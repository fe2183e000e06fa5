import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { curveOf, type CurveRow, type RunCurve } from '../../watch/curve.ts';
import { noRows, type RunRows, type RunSource } from '../../node/watch/runSource.ts';
import { IsoflopError } from '../../core/errors.ts';
import { readRecordedRuns, type RecordedRun, type RecordedRuns } from '../record/recordedRuns.ts';
import { costOf } from '../sweep/cost.ts';
import { sweepFiles } from '../sweep/files.ts';
import { runFiles } from '../train/runFolder.ts';
import type { RunConfig } from '../runConfig.ts';

/** A number as JSON has it: null and so NaN where it was none. */
const lostIfNone = (value: number): number => (Number.isNaN(value) ? Infinity : value);

const rowsOf = ({ rows }: RecordedRun): CurveRow[] =>
  rows.map(({ tokens, loss, step, gradient_norm }) => ({
    tokens,
    loss: lostIfNone(loss),
    step,
    gradientNorm: gradient_norm,
  }));

const familyOf = ({ family, strategies }: RunConfig): string => family ?? strategies.map(({ name }) => name).join('+');

/** Why a run counts as diverged, where it does. */
const givenUp = (run: RecordedRun | undefined): { readonly givenUp?: string } =>
  run?.result?.status === 'diverged' ? { givenUp: run.result.reason ?? 'it diverged' } : {};

/** The curve of a run that isoflop trains. */
export function curveOfRecorded(run: RecordedRun): RunCurve {
  const { params, tokens, flops } = costOf(run.config);
  return curveOf(rowsOf(run), {
    name: run.name,
    params,
    plannedTokens: tokens,
    flopsPerToken: flops / tokens,
    ...givenUp(run),
  });
}

/** Runs of the same family that have ended well, but for the run itself. */
export function familyOfRecorded({ runs }: RecordedRuns, name: string): RunCurve[] {
  const own = runs.find((run) => run.name === name);
  if (own === undefined) return [];
  return runs
    .filter((run) => run !== own && run.result?.status === 'done' && familyOf(run.config) === familyOf(own.config))
    .map(curveOfRecorded);
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The sweep whose folder holds the folder of a run, and the run in it; a run by itself is a sweep of one. */
async function recordedAt(
  folder: string,
  wanted: string | undefined,
): Promise<{ recorded: RecordedRuns; name: string }> {
  const own = await readRecordedRuns(folder);
  const names = own.plan.map(({ name }) => name);
  if (await isThere(join(folder, sweepFiles.plan))) {
    if (wanted === undefined && names.length > 1) throw new IsoflopError('RUNS_SEVERAL', { run: folder, names });
    return { recorded: own, name: wanted ?? names[0] };
  }
  const [name] = names;
  const parent = dirname(folder);
  if (!(await isThere(join(parent, sweepFiles.plan)))) return { recorded: own, name };
  const sweep = await readRecordedRuns(parent);
  // A sweep that lies beside it by chance does not know the run.
  return sweep.runs.some((run) => run.name === name && run.folder === folder)
    ? { recorded: sweep, name }
    : { recorded: own, name };
}

/** Whether a folder is one that `isoflop train` or `isoflop sweep` writes. */
export const isRecorded = async (folder: string): Promise<boolean> =>
  (await isThere(join(folder, sweepFiles.plan))) || (await isThere(join(folder, runFiles.config)));

/**
 * A run that isoflop trains, with the others of its sweep as its family.
 *
 * @param folder - of the run, or of its sweep with the name of the run
 */
export function recordedSource(folder: string, wanted?: string): RunSource {
  let stamp: string | undefined;
  return {
    name: folder,
    poll: async (): Promise<RunRows | undefined> => {
      const { recorded, name } = await recordedAt(folder, wanted);
      const run = recorded.runs.find((one) => one.name === name);
      const family = familyOfRecorded(recorded, name);
      const now = `${String(run?.rows.length)} ${String(run?.result?.status)} ${String(family.length)}`;
      if (now === stamp) return undefined;
      stamp = now;
      const config = recorded.plan.find((one) => one.name === name);
      if (config === undefined) throw new IsoflopError('RUNS_MISSING', { folder, reason: `it has no run ${name}` });
      const { params, tokens, flops } = costOf(config);
      return {
        ...noRows(name),
        rows: run === undefined ? [] : rowsOf(run),
        params,
        plannedTokens: tokens,
        flopsPerToken: flops / tokens,
        family,
        hasEnded: run?.result !== undefined,
        ...givenUp(run),
      };
    },
  };
}
