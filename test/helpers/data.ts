import { join } from 'node:path';
import { readRuns } from '../../src/runs/files.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';

const root = join(import.meta.dirname, '../..');

/** The 245 Chinchilla points that ship with the package. */
export const chinchillaAll = (): Promise<Runs> => readRuns(join(root, 'data/chinchilla.csv'));

/** Without the five highest losses, as in arXiv 2404.10102. */
export const chinchilla240 = (): Promise<Runs> => readRuns(join(root, 'data/chinchilla.csv'), { where: 'loss < 3.44' });

/** Runs of a file under test/fixtures. */
export const fixtureRuns = (path: string): Promise<Runs> => readRuns(join(root, 'test/fixtures', path));

/** Columns of runs that belong to L(N, D), as plain arrays. */
export function columnsOf(runs: Runs): { params: number[]; tokens: number[]; loss: number[] } {
  const column = (name: string): number[] => Array.from(runs.quantities[name] ?? []);
  return { params: column('params'), tokens: column('tokens'), loss: column('loss') };
}

/** Runs of the same columns after each row was changed, left out (`undefined`) or moved. */
export function mapRows(
  runs: Runs,
  change: (row: { params: number; tokens: number; loss: number }, index: number) => typeof row | undefined,
): Runs {
  const { params, tokens, loss } = columnsOf(runs);
  const rows = params.flatMap((n, i) => change({ params: n, tokens: tokens[i], loss: loss[i] }, i) ?? []);
  return createRuns({
    params: rows.map((r) => r.params),
    tokens: rows.map((r) => r.tokens),
    loss: rows.map((r) => r.loss),
  });
}
