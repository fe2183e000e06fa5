/** Where Deno's Jupyter kernel asks a value for its representations. */
const jupyterDisplay: unique symbol = Symbol.for('Jupyter.display');

/** Representations of one thing by media type; a viewer shows the richest that it knows. */
export type DisplayBundle = Readonly<Record<string, unknown>>;

/** A value that a notebook shows when it is the last of a cell. */
export interface Displayed {
  /** The representations, by media type. */
  readonly [jupyterDisplay]: () => DisplayBundle;
}

/** A value that a notebook shows as any of these representations. */
export function displayed(bundle: DisplayBundle): Displayed {
  return { [jupyterDisplay]: () => bundle };
}
