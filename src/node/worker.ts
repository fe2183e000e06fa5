import { prepare, type Kind, type Part, type PartOf } from './work.ts';

/** The thread's memory for the task it works on; parts of one task arrive one after another. */
let current: { id: number; run: (from: number, to: number) => PartOf<Kind> } | undefined;

/** Does one part of a task; the entry point of a worker thread. */
export default function workPart(part: Part): PartOf<Kind> {
  if (current?.id !== part.id) current = { id: part.id, run: prepare(part.kind, part.task) };
  return current.run(part.from, part.to);
}
