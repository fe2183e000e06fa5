import { IsoflopError } from '../../core/errors.ts';
import type { PlainObject } from '../figure.ts';

/** Says which part of a figure the renderer does not draw. */
export function unsupported(part: string, value: unknown): never {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  throw new IsoflopError('FIGURE_UNSUPPORTED', { part, found: text });
}

const isObject = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object within an object; empty where there is none. */
export function objectOf(parent: PlainObject, name: string): PlainObject {
  const value = parent[name];
  return isObject(value) ? value : {};
}

/** A list of objects; empty where there is none. */
export function objectsOf(parent: PlainObject, name: string): PlainObject[] {
  const value = parent[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A finite number, or what stands in for it. */
export function numberOf<Fallback>(parent: PlainObject, name: string, fallback: Fallback): number | Fallback {
  const value = parent[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

/** A text, or what stands in for it. */
export function textOf<Fallback>(parent: PlainObject, name: string, fallback: Fallback): string | Fallback {
  const value = parent[name];
  return typeof value === 'string' ? value : fallback;
}

/** A list, or `undefined` where there is none. */
export function listOf(parent: PlainObject, name: string): readonly unknown[] | undefined {
  const value = parent[name];
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}

/** A list of numbers; NaN stands for what is none. Empty where there is no list. */
export function numbersOf(parent: PlainObject, name: string): number[] {
  return (listOf(parent, name) ?? []).map((value) => (typeof value === 'number' ? value : NaN));
}

/** A list of texts; empty where there is none. A single text stands for a list as long as `length`. */
export function textsOf(parent: PlainObject, name: string, length: number): string[] {
  const value = parent[name];
  if (typeof value === 'string') return new Array<string>(length).fill(value);
  return (listOf(parent, name) ?? []).map((text) =>
    typeof text === 'string' || typeof text === 'number' ? String(text) : '',
  );
}
