import type { FastifyBaseLogger } from 'fastify';
import pino from 'pino';

/** How much the log tells. */
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A log, and a way to write out what it still holds. */
export interface Log {
  /** Fastify's option `loggerInstance`; none for a silent log. */
  readonly logger: FastifyBaseLogger | undefined;
  /** Writes what is left, and waits for it; the last thing before the process ends. */
  readonly flush: () => void;
}

/** Takes one whole line of JSON, with its line end. */
export type WriteLine = (line: string) => void;

/** Characters that are collected before they are written. */
const batch = 32_000;
/** Longest that a line waits for others, in milliseconds. */
const wait = 200;

/** On the logger, from which those that Fastify derives inherit it. */
const writer = Symbol('write line');

/** How to add lines to a log past pino, whose building of a line takes several times as long as the rest of it. */
export const lineWriterOf = (logger: object): WriteLine | undefined => (logger as { [writer]?: WriteLine })[writer];

/**
 * JSON lines on a file descriptor. They are collected for a fifth of a second, or until they are 32 KB, and written in
 * the background, so that no request waits for them.
 *
 * @param level - lines of this level and above are written
 * @param fd - the file descriptor; 2 (stderr) unless given
 */
export function createLog(level: LogLevel, fd = 2): Log {
  if (level === 'silent') return { logger: undefined, flush: () => undefined };
  const stream = pino.destination({ fd, sync: false });
  // A log whose reader has gone is no reason to stop serving.
  stream.on('error', () => undefined);
  let pending = '';
  let timer: NodeJS.Timeout | undefined;
  const hand = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (pending !== '') stream.write(pending);
    pending = '';
  };
  const write = (line: string): void => {
    pending += line;
    if (pending.length > batch) hand();
    else timer ??= setTimeout(hand, wait).unref();
  };
  const flush = (): void => {
    try {
      hand();
      stream.flushSync();
    } catch {
      // Nobody reads it, and there is nobody left to tell.
    }
  };
  process.on('exit', flush);
  const logger = pino(
    {
      level,
      // Every line of one process would name it and its machine again; who collects logs knows both.
      base: null,
      messageKey: 'message',
      formatters: { level: (label: string) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      // Nothing here logs headers; should anything ever, the token stays out.
      redact: ['authorization', 'headers.authorization', 'req.headers.authorization', 'request.headers.authorization'],
    },
    { write },
  );
  return { logger: Object.assign(logger, { [writer]: write }), flush };
}
