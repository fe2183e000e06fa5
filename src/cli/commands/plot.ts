import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import { reasonOf } from '../../node/reasonOf.ts';
import { writeError, writeResult } from '../output.ts';

/** What the options of `plot` parse to. */
interface PlotFlags {
  figure?: string;
  out?: string;
}

/** `isoflop plot`: the figures of a saved fit as one self-contained HTML file. */
export const plotCommand = new Command('plot')
  .summary('draw the figures of a fit')
  .description('Writes the figures of a saved fit to one HTML file that needs nothing else to be opened.')
  .argument('<fit>', 'a saved fit')
  .option('--figure <id>', 'one figure: frontier, isoflop, residuals or contour (default: all)')
  .option('--out <file>', 'the HTML file (default: the name of the fit with .html)')
  .addHelpText('before', 'Example:\n  isoflop plot fits/chinchilla.json --out chinchilla.html\n')
  .action(async (path: string, flags: PlotFlags) => {
    const out = flags.out ?? `${basename(path, extname(path))}.html`;
    if (extname(out).toLowerCase() !== '.html')
      throw new IsoflopError('OPTION_INVALID', {
        option: '--out',
        value: out,
        expected: 'a file name that ends in .html',
      });
    const [{ loadFit }, plots, { atomicWrite }, { readPlotly }] = await Promise.all([
      import('../../node/savedFits.ts'),
      import('../../plots/index.ts'),
      import('../../node/atomicWrite.ts'),
      import('../../node/plotly.ts'),
    ]);
    const fit = await loadFit(path);
    const built =
      flags.figure === undefined
        ? plots.buildFigures(fit)
        : [{ definition: plots.findFigure(flags.figure), figure: plots.buildFigure(fit, flags.figure), reason: null }];
    for (const { definition, reason } of built) if (reason !== null) writeError(`left out ${definition.id}: ${reason}`);
    const figures = built.flatMap(({ definition: { id, description }, figure }) =>
      figure === null ? [] : [{ id, description, figure }],
    );
    await makeFolder(out);
    await atomicWrite(
      out,
      plots.figureHtml(figures, { title: `${fit.law}: ${fit.data.source}`, plotlySource: await readPlotly() }),
    );
    writeResult(out);
  });

/** Makes the folder that a file is to lie in. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw new IsoflopError('FILE_UNWRITABLE', { file: path, reason: reasonOf(error) });
  }
}
