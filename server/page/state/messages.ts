import { signal } from '@preact/signals';

/** A line at the foot of the page that goes by itself, with what undoes it if anything does. */
export interface Message {
  readonly id: number;
  readonly text: string;
  readonly level: 'info' | 'error';
  readonly undo?: () => void;
}

export const messages = signal<readonly Message[]>([]);
let count = 0;

export function dismiss(id: number): void {
  messages.value = messages.peek().filter((message) => message.id !== id);
}

/**
 * Tells something.
 *
 * @returns what takes the message away
 */
export function tell(
  text: string,
  options: { level?: 'info' | 'error'; undo?: () => void; forMs?: number } = {},
): () => void {
  const id = ++count;
  const { level = 'info', undo, forMs = 6000 } = options;
  messages.value = [...messages.peek(), { id, text, level, ...(undo === undefined ? {} : { undo }) }];
  setTimeout(() => {
    dismiss(id);
  }, forMs);
  return () => {
    dismiss(id);
  };
}

/** What the screen reader says next: answers and what is under the keyboard's cursor. */
export const spoken = signal('');
