import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Consumer } from './consumer.ts';
import { output } from './processes.ts';

/** What the package did on one version of Node. */
export interface NodeResult {
  readonly version: string;
  /** What was tried, and what came of it in a few words. */
  readonly found: Readonly<Record<string, string>>;
  readonly numbers: readonly number[];
}

const resamples = 400;

/** Everything that a user does with the package, on one version of Node. */
export async function tryOnNode(node: string, consumer: Consumer): Promise<NodeResult> {
  const { folder, entries } = consumer;
  const library = JSON.parse(await output(node, ['library.js', ...entries], folder)) as {
    exported: Record<string, number>;
    certified: number;
    starts: Record<string, string>;
    numbers: number[];
  };
  const empty = Object.entries(library.exported).filter(([, names]) => names === 0);
  expect(empty.length === 0, `nothing is exported by ${empty.join(', ')}`);
  expect(library.certified === resamples, `${String(library.certified)} of ${String(resamples)} refits are certified`);
  const figures = JSON.stringify(library.starts);
  expect(figures === '{"svg":"<svg","png":"PNG","pdf":"%PDF"}', `the figures begin with ${figures}`);
  const cli = await tryCommandLine(node, folder);
  return {
    version: (await output(node, ['--version'], folder)).trim(),
    found: {
      entries: `${String(entries.length)} imported`,
      figures: 'svg, png, pdf',
      bootstrap: `${String(resamples)} in threads`,
      'isoflop fit': `objective ${cli.objective.toPrecision(11)}`,
      'isoflop plot': `${String(cli.plotted)} bytes`,
      'isoflop serve': `loss ${cli.served.toPrecision(8)}`,
    },
    numbers: [...library.numbers, cli.objective, cli.served],
  };
}

async function tryCommandLine(node: string, folder: string) {
  const main = join(folder, 'node_modules/isoflop/dist/cli/main.js');
  const data = 'node_modules/isoflop/data/chinchilla.csv';
  const fits = join(folder, 'fits');
  await rm(fits, { recursive: true, force: true });
  const args = ['fit', data, '--where', 'loss < 3.44', '--out', 'fits/mine.json', '--json'];
  const { objective } = JSON.parse(await output(node, [main, ...args], folder)) as { objective: { value: number } };
  await output(node, [main, 'plot', 'fits/mine.json', '--out', 'fits/frontier.svg', '--figure', 'frontier'], folder);
  const { size } = await stat(join(fits, 'frontier.svg'));
  expect((await readFile(join(fits, 'frontier.svg'), 'utf8')).includes('</svg>'), 'the plotted SVG has no end');
  return { objective: objective.value, plotted: size, served: await tryServer(node, main, folder) };
}

/** Starts `isoflop serve`, asks it for its health, its page and a prediction, and stops it. */
async function tryServer(node: string, main: string, folder: string): Promise<number> {
  const args = ['serve', '--port', '0', '--fits', 'fits', '--data', 'served', '--log-level', 'error'];
  const child = spawn(node, [main, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const [url] = /http:\/\/[\d.]+:\d+/.exec(line.toString()) ?? [];
    expect(url !== undefined, `isoflop serve said ${line.toString()}`);
    const health = (await (await fetch(`${url}/health`)).json()) as { status: string };
    expect(health.status === 'ok', `the health is ${health.status}`);
    expect((await (await fetch(url)).text()).includes('<script'), 'the page has no script');
    const answer = await fetch(`${url}/api/fits/mine/predict?params=70B&tokens=1.4T`);
    const { points } = (await answer.json()) as { points?: { loss: number }[] };
    expect(points !== undefined, `the prediction answers ${String(answer.status)}`);
    return points[0].loss;
  } finally {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    const [status] = (await closed) as [number | null];
    expect(status === 0, `isoflop serve ended with ${String(status)}`);
  }
}

function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
