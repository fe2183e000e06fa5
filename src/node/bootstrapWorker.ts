import { Refitter, type BootstrapPart, type BootstrapTask } from '../uncertainty/bootstrap.ts';

/** The thread's memory for the task it works on; parts of one task arrive one after another. */
let current: { id: number; refitter: Refitter } | undefined;

/** Refits one part of a task; the entry point of a worker thread. */
export default function refitPart(part: { id: number; task: BootstrapTask; from: number; to: number }): BootstrapPart {
  if (current?.id !== part.id) current = { id: part.id, refitter: new Refitter(part.task) };
  return current.refitter.run(part.from, part.to);
}
