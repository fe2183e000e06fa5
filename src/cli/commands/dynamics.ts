import { dirname } from 'node:path';
import { Command } from 'commander';
import { outputWidth, writeError, writeJson, writeResult } from '../output.ts';
import { addFigureOptions, checkFigureFlags, type FigureFlags } from '../figureOptions.ts';
import { count, fileName } from '../parse.ts';

interface DynamicsFlags extends FigureFlags {
  csv?: string;
  engine?: string;
  samples: number;
  json?: boolean;
}

const command = new Command('dynamics')
  .summary('training dynamics of proxy models')
  .description(
    'Says how the models of a run or a sweep trained: effective rank and convergence of layers, gradient noise, learning-rate sensitivity, growth of logits and gradients with size, saturation, critical batch size.',
  )
  .argument('<folder>', 'folder that isoflop train or isoflop sweep wrote');

/** `isoflop dynamics`: how the models of a run or a sweep trained. */
export const dynamicsCommand = addFigureOptions(command, 'the figures')
  .option('--csv <file>', 'write every measured value as CSV', fileName('--csv'))
  .option('--engine <id>', 'engine in place of that of the runs; "isoflop engines" lists them')
  .option('--samples <windows>', 'validation windows whose activations are compared', count('--samples'), 16)
  .option('--json', 'print JSON instead of the tables')
  .addHelpText('before', 'Example:\n  isoflop dynamics runs/ladder --out dynamics.html\n')
  .action(async (folder: string, flags: DynamicsFlags) => {
    await checkFigureFlags(flags);
    const [{ readRecordedRuns }, { measureDynamics }, { createProgress }] = await Promise.all([
      import('../../proxy/record/recordedRuns.ts'),
      import('../../proxy/dynamics/dynamics.ts'),
      import('../progress.ts'),
    ]);
    const recorded = await readRecordedRuns(folder);
    const kept = recorded.runs.filter(({ weights }) => weights.length >= 2).length;
    const bar = createProgress('weights', kept);
    const dynamics = await measureDynamics(recorded, {
      samples: flags.samples,
      ...(flags.engine === undefined ? {} : { engine: flags.engine }),
      onProgress: (done) => {
        bar.update(done);
      },
    }).finally(() => {
      bar.stop();
    });
    if (flags.json === true) writeJson(dynamics);
    else {
      const { formatDynamics } = await import('../../proxy/dynamics/text.ts');
      writeResult(formatDynamics(dynamics, outputWidth()));
    }
    if (flags.csv !== undefined) {
      const [{ dynamicsCsv }, { atomicWrite }, { makeFolder }] = await Promise.all([
        import('../../proxy/dynamics/table.ts'),
        import('../../node/atomicWrite.ts'),
        import('../../node/makeFolder.ts'),
      ]);
      await makeFolder(dirname(flags.csv), flags.csv);
      await atomicWrite(flags.csv, dynamicsCsv(dynamics));
      writeError(`wrote ${flags.csv}`);
    }
    if (flags.out !== undefined || flags.terminal === true) {
      const [{ dynamicsFigures }, { writeFiguresBeside }] = await Promise.all([
        import('../../plots/dynamics/index.ts'),
        import('../writeFigures.ts'),
      ]);
      await writeFiguresBeside(flags, `Training dynamics: ${dynamics.name}`, dynamicsFigures(dynamics));
    }
  });
