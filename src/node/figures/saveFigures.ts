import { dirname, extname } from 'node:path';
import { darkFigure } from '../../plots/dark.ts';
import type { Figure } from '../../plots/figure.ts';
import { figureHtml, type TitledFigure } from '../../plots/html.ts';
import { figureCaption, paperFigure } from '../../plots/paper/paperFigure.ts';
import { figureSvg } from '../../plots/svg/figureSvg.ts';
import { atomicWrite } from '../atomicWrite.ts';
import { makeFolder } from '../makeFolder.ts';
import { readPlotly } from '../plotly.ts';
import { figurePdf } from './pdf.ts';
import { figurePng } from './png.ts';
import { figureTargets, type FigureFormat, type FigureTarget } from './targets.ts';

/** Options of {@link saveFigures}. */
export interface SaveFiguresOptions {
  /** `screen` (unless given), as on the page; or `paper`, see {@link paperFigure}. */
  readonly style?: 'screen' | 'paper';
  /** Letters of the paper, like those of Times (unless given) or of Helvetica. */
  readonly face?: 'serif' | 'sans';
  /** Light on dark ground; of the style `screen` only. */
  readonly dark?: boolean;
  /** Width and height in pixels, of which an inch has 96; by default those of the style. */
  readonly width?: number;
  readonly height?: number;
  /** Pixels of a PNG for each pixel (2 unless given; in print 6.25, which are 600 to the inch). */
  readonly scale?: number;
  /** Whether a text file with the caption goes beside each picture. */
  readonly captions?: boolean;
  /** Formats of the files in a folder (SVG unless given). */
  readonly formats?: readonly FigureFormat[];
  /** Title of a page. */
  readonly title?: string;
}

const pixelsPerInch = 96;
const scales = { screen: 2, paper: 600 / pixelsPerInch } as const;

/** A figure in its style and size; a picture needs nothing else. */
function styled({ figure }: TitledFigure, options: SaveFiguresOptions): Figure {
  const { width, height } = options;
  if (options.style === 'paper')
    return paperFigure(figure, {
      ...(options.face === undefined ? {} : { face: options.face }),
      ...(width === undefined ? {} : { inches: width / pixelsPerInch }),
      ...(height === undefined ? {} : { heightInches: height / pixelsPerInch }),
    });
  const sized = {
    ...figure,
    layout: {
      ...figure.layout,
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
    },
  };
  return options.dark === true ? darkFigure(sized) : sized;
}

/** The content of a file. */
async function contentOf(
  { format }: FigureTarget,
  figures: readonly TitledFigure[],
  options: SaveFiguresOptions,
): Promise<string | Uint8Array> {
  const drawn = figures.map((one) => ({ ...one, figure: styled(one, options) }));
  if (format === 'html')
    return figureHtml(drawn, {
      title: options.title ?? 'Figures',
      plotlySource: await readPlotly(),
      dark: options.dark ?? false,
    });
  const [{ id, description, figure }] = drawn;
  if (format === 'json') return `${JSON.stringify(figure)}\n`;
  if (format === 'svg') return figureSvg(figure, { id, description });
  if (format === 'pdf') return figurePdf(figure, { id, description });
  return figurePng(figure, { id, description, scale: options.scale ?? scales[options.style ?? 'screen'] });
}

/**
 * Writes figures to files: one page (`.html`), or a file each (`.svg`, `.png`, `.pdf`, `.json` with Plotly's figure).
 *
 * @param out - a file; a pattern such as `figures/{figure}.pdf`; or a folder, which exists or ends with a slash
 * @returns the files written, in the order of the figures
 * @throws {@link IsoflopError} `OPTION_INVALID`, `FIGURE_UNSUPPORTED`, `FILE_UNWRITABLE`, `DISK_FULL`
 * @example
 * ```ts
 * const { id, description } = findFigure('frontier');
 * const figures = [{ id, description, figure: buildFigure(fit, id) }];
 * await saveFigures('fig-{figure}.pdf', figures, { style: 'paper' }); // ['fig-frontier.pdf']
 * ```
 */
export async function saveFigures(
  out: string,
  figures: readonly TitledFigure[],
  options: SaveFiguresOptions = {},
): Promise<string[]> {
  const ids = figures.map(({ id }) => id);
  const written: string[] = [];
  for (const target of figureTargets(out, ids, options.formats)) {
    const own = figures.filter(({ id }) => target.ids.includes(id));
    const content = await contentOf(target, own, options);
    await makeFolder(dirname(target.file), target.file);
    await atomicWrite(target.file, content);
    written.push(target.file);
    if (options.captions === true && target.format !== 'html') {
      const file = target.file.slice(0, -extname(target.file).length) + '.txt';
      await atomicWrite(file, `${figureCaption(own[0].figure, own[0].description)}\n`);
      if (!written.includes(file)) written.push(file);
    }
  }
  return written;
}
