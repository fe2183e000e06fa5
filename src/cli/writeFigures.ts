import type { SaveFiguresOptions } from '../node/figures/saveFigures.ts';
import type { FigureFormat } from '../node/figures/targets.ts';
import type { TitledFigure } from '../plots/html.ts';
import type { FigureFlags } from './figureOptions.ts';
import { outputWidth, writeError, writeResult } from './output.ts';

/** The options of the library from those of the command line. */
function optionsOf(flags: FigureFlags, title: string): SaveFiguresOptions {
  const { format, font, width, height, scale } = flags;
  return {
    title,
    style: flags.style,
    dark: flags.dark ?? false,
    captions: flags.caption ?? false,
    ...(format === undefined ? {} : { formats: format as FigureFormat[] }),
    ...(font === undefined ? {} : { face: font }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(scale === undefined ? {} : { scale }),
  };
}

/**
 * Prints figures as text and writes them to files, as far as the options ask for it. The paper style has no titles, so the
 * captions go to stderr, unless they are written to files.
 *
 * @returns the files written
 * @throws {@link IsoflopError} `OPTION_INVALID`, `FIGURE_UNSUPPORTED`, `FILE_UNWRITABLE`, `DISK_FULL`
 */
export async function writeFigures(
  flags: FigureFlags,
  title: string,
  figures: readonly TitledFigure[],
): Promise<string[]> {
  if (flags.terminal === true) {
    const { terminalFigure } = await import('../plots/terminal/terminalFigure.ts');
    const options = { columns: outputWidth() };
    writeResult(figures.map(({ figure }) => terminalFigure(figure, options)).join('\n\n'));
  }
  if (flags.out === undefined) return [];
  const { saveFigures } = await import('../node/figures/saveFigures.ts');
  const written = await saveFigures(flags.out, figures, optionsOf(flags, title));
  if (flags.style === 'paper' && flags.caption !== true) {
    const { figureCaption } = await import('../plots/paper/paperFigure.ts');
    for (const { id, description, figure } of figures)
      writeError(`caption of ${id}: ${figureCaption(figure, description)}`);
  }
  return written;
}

/** The same beside a report: what was written is said on stderr. */
export async function writeFiguresBeside(
  flags: FigureFlags,
  title: string,
  figures: readonly TitledFigure[],
): Promise<void> {
  for (const file of await writeFigures(flags, title, figures)) writeError(`wrote ${file}`);
}
