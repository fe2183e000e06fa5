import type { FastifyRequest } from 'fastify';

const under = (path: string, prefix: string): boolean =>
  path.startsWith(prefix) && (path.length === prefix.length || '/?'.includes(path[prefix.length]));

/**
 * Whether a request asks for data, which takes the token, or for what anybody may see: the page's own files, the
 * documentation and whether the server runs.
 *
 * The pattern of the route decides, not the address as it was written: `/%61pi/fits` reaches the same route as
 * `/api/fits`. The address counts besides, so that nobody without the token learns which addresses there are.
 */
export function isProtected({ routeOptions, raw }: FastifyRequest): boolean {
  const pattern = routeOptions.url ?? '';
  if (under(pattern, '/api') || under(pattern, '/metrics')) return true;
  const address = raw.url ?? '';
  return under(address, '/api') || under(address, '/metrics');
}
