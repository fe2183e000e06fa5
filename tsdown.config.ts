import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
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

/** Packages of which parts are bundled: mathjs, whose parser is a twentieth of it, and what that parser needs. */
const bundled = ['mathjs', 'typed-function', 'escape-latex', 'tiny-emitter', '@babel/runtime'];

/** Their licences ask to go with the copies. */
async function publishLicences(): Promise<void> {
  const texts = await Promise.all(
    bundled.map(async (name) => {
      const folder = `node_modules/${name}`;
      const file = (await readdir(folder)).find((entry) => entry.startsWith('LICENSE'));
      return `${name}\n\n${await readFile(`${folder}/${file ?? 'LICENSE'}`, 'utf8')}`;
    }),
  );
  await writeFile('dist/third-party-licences.txt', texts.join(`\n${'-'.repeat(80)}\n\n`));
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
    // Loading all of mathjs to reach its parser takes ten times as long.
    deps: { alwaysBundle: ['mathjs', /^mathjs\//], onlyBundle: bundled },
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
      'build:done': async () => {
        await publishSchema();
        await publishLicences();
      },
    },
  },
]);
