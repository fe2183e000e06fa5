/**
 * Builds the documentation as a static site that opens from disk, in the folder `site`: every page in Markdown, the notebooks,
 * and the reference of the API by TypeDoc. Ends with 1 when a link leads nowhere. `--no-api` leaves the reference as it is.
 */
import { copyFile, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { writeApi } from './docs/api.ts';
import { checkLinks } from './docs/links.ts';
import { render, type Rendered } from './docs/markdown.ts';
import { addressFrom, navigation, readPages, root, siteFile, type Page } from './docs/pages.ts';
import { sectionsOf, type Section } from './docs/sections.ts';
import { pageHtml } from './docs/template.ts';

const site = join(root, 'site');

/** Files of the repository that pages show or link to, and that are no pages. */
const linkedFiles = new Set<string>();

/** The address on the site of what a page of the repository links to. */
function linkOf(page: Page, sources: ReadonlySet<string>): (target: string) => string {
  return (target) => {
    if (/^([a-z]+:|#)/.test(target)) return target;
    const [path, anchor = ''] = target.split('#');
    const source = normalize(join(dirname(page.source), path)).replace(/\/$/, '');
    if (!sources.has(source)) linkedFiles.add(source);
    const address = addressFrom(page.file, sources.has(source) ? siteFile(source) : source);
    return anchor === '' ? address : `${address}#${anchor}`;
  };
}

/** KaTeX's stylesheet with its fonts inside: some browsers load no fonts for a page that was opened from disk. */
async function katexCss(): Promise<string> {
  const folder = join(root, 'node_modules/katex/dist');
  const css = await readFile(join(folder, 'katex.min.css'), 'utf8');
  const names = [...new Set([...css.matchAll(/url\((fonts\/[\w-]+\.woff2)\)/g)].map((match) => match[1]))];
  const fonts = new Map(
    await Promise.all(
      names.map(async (name) => [name, (await readFile(join(folder, name))).toString('base64')] as const),
    ),
  );
  return css
    .replaceAll(/,url\(fonts\/[\w-]+\.(?:woff|ttf)\) format\("\w+"\)/g, '')
    .replaceAll(
      /url\((fonts\/[\w-]+\.woff2)\)/g,
      (_, name: string) => `url(data:font/woff2;base64,${fonts.get(name) ?? ''})`,
    );
}

async function writeAssets(sections: readonly Section[]): Promise<void> {
  const assets = join(site, 'assets');
  await mkdir(assets, { recursive: true });
  const from = (path: string, name: string): Promise<void> => copyFile(join(root, path), join(assets, name));
  const sheets = ['server/page/style/tokens.css', 'scripts/docs/style.css'];
  const styles = await Promise.all(sheets.map((sheet) => readFile(join(root, sheet), 'utf8')));
  await Promise.all([
    writeFile(join(assets, 'style.css'), styles.join('\n')),
    from('scripts/docs/search.js', 'search.js'),
    from('server/page/icon.svg', 'icon.svg'),
    from('node_modules/minisearch/dist/umd/index.js', 'minisearch.js'),
    writeFile(join(assets, 'katex.css'), await katexCss()),
    writeFile(join(assets, 'sections.js'), `globalThis.isoflopSections = ${JSON.stringify(sections)};\n`),
  ]);
}

async function writePages(pages: readonly Page[]): Promise<Section[]> {
  const sources = new Set(pages.map(({ source }) => source));
  const index = pages.find(({ source }) => source === 'docs/README.md');
  const groups = navigation(index?.markdown ?? '');
  const sections: Section[] = [];
  for (const page of pages) {
    const rendered: Rendered = render(page.markdown, linkOf(page, sources), page.isNotebook);
    const title = rendered.headings[0]?.text ?? page.source;
    const html = pageHtml({ file: page.file, title: `${title} - isoflop`, ...rendered, groups });
    await mkdir(dirname(join(site, page.file)), { recursive: true });
    await writeFile(join(site, page.file), html);
    sections.push(...sectionsOf(page.file, title, rendered.html, sections.length));
  }
  return sections;
}

async function copyLinked(): Promise<void> {
  for (const source of linkedFiles) {
    // A link to what is not there is told with all others that are broken.
    if ((await stat(join(root, source)).catch(() => null)) === null) continue;
    await mkdir(dirname(join(site, source)), { recursive: true });
    await cp(join(root, source), join(site, source), { recursive: true });
  }
}

const started = performance.now();
const keepsApi = process.argv.includes('--no-api');
if (!keepsApi) await rm(site, { recursive: true, force: true });
const pages = await readPages();
await writeAssets(await writePages(pages));
await copyLinked();
if (!keepsApi) await writeApi(site);

const { pages: count, links, broken, external } = await checkLinks(site);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`links to other sites, which were not followed:\n${external.map((address) => `  ${address}`).join('\n')}`);
for (const { page, target, why } of broken) console.error(`${page}: "${target}": ${why}`);
console.log(
  `${String(count)} pages with ${String(links)} links, ${String(broken.length)} of them broken, in ${seconds} s`,
);
console.log(`open ${join(site, 'index.html')}`);
process.exitCode = broken.length === 0 ? 0 : 1;
