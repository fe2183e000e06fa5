import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src/', import.meta.url));
const standIn = (name: string): string => `${source}browser/standIns/${name}.ts`;

/** Modules that a page cannot have, or that are too much for it, and what takes their place. */
const standIns = new Map([
  [`${source}runs/sha256.ts`, standIn('sha256')],
  [`${source}fit/solvers/levenbergMarquardt.ts`, standIn('levenbergMarquardt')],
  [`${source}laws/index.ts`, standIn('laws')],
  ...['format', 'proxy', 'server'].map((part): [string, string] => [
    `${source}core/${part}Errors.ts`,
    standIn('errorKinds'),
  ]),
]);

/** Packages that have files of their own for browsers. */
const packages = new Map([
  ['csv-parse', 'csv-parse/browser/esm'],
  ['csv-parse/sync', 'csv-parse/browser/esm/sync'],
]);

/** The one module that wants the whole list of laws, to add it to the stand-in. */
const wholeList = `${source}browser/all.ts`;

interface Context {
  resolve(source: string, importer?: string, options?: { skipSelf?: boolean }): Promise<{ id: string } | null>;
}

/** Plugin of the bundler that builds `isoflop/browser`: gives the stand-ins in place of what Node has. */
export function browserStandIns() {
  return {
    name: 'browser-stand-ins',
    async resolveId(this: Context, name: string, importer: string | undefined) {
      const found = await this.resolve(packages.get(name) ?? name, importer, { skipSelf: true });
      if (found === null || importer === wholeList) return found;
      return standIns.get(found.id) ?? found;
    },
  };
}
