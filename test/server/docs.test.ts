import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as clientModule from '../../server/client/client.ts';
import { startServer, type RunningServer } from '../../server/server.ts';

const root = join(import.meta.dirname, '../..');
let docs: string;
let csv: string;
let folder: string;
let running: RunningServer;

beforeAll(async () => {
  docs = await readFile(join(root, 'docs/api.md'), 'utf8');
  csv = await readFile(join(root, 'data/chinchilla.csv'), 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'isoflop-docs-'));
  await mkdir(join(folder, 'data'));
  await copyFile(join(root, 'data/chinchilla.csv'), join(folder, 'data/chinchilla.csv'));
  running = await startServer({ port: 0, fits: join(folder, 'fits'), data: join(folder, 'data') });
});
afterAll(async () => {
  await running.close();
  await rm(folder, { recursive: true });
});

it('docs/api.md lists every route', async () => {
  const { paths } = (await (await fetch(`${running.address}/documentation/json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const listed = [...docs.matchAll(/^\| `([A-Z]+ \/[^`]*)` /gm)].map(([, route]) => route);
  expect(listed.sort()).toEqual(routes.sort());
});

it('the example of docs/api.md runs', async () => {
  const [, code = ''] = /```typescript\n(.*?)```/s.exec(docs) ?? [];
  const { outputText } = ts.transpileModule(code.replace('http://127.0.0.1:3000', running.address), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const said: unknown[][] = [];
  const log = { log: (...words: unknown[]) => said.push(words) };
  const modules: Record<string, unknown> = {
    'isoflop/client': clientModule,
    'node:fs/promises': { readFile: () => Promise.resolve(csv) },
  };
  const load = (name: string): unknown => modules[name];
  const AsyncFunction = (async () => Promise.resolve()).constructor as new (
    ...text: string[]
  ) => (...scope: unknown[]) => Promise<{ params: number; tokens: number }>;
  const run = new AsyncFunction('require', 'exports', 'console', `${outputText}\nreturn { params, tokens };`);
  const plan = await run(load, {}, log);
  expect(plan.params).toBeCloseTo(7.32e10, -9);
  const [loss, losses, lower] = said.at(-1) as [number, number[], number[]];
  expect(loss).toBeCloseTo(1.97337, 4);
  expect(losses[1]).toBe(loss);
  expect(lower[1]).toBeLessThan(loss);
});
