import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import type { RunRows, RunSource } from '../../node/watch/runSource.ts';
import type { RunCurve } from '../../watch/curve.ts';
import type { CheckedRegistration } from '../../watch/registration.ts';
import type { WatchState } from '../../watch/watchRun.ts';
import { exitStatus } from '../exit.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult } from '../output.ts';
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

/** The length of a run, by the option or the run itself. */
function lengthOf(source: RunSource, rows: RunRows | undefined, flags: WatchFlags, registered?: number): number {
  const tokens = flags.tokens ?? registered ?? rows?.plannedTokens ?? undefined;
  if (tokens === undefined) throw new IsoflopError('RUN_LENGTH_UNKNOWN', { run: source.name });
  return tokens;
}

async function register(run: string, source: RunSource, family: readonly RunCurve[], flags: WatchFlags): Promise<void> {
  const { fit: file = '' } = flags;
  const [{ loadFit }, files, { registrationOf }] = await Promise.all([
    import('../../node/savedFits.ts'),
    import('../../node/watch/registrationFile.ts'),
    import('../../watch/registration.ts'),
  ]);
  const [fit, sha256] = await Promise.all([loadFit(file), files.digestOfFile(file)]);
  const rows = await source.poll();
  const seen = rows?.rows.reduce((most, { tokens }) => (tokens > most ? tokens : most), 0) ?? 0;
  const registration = registrationOf({
    fit,
    file,
    sha256,
    name: rows === undefined || rows.rows.length === 0 ? (flags.run ?? run) : rows.name,
    params: flags.params ?? rows?.params ?? null,
    tokens: lengthOf(source, rows, flags),
    inputs: flags.at ?? {},
    confidence: flags.confidence ?? 0.9,
    family: othersOf(flags.run, [...family, ...(rows?.family ?? [])]),
    now: Date.now(),
    seen: { rows: rows?.rows.length ?? 0, tokens: seen, since: rows?.since ?? null },
  });
  const out = flags.out ?? files.registrationPath(run);
  const saved = await files.saveRegistration(out, registration, { replace: flags.force === true });
  if (flags.json === true) writeJson({ file: out, ...saved });
  else {
    const { formatRegistration } = await import('../../report/watchText.ts');
    writeResult(formatRegistration(saved, out));
  }
  const { lateWarnings } = await import('../../watch/registration.ts');
  const { writeWarnings } = await import('../output.ts');
  writeWarnings([...lateWarnings(saved, null), ...saved.warnings], false);
}

/** A run is no witness of itself. */
const othersOf = (name: string | undefined, family: readonly RunCurve[]): RunCurve[] =>
  family.filter((run) => name === undefined || run.name !== name);

async function judge(run: string, source: RunSource, family: readonly RunCurve[], flags: WatchFlags): Promise<void> {
  const look = await createLook(run, source, family, flags);
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

/** What makes the state of a run from its rows: read once are the registration, the fit and the family. */
async function createLook(run: string, source: RunSource, given: readonly RunCurve[], flags: WatchFlags) {
  const [{ curveOf }, { watchRun }, files] = await Promise.all([
    import('../../watch/curve.ts'),
    import('../../watch/watchRun.ts'),
    import('../../node/watch/registrationFile.ts'),
  ]);
  const registration =
    flags.band !== undefined
      ? await files.loadRegistration(flags.band)
      : flags.fit === undefined
        ? await files.findRegistration(run)
        : undefined;
  if (registration !== undefined) checkRegistration(registration, flags);
  const fitted = flags.fit === undefined ? undefined : await loadBand(flags.fit);
  return (rows: RunRows): { readonly state: WatchState; readonly curve: RunCurve } => {
    const params = flags.params ?? registration?.run.params ?? rows.params;
    const plannedTokens = lengthOf(source, rows, flags, registration?.run.tokens);
    const { name, flopsPerToken, givenUp } = rows;
    const curve = curveOf(rows.rows, {
      name,
      params,
      plannedTokens,
      ...(flopsPerToken === null ? {} : { flopsPerToken }),
      ...(givenUp === undefined ? {} : { givenUp }),
    });
    const family = othersOf(flags.run ?? name, [...given, ...rows.family]);
    const confidence = flags.confidence ?? 0.9;
    const band = fitted?.(curve, family, confidence, flags.at ?? {});
    const { targetLoss, flopsPerSecond, pricePerHour } = flags;
    const state = watchRun(curve, {
      ...(registration === undefined ? {} : { registration }),
      ...(band === undefined ? {} : { band }),
      family,
      confidence,
      ...(targetLoss === undefined ? {} : { target: targetLoss }),
      price: {
        ...(flopsPerSecond === undefined ? {} : { flopsPerSecond }),
        ...(pricePerHour === undefined ? {} : { perHour: pricePerHour }),
      },
      since: rows.since,
    });
    return { state, curve };
  };
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
        run: given,
      });
}

/** The band of a fit that nobody registered. */
async function loadBand(file: string) {
  const [{ loadFit }, { bandOf }] = await Promise.all([
    import('../../node/savedFits.ts'),
    import('../../watch/band.ts'),
  ]);
  const fit = await loadFit(file);
  return (curve: RunCurve, family: readonly RunCurve[], confidence: number, inputs: Record<string, number>) =>
    bandOf(fit, curve, { confidence, family, inputs }).points;
}

async function draw(file: string, state: WatchState, curve: RunCurve): Promise<void> {
  const [{ watchFigure, describeWatch }, { saveFigures }] = await Promise.all([
    import('../../plots/watch.ts'),
    import('../../node/figures/saveFigures.ts'),
  ]);
  const figures = [{ id: 'watch', description: describeWatch, figure: watchFigure(state, curve) }];
  for (const written of await saveFigures(file, figures, { title: state.run })) writeError(`wrote ${written}`);
}
