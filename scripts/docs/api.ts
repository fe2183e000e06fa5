import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Application, type TypeDocOptions } from 'typedoc';
import { addressFrom, root } from './pages.ts';

/**
 * Writes the reference of the API to the folder `api` of the site, with a way back to the documentation on each page.
 *
 * @throws Error when TypeDoc has anything to say, such as a link in a comment that leads nowhere
 */
export async function writeApi(site: string): Promise<void> {
  const options: TypeDocOptions = {
    options: join(root, 'typedoc.json'),
    out: join(site, 'api'),
    logLevel: 'Warn',
    // Lines of a checkout would be links to nowhere.
    disableSources: true,
  };
  const application = await Application.bootstrapWithPlugins(options);
  const project = await application.convert();
  if (project !== undefined) {
    application.validate(project);
    await application.generateOutputs(project);
  }
  if (project === undefined || application.logger.hasErrors() || application.logger.hasWarnings())
    throw new Error('TypeDoc found mistakes in the comments of the sources: see above.');
  await linkBack(site);
}

/** TypeDoc takes addresses of its navigation as they are, wherever the page lies. */
async function linkBack(site: string): Promise<void> {
  const names = (await readdir(join(site, 'api'), { recursive: true })).filter((name) => name.endsWith('.html'));
  const place = '<div id="tsd-toolbar-links">';
  for (const name of names) {
    const file = join(site, 'api', name);
    const text = await readFile(file, 'utf8');
    if (!text.includes(place)) throw new Error(`${name}: TypeDoc's pages have changed, there is no ${place}`);
    const links = `${place}<a href="${addressFrom(join('api', name), 'index.html')}">Documentation</a>`;
    await writeFile(file, text.replace(place, links));
  }
}
