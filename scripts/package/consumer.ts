import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from './processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A project of someone else that has installed the package, and nothing of this repository. */
export interface Consumer {
  readonly folder: string;
  readonly tarball: string;
  /** Names of all entries, such as `isoflop/proxy`, as package.json exports them. */
  readonly entries: readonly string[];
}

/** Packs the package and installs it into an empty project, together with programs that use it. */
export async function createConsumer(folder: string): Promise<Consumer> {
  const pack = await output('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root);
  const [{ filename }] = JSON.parse(pack) as [{ filename: string }];
  const project = join(folder, 'project');
  await mkdir(project);
  await cp(fileURLToPath(new URL('consumer/', import.meta.url)), project, { recursive: true });
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const tarball = join(folder, filename);
  await output('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], project);
  const manifest = JSON.parse(await readFile(join(project, 'node_modules/isoflop/package.json'), 'utf8')) as {
    exports: Record<string, unknown>;
  };
  const entries = Object.keys(manifest.exports).map((path) => `isoflop${path.slice(1)}`);
  return { folder: project, tarball, entries };
}
