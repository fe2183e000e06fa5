import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';

/** A package as it is installed. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Its main file. */
  readonly entry: string;
  /** Loads it. */
  readonly load: () => unknown;
  /** Loads a package as this one would, so that both share it; `undefined` where this one would not find it. */
  readonly loadBeside: (name: string) => unknown;
}

/** Where optional packages may lie: beside isoflop, or in the project that it is run from. */
const places = (): readonly string[] => [import.meta.url, join(process.cwd(), 'package.json')];

/** Finds an installed package, or `undefined` where there is none. */
export function findPackage(name: string, from: readonly string[] = places()): InstalledPackage | undefined {
  for (const place of from) {
    const require = createRequire(place);
    let manifest: string;
    try {
      manifest = require.resolve(`${name}/package.json`);
    } catch {
      continue;
    }
    const { version, main = 'index.js' } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      version: string;
      main?: string;
    };
    const entry = join(dirname(manifest), main);
    return { name, version, entry, load: (): unknown => require(name), loadBeside: (other) => loadFrom(entry, other) };
  }
  return undefined;
}

function loadFrom(file: string, name: string): unknown {
  const require = createRequire(file);
  try {
    require.resolve(name);
  } catch {
    return undefined;
  }
  return require(name);
}

/**
 * Finds a package that an engine cannot do without.
 *
 * @throws {@link IsoflopError} `ENGINE_UNAVAILABLE`
 */
export function needPackage(engine: string, name: string, packages: readonly string[] = [name]): InstalledPackage {
  const found = findPackage(name);
  if (found !== undefined) return found;
  throw new IsoflopError('ENGINE_UNAVAILABLE', {
    engine,
    reason: `${name} is not installed`,
    remedy: `Install it with "npm install ${packages.join(' ')}"; docs/engines.md says what else it needs.`,
  });
}

/** What went wrong, on one line that ends without a full stop. */
export const briefly = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .trim()
    .split('\n')[0]
    .replace(/[. ]+$/, '');
