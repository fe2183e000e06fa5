import type { Figure, PlainObject } from '../figure.ts';
import { objectOf, numberOf, textOf } from '../svg/read.ts';
import { plainText } from '../svg/richText.ts';
import { withoutColor } from './looks.ts';

/** Options of {@link paperFigure}. */
export interface PaperOptions {
  /** Width in inches: 3.25 (a column of two) unless given, or 6.75 (the page) for tables and for panels side by side. */
  readonly inches?: number;
  /** Height in inches; by default that of the figure on the screen, without the title, in proportion. */
  readonly heightInches?: number;
  /** Letters like those of Times (unless given) or of Helvetica. */
  readonly face?: 'serif' | 'sans';
}

/** Widths of a column and of a page of two columns in inches, as the templates of ICML, ACL and IEEE have them. */
export const columnInches = { single: 3.25, double: 6.75 } as const;

const families = {
  serif: '"Times New Roman", Times, "Liberation Serif", serif',
  sans: 'Helvetica, Arial, "Liberation Sans", sans-serif',
} as const;

/** Size of ticks and notes, and of the titles of axes, in pixels; in print they are of 8 and 8.6 points. */
const sizes = { text: 13, axisTitle: 14 } as const;

/** Pixels of an inch: so many that the text has 8 points. */
const pixelsPerInch = (72 * sizes.text) / 8;

/** Heights in print over those on the screen, where a title stands above the frame. */
const heights = { title: 84, single: 0.54, double: 0.72, table: 1.1, least: 200 } as const;

/** So many points are drawn smaller. */
const many = { points: 40, scale: 0.7 } as const;

const isObject = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A trace whose points are many with smaller ones, which leave each other room in a column. */
function finer(trace: PlainObject): PlainObject {
  const marker = objectOf(trace, 'marker');
  const size = numberOf(marker, 'size', undefined);
  const count = Array.isArray(trace.x) ? trace.x.length : 0;
  if (size === undefined || count < many.points) return trace;
  return { ...trace, marker: { ...marker, size: many.scale * size } };
}

/** Objects within, wherever they are, with the fonts of the paper: none is smaller than the text. */
function withFonts(part: PlainObject, family: string): PlainObject {
  return Object.fromEntries(
    Object.entries(part).map(([name, value]): [string, unknown] => {
      if (isObject(value)) {
        const inner = withFonts(value, family);
        if (!name.endsWith('font')) return [name, inner];
        return [
          name,
          { ...inner, family, size: Math.max(sizes.text, Math.min(sizes.axisTitle, numberOf(inner, 'size', 0))) },
        ];
      }
      return [
        name,
        Array.isArray(value) && isObject(value[0])
          ? (value as PlainObject[]).map((one) => withFonts(one, family))
          : value,
      ];
    }),
  );
}

/** What of a figure decides how wide it has to be: cells with texts and panels side by side are too much for a column. */
function kindOf({ data, layout }: Figure): 'single' | 'double' | 'table' {
  if (data.some((trace) => trace.type === 'heatmap' && textOf(trace, 'texttemplate', '') !== '')) return 'table';
  const beside = Object.entries(layout).some(
    ([name, axis]) => /^xaxis\d/.test(name) && isObject(axis) && Array.isArray(axis.domain),
  );
  return beside ? 'double' : 'single';
}

/**
 * A figure for a paper or a memo: as wide as a column, in letters of 8 points that go with the text, and readable without
 * colour, by dashes and symbols. It has no title, which belongs in the caption (see {@link figureCaption}).
 *
 * @param figure - a figure of this library, which is not changed
 * @returns Plotly JSON of the size in pixels at which the text is as large as on the screen; {@link figureSvg}, `figurePng` and
 *   `figurePdf` give it its size in print
 * @example
 * ```ts
 * const svg = figureSvg(paperFigure(buildFigure(fit, 'frontier')));
 * svg.includes('width="3.25in"'); // true
 * ```
 */
export function paperFigure(figure: Figure, options: PaperOptions = {}): Figure {
  const kind = kindOf(figure);
  const inches = options.inches ?? columnInches[kind === 'single' ? 'single' : 'double'];
  const { title, ...layout } = figure.layout;
  const { heightInches } = options;
  const onScreen = heights[kind] * (numberOf(layout, 'height', 560) - heights.title);
  const family = families[options.face ?? 'serif'];
  return {
    data: withoutColor(figure.data).map((trace) => withFonts(finer(trace), family)),
    layout: {
      ...withFonts(layout, family),
      width: pixelsPerInch * inches,
      height: heightInches === undefined ? Math.max(heights.least, onScreen) : pixelsPerInch * heightInches,
      margin: { l: 60, r: 8, t: 16, b: 90 },
      // Where no height is asked for, a legend of many lines takes nothing from the panels.
      meta: {
        inches,
        grows: heightInches === undefined,
        title: textOf(isObject(title) ? title : {}, 'text', ''),
        edge: 2,
      },
    },
    config: figure.config,
  };
}

/** A text with its markup as signs: C^0.5, and one line. */
export const inSigns = (text: string): string =>
  plainText(text.replaceAll(/<sup>/g, '^').replaceAll(/<sub>/g, '_'))
    .split(/\s+[|·]\s+/)
    .join('; ');

/**
 * What stands above a figure on the screen and below it in a document: title, second line and description, as sentences.
 *
 * @param figure - the figure before {@link paperFigure}
 * @example
 * ```ts
 * figureCaption(buildFigure(fit, 'isoflop')).includes('N* grows as C^0.514'); // true
 * ```
 */
export function figureCaption(figure: Figure, description = ''): string {
  const title = objectOf(figure.layout, 'title');
  return [textOf(title, 'text', ''), textOf(objectOf(title, 'subtitle'), 'text', ''), description]
    .map((text) => inSigns(text).trim())
    .filter((text) => text !== '')
    .map((text) => (/[.!?]$/.test(text) ? text : `${text}.`))
    .join(' ');
}
