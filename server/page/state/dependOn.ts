import type { ReadonlySignal } from '@preact/signals';

/** Reads signals only to run again when one of them changes. */
export function dependOn(...signals: readonly ReadonlySignal<unknown>[]): void {
  signals.forEach((signal) => signal.value);
}
