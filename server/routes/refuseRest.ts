import type { FastifyReply, FastifyRequest } from 'fastify';

/** Bytes of a refused body that still pass, so that its client, done with sending, reads the answer as usual. */
const passing = 4 * 2 ** 20;
/** Milliseconds that a client has to read the answer before the connection ends under what it still sends. */
const lingeringMs = 1000;

/**
 * Lets the rest of a body go by whose request is answered already. A small rest passes, and the connection stays; of a
 * large one no more is taken: the connection ends once the client had time to read the answer.
 *
 * @param discard - makes the rest flow to nowhere
 */
export function refuseRest(
  { raw: request }: FastifyRequest,
  { raw: response }: FastifyReply,
  discard: () => void,
): void {
  let left = passing;
  const count = (piece: Uint8Array): void => {
    left -= piece.length;
    if (left >= 0) return;
    request.off('data', count);
    request.unpipe();
    request.pause();
    const end = (): void => {
      setTimeout(() => request.socket.destroy(), lingeringMs).unref();
    };
    if (response.writableFinished) end();
    else response.once('finish', end);
  };
  if (request.complete) {
    discard();
    return;
  }
  request.on('data', count);
  discard();
}
