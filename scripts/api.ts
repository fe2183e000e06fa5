// Writes what the package exports to etc/*.api.md, or with --check says where that differs from what is committed.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('..', import.meta.url));
const silent = { default: { logLevel: 'none' as never } };

interface Entry {
  /** Name of the report, such as `proxy`. */
  readonly name: string;
  readonly declarations: string;
}

/** The entries of package.json, but the one that has the same names as `isoflop`, without those of Node. */
async function entries(): Promise<Entry[]> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { types: string }>;
  };
  return Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === 'string' || path === './browser/all'
      ? []
      : [{ name: path.replace(/^\.\/?/, '') || 'isoflop', declarations: join(root, target.types) }],
  );
}

function configOf({ name, declarations }: Entry, all: readonly Entry[], reports: string): ExtractorConfig {
  return ExtractorConfig.prepare({
    configObjectFullPath: join(root, 'api-extractor.json'),
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: declarations,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2023',
            lib: ['es2023', 'dom'],
            module: 'nodenext',
            types: ['node'],
            strict: true,
            skipLibCheck: true,
          },
          files: all.map((entry) => entry.declarations),
        },
      },
      apiReport: { enabled: true, reportFolder: reports, reportTempFolder: reports, reportFileName: name },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
  });
}

/** The report of every entry, by its file in the repository. */
async function reports(): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'isoflop-api-'));
  try {
    const all = await entries();
    const configs = all.map((entry) => configOf(entry, all, folder));
    const compilerState = CompilerState.create(configs[0], {
      additionalEntryPoints: all.map(({ declarations }) => declarations),
    });
    const written = new Map<string, string>();
    for (const [k, config] of configs.entries()) {
      const messageCallback = (message: { handled: boolean }): void => {
        message.handled = true;
      };
      Extractor.invoke(config, { localBuild: true, compilerState, messageCallback });
      const report = await readFile(join(folder, `${all[k].name}.api.md`), 'utf8');
      // The bundler tells types of one name apart by a number, which changes with types that have nothing to do with it.
      written.set(`etc/${all[k].name}.api.md`, report.replaceAll(/(?<=\w)\$\d+\b/g, ''));
    }
    return written;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isCheck = process.argv.includes('--check');
await mkdir(join(root, 'etc'), { recursive: true });
for (const [file, report] of await reports()) {
  const committed = await readFile(join(root, file), 'utf8').catch(() => '');
  if (committed === report) continue;
  if (isCheck) {
    const [before, after] = [committed.split('\n'), report.split('\n')];
    const line = after.findIndex((text, k) => text !== before[k]);
    console.error(`${file}, line ${String(line + 1)}: ${before[line] ?? ''}\nis now ${after[line] ?? ''}`);
    console.error('npm run api writes the reports; a change that breaks programs also belongs into CHANGELOG.md.');
    process.exitCode = 1;
  } else {
    await writeFile(join(root, file), report);
    console.log(`wrote ${file}`);
  }
}
