import { IsoflopError } from '../core/errors.ts';
import { saveFigures } from '../node/figures/saveFigures.ts';
import { loadFit } from '../node/savedFits.ts';
import { fileSource, readRunCurves } from '../node/watch/fileSource.ts';
import { followRun } from '../node/watch/follow.ts';
import * as files from '../node/watch/registrationFile.ts';
import { noRows, type RunRows, type RunSource } from '../node/watch/runSource.ts';
import { lengthOf, othersThan, stateOf } from '../node/watch/stateOf.ts';
import { describeWatch, watchFigure } from '../plots/watch.ts';
import { isRecorded, recordedFolder, recordedSource } from '../proxy/live/watchedRun.ts';
import { formatRegistration, formatWatch, formatWatchLine } from '../report/watchText.ts';
import { parseColumnsOption } from '../runs/columns.ts';
import type { RunCurve } from '../watch/curve.ts';
import type { CurveColumns } from '../watch/curveTable.ts';
import { lateWarnings, registrationOf, type CheckedRegistration } from '../watch/registration.ts';
import type { WatchState } from '../watch/watchRun.ts';
import type { WatchFlags } from './watchFlags.ts';
import { exitStatus } from './exit.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult, writeWarnings } from './output.ts';

/** What `isoflop watch` does: registers what is expected of a run, or judges it. */
export async function watch(run: string, flags: WatchFlags): Promise<void> {
  checkFlags(flags);
  const source = await sourceOf(run, flags);
  const family = flags.family === undefined ? [] : await readRunCurves(flags.family, columnsOf(flags));
  // Beside the run, or beside its folder in that of a sweep, lies what was registered.
  const place = await recordedFolder(run, flags.run);
  if (flags.register === true) await register(run, place, source, family, flags);
  else await judge(place, source, family, flags);
}

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
  if (await isRecorded(run)) return recordedSource(run, flags.run);
  return fileSource(run, { ...columnsOf(flags), ...(flags.run === undefined ? {} : { run: flags.run }) });
}

const columnsOf = ({ columns, tokensPerStep }: WatchFlags): CurveColumns => ({
  ...(columns === undefined ? {} : { columns: parseColumnsOption(columns, ['gradientNorm', 'time']) }),
  ...(tokensPerStep === undefined ? {} : { tokensPerStep }),
});

async function register(
  run: string,
  place: string,
  source: RunSource,
  family: readonly RunCurve[],
  flags: WatchFlags,
): Promise<void> {
  const { fit: file = '' } = flags;
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
  const out = flags.out ?? files.registrationPath(place);
  const saved = await files.saveRegistration(out, registration, { replace: flags.force === true });
  if (flags.json === true) writeJson({ file: out, ...saved });
  else writeResult(formatRegistration(saved, out));
  writeWarnings([...lateWarnings(saved, null), ...saved.warnings], false);
}

async function judge(place: string, source: RunSource, family: readonly RunCurve[], flags: WatchFlags): Promise<void> {
  const look = await createLook(place, family, flags);
  const tell = async (rows: RunRows, line: boolean): Promise<WatchState> => {
    const { state, curve } = look(rows);
    if (flags.json === true) writeResult(line ? JSON.stringify(state) : JSON.stringify(state, null, 2));
    else writeResult(line ? formatWatchLine(state) : formatWatch(state, { color: useColor(), width: outputWidth() }));
    if (flags.figure !== undefined) await draw(flags.figure, state, curve);
    return state;
  };
  let raised = false;
  if (flags.follow === true) {
    const ending = new AbortController();
    const end = (): void => {
      ending.abort();
    };
    process.once('SIGINT', end).once('SIGTERM', end);
    let hasEnded = false;
    try {
      const options = { intervalMs: 1000 * flags.interval, signal: ending.signal, isOver: () => hasEnded };
      for await (const rows of followRun(source, options)) {
        const state = await tell(rows, true);
        raised ||= state.alarms.length > 0;
        hasEnded = rows.hasEnded || state.state === 'ended';
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
async function createLook(place: string, given: readonly RunCurve[], flags: WatchFlags) {
  const registration =
    flags.band !== undefined
      ? await files.loadRegistration(flags.band)
      : flags.fit === undefined
        ? await files.findRegistration(place)
        : undefined;
  if (registration !== undefined) checkRegistration(registration, flags);
  const fit = flags.fit === undefined ? undefined : await loadFit(flags.fit);
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
  const figures = [{ id: 'watch', description: describeWatch, figure: watchFigure(state, curve) }];
  for (const written of await saveFigures(file, figures, { title: state.run })) writeError(`wrote ${written}`);
}
