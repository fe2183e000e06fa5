import type { FastifyInstance } from 'fastify';
import { limitsWith } from '../limits.ts';
import type { Limits } from '../limits.ts';
import { addConnectionCare } from './connections.ts';
import { addMetrics } from './metrics.ts';
import type { Gauges } from './metrics.ts';
import { addOwnOrigin } from './ownOrigin.ts';
import { addPlainUploads } from './plainUploads.ts';
import { addRateLimit } from './rateLimit.ts';
import { addRequestId } from './requestId.ts';
import { addRequestLog } from './requestLog.ts';
import { addSecurityHeaders } from './security.ts';
import { addStopping } from './stopping.ts';
import { addToken } from './token.ts';

/** How a server is run: who may use it, and how much. */
export interface OperationOptions {
  /** The address that the server listens on, to which it answers; the machine itself unless given. */
  readonly host?: string;
  /** Token that requests under /api and for /metrics have to show; none unless given. */
  readonly token?: string;
  /** Further host names that the server answers to, such as that of a proxy before it. */
  readonly allowHosts?: readonly string[];
  /**
   * Requests that one client may make in a minute; 0 counts nothing. Unless given, 0 for `addOperation`, and for
   * `startServer` where the host is this machine itself, else `defaultRate`.
   */
  readonly rateLimit?: number;
  /** Jobs that run at once, each in a thread of its own; by the number of cores unless given. */
  readonly jobThreads?: number;
  /** Limits other than the default ones. */
  readonly limits?: Partial<Limits>;
}

/**
 * Adds all that keeps a server safe to leave running, before its routes: headers, ids, the way to stop, the checks of
 * origin, rate, token and uploads in this order, the log, metrics and the care of connections.
 *
 * @param gauges - what /metrics tells besides the process and its requests
 */
export async function addOperation(
  app: FastifyInstance,
  { host, token, allowHosts, rateLimit = 0, limits }: OperationOptions,
  gauges: Partial<Gauges> = {},
): Promise<void> {
  addSecurityHeaders(app);
  addRequestId(app);
  addStopping(app);
  addOwnOrigin(app, { host, allowHosts, hasToken: token !== undefined });
  await addRateLimit(app, rateLimit);
  if (token !== undefined) await addToken(app, token);
  addPlainUploads(app);
  addRequestLog(app);
  addMetrics(app, gauges);
  addConnectionCare(app, limitsWith(limits));
}
