import { BlockList, isIP } from 'node:net';
import { IsoflopError } from '../src/core/errors.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whether only programs of this machine reach that host: 127.0.0.0/8, ::1 or localhost. Any other name counts as
 * reachable, since what it resolves to can change.
 *
 * @example
 * ```ts
 * isLoopback('127.0.0.1'); // true
 * isLoopback('0.0.0.0'); // false
 * ```
 */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const family = isIP(name);
  if (family === 0) return name === 'localhost';
  return loopback.check(name, family === 4 ? 'ipv4' : 'ipv6');
}

/** Fewest characters of a token. `openssl rand -hex 32` gives 64. */
const leastTokenLength = 16;

/**
 * Refuses what would leave the server open: a host that others reach without a token, and a token that can be guessed or
 * that no header can carry.
 *
 * @param host - the address to listen on
 * @param token - the token that requests have to show, if any
 * @throws {@link IsoflopError} `TOKEN_NEEDED`, `TOKEN_WEAK`
 */
export function checkExposure(host: string, token: string | undefined): void {
  if (token === undefined) {
    if (!isLoopback(host)) throw new IsoflopError('TOKEN_NEEDED', { host });
    return;
  }
  const weak = (reason: string): IsoflopError => new IsoflopError('TOKEN_WEAK', { least: leastTokenLength, reason });
  // The token itself is said nowhere: errors end in logs.
  if (token.length < leastTokenLength) throw weak(`it has ${String(token.length)} characters`);
  if (!/^[\x21-\x7e]+$/.test(token)) throw weak('it has spaces or characters that a header cannot carry');
  if (new Set(token).size < 5) throw weak('it repeats so few characters that it could be guessed');
}
