import { basename, dirname, extname, join } from 'node:path';
import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import { readNotes } from '../notes.ts';
import { writeJson, writeResult } from '../output.ts';
import { fileName, notes } from '../parse.ts';

/** What the options of `report` parse to. */
interface ReportFlags {
  out?: string;
  note?: Record<string, string>;
  notes?: string;
  json?: boolean;
}

/** `isoflop report`: the card of a saved fit, one page to judge it by and to make it again. */
export const reportCommand = new Command('report')
  .summary('write the card of a fit: one page to judge it by and to repeat it')
  .description(
    'Writes the card of a saved fit: what the law says, what it rests on, how far to trust it, and how to repeat it. Prints Markdown unless --out names a file.',
  )
  .argument('<fit>', 'a saved fit')
  .option('--out <file>', 'an .html page, or an .md file with its figures as .svg beside it', fileName('--out'))
  .option('--note <statement>', "what the fit does not know, such as 'schedule=cosine, warm-up 1%' (repeatable)", notes)
  .option('--notes <file>', 'a JSON file of such statements, { "schedule": "cosine", ... }', fileName('--notes'))
  .option('--json', 'print the card as JSON')
  .addHelpText(
    'before',
    "Example:\n  isoflop report fits/chinchilla.json --note 'schedule=cosine to 10%' --out card.html\n",
  )
  .action(async (path: string, flags: ReportFlags) => {
    const { out } = flags;
    const kind = out === undefined ? '' : extname(out).toLowerCase();
    if (!['', '.html', '.md'].includes(kind) || (out !== undefined && kind === ''))
      throw new IsoflopError('OPTION_INVALID', {
        option: '--out',
        value: out ?? '',
        expected: 'a file name that ends in .html or .md',
      });
    const [{ loadFit }, report] = await Promise.all([
      import('../../node/savedFits.ts'),
      import('../../report/card/index.ts'),
    ]);
    const given = { ...(flags.notes === undefined ? {} : await readNotes(flags.notes)), ...flags.note };
    const fit = await loadFit(path);
    const card = report.fitCard(fit, { notes: given, command: fit.command });
    const written = out === undefined ? [] : await writeCard(out, kind);
    if (flags.json === true) writeJson(card);
    else writeResult(written.length === 0 ? report.cardMarkdown(card) : written.join('\n'));

    async function writeCard(target: string, ending: string): Promise<string[]> {
      const [{ atomicWrite }, { makeFolder }] = await Promise.all([
        import('../../node/atomicWrite.ts'),
        import('../../node/makeFolder.ts'),
      ]);
      const figures = report.cardFigures(fit);
      await makeFolder(dirname(target), target);
      if (ending === '.html') {
        await atomicWrite(target, report.cardHtml(card, figures));
        return [target];
      }
      const stem = basename(target, extname(target));
      const pictures = figures.map(({ id, description }) => ({ id, description, file: `${stem}-${id}.svg` }));
      for (const [k, { file }] of pictures.entries()) await atomicWrite(join(dirname(target), file), figures[k].svg);
      await atomicWrite(target, report.cardMarkdown(card, pictures));
      return [target, ...pictures.map(({ file }) => join(dirname(target), file))];
    }
  });
