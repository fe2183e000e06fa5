import { element, escapeXml } from './markup.ts';

/** A stretch of text in one style. */
interface Span {
  readonly text: string;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly shift: 'sup' | 'sub' | null;
}

/** A line of text. */
export type Line = readonly Span[];

/** Shapes of letters whose widths are known. */
export type Face = 'sans' | 'serif';

/** Size and color of a text, in the face of the figure. */
export interface Font {
  readonly size: number;
  readonly color: string;
  readonly bold?: boolean;
  readonly face?: Face;
}

/** The face that a list of families, as CSS writes it, ends with. */
export const faceOf = (families: string): Face => (/(?<!sans-)serif/.test(families) ? 'serif' : 'sans');

const entities: Readonly<Record<string, string | undefined>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&nbsp;': '\u00A0',
};

/**
 * Reads the small HTML of Plotly's texts: `<b>`, `<i>`, `<sup>`, `<sub>`, `<br>` and entities. Anything else is text, so that
 * nothing in a name can become markup.
 */
export function readLines(source: string): Line[] {
  const lines: Span[][] = [[]];
  const open = { b: 0, i: 0, sup: 0, sub: 0 };
  for (const [token] of source.matchAll(/<br\s*\/?>|<\/?(?:b|i|sup|sub)>|&(?:lt|gt|amp|quot|nbsp);|[^<&]+|[<&]/g)) {
    if (token.startsWith('<br')) {
      lines.push([]);
      continue;
    }
    const tag = /^<(\/?)(b|i|sup|sub)>$/.exec(token);
    if (tag !== null) {
      open[tag[2] as keyof typeof open] += tag[1] === '' ? 1 : -1;
      continue;
    }
    lines[lines.length - 1].push({
      text: entities[token] ?? token,
      bold: open.b > 0,
      italic: open.i > 0,
      shift: open.sup > 0 ? 'sup' : open.sub > 0 ? 'sub' : null,
    });
  }
  return lines;
}

/** A text without its markup, on one line. */
export const plainText = (source: string): string =>
  readLines(source)
    .map((line) => line.map((span) => span.text).join(''))
    .join(' ');

/** Advance widths of Helvetica (Arial and Liberation Sans have the same) from the space to the tilde, in thousandths. */
const helvetica: readonly (number | undefined)[] = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];

/** The same of Times (Times New Roman and Liberation Serif). */
const times: readonly (number | undefined)[] = [
  250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
  500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889,
  722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500,
  444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480,
  200, 480, 541,
];

/** Raised and lowered text is this much smaller. */
const smaller = 0.7;

/** Width of a line in pixels, as a browser draws it; other letters than ASCII count as wide ones. */
export function lineWidth(line: Line, { size, face }: Font): number {
  const widths = face === 'serif' ? times : helvetica;
  let width = 0;
  for (const { text, bold, shift } of line) {
    let units = 0;
    for (const letter of text) units += widths[(letter.codePointAt(0) ?? 0) - 32] ?? 600;
    width += (units / 1000) * size * (shift === null ? 1 : smaller) * (bold ? 1.07 : 1);
  }
  return width;
}

/** Width of a text in pixels, that of its longest line. */
export const textWidth = (source: string, font: Font): number =>
  Math.max(...readLines(source).map((line) => lineWidth(line, font)));

/** Breaks lines at spaces so that none is wider than `width`, unless a single word is. */
export function wrapLines(lines: readonly Line[], width: number, font: Font): Line[] {
  return lines.flatMap((line) => {
    const wrapped: Span[][] = [[]];
    // A word may hold several spans, as in C with an exponent.
    let word: Span[] = [];
    const flush = (): void => {
      const last = wrapped[wrapped.length - 1];
      if (last.length > 0 && lineWidth([...last, ...word], font) > width) wrapped.push(word);
      else last.push(...word);
      word = [];
    };
    for (const span of line)
      for (const piece of span.text.split(/(?<= )/)) {
        word.push({ ...span, text: piece });
        if (piece.endsWith(' ')) flush();
      }
    flush();
    return wrapped;
  });
}

/** Where a block of text is. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  /** Which part of the block lies at x and at y. */
  readonly anchor: 'start' | 'middle' | 'end';
  readonly vertical: 'top' | 'middle' | 'bottom';
  /** Degrees, clockwise about (x, y). */
  readonly rotate?: number;
}

/** Distance of two baselines, in sizes of the font. */
export const lineHeight = 1.3;

/** Lines of text as SVG, one element each. Baselines are computed: not every program knows `dominant-baseline`. */
export function textBlock(lines: readonly Line[], font: Font, placement: Placement): string {
  const { x, y, anchor, vertical, rotate } = placement;
  const height = lines.length * lineHeight * font.size;
  const top = vertical === 'top' ? y : vertical === 'middle' ? y - height / 2 : y - height;
  return lines
    .map((line, k) =>
      element(
        'text',
        {
          x,
          // Capitals of Helvetica are 0.72 high: with this their middle is the middle of the line.
          y: top + (k * lineHeight + 0.5 * lineHeight + 0.36) * font.size,
          'font-size': font.size,
          fill: font.color,
          'text-anchor': anchor === 'start' ? undefined : anchor,
          'font-weight': font.bold === true ? 'bold' : undefined,
          transform: rotate === undefined ? undefined : `rotate(${String(rotate)} ${String(x)} ${String(y)})`,
        },
        spans(line, font.size),
      ),
    )
    .join('');
}

/** Neighbours of one style as one span: wrapping cuts lines into words, and a shift on a lone space is lost in some programs. */
function merged(line: Line): Span[] {
  const whole: Span[] = [];
  for (const span of line) {
    const last = whole.at(-1);
    if (last?.bold === span.bold && last.italic === span.italic && last.shift === span.shift)
      whole[whole.length - 1] = { ...span, text: last.text + span.text };
    else whole.push(span);
  }
  return whole;
}

function spans(line: Line, size: number): string {
  let offset = 0;
  return merged(line)
    .map(({ text, bold, italic, shift }) => {
      const wanted = shift === 'sup' ? -0.4 * size : shift === 'sub' ? 0.2 * size : 0;
      const dy = wanted - offset;
      offset = wanted;
      if (dy === 0 && !bold && !italic && shift === null) return escapeXml(text);
      return element(
        'tspan',
        {
          dy: dy === 0 ? undefined : dy,
          'font-size': shift === null ? undefined : smaller * size,
          'font-weight': bold ? 'bold' : undefined,
          'font-style': italic ? 'italic' : undefined,
        },
        escapeXml(text),
      );
    })
    .join('');
}
