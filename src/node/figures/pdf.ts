import type { Figure } from '../../plots/figure.ts';
import { figureSvg, type FigureSvgOptions } from '../../plots/svg/figureSvg.ts';
import { shippedFonts } from './fonts.ts';

/** Points of a pixel in CSS and SVG. */
const pointsPerPixel = 0.75;

/**
 * A figure as PDF of one page: vectors, and text that can be selected and searched, in fonts that are part of the file.
 *
 * @returns the bytes of the file
 * @throws {@link IsoflopError} `FIGURE_UNSUPPORTED`
 * @example
 * ```ts
 * const pdf = await figurePdf(paperFigure(buildFigure(fit, 'frontier')));
 * new TextDecoder().decode(pdf.subarray(0, 5)); // '%PDF-'
 * ```
 */
export async function figurePdf(figure: Figure, options: FigureSvgOptions = {}): Promise<Uint8Array> {
  const [{ default: PdfDocument }, { default: drawSvg }, fonts] = await Promise.all([
    import('pdfkit'),
    import('svg-to-pdfkit'),
    shippedFonts(),
  ]);
  const svg = figureSvg(figure, options);
  const [width, height] = sizeOf(svg);
  // With a time that stays, the same figure gives the same bytes.
  const info = { Title: titleOf(svg), CreationDate: new Date(0) };
  const document = new PdfDocument({ size: [width, height], margin: 0, info });
  for (const { face, bold, bytes } of fonts) document.registerFont(nameOf(face === 'serif', bold), Buffer.from(bytes));
  const chunks: Uint8Array[] = [];
  document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => document.on('end', resolve).on('error', reject));
  drawSvg(document, svg, 0, 0, {
    width,
    height,
    fontCallback: (family, isBold) => nameOf(/(?<!sans-)serif/.test(family), isBold),
  });
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}

const nameOf = (isSerif: boolean, isBold: boolean): string =>
  `${isSerif ? 'serif' : 'sans'}-${isBold ? 'bold' : 'regular'}`;

/** The name of a picture, which its viewer shows. */
const titleOf = (svg: string): string =>
  (/<title[^>]*>([^<]*)/.exec(svg)?.[1] ?? '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Width and height of a picture in points. */
function sizeOf(svg: string): readonly [number, number] {
  const [width, height] = ['width', 'height'].map((name) => {
    const [, value = '', unit = ''] = new RegExp(`^<svg [^>]*\\b${name}="([\\d.]+)(in)?"`).exec(svg) ?? [];
    return Number(value) * (unit === 'in' ? 72 : pointsPerPixel);
  });
  return [width, height];
}
