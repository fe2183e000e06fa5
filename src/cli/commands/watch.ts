import { Command } from 'commander';
import type { WatchFlags } from '../watchFlags.ts';
import { assignments, fileName, positive, probability, quantity } from '../parse.ts';

/** `isoflop watch`: what was expected of a run, and how it stands against that. */
export const watchCommand = new Command('watch')
  .summary('judge a run while it trains')
  .description(
    'Before a run: --register writes down what the law of its family expects of it. While it trains: where it stands against that, what its end will be, what is wrong in it, and whether going on is worth it.',
  )
  .argument('<run>', 'its log (a growing CSV, JSON lines), its folder (TensorBoard, isoflop train); need not exist yet')
  .option('--register', 'write down what the fit expects of the run, before it begins')
  .option('--fit <fit>', 'a saved fit of the family of the run', fileName('--fit'))
  .option('--params <quantity>', 'model size N, where the run does not say it', quantity('--params'))
  .option('--tokens <quantity>', 'tokens D at which the run ends, where the run does not say it', quantity('--tokens'))
  .option('--at <values>', 'other inputs of the law, such as uniqueTokens=25B', assignments('--at'))
  .option('--family <files...>', 'complete runs of the family with their curves')
  .option('--out <file>', 'where --register writes (default: the name of the run with .band.json)', fileName('--out'))
  .option('--force', 'replace a registration that is there')
  .option('--band <file>', 'the registration of the run (default: the one beside it)', fileName('--band'))
  .option('--run <name>', 'the run that is meant, where the log holds several')
  .option('--columns <pairs>', 'columns of the log, such as tokens=10^num_token,loss=log(ppl),gradientNorm=gnorm')
  .option('--tokens-per-step <quantity>', 'tokens of a step, where the log counts steps', quantity('--tokens-per-step'))
  .option(
    '--confidence <probability>',
    'of intervals (default: that of the registration, or 0.9)',
    probability('--confidence'),
  )
  .option('--target-loss <nats>', 'loss that the run is to reach', positive('--target-loss'))
  .option('--flops-per-second <quantity>', 'speed of training, such as 4e17', quantity('--flops-per-second'))
  .option('--price-per-hour <money>', 'price of an hour at that speed', positive('--price-per-hour'))
  .option('--figure <file>', 'draw the run: .html, .svg, .png, .pdf or .json', fileName('--figure'))
  .option('--follow', 'go on looking, a line for each change, until the run has ended')
  .option('--interval <seconds>', 'between two looks', positive('--interval'), 5)
  .option('--json', 'print JSON; with --follow a document on each line')
  .option('--strict', 'end with status 3 when an alarm was raised')
  .addHelpText(
    'before',
    'Example:\n  isoflop watch big.csv --fit fits/chinchilla.json --params 1.4B --tokens 30B --register\n  isoflop watch big.csv --target-loss 2.5 --follow\n',
  )
  .action(async (run: string, flags: WatchFlags) => {
    const { watch } = await import('../watchRun.ts');
    await watch(run, flags);
  });
