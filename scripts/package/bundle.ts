import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/** Bundles a page that uses `isoflop/browser` as a user's own project would, and says what the page then loads. */
export async function bundleForPage(folder: string): Promise<Record<string, string>> {
  const built = await build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    build: { write: false, rolldownOptions: { input: join(folder, 'page.js') }, modulePreload: false },
  });
  const { output } = [built].flat()[0] as {
    output: { type: string; code: string; isEntry: boolean; fileName: string }[];
  };
  const scripts = output.filter(({ type }) => type === 'chunk');
  const size = (files: typeof scripts): string =>
    `${(files.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0) / 1000).toFixed(1)} kB gzip`;
  return {
    'a page with figures, at its start': size(scripts.filter(({ isEntry }) => isEntry)),
    'a page with figures, when all is loaded': `${size(scripts)} in ${String(scripts.length)} files`,
  };
}
