import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output, run } from './processes.ts';

const bin = (name: string): string => fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));

/** How projects find modules, with what each needs beside. */
const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};

/**
 * Compiles the programs of a consumer under `strict` and `skipLibCheck: false`. In declarations of other packages errors are
 * counted only: they are not ours to mend.
 *
 * @throws an Error with the errors in our own declarations and in the programs
 */
export async function compileDeclarations(folder: string): Promise<Record<string, string>> {
  await output('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '-D', '@types/node@20.19.43'], folder);
  const found: Record<string, string> = {};
  for (const [resolution, options] of Object.entries(resolutions))
    for (const file of ['types.ts', 'trainingTypes.ts'])
      found[`${file}, ${resolution}`] = await compile(folder, file, options);
  return found;
}

async function compile(folder: string, file: string, options: object): Promise<string> {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = {
    ...options,
    target: 'es2023',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  await writeFile(config, JSON.stringify({ compilerOptions, files: [file] }));
  const { stdout } = await run(bin('tsc'), ['--pretty', 'false', '-p', config], folder);
  const errors = stdout.split('\n').filter((line) => /^\S.*error TS/.test(line));
  const ours = errors.filter((line) => /^(\w+\.ts|node_modules\/isoflop\/)/.test(line));
  if (ours.length > 0) throw new Error(`types of ${file}:\n${ours.join('\n')}`);
  if (errors.length === 0) return 'no errors';
  const packages = new Set(errors.map((line) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(line)?.[1] ?? line));
  return `none of ours, ${String(errors.length)} in ${[...packages].join(' and ')}`;
}

/** Asks attw whether every entry resolves with the right kind of types. */
export async function askAttw(tarball: string, folder: string): Promise<string> {
  await output(bin('attw'), [tarball, '--profile', 'esm-only'], folder);
  return 'no problems';
}
