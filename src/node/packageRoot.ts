import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of this package. Code runs from its source folder and, built, from `dist/` at a depth that the bundler chooses,
 * so the built page and the fonts are found from here.
 */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('isoflop is not installed as a package: there is no package.json above it');
    folder = parent;
  }
  return folder;
}
