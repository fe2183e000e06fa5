/** Values of attributes; what is undefined is left out. */
type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Characters that XML 1.0 has no place for, whichever way they are written. */
const unprintable =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/**
 * A text as content or attribute of XML and HTML.
 *
 * @example
 * ```ts
 * escapeXml('a < "b"'); // 'a &lt; &quot;b&quot;'
 * ```
 */
export function escapeXml(text: string): string {
  return text
    .replaceAll(unprintable, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A coordinate to a tenth of a pixel, which no eye can tell from more digits. */
export const pixel = (value: number): number => Math.round(10 * value) / 10;

/**
 * An element; `content` is markup already.
 *
 * @example
 * ```ts
 * element('line', { x1: 0, y1: 0.123, stroke: 'red' }); // '<line x1="0" y1="0.1" stroke="red"/>'
 * ```
 */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? String(pixel(value)) : escapeXml(value)}"`)
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** The data of a path through points; a point that is not finite ends a line. */
export function pathOf(x: ArrayLike<number>, y: ArrayLike<number>, isClosed = false): string {
  let path = '';
  let isDown = false;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i] + y[i])) {
      if (isDown && isClosed) path += 'Z';
      isDown = false;
      continue;
    }
    path += `${isDown ? 'L' : 'M'}${String(pixel(x[i]))} ${String(pixel(y[i]))}`;
    isDown = true;
  }
  return isDown && isClosed ? `${path}Z` : path;
}
