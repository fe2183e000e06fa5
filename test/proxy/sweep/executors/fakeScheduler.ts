import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isoflop, type Outcome } from '../../../cli/run.ts';

const program = join(import.meta.dirname, '../../../fixtures/schedulers/scheduler.mjs');
const slurmPrograms = ['sbatch', 'squeue', 'sacct', 'scontrol', 'scancel'];

/** Programs of a scheduler that only write down how they were called. */
export interface FakeScheduler {
  /** Runs isoflop with these programs, and none of the machine's own, on its PATH. */
  readonly isoflop: (args: readonly string[]) => Promise<Outcome>;
  /** What a program prints from now on. */
  readonly answer: (name: string, text: string) => Promise<void>;
  /** What it fails with, or that it no longer does. */
  readonly refuse: (name: string, text: string | undefined) => Promise<void>;
  /** Arguments of the calls of a program so far. */
  readonly calls: (name: string) => string[][];
}

/** Makes the programs in a folder of a test. */
export async function fakeScheduler(
  folder: string,
  programs: readonly string[] = slurmPrograms,
): Promise<FakeScheduler> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  for (const name of programs) await symlink(program, join(bin, name));
  // The first line of the programs asks env for node.
  await symlink(process.execPath, join(bin, 'node'));
  const env = { PATH: bin, FAKE_SCHEDULER: folder };
  return {
    isoflop: (args) => isoflop(args, { cwd: folder, env }),
    answer: (name, text) => writeFile(join(folder, `${name}.out`), text),
    refuse: (name, text) =>
      text === undefined ? rm(join(folder, `${name}.err`)) : writeFile(join(folder, `${name}.err`), text),
    calls: (name) => {
      const file = join(folder, 'calls.jsonl');
      if (!existsSync(file)) return [];
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      return lines
        .map((line) => JSON.parse(line) as string[])
        .filter(([called]) => called === name)
        .map(([, ...args]) => args);
    },
  };
}
