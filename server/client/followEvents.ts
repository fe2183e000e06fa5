import { createParser } from 'eventsource-parser';
import { ApiError } from './apiError.ts';
import type { Transport } from './transport.ts';

/** The server gives a sign of life every 15 seconds; one that is silent for so many milliseconds is gone. */
const silentMs = 40_000;

type Reader = ReadableStreamDefaultReader<string>;

/** The next piece of a stream. @throws {@link ApiError} `UNREACHABLE` when it breaks off or stays silent */
async function readNext(reader: Reader, signal: AbortSignal | undefined): ReturnType<Reader['read']> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(ApiError.unreachable());
    }, silentMs);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } catch (error) {
    throw signal?.aborted === true ? error : ApiError.unreachable();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The data of server-sent events of one name, until the server ends them.
 *
 * @throws {@link ApiError} what the server refuses, `UNREACHABLE` when the connection is lost
 */
export async function* followEvents<Data>(
  transport: Transport,
  path: string,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Data> {
  const answer = await transport.send('GET', transport.url(path), signal === undefined ? {} : { signal });
  const told: Data[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === name) told.push(JSON.parse(data) as Data);
    },
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { value, done } = await readNext(reader, signal);
      if (value !== undefined) parser.feed(value);
      yield* told.splice(0);
      if (done) return;
    }
  } finally {
    // Whoever stops listening, or gives a silent stream up, lets the connection go.
    await reader.cancel().catch(() => undefined);
  }
}
