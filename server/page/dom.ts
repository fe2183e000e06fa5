/**
 * The element of that id.
 *
 * @throws Error when index.html has none, or another kind of element: a mistake of ours
 */
export function byId(id: string): HTMLElement;
export function byId<E extends HTMLElement>(id: string, kind: new () => E): E;
export function byId(id: string, kind: new () => HTMLElement = HTMLElement): HTMLElement {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`index.html has no ${kind.name} #${id}`);
  return element;
}

/** An element with a class, and text or other elements in it. Text is set as text, so nothing from a file is markup. */
export function make(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

/** Pairs of a term and its description, each pair in a div. */
export function pairs(entries: readonly (readonly [string, Node | string])[]): HTMLElement[] {
  return entries.map(([term, description]) => make('div', '', make('dt', '', term), make('dd', '', description)));
}

/**
 * The text of a Plotly title, in which <sup>, <sub>, <b> and <i> are markup, as nodes. Every other tag stays text.
 *
 * @example
 * ```ts
 * make('h3', '', ...richText('N* grows as C<sup>0.51</sup>'));
 * ```
 */
export function richText(text: string): (Node | string)[] {
  return text.split(/(<(?:sup|sub|b|i)>[^<]*<\/[a-z]+>)/).map((part) => {
    const match = /^<([a-z]+)>([^<]*)<\/\1>$/.exec(part);
    return match === null ? part : make(match[1], '', match[2]);
  });
}
