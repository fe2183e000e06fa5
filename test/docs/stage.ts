import { cp, mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ownRuns } from '../../scripts/ownRuns.ts';
import { curvesCsv, simulateCurve, simulateFamily } from '../../scripts/simulatedCurves.ts';
import { curveUpTo } from '../../src/watch/curve.ts';
import { findLaw } from '../../src/laws/index.ts';
import { exampleCurves } from '../helpers/curves.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { drawRuns } from '../helpers/lawChecks.ts';
import { blocksOf, root, textOf } from './pages.ts';

type Row = Readonly<Record<string, string | number>>;

const csv = (rows: readonly Row[]): string =>
  [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))].map((cells) => `${cells.join(',')}\n`).join('');

/** Noise of the size of a real run's that needs no random numbers. */
const wobble = (k: number): number => 1 + 0.003 * Math.sin(97 * k);

/** Runs as a user has them: a ladder of sizes and ratios, trained with two optimisers of which one is a little better. */
function userRuns(optimizers: readonly string[]): Row[] {
  const designs = [3e7, 1e8, 3e8, 1e9, 3e9].flatMap((params) =>
    [5, 20, 80].map((ratio) => ({ params, tokens: ratio * params })),
  );
  return optimizers.flatMap((optimizer, o) =>
    designs.map(({ params, tokens }, k) => {
      const loss = 1.7 + 480 / params ** 0.35 + (optimizer === 'muon' ? 1900 : 2100) / tokens ** 0.37;
      return { params, tokens, optimizer, loss: (loss * wobble(k + 100 * o)).toPrecision(7) };
    }),
  );
}

/** Runs that all have 20 tokens for each parameter. */
function oneRatio(): Row[] {
  return [3e7, 6e7, 1.2e8, 2.5e8, 5e8, 1e9, 2e9].map((params, k) => {
    const loss = 1.7 + 480 / params ** 0.35 + 2100 / (20 * params) ** 0.37;
    return { params, tokens: 20 * params, loss: (loss * wobble(k)).toPrecision(7) };
  });
}

/** Some runs with the checkpoints that they logged. */
function checkpoints(): Row[] {
  return [3e7, 6e7, 1.2e8].flatMap((params, r) =>
    Array.from({ length: 5 }, (_, k): Row => {
      const step = 500 * (k + 1);
      const tokens = step * 5e5;
      const loss = (1.7 + 480 / params ** 0.35 + 2100 / tokens ** 0.37) * wobble(13 * r + k);
      return { run: `size-${String(r)}`, params, step, tokens, loss: loss.toPrecision(7) };
    }),
  );
}

/** Runs at several learning rates and batch sizes in each cell of size and tokens. */
function rateSweep(): Row[] {
  const grid = [6e7, 2e8, 6e8].flatMap((params) => [2e9, 1e10, 5e10].map((tokens) => ({ params, tokens })));
  return grid.flatMap(({ params, tokens }) => {
    const best = 1.79 * params ** -0.713 * tokens ** 0.307;
    return [0.5, 0.7, 1, 1.4, 2].flatMap((factor) =>
      [2e5, 4e5].map((batchSize) => {
        const excess = 1 + 0.02 * Math.log(factor) ** 2 + 0.001 * Math.log(batchSize / 2e5);
        const loss = (1.7 + 480 / params ** 0.35 + 2100 / tokens ** 0.37) * excess;
        return { params, tokens, learningRate: best * factor, batchSize, loss: loss.toPrecision(7) };
      }),
    );
  });
}

/** Runs that follow a law, with the columns that its page names. */
function runsOfLaw(id: string): string {
  const law = findLaw(id);
  if (law.curve !== undefined) return exampleCurves(law, { from: 2160, every: 1040 });
  const runs = drawRuns(law, lawCases[id], { rows: 30, seed: 4, noise: 0.003 });
  const names = [...law.inputs.map(({ name }) => name), law.response.name];
  const header = names.map((name) => (name === 'x' ? 'tokens' : name));
  return csv(
    Array.from({ length: runs.rows }, (_, i) =>
      Object.fromEntries(header.map((name, k) => [name, runs.quantities[names[k]]?.[i] ?? NaN])),
    ),
  );
}

/** A file that links to each file of a folder of the repository: what is written beside them stays out of it. */
async function linkFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await symlink(join(from, name), join(to, name));
}

/**
 * A folder in which the commands of a page find the files that they name: those of the repository, and those that stand for a
 * user's own.
 */
export async function stagePage(page: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'isoflop-page-'));
  await linkFiles(join(root, 'data'), join(folder, 'data'));
  await linkFiles(join(root, 'test/fixtures'), join(folder, 'test/fixtures'));
  await cp(join(root, 'fits'), join(folder, 'fits'), { recursive: true });
  const law = /^docs\/laws\/(.+)\.md$/.exec(page)?.[1];
  const sweep = blocksOf(textOf(page)).find(({ language, text }) => language === 'yaml' && text.includes('\nbase:'));
  const files: Readonly<Record<string, string | undefined>> = {
    'runs.csv': law === undefined || law === 'README' ? csv(userRuns(['adamw', 'muon'])) : runsOfLaw(law),
    'adamw.csv': csv(userRuns(['adamw'])),
    'muon.csv': csv(userRuns(['muon'])),
    'checkpoints.csv': csv(checkpoints()),
    'sweep.csv': csv(rateSweep()),
    'one-ratio.csv': csv(oneRatio()),
    'my-runs.csv': await ownRuns(),
    'tasks.csv': runsOfLaw('downstream-sigmoid'),
    'models.csv': 'params,tokens\n70e9,1.4e12\n7e9,2e12\n',
    'family.csv': curvesCsv(simulateFamily(6, { rows: 40 })),
    'big.csv': curvesCsv([curveUpTo(simulateCurve({ params: 1.5e9, plannedTokens: 3e10, seed: 6999 }), 1.2e10)]),
    'notes.json': '{ "schedule": "cosine to 10%" }',
    'ladder.yaml': sweep?.text,
  };
  for (const [name, text] of Object.entries(files)) if (text !== undefined) await writeFile(join(folder, name), text);
  const ladder = join(folder, 'runs/ladder/runs.csv');
  await mkdir(dirname(ladder), { recursive: true });
  await symlink(join(root, 'data/ladder.csv'), ladder);
  return folder;
}
