import { Command } from 'commander';
import { formatQuantity } from '../../core/quantity.ts';
import { writeJson, writeResult } from '../output.ts';

interface TrainFlags {
  out?: string;
  engine?: string;
  resume?: boolean;
  json?: boolean;
}

/** `isoflop train`: one proxy model, from a YAML file. */
export const trainCommand = new Command('train')
  .summary('train one proxy model')
  .description('Trains the model that a YAML file describes, and leaves metrics, checkpoints and events in a folder.')
  .argument('<config>', 'YAML file of a run')
  .option('--out <folder>', 'where its files go (default: runs/ and the name of the run)')
  .option('--engine <id>', 'engine in place of the one in the file; "isoflop engines" lists them')
  .option('--resume', 'go on with an interrupted run from its last checkpoint')
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop train run.yaml --out runs/first\n')
  .action(async (file: string, flags: TrainFlags) => {
    const [{ readYaml }, { checkedRun, resolveRun }, { openEngine }, { trainRun }, { createTrainingBars, duration }] =
      await Promise.all([
        import('../../proxy/yaml.ts'),
        import('../../proxy/readConfig.ts'),
        import('../../proxy/engines/index.ts'),
        import('../../proxy/train/run.ts'),
        import('../trainingBars.ts'),
      ]);
    const document = await readYaml(file);
    const config = resolveRun(document, checkedRun(document, document.value));
    const { engine } = await openEngine(flags.engine ?? config.engine);
    const folder = flags.out ?? `runs/${config.name}`;
    const bars = await createTrainingBars();
    try {
      const result = await trainRun(config, folder, engine, { resume: flags.resume === true, onProgress: bars.update });
      bars.stop();
      if (flags.json === true) writeJson({ ...result, folder });
      else
        writeResult(
          [
            `${result.name}: ${result.status}${result.reason === null ? '' : `, since ${result.reason}`}`,
            `  parameters  ${formatQuantity(result.params)}`,
            `  tokens      ${formatQuantity(result.tokens)}`,
            `  compute     ${formatQuantity(result.flops)} FLOP`,
            `  loss        ${result.loss?.toFixed(4) ?? 'no number'} (${result.startLoss.toFixed(4)} before the first step)`,
            `  time        ${duration(result.seconds)} on ${engine.device} (${engine.id})`,
            `  files       ${folder}`,
          ].join('\n'),
        );
    } finally {
      bars.stop();
    }
  });
