#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { IsoflopError } from '../core/errors.ts';
import { version } from '../core/version.ts';
import { allocateCommand } from './commands/allocate.ts';
import { compareCommand } from './commands/compare.ts';
import { completionCommand } from './commands/completion.ts';
import { backtestCommand } from './commands/backtest.ts';
import { dynamicsCommand } from './commands/dynamics.ts';
import { enginesCommand } from './commands/engines.ts';
import { fitCommand } from './commands/fit.ts';
import { inspectCommand } from './commands/inspect.ts';
import { lawsCommand } from './commands/laws.ts';
import { observeCommand } from './commands/observe.ts';
import { nextCommand } from './commands/next.ts';
import { plotCommand } from './commands/plot.ts';
import { planCommand } from './commands/plan.ts';
import { predictCommand } from './commands/predict.ts';
import { probeCommand } from './commands/probe.ts';
import { profileCommand } from './commands/profile.ts';
import { reportCommand } from './commands/report.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { serveCommand } from './commands/serve.ts';
import { sweepCommand } from './commands/sweep.ts';
import { trainCommand } from './commands/train.ts';
import { testCommand } from './commands/test.ts';
import { testbedCommand } from './commands/testbed.ts';
import { watchCommand } from './commands/watch.ts';
import { reasonOf } from '../node/reasonOf.ts';
import { exitStatus, failed } from './exit.ts';
import { writeError } from './output.ts';

const program = new Command('isoflop')
  .description('Neural scaling laws: fit them to training runs, predict with them, plan with them.')
  .version(version)
  .addHelpText(
    'before',
    `Example:
  isoflop fit data/chinchilla.csv --where 'loss < 3.44' --bootstrap 4000 --out fits/mine.json
  isoflop predict fits/mine.json --params 70B --tokens 1.4T
`,
  )
  .showHelpAfterError('(isoflop --help shows an example)');

for (const command of [
  inspectCommand,
  fitCommand,
  predictCommand,
  allocateCommand,
  planCommand,
  nextCommand,
  scheduleCommand,
  compareCommand,
  backtestCommand,
  observeCommand,
  plotCommand,
  reportCommand,
  lawsCommand,
  probeCommand,
  profileCommand,
  testCommand,
  enginesCommand,
  serveCommand,
  trainCommand,
  sweepCommand,
  watchCommand,
  dynamicsCommand,
  testbedCommand,
  completionCommand,
])
  program.addCommand(command);
program.exitOverride();
for (const command of program.commands) {
  command.exitOverride().showHelpAfterError(`(isoflop ${command.name()} --help shows an example and every option)`);
  for (const part of command.commands)
    part.exitOverride().showHelpAfterError(`(isoflop ${command.name()} ${part.name()} --help shows every option)`);
}

// A reader that leaves early, as in `isoflop laws | head -1`, is no failure of ours; a full disk is.
for (const [name, stream] of [
  ['the output', process.stdout],
  ['the error output', process.stderr],
] as const)
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exit(failed(new IsoflopError('FILE_UNWRITABLE', { file: name, reason: reasonOf(error) }), writeError));
  });

try {
  await program.parseAsync();
} catch (error) {
  // Commander has printed its own message; help and version asked for end well, wrong usage ends with 2.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitStatus.badUsage;
  else process.exitCode = failed(error, writeError);
}
