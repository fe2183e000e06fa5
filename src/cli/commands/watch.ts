import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import type { RunRows, RunSource } from '../../node/watch/runSource.ts';
import type { RunCurve } from '../../watch/curve.ts';
import type { CheckedRegistration } from '../../watch/registration.ts';
import type { WatchState } from '../../watch/watchRun.ts';
import { exitStatus } from '../exit.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult, writeWarnings } from '../output.ts';
import { assignments, fileName, positive, probability, quantity } from '../parse.ts';

/** What the options of `watch` parse to. */
interface WatchFlags {
  fit?: string;
  params?: number;
  tokens?: number;
  at?: Record<string, number>;
  family?: string[];
  register?: boolean;
  out?: string;
  force?: boolean;
  band?: string;
  run?: string;
  columns?: string;
  tokensPerStep?: number;
  confidence?: number;
  targetLoss?: number;
  flopsPerSecond?: number;
  pricePerHour?: number;
  figure?: string;
  follow?: boolean;
  interval: number;
  json?: boolean;
  strict?: boolean;
}

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
    checkFlags(flags);
    const source = await sourceOf(run, flags);
    const family = await familyOf(flags);
    if (flags.register === true) await register(run, source, family, flags);
    else await judge(run, source, family, flags);
  });

function checkFlags(flags: WatchFlags): void {
  const together = (message: string, remedy: string): never => {
    throw new IsoflopError('USAGE', { message, remedy });
  };
  if (flags.register === true && flags.fit === undefined)
    together('--register writes down what a fit expects, but no fit is named.', 'Name it with --fit.');
  if (flags.register === true && flags.follow === true)
    together('--register and --follow are both given.', 'Register before the run, and follow it then.');
  if (flags.register !== true && (flags.out !== undefined || flags.force === true))
    together(
      '--out and --force say how a registration is written.',
      'Add --register; --figure names the file of a figure.',
    );
  if (flags.band !== undefined && flags.fit !== undefined)
    together('--band and --fit both say what is expected of the run.', 'Leave one of the two out.');
  if (flags.pricePerHour !== undefined && flags.flopsPerSecond === undefined)
    together(
      '--price-per-hour says what an hour costs, but not how much is done in it.',
      'Give --flops-per-second too.',
    );
}

/** Where the rows of the run come from: what isoflop trains knows more of itself than its files say. */
async function sourceOf(run: string, flags: WatchFlags): Promise<RunSource> {
  const { isRecorded, recordedSource } = await import('../../proxy/live/watchedRun.ts');
  if (await isRecorded(run)) return recordedSource(run, flags.run);
  const { fileSource } = await import('../../node/watch/fileSource.ts');
  return fileSource(run, { ...(await columnsOf(flags)), ...(flags.run === undefined ? {} : { run: flags.run }) });
}

/** The place of the run, beside which its registration lies. */
async function placeOf(run: string, flags: WatchFlags): Promise<string> {
  const { recordedFolder } = await import('../../proxy/live/watchedRun.ts');
  return await recordedFolder(run, flags.run);
}

async function columnsOf({ columns, tokensPerStep }: WatchFlags) {
  const { parseColumnsOption } = await import('../../runs/columns.ts');
  return {
    ...(columns === undefined ? {} : { columns: parseColumnsOption(columns, ['gradientNorm', 'time']) }),
    ...(tokensPerStep === undefined ? {} : { tokensPerStep }),
  };
}

async function familyOf(flags: WatchFlags): Promise<RunCurve[]> {
  if (flags.family === undefined) return [];
  const { readCurves } = await import('../../node/watch/fileSource.ts');
  return await readCurves(flags.family, await columnsOf(flags));
}

async function register(run: string, source: RunSource, family: readonly RunCurve[], flags: WatchFlags): Promise<void> {
  const { fit: file = '' } = flags;
  const [{ loadFit }, files, { registrationOf, lateWarnings }, { lengthOf, othersThan }, { noRows }] =
    await Promise.all([
      import('../../node/savedFits.ts'),
      import('../../node/watch/registrationFile.ts'),
      import('../../watch/registration.ts'),
      import('../../node/watch/stateOf.ts'),
      import('../../node/watch/runSource.ts'),
    ]);
  const [fit, sha256] = await Promise.all([loadFit(file), files.digestOfFile(file)]);
  const rows = (await source.poll()) ?? noRows(run);
  const seen = rows.rows.reduce((most, { tokens }) => (tokens > most ? tokens : most), 0);
  const name = flags.run ?? rows.name;
  const registration = registrationOf({
    fit,
    file,
    sha256,
    name,
    params: flags.params ?? rows.params,
    tokens: lengthOf(rows, flags),
    inputs: flags.at ?? {},
    confidence: flags.confidence ?? 0.9,
    family: othersThan(name, [...family, ...rows.family]),
    now: Date.now(),
    seen: { rows: rows.rows.length, tokens: seen, since: rows.since },
  });
  const out = flags.out ?? files.registrationPath(await placeOf(run, flags));
  const saved = await files.saveRegistration(out, registration, { replace: flags.force === true });
  if (flags.json === true) writeJson({ file: out, ...saved });
  else {
    const { formatRegistration } = await import('../../report/watchText.ts');
    writeResult(formatRegistration(saved, out));
  }
  writeWarnings([...lateWarnings(saved, null), ...saved.warnings], false);
}

