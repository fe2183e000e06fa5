import type { FastifyReply } from 'fastify';

/** Sends bytes that a thread has made, JSON unless said otherwise, as they are: a serializer would parse and print them again. */
export function sendBytes<Reply extends FastifyReply>(
  reply: Reply,
  bytes: Uint8Array,
  type = 'application/json',
): Reply {
  const { buffer, byteOffset, byteLength } = bytes;
  void reply.type(`${type}; charset=utf-8`).send(Buffer.from(buffer, byteOffset, byteLength));
  return reply;
}

/** A header that makes a browser save the answer as a file of that name, whose characters are plain. */
export const attachment = (name: string): string =>
  `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '-')}"`;
