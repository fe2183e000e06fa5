import { stat } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { checkExposure } from '../../../server/exposure.ts';
import { defaultLimits } from '../../../server/limits.ts';
import type { Limits } from '../../../server/limits.ts';
import type { LogLevel } from '../../../server/logger.ts';
import type { RunningServer, ServerOptions } from '../../../server/server.ts';
import { IsoflopError } from '../../core/errors.ts';
import { tryParseQuantity } from '../../core/quantity.ts';
import { formatBytes, formatDuration, parseBytes, parseDuration } from '../../core/sizes.ts';
import { writeResult } from '../output.ts';

/** What the options of `serve` parse to. */
interface ServeFlags {
  host: string;
  port: number;
  data: string;
  fits: string;
  runs: string;
  token?: string;
  allowHost?: string[];
  trustProxy?: string[];
  rateLimit?: number;
  jobs?: number;
  logLevel: LogLevel;
  maxUpload: number;
  maxRows: number;
  maxColumns: number;
  maxQueue: number;
  jobTimeout: number;
  stopTimeout: number;
}

const levels = ['silent', 'error', 'warn', 'info', 'debug'] as const satisfies readonly LogLevel[];

/** Option parser for a whole number from `least` to `most`; suffixes are read, as in 5M. */
const whole =
  (option: string, least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = tryParseQuantity(text);
    if (value === undefined || !Number.isInteger(value) || value < least || value > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
      throw new IsoflopError('OPTION_INVALID', { option, value: text, expected: `a whole number ${range}` });
    }
    return value;
  };
const size = (option: string) => (text: string) => parseBytes(text, option);
const duration = (option: string) => (text: string) => parseDuration(text, option);
/** Option parser for values with commas between; the option may be given several times. */
const list = (text: string, before: readonly string[] = []): string[] => [...before, ...text.split(',')];

/** An option with a limit as its default, shown as it would be typed. */
const limit = (flags: string, text: string, parse: (text: string) => number, value: number, shown: string): Option =>
  new Option(flags, text).argParser(parse).default(value, shown);

const { uploadBytes, rows, columns, queue, jobMs, stopMs } = defaultLimits;

/** `isoflop serve`: data sets and saved fits in the browser. */
export const serveCommand = new Command('serve')
  .summary('serve data sets and saved fits: page and API')
  .description(
    'Serves the page and the API for a folder of data sets and one of saved fits: on this machine only, unless --host says otherwise, which takes a token.',
  )
  .option('--host <address>', 'address to listen on; any but this machine itself takes a token', '127.0.0.1')
  .option('--port <number>', 'port to listen on; 0 takes any free one', whole('--port', 0, 65_535), 3000)
  .option('--data <folder>', 'folder of CSV files; uploads go to its folder uploads', 'data')
  .option('--fits <folder>', 'folder of saved fits', 'fits')
  .option('--runs <folder>', 'folder of sweeps and runs to watch while they are trained; it need not exist', 'runs')
  .option(
    '--token <text>',
    'token that requests have to show, of 16 characters or more; other users of this machine can read it in the list of processes, so better set the environment variable ISOFLOP_TOKEN',
  )
  .option('--allow-host <names>', 'further host names to answer to, such as that of a proxy', list)
  .option('--trust-proxy <addresses>', 'proxies that tell the client address in x-forwarded-for', list)
  .option(
    '--rate-limit <number>',
    'requests a minute and client under /api; 0 for no limit (default: 0 on this machine, else 1200)',
    whole('--rate-limit', 0),
  )
  .addOption(
    limit('--max-upload <size>', 'largest upload', size('--max-upload'), uploadBytes, formatBytes(uploadBytes)),
  )
  .addOption(limit('--max-rows <number>', 'most rows of a data set', whole('--max-rows', 1), rows, '5M'))
  .addOption(limit('--max-columns <number>', 'most columns of a data set', whole('--max-columns', 1), columns, '10K'))
  .addOption(limit('--max-queue <number>', 'most jobs that wait', whole('--max-queue', 1), queue, '1K'))
  .option(
    '--jobs <number>',
    'jobs that run at once, each in a thread (default: by the number of cores)',
    whole('--jobs', 1, 256),
  )
  .addOption(
    limit('--job-timeout <time>', 'longest run of a job', duration('--job-timeout'), jobMs, formatDuration(jobMs)),
  )
  .addOption(
    limit(
      '--stop-timeout <time>',
      'longest that requests in flight may take when the server stops',
      duration('--stop-timeout'),
      stopMs,
      formatDuration(stopMs),
    ),
  )
  .addOption(new Option('--log-level <level>', 'what goes to stderr, as JSON lines').choices(levels).default('info'))
  .addHelpText(
    'before',
    `Example:
  isoflop serve --data data --fits fits --port 3000
  ISOFLOP_TOKEN=$(openssl rand -hex 32) isoflop serve --host 0.0.0.0
`,
  )
  .action(async (flags: ServeFlags) => {
    const token = takeToken(flags);
    // Before the folders: whoever opens a server to others should learn of that first.
    checkExposure(flags.host, token);
    const folder = await stat(flags.fits).catch(() => null);
    if (folder?.isDirectory() !== true)
      throw new IsoflopError('OPTION_INVALID', {
        option: '--fits',
        value: flags.fits,
        expected: 'a folder of saved fits; isoflop fit RUNS.csv --out fits/mine.json makes one',
      });
    const { startServer } = await import('../../../server/server.ts');
    const server = await startServer(optionsOf(flags, token)).catch((error: unknown) => {
      throw listenError(error, flags);
    });
    stopOnSignals(server, flags.stopTimeout);
    writeResult(`isoflop serves ${flags.fits} at ${addressWith(token, server.address)} (Ctrl+C stops it)`);
  });

