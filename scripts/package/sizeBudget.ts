import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');

/** What `npm pack --json` says of the tarball. */
export interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
}

interface Budget {
  readonly what: string;
  readonly limit: number;
  readonly unit: 'kB' | '';
  readonly measure: (packed: Packed) => number | Promise<number>;
}

/** Limits of sizes, in bytes where the unit is kB. Each is somewhat above what there was when it was set. */
const budgets: readonly Budget[] = [
  { what: 'tarball', limit: 6_700e3, unit: 'kB', measure: ({ size }) => size },
  { what: 'unpacked', limit: 15_000e3, unit: 'kB', measure: ({ unpackedSize }) => unpackedSize },
  { what: 'files in the tarball', limit: 400, unit: '', measure: ({ entryCount }) => entryCount },
  { what: 'packages that an install brings', limit: 225, unit: '', measure: installedPackages },
  { what: 'isoflop/browser, gzip', limit: 60e3, unit: 'kB', measure: () => loadedBy('browser/index.js', true) },
  { what: 'isoflop/browser/all, gzip', limit: 202e3, unit: 'kB', measure: () => loadedBy('browser/all.js', true) },
  { what: 'script of the page without Plotly, gzip', limit: 60e3, unit: 'kB', measure: pageScripts },
  { what: 'code that isoflop --help loads', limit: 180e3, unit: 'kB', measure: () => loadedBy('cli/main.js', false) },
];

/** Measures everything; the lines say which budget is exceeded and by how much. */
export async function compareWithBudgets(packed: Packed): Promise<{ lines: string[]; isExceeded: boolean }> {
  const measured = await Promise.all(
    budgets.map(async (budget) => ({ ...budget, size: await budget.measure(packed) })),
  );
  const lines = measured.map(({ what, limit, unit, size }) => {
    const show = (value: number): string => (unit === 'kB' ? `${(value / 1000).toFixed(1)} kB` : String(value));
    const line = `${what.padEnd(42)} ${show(size).padStart(10)} of ${show(limit).padStart(10)}`;
    return size > limit ? `${line}  EXCEEDED by ${show(size - limit)}` : line;
  });
  return { lines, isExceeded: measured.some(({ size, limit }) => size > limit) };
}

/** Bytes of a file of `dist` and of all that it imports from there at once, each compressed by itself. */
async function loadedBy(entry: string, isCompressed: boolean): Promise<number> {
  const seen = new Set<string>();
  let bytes = 0;
  const load = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const code = await readFile(join(dist, file), 'utf8');
    bytes += isCompressed ? gzipSync(code, { level: 9 }).length : Buffer.byteLength(code);
    for (const [, path] of code.matchAll(/\b(?:from|import)\s*["'](\.[^"']+)["']/g))
      await load(posix.join(dirname(file), path));
  };
  await load(entry);
  return bytes;
}

async function pageScripts(): Promise<number> {
  const folder = join(dist, 'page/assets');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js') && !name.startsWith('plotly'));
  const codes = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return codes.reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0);
}

/** Packages that `npm install isoflop` brings, without those that only some platforms or peers have. */
async function installedPackages(): Promise<number> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; peer?: boolean; devOptional?: boolean }>;
  };
  return Object.entries(lock.packages).filter(
    ([path, { dev, optional, peer, devOptional }]) =>
      path !== '' && !(dev ?? false) && !(optional ?? false) && !(peer ?? false) && !(devOptional ?? false),
  ).length;
}
