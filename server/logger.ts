import pino from 'pino';
import type { FastifyServerOptions } from 'fastify';

/** How much the log tells. */
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A log, and a way to write out what it still holds. */
export interface Log {
  /** Fastify's option `logger`. */
  readonly logger: NonNullable<FastifyServerOptions['logger']>;
  /** Writes what is left, and waits for it; the last thing before the process ends. */
  readonly flush: () => void;
}

/**
 * JSON lines on a file descriptor, collected and written every fifth of a second or 8 KiB, so that no request waits for
 * them.
 *
 * @param level - lines of this level and above are written
 * @param fd - the file descriptor; 2 (stderr) unless given
 */
export function createLog(level: LogLevel, fd = 2): Log {
  if (level === 'silent') return { logger: false, flush: () => undefined };
  const stream = pino.destination({ fd, sync: false, minLength: 8192, periodicFlush: 200 });
  const flush = (): void => {
    try {
      stream.flushSync();
    } catch {
      // Whoever read the log is gone; there is nobody left to tell.
    }
  };
  // The same for a log whose reader left while the server runs: it goes on serving.
  stream.on('error', () => undefined);
  process.on('exit', flush);
  return {
    logger: {
      level,
      stream,
      // Every line of one process would name it and its machine again; who collects logs knows both.
      base: null,
      messageKey: 'message',
      formatters: { level: (label: string) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      // Nothing here logs headers; should anything ever, the token stays out.
      redact: ['authorization', 'headers.authorization', 'req.headers.authorization', 'request.headers.authorization'],
    },
    flush,
  };
}
