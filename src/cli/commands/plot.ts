import { basename, extname } from 'node:path';
import { Command } from 'commander';
import { addFigureOptions, checkFigureFlags, type FigureFlags } from '../figureOptions.ts';
import { writeError, writeResult } from '../output.ts';
import { names } from '../parse.ts';

/** What the options of `plot` parse to. */
interface PlotFlags extends FigureFlags {
  figure?: string[];
}

const command = new Command('plot')
  .summary('draw the figures of a fit')
  .description(
    'Draws the figures of a saved fit: one page that needs nothing else to be opened, pictures for papers and memos, or text for a terminal.',
  )
  .argument('<fit>', 'a saved fit')
  .option(
    '--figure <ids>',
    'figures: frontier, isoflop, residuals, contour, isoflop-minima, approaches, parity, curves, schedules, profile (default: all)',
    names('--figure'),
  );

/** `isoflop plot`: the figures of a saved fit as a page, as pictures or as text. */
export const plotCommand = addFigureOptions(command, 'the figures', ' (default: the name of the fit with .html)')
  .addHelpText(
    'before',
    'Example:\n  isoflop plot fits/chinchilla.json --out chinchilla.html\n  isoflop plot fits/chinchilla.json --figure frontier --style paper --out frontier.pdf\n  isoflop plot fits/chinchilla.json --figure frontier --terminal\n',
  )
  .action(async (path: string, flags: PlotFlags) => {
    const isShown = flags.terminal === true;
    const out = flags.out ?? (isShown ? undefined : `${basename(path, extname(path))}.html`);
    const asked = { ...flags, ...(out === undefined ? {} : { out }) };
    await checkFigureFlags(asked);
    const [{ loadFit }, plots, { writeFigures }] = await Promise.all([
      import('../../node/savedFits.ts'),
      import('../../plots/index.ts'),
      import('../writeFigures.ts'),
    ]);
    const chosen = flags.figure?.map(plots.findFigure);
    const fit = await loadFit(path);
    const built =
      chosen?.map((definition) => ({ definition, figure: definition.build(fit), reason: null })) ??
      plots.buildFigures(fit);
    for (const { definition, reason } of built) if (reason !== null) writeError(`left out ${definition.id}: ${reason}`);
    const figures = built.flatMap(({ definition: { id, description }, figure }) =>
      figure === null ? [] : [{ id, description, figure }],
    );
    const written = await writeFigures(asked, `${fit.law}: ${fit.data.source}`, figures);
    for (const file of written) (isShown ? writeError : writeResult)(file);
  });
