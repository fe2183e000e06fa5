/**
 * Goes the way of docs/walkthrough.md: packs isoflop, installs it in an empty folder, runs the page's five commands, and
 * writes how long each took, and the figure that they end with, back to the page.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { machine } from '../test/bench/measure.ts';
import { ownRuns } from './ownRuns.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/walkthrough.md');

/** What each of the commands is for, in the table. */
const steps = ['install', 'inspect', 'fit', 'predict', 'draw'];

/** Packs what npm would publish, and gives the path of the file. */
async function pack(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return join(folder, filename);
}

/** The commands of the page, one in each of its blocks of shell. */
const commandsOf = (text: string): string[] => [...text.matchAll(/^```sh\n(.*)\n```$/gm)].map((match) => match[1]);

/** Runs the commands in their order in an empty folder; seconds of each. */
async function walk(commands: readonly string[], packed: string, folder: string): Promise<number[]> {
  await writeFile(join(folder, 'my-runs.csv'), await ownRuns());
  const seconds: number[] = [];
  for (const command of commands) {
    const line = command.replace('npm install isoflop', `npm install ${packed}`);
    console.log(`$ ${line}`);
    const started = performance.now();
    const { stdout } = await run('sh', ['-c', line], { cwd: folder });
    seconds.push((performance.now() - started) / 1000);
    console.log(stdout);
  }
  return seconds;
}

function table(seconds: readonly number[]): string {
  const total = seconds.reduce((sum, value) => sum + value, 0);
  const rows = [
    ...steps.map((step, k) => [`${String(k + 1)}. ${step}`, seconds[k]] as const),
    ['all five', total] as const,
  ];
  const lines = rows.map(([step, value]) => `| ${step} | ${value.toFixed(1)} s |`);
  return ['| step | time |', '| --- | ---: |', ...lines].join('\n');
}

const folder = await mkdtemp(join(tmpdir(), 'isoflop-walkthrough-'));
try {
  const text = await readFile(page, 'utf8');
  const commands = commandsOf(text);
  if (commands.length !== steps.length) throw new Error(`the page has ${String(commands.length)} commands, not five`);
  const packed = await pack(folder);
  const megabytes = ((await stat(packed)).size / 1e6).toFixed(1);
  const project = join(folder, 'project');
  await mkdir(project);
  const seconds = await walk(commands, packed, project);
  const times = `${machine()}, shared with other work; the packed file ${megabytes} MB, its dependencies from the registry or npm's cache:\n\n${table(seconds)}`;
  console.log(times);
  const written = text.replace(/(<!-- times -->\n)[^]*(<!-- end of times -->)/, `$1\n${times}\n\n$2`);
  await writeFile(page, await format(written, { ...(await resolveConfig(page)), parser: 'markdown' }));
  await copyFile(join(project, 'frontier.png'), join(root, 'docs/images/walkthrough.png'));
} finally {
  await rm(folder, { recursive: true });
}
