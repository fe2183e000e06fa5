/**
 * Regenerates the saved fits in fits/: every published set of coefficients that was checked, and isoflop's own fit of data/. A test
 * runs the same function and compares the bytes.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fitRuns } from '../src/node/fitRuns.ts';
import { saveFit } from '../src/node/savedFits.ts';
import { stopThreads } from '../src/node/threads.ts';
import { publishedFit } from '../src/uncertainty/published.ts';
import { laws } from '../src/laws/index.ts';
import { readRuns } from '../src/runs/files.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Writes every fit into a folder and returns the names of the files. */
export async function writeFits(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const where = 'loss < 3.44';
  const source = 'data/chinchilla.csv';
  const runs = await readRuns(join(root, source), { where });
  const named = { ...runs, sources: runs.sources.map((s) => ({ ...s, name: source })) };
  const fit = await fitRuns(named, { law: 'chinchilla', bootstrap: 4000, seed: 0 });
  await saveFit(join(folder, 'chinchilla.json'), fit, {
    command: `isoflop fit ${source} --where '${where}' --bootstrap 4000 --out fits/chinchilla.json`,
  });
  const names = ['chinchilla.json'];
  // Coefficients that were only read somewhere can be seen with isoflop laws; a file to predict with holds checked ones.
  const checked = laws.flatMap((law) =>
    law.published.filter(({ verified }) => verified).map((published) => ({ law, published })),
  );
  for (const { law, published } of checked) {
    const isShared = checked.filter((other) => other.published.id === published.id).length > 1;
    const name = `${published.id}${isShared ? `-${law.id}` : ''}.json`;
    await saveFit(join(folder, name), publishedFit(law, published), { command: null });
    names.push(name);
  }
  await stopThreads();
  return names;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = await writeFits(join(root, 'fits'));
  console.log(`wrote ${names.join(', ')}`);
}
