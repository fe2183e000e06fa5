// The first run: fits the bundled runs, prints the report, a prediction and the compute-optimal plan, saves the fit, and
// serves the figures. Everything it does is a command that can be typed as well; it says which.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const fit = 'fits/local/chinchilla.json';
const steps = [
  ['fit', 'data/chinchilla.csv', '--where', 'loss < 3.44', '--bootstrap', '4000', '--out', fit],
  ['predict', fit, '--params', '70B', '--tokens', '1.4T'],
  ['allocate', fit, '--flops', '5.76e23'],
];
const quoted = (args) => args.map((arg) => (/\s/.test(arg) ? `'${arg}'` : arg)).join(' ');

for (const args of steps) {
  console.log(`\n$ isoflop ${quoted(args)}\n`);
  const { status } = spawnSync(process.execPath, [main, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
// At the level of warnings, or every request of the page would be a line in the terminal.
const serve = ['serve', '--fits', 'fits/local', '--log-level', 'warn', ...process.argv.slice(2)];
console.log(`\n$ isoflop ${quoted(serve)}\n`);
const server = spawn(process.execPath, [main, ...serve], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 0));
