import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsdown';
import { fitSchema } from './src/report/fitSchema.ts';

/** Entries of the package, by their name in `dist`; what they share goes into chunks. */
const entry = {
  index: 'src/index.ts',
  'cli/main': 'src/cli/main.ts',
  'node/worker': 'src/node/worker.ts',
  'notebook/index': 'src/notebook/index.ts',
  'proxy/index': 'src/proxy/index.ts',
  'proxy/worker': 'src/proxy/sweep/worker.ts',
  'server/app': 'server/app.ts',
  'server/server': 'server/server.ts',
  'server/worker': 'server/work/worker.ts',
  'server/client': 'server/client/client.ts',
};

/** What a page loads: the quick start, and the rest that it may load when it is needed. */
const browserEntry = { 'browser/index': 'src/browser/index.ts', 'browser/all': 'src/browser/all.ts' };

const source = fileURLToPath(new URL('src/', import.meta.url));
const standIn = (name: string): string => `${source}browser/standIns/${name}.ts`;

/** Modules that a page cannot have, or that are too much for it, and what takes their place. */
const standIns = new Map([
  [`${source}runs/sha256.ts`, standIn('sha256')],
  [`${source}fit/solvers/levenbergMarquardt.ts`, standIn('levenbergMarquardt')],
  [`${source}fit/multistart.ts`, standIn('manyStarts')],
  [`${source}fit/refine.ts`, standIn('manyStarts')],
  [`${source}runs/recordedRates.ts`, standIn('recordedRates')],
  [`${source}laws/index.ts`, standIn('laws')],
  ...['formatErrors', 'planErrors', 'planWarnings', 'proxyErrors', 'serverErrors', 'watchErrors'].map(
    (part): [string, string] => [`${source}core/${part}.ts`, standIn('errorKinds')],
  ),
]);

/** Packages that have files of their own for browsers, and one of which a page needs a single function. */
const packages = new Map([
  ['csv-parse', 'csv-parse/browser/esm'],
  ['csv-parse/sync', 'csv-parse/browser/esm/sync'],
  ['simple-statistics', standIn('simpleStatistics')],
]);

/** The one module that wants what the stand-ins stand for, to add it to them. */
const wholeLibrary = `${source}browser/all.ts`;

interface Context {
  resolve(source: string, importer?: string, options?: { skipSelf?: boolean }): Promise<{ id: string } | null>;
}

/** Plugin of the bundler that builds `isoflop/browser`: gives the stand-ins in place of what Node has. */
function browserStandIns() {
  return {
    name: 'browser-stand-ins',
    async resolveId(this: Context, name: string, importer: string | undefined) {
      const found = await this.resolve(packages.get(name) ?? name, importer, { skipSelf: true });
      if (found === null || importer === wholeLibrary) return found;
      return standIns.get(found.id) ?? found;
    },
  };
}

async function publishSchema(): Promise<void> {
  await mkdir('dist/schema', { recursive: true });
  await writeFile('dist/schema/fit.json', `${JSON.stringify(fitSchema, null, 2)}\n`);
}

/** Packages that are bundled for browsers, which have no `node_modules`. */
const bundled = ['@noble/hashes', 'csv-parse'];

/** Their licences ask to go with the copies. */
async function publishLicences(): Promise<void> {
  const texts = await Promise.all(
    bundled.map(async (name) => {
      const folder = `node_modules/${name}`;
      const file = (await readdir(folder)).find((entry) => entry.startsWith('LICENSE'));
      return `${name}\n\n${await readFile(`${folder}/${file ?? 'LICENSE'}`, 'utf8')}`;
    }),
  );
  await writeFile('dist/browser/third-party-licences.txt', texts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** Sixty lines of file sizes would bury a warning; and the declarations are known to take most of the time. */
const quiet = { report: false, checks: { pluginTimings: false } };

export default defineConfig([
  {
    ...quiet,
    name: 'package',
    entry,
    platform: 'node',
    target: 'node20.19',
    fixedExtension: false,
    dts: {
      entry: [
        'src/index.ts',
        'src/notebook/index.ts',
        'src/proxy/index.ts',
        'server/app.ts',
        'server/client/client.ts',
      ],
    },
    clean: ['dist/*', '!dist/page', '!dist/browser'],
    hooks: {
      'build:done': publishSchema,
    },
  },
  {
    ...quiet,
    name: 'browser',
    entry: browserEntry,
    platform: 'browser',
    target: 'es2023',
    plugins: [browserStandIns()],
    minify: true,
    // Nothing in these folders does anything when it is imported, but for the entry that makes all laws known.
    treeshake: {
      moduleSideEffects: [
        { test: /src\/browser\/all\.ts$/, sideEffects: true },
        { test: /./, sideEffects: false },
      ],
    },
    deps: { alwaysBundle: [/./], onlyBundle: bundled },
    outputOptions: { chunkFileNames: 'browser/[name]-[hash].js' },
    dts: true,
    clean: ['dist/browser'],
    hooks: {
      'build:done': publishLicences,
    },
  },
]);
