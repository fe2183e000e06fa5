import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { IsoflopError } from '../src/core/errors.ts';

/** An answer in full, for where there is no request to reply to. */
function answer(
  status: number,
  error: { readonly code: string; readonly message: string; readonly remedy: string },
): string {
  const body = JSON.stringify({ error });
  const head = [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${String(Buffer.byteLength(body))}`,
    'x-content-type-options: nosniff',
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Ends a connection whose request took too long to arrive, with the reason unless an answer has begun already. */
export function refuseConnection(socket: Socket, part: 'headers' | 'body', answered: boolean): void {
  const error = new IsoflopError('REQUEST_SLOW', { part });
  const { code, statement: message, remedy } = error;
  if (answered || !socket.writable) socket.destroy();
  else socket.end(answer(error.http, { code, message, remedy }), () => socket.destroy());
}

/** What is wrong with bytes that are no request, by Node's code of the error. */
const reasons: Readonly<Partial<Record<string, readonly [status: number, message: string]>>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are longer than 16 KiB.'],
};

/** Fastify's `clientErrorHandler`: answers what never became a request in the form of all other errors. */
export function refuseClient({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    refuseConnection(socket, 'headers', false);
    return;
  }
  const [status, message] = reasons[code] ?? [400, 'This is not a request of HTTP/1.1.'];
  if (!socket.writable) socket.destroy();
  else
    socket.end(answer(status, { code: 'REQUEST_INVALID', message, remedy: 'See /documentation.' }), () =>
      socket.destroy(),
    );
}
