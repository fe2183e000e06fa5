import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from './processes.ts';

/** The last version of each line of Node that the package supports, as npm has it. */
const versions = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' };

/**
 * Binaries of Node by major version. They are the packages that npm's package `node` picks by platform in a script of its
 * own; named directly they need no script. They stay in node_modules/.cache, half a gigabyte.
 */
export async function installNodes(): Promise<ReadonlyMap<string, string>> {
  const folder = fileURLToPath(new URL('../../node_modules/.cache/isoflop-nodes', import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const aliases = Object.entries(versions).map(([major, version]) => `node${major}@npm:${platform}@${version}`);
  const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await output('npm', ['install', ...quiet, ...aliases], folder);
  const binary = (major: string): string =>
    join(folder, 'node_modules', `node${major}`, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return new Map(Object.keys(versions).map((major) => [major, binary(major)]));
}