/** The token of the option or the environment, which threads and programs started later need not know. */
function takeToken({ token }: ServeFlags): string | undefined {
  const { ISOFLOP_TOKEN: inherited = '' } = process.env;
  delete process.env.ISOFLOP_TOKEN;
  return token ?? (inherited === '' ? undefined : inherited);
}

/** The options of the server; those that were not given stay out. */
function optionsOf(flags: ServeFlags, token: string | undefined): ServerOptions {
  const limits: Partial<Limits> = {
    uploadBytes: flags.maxUpload,
    rows: flags.maxRows,
    columns: flags.maxColumns,
    queue: flags.maxQueue,
    jobMs: flags.jobTimeout,
    stopMs: flags.stopTimeout,
  };
  const { host, port, data, fits, runs, logLevel } = flags;
  return {
    ...{ host, port, data, fits, runs, logLevel, limits },
    ...(token !== undefined && { token }),
    ...(flags.allowHost !== undefined && { allowHosts: flags.allowHost }),
    ...(flags.trustProxy !== undefined && { trustProxy: flags.trustProxy }),
    ...(flags.rateLimit !== undefined && { rateLimit: flags.rateLimit }),
    ...(flags.jobs !== undefined && { jobThreads: flags.jobs }),
  };
}

/** The address as a browser takes it. A token is shown to a person only: what else reads the output may keep it. */
function addressWith(token: string | undefined, address: string): string {
  if (token === undefined) return address;
  if (process.stdout.isTTY) return `${address}/#token=${encodeURIComponent(token)}`;
  return `${address}, with #token=TOKEN appended in the browser`;
}

/** The first signal lets the server finish what it does; a second ends it at once. */
function stopOnSignals({ close }: RunningServer, stopMs: number): void {
  let stopping = false;
  const stop = (status: number) => (): void => {
    if (stopping) process.exit(status);
    stopping = true;
    // Requests and jobs have their own deadline within this one; it is for what hangs in spite of them.
    setTimeout(() => process.exit(1), stopMs + 2000).unref();
    void close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  // What a shell says of a process that these signals ended: 128 and their number.
  process.on('SIGINT', stop(130));
  process.on('SIGTERM', stop(143));
}

const reasons: Readonly<Partial<Record<string, string>>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'ports below 1024 need more rights',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'there is no such host',
};

/** The error of the table for an address that cannot be had; anything else is a defect and stays as it is. */
function listenError(error: unknown, { host, port }: ServeFlags): unknown {
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
  if (reason === undefined) return error;
  return new IsoflopError('ADDRESS_UNAVAILABLE', { host, port, reason });
}
