import Fastify, { LogController } from 'fastify';
import type { FastifyHttpOptions } from 'fastify';
import type { Server } from 'node:http';
import { app } from './app.ts';
import type { AppOptions } from './app.ts';
import { checkExposure, isLoopback } from './exposure.ts';
import { limitsWith } from './limits.ts';
import type { Limits } from './limits.ts';
import { createLog } from './logger.ts';
import type { Log, LogLevel } from './logger.ts';
import { defaultRate } from './plugins/rateLimit.ts';
import { requestId } from './plugins/requestId.ts';
import { refuseClient } from './refuseConnection.ts';

/** Options of {@link startServer}. */
export interface ServerOptions extends AppOptions {
  /** Port to listen on, 3000 unless given; 0 for any free one. */
  readonly port?: number;
  /** Lines of this level and above go to stderr; none unless given. */
  readonly logLevel?: LogLevel;
  /** Proxies whose word for the client's address is taken (`x-forwarded-for`), as Fastify's `trustProxy`; none unless given. */
  readonly trustProxy?: string | string[];
}

/** A server that listens. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:3000`. */
  readonly address: string;
  /** Takes no more requests, finishes those in flight within the limit `stopMs`, then stops. */
  readonly close: () => Promise<void>;
}

/** Fastify's options for a server that is left running. */
export function fastifyOptions(limits: Limits, logger: Log['logger']): FastifyHttpOptions<Server> {
  return {
    ...(logger === undefined ? { logger: false } : { loggerInstance: logger }),
    // Its two lines for each request, and a logger of its own, would cost as much as a prediction; see addRequestLog.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (parent) => parent,
    requestIdHeader: false,
    genReqId: requestId,
    bodyLimit: limits.bodyBytes,
    keepAliveTimeout: limits.keepAliveMs,
    // Bodies have limits of their own, in addConnectionCare; this one stands behind them.
    requestTimeout: 2 * Math.max(limits.headersMs, limits.bodyMs, limits.uploadMs),
    http: {
      headersTimeout: limits.headersMs,
      // How often Node looks for late headers: every 30 seconds unless told.
      connectionsCheckingInterval: Math.max(20, Math.min(1000, limits.headersMs / 4)),
    },
    clientErrorHandler: refuseClient,
    // Those that arrive while it stops are answered by addStopping.
    return503OnClosing: false,
  };
}

/**
 * Serves folders of data sets and saved fits: the page, the API and its documentation.
 *
 * @throws {@link IsoflopError} `TOKEN_NEEDED` for a host that others reach, without a token; `TOKEN_WEAK`
 * @example
 * ```ts
 * const { address, close } = await startServer({ fits: 'fits' });
 * ```
 */
export async function startServer({
  port = 3000,
  logLevel = 'silent',
  trustProxy,
  ...options
}: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', token } = options;
  checkExposure(host, token);
  const { logger, flush } = createLog(logLevel);
  const server = Fastify({
    ...fastifyOptions(limitsWith(options.limits), logger),
    ...(trustProxy === undefined ? {} : { trustProxy }),
  });
  const rateLimit = options.rateLimit ?? (isLoopback(host) ? 0 : defaultRate);
  await server.register(app, { ...options, host, rateLimit });
  // For `localhost` Fastify would make a second server, for ::1, whose connections nobody looks after.
  const at = host === 'localhost' ? '127.0.0.1' : host;
  const address = await server.listen({ host: at, port, listenTextResolver: (where) => `listening at ${where}` });
  return {
    address,
    close: async () => {
      server.log.info('stopping');
      await server.close();
      server.log.info('stopped');
      flush();
    },
  };
}
