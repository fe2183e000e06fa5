import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** Path of a fixture that test/formats/write.py made with the tools themselves. */
export const fixture = (...names: readonly string[]): string =>
  join(fileURLToPath(new URL('../fixtures/formats', import.meta.url)), ...names);

/** The loss of every row of the fixtures. */
export const fixtureLoss = (params: number, tokens: number): number =>
  1.69 + 406.4 / params ** 0.34 + 410.7 / tokens ** 0.28;

/** Tokens of a step in the fixtures. */
export const fixtureStep = 524_288;

/** A folder with some files, which is gone after the test. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'isoflop-formats-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}
