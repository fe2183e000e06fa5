import { Argument, Command } from 'commander';
import { writeResult } from '../output.ts';

/** `isoflop completion`: a script with which a shell completes commands, options, laws and files. */
export const completionCommand = new Command('completion')
  .summary('print a script that completes commands in a shell')
  .description(
    'Prints a script for a shell, which then completes commands, options, their choices, ids of laws and figures, and files. Nothing of isoflop runs while keys are pressed.',
  )
  .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
  .addHelpText(
    'before',
    'Example:\n  source <(isoflop completion bash)\n  source <(isoflop completion zsh)\n  isoflop completion fish | source\n',
  )
  .action(async (shell: 'bash' | 'zsh' | 'fish', _flags: object, command: Command) => {
    const [{ describeCommand }, { knownValues }, { bashScript }, { zshScript }, { fishScript }] = await Promise.all([
      import('../completion/describe.ts'),
      import('../completion/knownValues.ts'),
      import('../completion/bash.ts'),
      import('../completion/zsh.ts'),
      import('../completion/fish.ts'),
    ]);
    const program = command.parent ?? command;
    const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
    writeResult(scripts[shell](describeCommand(program, knownValues), program.name()));
  });
