import { Command } from 'commander';
import type { Law } from '../../laws/law.ts';
import { outputWidth, useColor, writeJson, writeResult } from '../output.ts';

/** `isoflop laws`: the laws and their parameters. */
export const lawsCommand = new Command('laws')
  .summary('list the laws, or tell one in full')
  .description(
    'Lists the laws with their inputs, what they predict (where that is not the loss), their parameters and papers, and whether published coefficients were recomputed (verified) or only read. With an id: that law in full.',
  )
  .argument('[id]', 'a law, such as chinchilla')
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop laws\n  isoflop laws chinchilla\n')
  .action(async (id: string | undefined, flags: { json?: boolean }) => {
    const { findLaw, laws } = await import('../../laws/index.ts');
    const law = id === undefined ? undefined : findLaw(id);
    if (flags.json === true) {
      const { lawToJson } = await import('../../report/lawFields.ts');
      writeJson(law === undefined ? laws.map(lawToJson) : lawToJson(law));
    } else if (law === undefined) {
      writeResult(await lawTable(laws, outputWidth()));
    } else {
      const { formatLaw } = await import('../../report/lawText.ts');
      writeResult(formatLaw(law, { color: useColor(), width: outputWidth() }));
    }
  });

const gap = 2;

/** The laws as a table of this width, as far as the longest words allow: cells wrap at spaces, and ids at hyphens. */
async function lawTable(laws: readonly Law[], width: number): Promise<string> {
  const [{ default: Table }, { coefficientsLabel }, { wrapText }] = await Promise.all([
    import('cli-table3'),
    import('../../report/lawFields.ts'),
    import('../../report/layout.ts'),
  ]);
  const head = ['id', 'inputs -> response', 'parameters', 'paper', 'coefficients'];
  const rows = laws.map((law) => [
    law.id,
    law.inputs.map(({ name }) => name).join(', ') + (law.response.name === 'loss' ? '' : ` -> ${law.response.name}`),
    law.params.map(({ name }) => name).join(', '),
    law.reference.arxiv ?? '-',
    coefficientsLabel(law),
  ]);
  const widths = fitWidths([head, ...rows], width);
  const wrap = (cell: string, k: number): string =>
    cell.length <= widths[k]
      ? cell
      : wrapText(breakable(cell), widths[k]).join('\n').replaceAll('- ', '-').replaceAll('\u00A0', ' ');
  const table = new Table({
    chars: { ...Object.fromEntries(borders.map((name) => [name, ''])), middle: ' '.repeat(gap) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...[head, ...rows].map((row) => row.map(wrap)));
  return table.toString().replaceAll(/ +$/gm, '');
}

/** Lines that the table does without. */
const borders =
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid'.split(
    ' ',
  );

/** Ids may break after a hyphen; an arrow stays with its response, and so do the words of a label. */
const breakable = (cell: string): string =>
  cell.replaceAll(/-(?=[a-z0-9])/g, '- ').replaceAll(/(?<=->|as) /g, '\u00A0');

/** Widths of the columns: as wide as their widest cell, or less until they fit; ids break only on narrow terminals. */
function fitWidths(rows: readonly (readonly string[])[], width: number): number[] {
  const longest = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));
  const columns = rows[0].map((_, k) => rows.map((row) => row[k]));
  const widths = columns.map(longest);
  const least = columns.map((cells) => longest(cells.flatMap((cell) => breakable(cell).split(' '))));
  const shrink = (group: readonly number[], floor: number): void => {
    while (widths.reduce((sum, w) => sum + w, gap * (widths.length - 1)) > width) {
      const able = group.filter((k) => widths[k] > Math.max(least[k], floor));
      if (able.length === 0) return;
      widths[able.reduce((a, b) => (widths[b] > widths[a] ? b : a))]--;
    }
  };
  const [id, inputs, params, , coefficients] = [0, 1, 2, 3, 4];
  shrink([coefficients], 0);
  shrink([inputs, params], 20);
  shrink([id], 0);
  shrink([inputs, params], 0);
  return widths;
}
