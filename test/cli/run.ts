import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { plainEnvironment, startCommands, type Commands } from './commands.ts';

const root = join(import.meta.dirname, '../..');
const main = join(root, 'dist/cli/main.js');

/** The runs that ship with the package, and the condition that leaves out the five highest losses. */
export const chinchilla = join(root, 'data/chinchilla.csv');
export const besiroglu = ['--where', 'loss < 3.44'];
/** A published fit that ships with the package. */
export const publishedFit = join(root, 'fits/besiroglu-2024.json');

/** What a finished process leaves. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command line. */
export function start(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  if (!existsSync(main)) throw new Error('There is no dist/cli/main.js: run npm run build (npm test does).');
  return spawn(process.execPath, [main, ...args], { ...options, env: { ...plainEnvironment(), ...options.env } });
}

/** What a process wrote and how it ended. */
export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => {
      resolve({ status, ...text });
    });
  });
}

/** Commands that leave nothing behind in the process that runs them: no children, no signals that they wait for. */
const hosted = new Set([
  'allocate',
  'backtest',
  'compare',
  'fit',
  'inspect',
  'laws',
  'next',
  'observe',
  'plan',
  'plot',
  'predict',
  'probe',
  'profile',
  'report',
  'schedule',
  'test',
  'testbed',
  'watch',
]);

/** The process of the commands of this worker's tests. */
let commands: Commands | undefined;

/**
 * Runs the built command line to its end: in a process that has run commands before, which need not load and compile all of
 * it again, where the command allows that and only asks for a folder to run in; else in one of its own.
 */
export function isoflop(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  const { cwd = process.cwd(), ...others } = options;
  if (!hosted.has(args[0]) || Object.keys(others).length > 0 || typeof cwd !== 'string')
    return outcomeOf(start(args, options));
  commands ??= startCommands();
  return commands.run({ folder: cwd, args });
}

/** The one JSON document on stdout of a command that ends well. */
export async function jsonOf<Document>(args: readonly string[], options?: SpawnOptions): Promise<Document> {
  const { status, stdout, stderr } = await isoflop(args, options);
  if (status !== 0) throw new Error(`status ${String(status)}: ${stderr}`);
  return JSON.parse(stdout) as Document;
}

/** A folder for one test, with these files in it; removed afterwards. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'isoflop-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** A CSV of runs of L = 2 + 400 / N^0.3 + 400 / D^0.3 at every size and token count. */
export function runsCsv(sizes: readonly number[], tokens: readonly number[]): string {
  const rows = sizes.flatMap((n) =>
    tokens.map((d) => `${n},${d},${(2 + 400 / n ** 0.3 + 400 / d ** 0.3).toPrecision(8)}`),
  );
  return `params,tokens,loss\n${rows.join('\n')}\n`;
}
