import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the built program of a sweep's processes lies, seen from the built package or from this file. */
const places = ['./proxy/worker.js', '../proxy/worker.js', './worker.js', '../../../dist/proxy/worker.js'];

/** The program of a sweep's processes. */
export function workerFile(): string {
  const found = places.map((name) => fileURLToPath(new URL(name, import.meta.url))).find((path) => existsSync(path));
  if (found === undefined) throw new Error('dist/proxy/worker.js is missing: npm run build makes it');
  return found;
}
