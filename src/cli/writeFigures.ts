import { extname } from 'node:path';
import { IsoflopError } from '../core/errors.ts';
import type { TitledFigure } from '../plots/html.ts';
import { makeFolder } from './output.ts';

/**
 * Refuses a name for a page that does not end in .html.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`
 */
export function checkHtmlName(out: string): void {
  if (extname(out).toLowerCase() !== '.html')
    throw new IsoflopError('OPTION_INVALID', {
      option: '--out',
      value: out,
      expected: 'a file name that ends in .html',
    });
}

/**
 * Writes figures to one HTML file that needs nothing else to be opened; its folder is made if need be.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`, `FILE_UNWRITABLE`
 */
export async function writeFigures(out: string, title: string, figures: readonly TitledFigure[]): Promise<void> {
  checkHtmlName(out);
  const [{ figureHtml }, { atomicWrite }, { readPlotly }] = await Promise.all([
    import('../plots/html.ts'),
    import('../node/atomicWrite.ts'),
    import('../node/plotly.ts'),
  ]);
  await makeFolder(out);
  await atomicWrite(out, figureHtml(figures, { title, plotlySource: await readPlotly() }));
}
