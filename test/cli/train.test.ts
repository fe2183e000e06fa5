import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunResult } from '../../src/proxy/train/runFolder.ts';
import { folderWith, isoflop, jsonOf } from './run.ts';

const yaml = `
name: first
engine: wasm
corpus: { kind: markov, vocabulary: 16, validationTokens: 1024 }
model: { layers: 1, width: 8, context: 8 }
schedule: { rate: 0.02 }
tokens: 1280
batch: 4
evaluations: 5
evaluationRows: 16
`;

it('trains a run and says in words what it came to, into runs/ and its name', async () => {
  const folder = await folderWith({ 'run.yaml': yaml });
  const { status, stdout, stderr } = await isoflop(['train', 'run.yaml'], { cwd: folder });
  expect(status).toBe(0);
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toBe('first: done');
  expect(lines.slice(1).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['parameters', '920'],
    ['tokens', '1.28K'],
    ['compute', '7.86M FLOP'],
    ['loss', expect.stringMatching(/^\d\.\d{4} \(\d\.\d{4} before the first step\)$/) as unknown],
    ['time', expect.stringMatching(/^\d+(\.\d)? s on CPU \(WebAssembly.*\) \(wasm\)$/) as unknown],
    ['files', 'runs/first'],
  ]);
  // Evaluations are told on stderr, a line each.
  const told = stderr.trim().split('\n');
  expect(told.length).toBeGreaterThan(2);
  for (const line of told) expect(line).toMatch(/^first: [\d.]+K? tokens, loss \d\.\d{4}, \d+ tokens\/s$/);
  expect((await readdir(join(folder, 'runs/first'))).filter((name) => !name.startsWith('events'))).toEqual([
    'config.json',
    'metrics.csv',
    'metrics.json',
    'result.json',
    'start.json',
    'weights.safetensors',
  ]);
  const config = JSON.parse(await readFile(join(folder, 'runs/first/config.json'), 'utf8')) as Record<string, unknown>;
  expect(config).toMatchObject({
    steps: 40,
    stepTokens: 32,
    parameters: { total: 920 },
    engine: { id: 'wasm' },
    corpus: { kind: 'markov', entropyRate: expect.any(Number) as unknown },
  });
});

it('prints JSON alone with --json, takes another engine, and does nothing twice', async () => {
  const folder = await folderWith({ 'run.yaml': yaml });
  const command = ['train', 'run.yaml', '--out', 'here', '--json'];
  const first = await jsonOf<RunResult & { folder: string }>(command, { cwd: folder });
  expect(first).toMatchObject({
    name: 'first',
    status: 'done',
    reason: null,
    params: 920,
    tokens: 1280,
    folder: 'here',
  });
  expect(first.loss).toBeLessThan(first.startLoss);
  const again = await isoflop(command, { cwd: folder });
  expect([again.status, again.stdout]).toEqual([2, '']);
  expect(again.stderr).toBe(
    'error: here already holds a finished run. Go on with it by --resume, or choose another folder by --out.\n',
  );
  expect(await jsonOf([...command, '--resume'], { cwd: folder })).toEqual(first);
  // The same arithmetic in plain JavaScript, to rounding.
  const cpu = await jsonOf<RunResult>(['train', 'run.yaml', '--out', 'cpu', '--engine', 'cpu', '--json'], {
    cwd: folder,
  });
  expect(cpu.loss).toBeCloseTo(first.loss ?? NaN, 3);
});

it('refuses to go on with the run of another config', async () => {
  const folder = await folderWith({ 'run.yaml': yaml, 'other.yaml': yaml.replace('rate: 0.02', 'rate: 0.01') });
  await jsonOf(['train', 'run.yaml', '--out', 'here', '--json'], { cwd: folder });
  const { status, stderr } = await isoflop(['train', 'other.yaml', '--out', 'here', '--resume'], { cwd: folder });
  expect(status).toBe(2);
  expect(stderr).toBe(
    'error: here already holds another run. Go on with it by --resume, or choose another folder by --out.\n',
  );
});

it.each<[string, string, RegExp]>([
  [
    'a mistake in the file',
    yaml.replace('rate: 0.02', 'rte: 0.02'),
    /^error: run\.yaml, line 6: there is no schedule\.rte\. Did you mean rate\?\n$/,
  ],
  [
    'an unknown engine',
    yaml.replace('wasm', 'wsm'),
    /^error: There is no engine "wsm"\. Did you mean "wasm"\? The engines are auto, .*\n$/,
  ],
  [
    'a corpus that is not there',
    yaml.replace(/corpus: .*/, 'corpus: { kind: text, path: none.txt }'),
    /^error: There is no file ".*none\.txt"\. Check the path\.\n$/,
  ],
])('ends with 2 for %s, before anything is written', async (_, text, message) => {
  const folder = await folderWith({ 'run.yaml': text });
  const { status, stdout, stderr } = await isoflop(['train', 'run.yaml'], { cwd: folder });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
  expect(await readdir(folder)).toEqual(['run.yaml']);
});
