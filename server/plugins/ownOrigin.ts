import type { FastifyInstance } from 'fastify';
import { IsoflopError } from '../../src/core/errors.ts';
import { isLoopback } from '../exposure.ts';

/** Options of {@link addOwnOrigin}. */
export interface OwnOriginOptions {
  /** The address that the server listens on; the machine itself unless given. */
  readonly host?: string | undefined;
  /** Further names that it answers to, such as that of a proxy before it, with or without a port. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Whether requests have to show a token, which no other site knows. */
  readonly hasToken: boolean;
}

/** Methods that change nothing. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Most spellings of the host that are remembered. */
const rememberedHosts = 100;

/** The name in `name:port` or `[address]:port`. */
const nameOf = (host: string): string => host.toLowerCase().replace(/:\d*$/, '');

/**
 * Keeps other sites, open in the same browser, from using a server that trusts whoever reaches it.
 *
 * A page of another site can send it requests, so those that would change something have to come from a page of this
 * server, or from no page at all. And a name that such a site owns can come to resolve to 127.0.0.1 (DNS rebinding),
 * by which it would count as this server's own; so without a token the server answers to its own names only.
 *
 * @see https://owasp.org/www-community/attacks/csrf
 */
export function addOwnOrigin(
  app: FastifyInstance,
  { host = '127.0.0.1', allowHosts = [], hasToken }: OwnOriginOptions,
): void {
  const allowed = new Set([host, ...allowHosts].map((name) => name.toLowerCase()));
  const isAllowed = (name: string): boolean => allowed.has(name) || allowed.has(nameOf(name));
  const isOwn = (name: string): boolean => isLoopback(nameOf(name)) || isAllowed(name);
  const known = new Set<string>();

  /** The request's host as it was written; a trusted proxy's word for it does not count here. */
  const checkHost = (name: string | undefined): void => {
    // A browser always names the host.
    if (name === undefined || known.has(name)) return;
    if (!isOwn(name)) throw new IsoflopError('HOST_UNKNOWN', { host: name });
    if (known.size < rememberedHosts) known.add(name);
  };

  const checkOrigin = (origin: string | undefined, site: string | undefined, own: string | undefined): void => {
    if (origin !== undefined) {
      const from = URL.canParse(origin) ? new URL(origin).host : origin;
      if (from !== own?.toLowerCase() && !isAllowed(from)) throw new IsoflopError('ORIGIN_FOREIGN', { origin });
    } else if (site !== undefined && site !== 'same-origin' && site !== 'none')
      throw new IsoflopError('ORIGIN_FOREIGN', { origin: site });
  };

  app.addHook('onRequest', (request, _reply, done) => {
    const { headers, method } = request.raw;
    try {
      if (!hasToken) checkHost(headers.host);
      if (!safeMethods.has(method ?? '')) {
        const site = headers['sec-fetch-site'];
        checkOrigin(headers.origin, typeof site === 'string' ? site : undefined, headers.host);
      }
      done();
    } catch (error) {
      done(error as IsoflopError);
    }
  });
}
