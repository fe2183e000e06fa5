import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** A proxy closes a stream that is silent for long; this many milliseconds pass between two signs of life. */
const heartbeatMs = 15_000;

/** Server-sent events of one name, with a comment now and then while nothing happens. */
async function* events(name: string, source: AsyncGenerator<string>): AsyncGenerator<string> {
  let next = source.next();
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<'silence'>((resolve) => {
      timer = setTimeout(resolve, heartbeatMs, 'silence');
    });
    const came = await Promise.race([next, silence]);
    clearTimeout(timer);
    if (came === 'silence') yield ': still there\n\n';
    else if (came.done === true) return;
    else {
      yield `event: ${name}\ndata: ${came.value}\n\n`;
      next = source.next();
    }
  }
}

/**
 * Answers with server-sent events until what they tell of ends or the client leaves.
 *
 * @param follow - gives the data of the events, each a line of JSON; the signal says that the client has left
 */
export function sendEvents(
  reply: FastifyReply,
  name: string,
  follow: (gone: AbortSignal) => AsyncGenerator<string>,
): FastifyReply {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    gone.abort();
  });
  return reply
    .type('text/event-stream')
    .header('cache-control', 'no-cache, no-transform')
    .send(Readable.from(events(name, follow(gone.signal))));
}
