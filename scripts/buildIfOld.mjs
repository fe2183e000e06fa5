// Builds unless what was built is newer than all that it is built from, as after `npm ci`, which has just built it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const sources = [
  'src',
  'server',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsdown.config.ts',
  'vite.config.ts',
];
const built = ['dist/cli/main.js', 'dist/proxy/worker.js', 'dist/browser/index.js', 'dist/page/index.html'];

/** When a file, or the newest file of a folder, was changed. */
const changed = (path) =>
  statSync(path).isDirectory()
    ? Math.max(...readdirSync(path).map((name) => changed(join(path, name))))
    : statSync(path).mtimeMs;

const oldest = Math.min(...built.map((path) => (existsSync(path) ? changed(path) : 0)));
if (oldest <= Math.max(...sources.map(changed)))
  process.exitCode = spawnSync('npm', ['run', 'build'], { stdio: 'inherit' }).status ?? 1;
