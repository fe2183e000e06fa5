/** An element of parsed markup. */
export interface MarkupNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly MarkupNode[];
  /** Text of the element and everything in it, entities resolved. */
  readonly text: string;
}

/** An element whose end is still to come. */
interface Open {
  name: string;
  attributes: Record<string, string>;
  children: MarkupNode[];
  text: string;
}

/** Elements of HTML that have no end tag. */
const empty = new Set(['meta', 'br', 'hr', 'link', 'img']);
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  nbsp: '\u00A0',
};

function decode(text: string): string {
  return text.replaceAll(/&([^;\s]*);?/g, (whole, name: string) => {
    if (!whole.endsWith(';') || !(name in entities)) throw new Error(`bare ampersand: ${whole}`);
    return entities[name];
  });
}

/** Parses markup strictly: every tag is closed in order, every attribute is quoted and given once, nothing is left over. */
export function parseMarkup(markup: string): MarkupNode {
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  const token = /<!doctype html>|<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)|</gy;
  const close = (): void => {
    const node = stack.pop();
    const parent = stack.at(-1);
    if (node === undefined || parent === undefined) throw new Error('an end tag too many');
    parent.children.push(node);
    parent.text += node.text;
  };
  for (const match of markup.matchAll(token)) {
    const [whole, slash, name, attributes, selfClosed, text] = match as unknown as (string | undefined)[];
    const top = stack[stack.length - 1];
    if (text !== undefined) top.text += top.name === 'style' ? text : decode(text);
    else if (name === undefined) {
      if (whole === '<') throw new Error(`stray < at ${markup.slice(match.index, match.index + 40)}`);
    } else if (slash === '/') {
      if (top.name !== name) throw new Error(`</${name}> closes <${top.name}>`);
      close();
    } else {
      const found = [...(attributes ?? '').matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [
        key,
        decode(value),
      ]);
      if (new Set(found.map(([key]) => key)).size !== found.length)
        throw new Error(`an attribute twice: ${whole ?? ''}`);
      stack.push({ name, attributes: Object.fromEntries(found) as Record<string, string>, children: [], text: '' });
      if (selfClosed === '/' || empty.has(name)) close();
    }
  }
  if (stack.length !== 1) throw new Error(`<${stack[stack.length - 1].name}> is not closed`);
  return root;
}

/** Every element of a name, in document order. */
export function elementsOf(node: MarkupNode, name: string): MarkupNode[] {
  return node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elementsOf(child, name)]);
}
