import Fastify from 'fastify';
import type { FastifyServerOptions } from 'fastify';
import { app } from './app.ts';
import type { AppOptions } from './app.ts';

/** Options of {@link startServer}. */
export interface ServerOptions extends AppOptions {
  /** Address to listen on; the machine itself (127.0.0.1) unless given. */
  readonly host?: string;
  /** Port to listen on, 3000 unless given; 0 for any free one. */
  readonly port?: number;
  /** Fastify's logger; none unless given. */
  readonly logger?: FastifyServerOptions['logger'];
}

/** Time that requests in flight have to finish when the server stops. */
const patienceMs = 2000;

/** A server that listens. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:3000`. */
  readonly address: string;
  /** Finishes the requests in flight, then stops. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a folder of saved fits: the page, the API and its documentation.
 *
 * @example
 * ```ts
 * const { address, close } = await startServer({ fits: 'fits' });
 * ```
 */
export async function startServer({
  host = '127.0.0.1',
  port = 3000,
  logger = false,
  ...options
}: ServerOptions): Promise<RunningServer> {
  const server = Fastify({ logger, bodyLimit: 2 * 1024 * 1024 });
  await server.register(app, options);
  const address = await server.listen({ host, port });
  return {
    address,
    close: async () => {
      // Browsers open connections ahead of need, which never become idle; they must not keep the server from stopping.
      const timer = setTimeout(() => {
        server.server.closeAllConnections();
      }, patienceMs);
      await server.close();
      clearTimeout(timer);
    },
  };
}
