import type { MessagePort } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { IsoflopError } from '../../src/core/errors.ts';
import { handlers } from './handlers.ts';
import type { InputOf, OnProgress, OutputOf, Progress, TaskName } from './tasks.ts';

/** A task as a thread gets it. */
export interface Assignment<Name extends TaskName = TaskName> {
  readonly name: Name;
  readonly input: InputOf<Name>;
  /** Where progress goes. */
  readonly port?: MessagePort;
}

/** An error of the table without its class, which messages between threads do not keep. */
export interface PlainError {
  readonly code: string;
  readonly details: unknown;
}

/** What comes back from a thread. */
export type Outcome<Name extends TaskName = TaskName> =
  { readonly output: OutputOf<Name> } | { readonly error: PlainError };

/** Progress is told at most this often, so that a quick stage does not flood the server. */
const intervalMs = 50;

function reporter(port: MessagePort | undefined): OnProgress {
  if (port === undefined) return () => undefined;
  let stage: Progress['stage'] | undefined;
  let last = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.stage === stage && progress.done < progress.total && now - last < intervalMs) return;
    stage = progress.stage;
    last = now;
    port.postMessage(progress);
  };
}

/** Does one task; the entry point of a thread of the server. */
export default async function work<Name extends TaskName>({
  name,
  input,
  port,
}: Assignment<Name>): Promise<Outcome<Name>> {
  const handle = handlers[name] as (input: InputOf<Name>, onProgress: OnProgress) => Promise<OutputOf<Name>>;
  try {
    return handedOver({ output: await handle(input, reporter(port)) });
  } catch (error) {
    if (!(error instanceof IsoflopError)) throw error;
    const { code, details } = error as IsoflopError;
    return { error: { code, details } };
  } finally {
    port?.close();
  }
}

/** Hands bytes to the thread that asked, where a message would copy them on both sides. */
function handedOver<Name extends TaskName>(outcome: { readonly output: OutputOf<Name> }): Outcome<Name> {
  const { output } = outcome;
  // Little is copied as quickly, and may stand in memory that others still need.
  if (!(output instanceof Uint8Array) || output.byteLength < 2 ** 16) return outcome;
  const moved = { [transferableSymbol]: output.buffer, [valueSymbol]: outcome };
  return move(moved) as unknown as Outcome<Name>;
}
