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
import { fitEnded } from './fitEnded.ts';
import type { Fit } from '../../fit/result.ts';

/** Of the intervals of the law of a sweep. */
const confidence = 0.9;

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
function relativesOf({ runs, plan }: RecordedRuns, name: string): RecordedRun[] {
  const own = plan.find((config) => config.name === name);
  if (own === undefined) return [];
  return runs.filter(
    (run) => run.name !== name && run.result?.status === 'done' && familyOf(run.config) === familyOf(own),
  );
}

/** The law of their ends, where there are enough. */
function lawOf(runs: readonly RecordedRun[]): { readonly law?: Fit } {
  const ends = runs.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const found = fitEnded(ends, confidence);
  return 'fit' in found ? { law: found.fit } : {};
}

const unknownRun = (folder: string, name: string): IsoflopError =>
  new IsoflopError('RUNS_MISSING', { folder, reason: `it has no run ${name}` });

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
  if (wanted !== undefined && wanted !== name) throw unknownRun(folder, wanted);
  const parent = dirname(folder);
  if (!(await isThere(join(parent, sweepFiles.plan)))) return { recorded: own, name };
  const sweep = await readRecordedRuns(parent);
  // A sweep that lies beside it by chance does not know the run.
  return sweep.runs.some((run) => run.name === name && run.folder === folder)
    ? { recorded: sweep, name }
    : { recorded: own, name };
}

/**
 * Where the registration of a run is looked for: beside its folder, wherever it was named from.
 *
 * @param wanted - name of the run, where the folder is that of a sweep
 */
export async function recordedFolder(folder: string, wanted?: string): Promise<string> {
  return wanted !== undefined && (await isThere(join(folder, sweepFiles.plan))) ? join(folder, wanted) : folder;
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
      const relatives = relativesOf(recorded, name);
      const now = `${String(run?.rows.length)} ${String(run?.result?.status)} ${String(relatives.length)}`;
      if (now === stamp) return undefined;
      stamp = now;
      const config = recorded.plan.find((one) => one.name === name);
      if (config === undefined) throw unknownRun(folder, name);
      const { params, tokens, flops } = costOf(config);
      return {
        ...noRows(name),
        rows: run === undefined ? [] : rowsOf(run),
        params,
        plannedTokens: tokens,
        flopsPerToken: flops / tokens,
        family: relatives.map(curveOfRecorded),
        ...lawOf(relatives),
        hasEnded: run?.result !== undefined,
        ...givenUp(run),
      };
    },
  };
}
