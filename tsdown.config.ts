import { mkdir, writeFile } from 'node:fs/promises';
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
    dts: {
      entry: [
        'src/index.ts',
        'src/notebook/index.ts',
        'src/proxy/index.ts',
        'server/app.ts',
        'server/client/client.ts',
      ],
    },
    sourcemap: true,
    clean: ['dist/*', '!dist/page'],
    hooks: {
      'build:done': publishSchema,
    },
  },
]);
