import { promisify } from 'node:util';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { objectives } from './src/fit/objectives/index.ts';
import { laws } from './src/laws/index.ts';
import { figures } from './src/plots/index.ts';

const outDir = 'dist/page';

/** What the page says of laws, objectives and figures comes from their tables, so that a new one needs no line here. */
function tables(): Plugin {
  const id = 'virtual:tables';
  const content = {
    figures: figures.map(({ id, title, description }) => ({ id, title, description })),
    objectives: objectives.map(({ id, title, delta }) => ({ id, title, delta })),
    laws: laws.map((law) => ({
      id: law.id,
      title: law.title,
      inputs: law.inputs.map(({ name, symbol, unit }) => ({ name, symbol, unit })),
      response: law.response,
      params: law.params.map(({ name, description }) => ({ name, description })),
    })),
  };
  return {
    name: 'tables',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) =>
      source === `\0${id}`
        ? Object.entries(content)
            .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
            .join('\n')
        : undefined,
  };
}

/** Plotly is most of what is loaded, and the figures wait for it: the browser hears of it with the first bytes. */
function preloadPlotly(): Plugin {
  return {
    name: 'preload-plotly',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) => {
        const file = Object.keys(bundle).find((name) => /plotly.*\.js$/.test(name));
        if (file === undefined) return [];
        return [{ tag: 'link', attrs: { rel: 'preload', as: 'script', href: `./${file}` }, injectTo: 'head' }];
      },
    },
  };
}

const compressible = new Set(['.js', '.css', '.html', '.svg']);

/** Smaller files gain nothing that an extra file is worth. */
const leastBytes = 1024;

/** Brotli's last two levels take ten times as long as all others and save a tenth: too much for a file of megabytes. */
const largeBytes = 1_000_000;

/** Writes `FILE.br` and `FILE.gz` beside every text of the page, which the server sends as they are. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle: async () => {
      const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && compressible.has(extname(entry.name)));
      await Promise.all(
        files.map(async (entry) => {
          const path = join(entry.parentPath, entry.name);
          const text = await readFile(path);
          if (text.length < leastBytes) return;
          const quality = text.length > largeBytes ? 9 : 11;
          const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: 24 };
          const [brotli, zipped] = await Promise.all([
            promisify(brotliCompress)(text, { params }),
            promisify(gzip)(text, { level: 9 }),
          ]);
          await Promise.all([writeFile(`${path}.br`, brotli), writeFile(`${path}.gz`, zipped)]);
        }),
      );
    },
  };
}

/** The page of `isoflop serve`, built from server/page to dist/page. */
export default defineConfig({
  root: 'server/page',
  base: './',
  logLevel: 'warn',
  plugins: [tables(), preloadPlotly(), precompress()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: `../../${outDir}`,
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the page's content allows files of this server only where scripts are concerned; and each is cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
