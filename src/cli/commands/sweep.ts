import { Command } from 'commander';
import { formatQuantity } from '../../core/quantity.ts';
import { count } from '../parse.ts';
import { writeJson, writeResult } from '../output.ts';
import { sweepFolderCommands } from './sweepFolder.ts';

interface SweepFlags {
  out?: string;
  jobs: number;
  engine?: string;
  executor: string;
  resume?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** `isoflop sweep`: many proxy models, from a YAML file. */
export const sweepCommand = new Command('sweep')
  .summary('train a ladder of proxy models')
  .description(
    'Trains every model of a sweep in processes of their own and collects their evaluations in one CSV for isoflop fit.',
  )
  .argument('<config>', 'YAML file of a sweep')
  .option('--out <folder>', 'where its files go (default: runs/ and the name of the sweep)')
  .option('--executor <id>', 'who trains it: local (processes here), slurm (a job array), kubernetes (a Job)', 'local')
  .option('--jobs <count>', 'processes, or tasks of a job, at once', count('--jobs'), 1)
  .option('--engine <id>', 'engine in place of the one in the file')
  .option('--resume', 'go on with an interrupted sweep: finished runs stay, others continue from their last checkpoint')
  .option('--dry-run', 'say what it would take, and train nothing')
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop sweep ladder.yaml --jobs 2\n  isoflop sweep status runs/ladder\n')
  .action(async (file: string, flags: SweepFlags) => {
    const [
      { readYaml },
      { planSweep },
      { estimateSweep },
      { findExecutor, startSweep },
      { openEngine },
      { createTrainingBars, duration },
    ] = await Promise.all([
      import('../../proxy/yaml.ts'),
      import('../../proxy/sweep/plan.ts'),
      import('../../proxy/sweep/estimate.ts'),
      import('../../proxy/sweep/executors/index.ts'),
      import('../../proxy/engines/index.ts'),
      import('../trainingBars.ts'),
    ]);
    const executor = findExecutor(flags.executor);
    const read = planSweep(await readYaml(file));
    const plan =
      flags.engine === undefined
        ? read
        : { ...read, runs: read.runs.map((run) => ({ ...run, engine: flags.engine ?? '' })) };
    const folder = flags.out ?? `runs/${plan.name}`;
    const bars = await createTrainingBars();
    try {
      // How fast the machine is that hands a sweep over says nothing of those that train it.
      if (executor.id === 'local' || flags.dryRun === true) {
        const { engine } = await openEngine(plan.runs[0].engine);
        const estimate = await estimateSweep(plan.runs, engine);
        const [least, most] = estimate.params.map((params) => formatQuantity(params));
        bars.say(
          `${plan.name}: ${String(estimate.runs)} runs of ${least} to ${most} parameters, ${formatQuantity(estimate.tokens)} tokens, ` +
            `${formatQuantity(estimate.flops)} FLOP, about ${duration(estimate.seconds / flags.jobs)} with ${String(flags.jobs)} ` +
            `${flags.jobs === 1 ? 'process' : 'processes'} on ${engine.device} (${engine.id})`,
        );
        for (const { name, error } of estimate.untimed) bars.say(`${name} could not be timed: ${error}`);
        if (flags.dryRun === true) {
          if (flags.json === true) writeJson({ ...estimate, plan: plan.runs.map(({ name }) => name) });
          return;
        }
      }
      const started = await startSweep(executor, {
        plan,
        folder,
        jobs: flags.jobs,
        resume: flags.resume === true,
        onProgress: bars.update,
        onResult: ({ name, status, loss, tokens }) => {
          bars.end(name);
          bars.say(`${name}: ${status} at ${formatQuantity(tokens)} tokens, loss ${loss?.toFixed(4) ?? 'no number'}`);
        },
      });
      bars.stop();
      if (started.kind === 'submitted') {
        // Whoever leaves now leaves the job running.
        if (flags.json === true) writeJson({ name: plan.name, folder, ...started.submission });
        else
          writeResult(
            `${plan.name}: ${started.note}\nWatch it: isoflop sweep status ${folder}\nEnd it:   isoflop sweep cancel ${folder}`,
          );
        return;
      }
      const { result } = started;
      const { runs, failed, csv } = result;
      if (flags.json === true) writeJson(result);
      else {
        const diverged = runs.filter(({ status }) => status === 'diverged').map(({ name }) => name);
        const lines = [
          `${plan.name}: ${String(runs.length - diverged.length)} of ${String(plan.runs.length)} runs done; their evaluations are in ${csv}`,
          ...diverged.map((name) => `  diverged: ${name}`),
          ...failed.map(({ name, error }) => `  failed: ${name}: ${error}`),
          // What did not reach its end has a last row too.
          `Next: isoflop fit ${csv} --finals${runs.length - diverged.length === plan.runs.length ? '' : ` --where 'status == "done"'`}`,
        ];
        writeResult(lines.join('\n'));
      }
      if (failed.length > 0) process.exitCode = 1;
    } finally {
      bars.stop();
    }
  })
  .helpCommand(false);
for (const command of sweepFolderCommands) sweepCommand.addCommand(command);
