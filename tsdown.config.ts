import { mkdir, writeFile } from 'node:fs/promises';
import { defineConfig } from 'tsdown';
import { fitSchema } from './src/report/fitSchema.ts';

/** Entries of the package, by their name in `dist`; what they share goes into chunks. */
const entry = {
  index: 'src/index.ts',
  'cli/main': 'src/cli/main.ts',
  'node/bootstrapWorker': 'src/node/bootstrapWorker.ts',
  'server/app': 'server/app.ts',
  'server/server': 'server/server.ts',
};

async function publishSchema(): Promise<void> {
  await mkdir('dist/schema', { recursive: true });
  await writeFile('dist/schema/fit.json', `${JSON.stringify(fitSchema, null, 2)}\n`);
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
    dts: { entry: ['src/index.ts', 'server/app.ts'] },
    sourcemap: true,
    clean: ['dist/*', '!dist/page'],
    hooks: { 'build:done': publishSchema },
  },
  {
    ...quiet,
    name: 'page',
    entry: { main: 'server/page/main.ts' },
    outDir: 'dist/page',
    platform: 'browser',
    target: 'es2023',
    fixedExtension: false,
    // A browser resolves no package names; this one only tells the version of Plotly.
    deps: { alwaysBundle: ['plotly.js-dist-min/package.json'], onlyBundle: ['plotly.js-dist-min'] },
    dts: false,
    minify: true,
    sourcemap: true,
    copy: ['server/page/index.html', 'server/page/style.css', 'server/page/icon.svg'],
  },
]);
