import type { Figure, PlainObject } from '../../src/plots/index.ts';

/** A trace with the parts that tests look at. */
export interface Trace {
  readonly type: string;
  readonly name: string;
  readonly mode: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly text: readonly string[];
  readonly line: { readonly dash?: string };
  readonly marker: { readonly color: readonly number[]; readonly symbol: readonly string[] };
  readonly xaxis?: string;
}

/** An axis with the parts that tests look at. */
export interface Axis {
  readonly type: string;
  readonly range: readonly [number, number];
  readonly tickvals: readonly number[];
  readonly ticktext: readonly string[];
  readonly title: { readonly text: string };
}

/** The traces of a figure whose name starts so. */
export function tracesNamed(figure: Figure, name: string): Trace[] {
  return (figure.data as unknown as Trace[]).filter((trace) => trace.name.startsWith(name));
}

/** An axis of a figure. */
export function axisOf(figure: Figure, name: string): Axis {
  return figure.layout[name] as Axis;
}

/** Title and subtitle of a figure. */
export function titleOf(figure: Figure): { readonly title: string; readonly subtitle: string } {
  const { text, subtitle } = figure.layout.title as { text: string; subtitle: { text: string } };
  return { title: text, subtitle: subtitle.text };
}

/** Texts of a figure's annotations. */
export function notesOf(figure: Figure): string[] {
  return ((figure.layout.annotations ?? []) as PlainObject[]).map((note) => note.text as string);
}

/** What a call throws. */
export function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
