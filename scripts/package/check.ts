// Packs the package as npm would publish it, asks publint and attw about it, and compares its sizes with their budgets.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, output } from './processes.ts';
import { compareWithBudgets, type Packed } from './sizeBudget.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'isoflop-pack-'));
try {
  const pack = await output('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root);
  const [packed] = JSON.parse(pack) as [Packed];
  const tarball = join(folder, packed.filename);
  for (const [name, ...args] of [
    ['publint', 'run', tarball, '--strict'],
    ['attw', tarball, '--profile', 'esm-only', '--format', 'ascii'],
  ]) {
    const { status, stdout, stderr } = await run(join(root, 'node_modules/.bin', name), args, root);
    if (status === 0) console.log(`${name}: no problems`);
    else {
      console.log(`${name} found problems:\n${stdout}${stderr}`);
      process.exitCode = 1;
    }
  }
  const { lines, isExceeded } = await compareWithBudgets(packed);
  console.log(lines.join('\n'));
  if (isExceeded) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