async function judge(run: string, source: RunSource, family: readonly RunCurve[], flags: WatchFlags): Promise<void> {
  const look = await createLook(await placeOf(run, flags), family, flags);
  const { isComplete } = await import('../../watch/curve.ts');
  const tell = async (rows: RunRows, line: boolean): Promise<WatchState> => {
    const { state, curve } = look(rows);
    if (flags.json === true) writeResult(line ? JSON.stringify(state) : JSON.stringify(state, null, 2));
    else {
      const { formatWatch, formatWatchLine } = await import('../../report/watchText.ts');
      writeResult(line ? formatWatchLine(state) : formatWatch(state, { color: useColor(), width: outputWidth() }));
    }
    if (flags.figure !== undefined) await draw(flags.figure, state, curve);
    return state;
  };
  let raised = false;
  if (flags.follow === true) {
    const { followRun } = await import('../../node/watch/follow.ts');
    const ending = new AbortController();
    const end = (): void => {
      ending.abort();
    };
    process.once('SIGINT', end).once('SIGTERM', end);
    const isOver = (rows: RunRows): boolean => rows.hasEnded || isComplete(look(rows).curve);
    try {
      const options = { intervalMs: 1000 * flags.interval, signal: ending.signal, isOver };
      for await (const rows of followRun(source, options)) {
        const state = await tell(rows, true);
        raised ||= state.alarms.length > 0;
      }
    } finally {
      process.off('SIGINT', end).off('SIGTERM', end);
    }
  } else {
    const rows = await source.poll();
    if (rows === undefined) return;
    raised = (await tell(rows, false)).alarms.length > 0;
  }
  if (raised && flags.strict === true) process.exitCode = exitStatus.strict;
}

/** What makes the state of a run from its rows: the registration, the fit and the family are read once. */
async function createLook(run: string, given: readonly RunCurve[], flags: WatchFlags) {
  const [{ stateOf }, files] = await Promise.all([
    import('../../node/watch/stateOf.ts'),
    import('../../node/watch/registrationFile.ts'),
  ]);
  const registration =
    flags.band !== undefined
      ? await files.loadRegistration(flags.band)
      : flags.fit === undefined
        ? await files.findRegistration(run)
        : undefined;
  if (registration !== undefined) checkRegistration(registration, flags);
  const fit = flags.fit === undefined ? undefined : await (await import('../../node/savedFits.ts')).loadFit(flags.fit);
  const { params, tokens, at, confidence, targetLoss: target, flopsPerSecond, pricePerHour } = flags;
  const request = {
    ...{ registration, fit, params, tokens, family: given },
    ...(at === undefined ? {} : { inputs: at }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(target === undefined ? {} : { target }),
    price: {
      ...(flopsPerSecond === undefined ? {} : { flopsPerSecond }),
      ...(pricePerHour === undefined ? {} : { perHour: pricePerHour }),
    },
  };
  return (rows: RunRows) => stateOf(rows, request);
}

/** Refuses the registration of a run of another size or length than the options say. */
function checkRegistration({ run }: CheckedRegistration, flags: WatchFlags): void {
  const pairs = [
    ['parameters', run.params, flags.params],
    ['tokens', run.tokens, flags.tokens],
  ] as const;
  for (const [what, registered, given] of pairs)
    if (registered !== null && given !== undefined && Math.abs(given / registered - 1) > 0.01)
      throw new IsoflopError('REGISTRATION_OF_OTHER_RUN', {
        file: flags.band ?? 'The registration',
        what,
        registered,
        actual: given,
      });
}

async function draw(file: string, state: WatchState, curve: RunCurve): Promise<void> {
  const [{ watchFigure, describeWatch }, { saveFigures }] = await Promise.all([
    import('../../plots/watch.ts'),
    import('../../node/figures/saveFigures.ts'),
  ]);
  const figures = [{ id: 'watch', description: describeWatch, figure: watchFigure(state, curve) }];
  for (const written of await saveFigures(file, figures, { title: state.run })) writeError(`wrote ${written}`);
}
