import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import { formatQuantity, tryParseQuantity } from '../../core/quantity.ts';
import type { SweepStatus } from '../../proxy/sweep/status.ts';
import { writeJson, writeResult } from '../output.ts';

interface JsonFlag {
  json?: boolean;
}

/** A command on the folder of a sweep, with or without JSON. */
const onFolder = (name: string, summary: string): Command =>
  new Command(name)
    .summary(summary)
    .description(`${summary[0].toUpperCase()}${summary.slice(1)}.`)
    .argument('<folder>', 'folder of a sweep');

/** Writes `runs.csv` from what the runs of a job recorded; a process that trains them writes it itself. */
async function collect(status: SweepStatus): Promise<string> {
  const { collectSweep } = await import('../../proxy/sweep/collect.ts');
  const { folder, runs, isActive } = status;
  const failed = runs.flatMap(({ name, status: how, reason }) =>
    how === 'failed' ? [{ name, error: reason ?? '' }] : [],
  );
  return (await collectSweep(folder, isActive ? undefined : failed)).csv;
}

const isOwn = ({ submission }: SweepStatus): boolean => submission !== null && submission.executor !== 'local';

const shown = ['failed', 'diverged', 'interrupted', 'training', 'waiting'] as const;

/** A sweep as it stands, in words. */
async function statusText(status: SweepStatus): Promise<string> {
  const { duration } = await import('../trainingBars.ts');
  const { name, folder, runs, submission, secondsLeft, isActive } = status;
  const count = (how: string): number => runs.filter((run) => run.status === how).length;
  const counts = ['done', ...shown].filter((how) => count(how) > 0).map((how) => `${String(count(how))} ${how}`);
  const left = secondsLeft === null ? '' : `, about ${duration(secondsLeft)} left`;
  const lines = [`${name}: ${String(runs.length)} runs, ${counts.join(', ')}${left}`];
  for (const how of shown)
    for (const run of runs)
      if (run.status === how) {
        const share = how === 'training' ? ` ${(100 * run.share).toFixed(0)}%` : '';
        const loss = run.loss === null ? '' : `, loss ${run.loss.toFixed(4)} at ${formatQuantity(run.tokens)} tokens`;
        const reason = run.reason === null ? '' : ` (${run.reason})`;
        // Hundreds of runs that wait would bury the others.
        if (how !== 'waiting' || count('waiting') <= 20) lines.push(`  ${how}: ${run.name}${share}${loss}${reason}`);
      }
  if (submission !== null && isActive)
    lines.push(
      `${submission.executor === 'local' ? 'process' : `${submission.executor} job`} ${submission.id} has it; "isoflop sweep cancel ${folder}" ends it`,
    );
  if (!isActive && count('done') + count('diverged') < runs.length)
    lines.push('The rest goes on by isoflop sweep with the same options and --resume.');
  return lines.join('\n');
}

/** `isoflop sweep status`. */
const statusCommand = onFolder('status', 'say how far the runs of a sweep are, whoever trains them')
  .option('--json', 'print JSON')
  .action(async (folder: string, _flags: JsonFlag, command: Command) => {
    // The option is one of isoflop sweep too, which takes it wherever it stands.
    const flags: JsonFlag = command.optsWithGlobals();
    const { sweepStatus } = await import('../../proxy/sweep/status.ts');
    const status = await sweepStatus(folder);
    if (isOwn(status)) await collect(status);
    if (status.unasked !== null) process.stderr.write(`warning: ${status.unasked} This is from the files alone.\n`);
    if (flags.json === true) writeJson(status);
    else writeResult(await statusText(status));
  });

/** `isoflop sweep cancel`. */
const cancelCommand = onFolder(
  'cancel',
  'end the job, or the process, that trains a sweep; what was trained stays',
).action(async (folder: string) => {
  const [{ readSubmission, writeSubmission }, { findExecutor }, { readPlan }] = await Promise.all([
    import('../../proxy/sweep/submission.ts'),
    import('../../proxy/sweep/executors/index.ts'),
    import('../../proxy/sweep/planFile.ts'),
  ]);
  const { plan } = await readPlan(folder);
  const submission = await readSubmission(folder);
  if (submission === undefined) {
    writeResult(`${plan.name}: nobody trains it`);
    return;
  }
  const { executor, id } = submission;
  await findExecutor(executor).cancel(submission);
  if (executor !== 'local') await writeSubmission(folder, { ...submission, cancelled: new Date().toISOString() });
  writeResult(
    `${plan.name}: ended ${executor === 'local' ? 'process' : `${executor} job`} ${id}; --resume goes on with it`,
  );
});

/** `isoflop sweep collect`. */
const collectCommand = onFolder('collect', 'write runs.csv of a sweep from what its runs recorded so far').action(
  async (folder: string) => {
    const { sweepStatus } = await import('../../proxy/sweep/status.ts');
    const status = await sweepStatus(folder);
    if (status.submission?.executor === 'local')
      throw new IsoflopError('SWEEP_RUNNING', { folder, pid: Number(status.submission.id) });
    const csv = await collect(status);
    writeResult(`${status.name}: the evaluations so far are in ${csv}`);
  },
);

const fromZero = (text: string): number => {
  const value = tryParseQuantity(text);
  if (value === undefined || !Number.isSafeInteger(value) || value < 0)
    throw new IsoflopError('OPTION_INVALID', { option: '--index', value: text, expected: 'a whole number from 0' });
  return value;
};

/** `isoflop sweep run`: what the tasks of a job do. */
const runCommand = onFolder('run', 'train one run of a planned sweep, as each task of a job does')
  .requiredOption('--index <number>', 'which run, from 0', fromZero)
  .option('--plan <digest>', 'refuse the folder when its sweep is another one')
  .action(async (folder: string, flags: { index: number; plan?: string }) => {
    const [{ trainPlanned }, { interruptedStatus }, { createTrainingBars }] = await Promise.all([
      import('../../proxy/sweep/trainPlanned.ts'),
      import('../../proxy/sweep/taskFiles.ts'),
      import('../trainingBars.ts'),
    ]);
    const stop = new AbortController();
    const end = (): void => {
      stop.abort();
    };
    process.once('SIGTERM', end).once('SIGINT', end);
    const bars = await createTrainingBars();
    try {
      const { name, status, reason, loss, tokens } = await trainPlanned(
        { folder, ...flags },
        { onProgress: bars.update, signal: stop.signal },
      );
      bars.stop();
      // A run that diverged has ended as well: trying it again would come to the same.
      writeResult(
        `${name}: ${status} at ${formatQuantity(tokens)} tokens, loss ${loss?.toFixed(4) ?? 'no number'}${reason === null ? '' : `, since ${reason}`}`,
      );
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      bars.stop();
      writeResult('told to stop: its checkpoint is written, and the next start goes on from there');
      process.exitCode = interruptedStatus;
    } finally {
      bars.stop();
      process.off('SIGTERM', end).off('SIGINT', end);
    }
  });

/** What can be done with the folder of a sweep. */
export const sweepFolderCommands: readonly Command[] = [statusCommand, cancelCommand, collectCommand, runCommand];
