import { signal, type Signal } from '@preact/signals';
import type { Figure } from '../contract.ts';

/** A figure in its place: what is drawn, for which fit, and why it may be missing. */
export interface Drawing {
  /** What it was asked for: fit, confidence and run. */
  readonly key: string;
  readonly figure: Figure | null;
  readonly unavailable: string | null;
  readonly error: string | null;
}

const drawings = new Map<string, Signal<Drawing | null>>();

/** What is drawn in the place of a figure. */
export function drawingOf(id: string): Signal<Drawing | null> {
  const known = drawings.get(id);
  if (known !== undefined) return known;
  const made = signal<Drawing | null>(null);
  drawings.set(id, made);
  return made;
}

/** Figures in or near the window. */
export const inView = signal<readonly string[]>([]);

export function setInView(id: string, isIn: boolean): void {
  const now = inView.peek();
  if (now.includes(id) === isIn) return;
  inView.value = isIn ? [...now, id] : now.filter((other) => other !== id);
}

/** What a figure is drawn for. The run concerns the learning curves alone, so that choosing one redraws nothing else. */
export const keyOf = (key: string, id: string, run: string | null): string =>
  id === 'curves' && run !== null ? `${key} ${run}` : key;

/** Figures in view that were asked for something else. */
export const stale = (key: string, run: string | null): string[] =>
  inView.value.filter((id) => drawingOf(id).peek()?.key !== keyOf(key, id, run));

/** Forgets every figure: another fit is coming, and its figures are not to be mistaken for those of the last. */
export function forgetDrawings(): void {
  for (const drawing of drawings.values()) drawing.value = null;
}

/** Whether something is under way. */
export const isDrawing = signal(false);
