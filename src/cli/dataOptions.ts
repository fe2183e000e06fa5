import { Option, type Command } from 'commander';
import { assignments, names, number, probability, quantity, ranges, ties, warmup } from './parse.ts';

/** An option whose value is kept under another name than its own, which would mean something else in a request. */
class RenamedOption extends Option {
  readonly #name: string;

  constructor(flags: string, description: string, name: string) {
    super(flags, description);
    this.#name = name;
  }

  override attributeName(): string {
    return this.#name;
  }
}

/** Adds the option that gives the number of parameters where the files do not tell it. */
export function addParamsOption(command: Command): Command {
  return command.addOption(
    new RenamedOption(
      '--params <count>',
      'number of parameters of all rows, such as 124M, for files that do not tell it',
      'paramsOfRuns',
    ).argParser(quantity('--params')),
  );
}

/** Adds the options that say which rows of the files are used; every command that reads runs takes them. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--columns <map>', 'which columns hold the quantities, such as params=N,tokens=D,loss=L')
    .option(
      '--sql <query>',
      'read the rows of a query by DuckDB: of the database that is named, or of files and addresses in the query',
    )
    .option(
      '--tokens-per-step <count>',
      'tokens of one step, such as 0.5M, for files that count steps only',
      quantity('--tokens-per-step'),
    )
    .option('--where <condition>', `keep the rows that fulfil it, such as 'loss < 4 and family == "opt"'`)
    .option('--drop-tokens <count>', 'leave out checkpoints of up to this many tokens, such as 10B', number)
    .option('--after-warmup <length>', 'leave out the warm-up: 2000steps, 1Btokens, or lr to see it there', warmup)
    .option(
      '--from-fraction <number>',
      'leave out this first fraction of each run (default: 0.1 where rows are checkpoints and no option says which to keep)',
      number,
    )
    .option('--last-part <number>', 'keep this last part of each run, such as 0.3', number)
    .option('--finals', 'keep the last row of each run')
    .option('--thin <count>', 'keep at most this many rows of each run, evenly in the logarithm of tokens', number)
    .option('--all-checkpoints', 'keep the early checkpoints too')
    .option(
      '--near-optimal <share>',
      'keep the runs within this share of the least loss of equal params and tokens',
      number,
    )
    .option('--flops-per-token <number>', 'FLOP per parameter and token, the k of C = k N D (default: 6)', number);
}

/** Adds the options that say which law is fitted to the rows, and how. */
export function addLawOptions(command: Command): Command {
  return command
    .option('--positive <names>', 'positive parameters of a formula, such as E,A,B', names('--positive'))
    .option('--objective <name>', 'log-huber, huber, log-mse or mse (default: log-huber, unless the law needs another)')
    .option('--delta <number>', 'width of the quadratic zone of a Huber objective (default: 1e-3)', number)
    .option('--start <values>', 'a further starting point, such as alpha=0.3,beta=0.3', assignments('--start'))
    .option('--fix <values>', 'parameters held at a value, such as alpha=0.34', assignments('--fix'))
    .option('--tie <names>', 'parameters that share a value, such as alpha=beta', ties('--tie'))
    .option('--bounds <ranges>', 'ranges of parameters, such as alpha=0.1:0.6', ranges('--bounds'))
    .option(
      '--warmup <steps>',
      'steps in which the learning rate rose from 0 before the first rows, for laws of schedules',
      number,
    )
    .option('--run-weights', 'let every run count the same, however many checkpoints it has')
    .option('--solver <name>', 'newton or ml-levenberg-marquardt', 'newton');
}

/** Adds the options that say how errors and intervals are estimated. */
export function addErrorOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--covariance <kind>', 'errors without a bootstrap')
        .choices(['sandwich', 'classical'])
        .default('sandwich'),
    )
    .option('--bootstrap <resamples>', 'refits of resampled runs for the intervals, such as 4000', number, 0)
    .addOption(
      new Option(
        '--resampling <kind>',
        'whole groups drawn anew, or random weights for their residuals (default: wild below 20 groups)',
      ).choices(['cases', 'wild']),
    )
    .option('--group <column>', 'rows to resample together (default: run, where rows carry runs, else row)')
    .option('--confidence <probability>', 'probability of the intervals', probability('--confidence'), 0.95)
    .option('--seed <number>', 'seed of the bootstrap', number, 0);
}
