import { basename, extname } from 'node:path';
import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import { makeFolder, writeError, writeResult } from '../output.ts';

/** What the options of `plot` parse to. */
interface PlotFlags {
  figure?: string;
  out?: string;
}

/** `isoflop plot`: the figures of a saved fit as one self-contained HTML file, or one of them as SVG. */
export const plotCommand = new Command('plot')
  .summary('draw the figures of a fit')
  .description(
    'Writes the figures of a saved fit to one HTML file that needs nothing else to be opened, or one figure to an SVG file.',
  )
  .argument('<fit>', 'a saved fit')
  .option(
    '--figure <id>',
    'one figure: frontier, isoflop, residuals, contour, isoflop-minima or approaches (default: all)',
  )
  .option('--out <file>', 'the file, .html or, with --figure, .svg (default: the name of the fit with .html)')
  .addHelpText(
    'before',
    'Example:\n  isoflop plot fits/chinchilla.json --out chinchilla.html\n  isoflop plot fits/chinchilla.json --figure frontier --out frontier.svg\n',
  )
  .action(async (path: string, flags: PlotFlags) => {
    const out = flags.out ?? `${basename(path, extname(path))}.html`;
    const kind = extname(out).toLowerCase();
    if (kind !== '.html' && kind !== '.svg')
      throw new IsoflopError('OPTION_INVALID', {
        option: '--out',
        value: out,
        expected: 'a file name that ends in .html or .svg',
      });
    if (kind === '.svg' && flags.figure === undefined)
      throw new IsoflopError('USAGE', {
        message: `An SVG file such as ${out} holds one figure.`,
        remedy: 'Name it with --figure, or write all of them to an .html file.',
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
      kind === '.svg'
        ? plots.figureSvg(figures[0].figure, { id: figures[0].id, description: figures[0].description })
        : plots.figureHtml(figures, { title: `${fit.law}: ${fit.data.source}`, plotlySource: await readPlotly() }),
    );
    writeResult(out);
  });
