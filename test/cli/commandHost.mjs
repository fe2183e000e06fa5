// Runs commands of the built command line, and modules, one after the other in this process: starting Node for each of two
// hundred would take longer than they do. What one prints is kept and sent back with its exit status.
import { pathToFileURL } from 'node:url';

for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);
const main = process.env.ISOFLOP_MAIN;
let imports = 0;

/** Imports a module once more, although it was imported before. */
const importAnew = (file) => import(`${pathToFileURL(file).href}?${String(imports++)}`);

/** Does a piece of work with all that it prints caught. */
async function caught(work) {
  const text = { stdout: '', stderr: '' };
  const writes = ['stdout', 'stderr'].map((name) => {
    const { write } = process[name];
    process[name].write = (chunk) => {
      text[name] += String(chunk);
      return true;
    };
    return () => {
      process[name].write = write;
    };
  });
  process.exitCode = undefined;
  try {
    await work();
    return { status: process.exitCode ?? 0, ...text };
  } catch (error) {
    return { status: 1, ...text, stderr: `${text.stderr}${error.stack}` };
  } finally {
    process.exitCode = undefined;
    for (const restore of writes) restore();
  }
}

process.on('disconnect', () => process.exit());
process.on('message', async ({ folder, args, module }) => {
  process.chdir(folder);
  process.argv = [process.execPath, main, ...(args ?? [])];
  process.send(await caught(() => importAnew(module ?? main)));
});
