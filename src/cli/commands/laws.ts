import { Command } from 'commander';
import { writeJson, writeResult } from '../output.ts';

/** `isoflop laws`: the laws and their parameters. */
export const lawsCommand = new Command('laws')
  .summary('list the laws')
  .description('Lists the laws with their inputs, parameters, papers and published coefficients.')
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop laws\n')
  .action(async (flags: { json?: boolean }) => {
    const { laws } = await import('../../laws/index.ts');
    if (flags.json === true) {
      writeJson(
        laws.map(({ id, title, formula, reference, inputs, params, published }) => {
          return { id, title, formula, reference, inputs, params, published };
        }),
      );
      return;
    }
    const { default: Table } = await import('cli-table3');
    const table = new Table({
      head: ['id', 'inputs', 'parameters', 'paper', 'published'],
      style: { head: [], border: [] },
    });
    for (const law of laws)
      table.push([
        law.id,
        law.inputs.map((input) => input.name).join(', '),
        law.params.map((param) => param.name).join(', '),
        law.reference.arxiv === undefined ? law.reference.title : `arXiv ${law.reference.arxiv}`,
        law.published.map((fit) => fit.id).join(', '),
      ]);
    writeResult(table.toString());
  });
