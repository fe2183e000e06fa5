import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NextRuns } from '../../src/plan/next/types.ts';
import { folderWith, isoflop, jsonOf } from './run.ts';

const root = join(import.meta.dirname, '../..');
const fit = join(root, 'fits/chinchilla.json');
const target = ['--target-flops', '1e24'];

describe('isoflop next', () => {
  it('prints the runs and the intervals, and writes runs and figure', async () => {
    const folder = await folderWith();
    const [out, figure] = [join(folder, 'runs.csv'), join(folder, 'next.svg')];
    const { status, stdout, stderr } = await isoflop([
      ...['next', fit, ...target, '--budget', '1e23', '--batch', '2', '--out', out, '--figure', figure],
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Which runs next: \d+ runs of \d+ shapes, 9\.\d+e22 of 1e23 FLOP\nfor the loss at/);
    expect(stdout).toMatch(/run +batch +params +tokens +tokens\/param +FLOP +seed +interval then +without it +saves/);
    expect(stdout).toMatch(/today +±4\.48% +\[1\.838, 2\.011\]/);
    expect(stdout).toMatch(/with an isoFLOP grid +±\d\.\d\d% +15 runs, largest 14% +1e23/);
    expect(stderr).toBe(`wrote ${out}\nwrote ${figure}\n`);
    const [head, ...lines] = readFileSync(out, 'utf8').trim().split('\n');
    expect(head).toBe('run,params,tokens,flops,seed,batch');
    const rows = lines.map((line) => line.split(',').map(Number));
    expect(rows.map(([run]) => run)).toEqual(rows.map((_, k) => k + 1));
    expect(rows.reduce((sum, [, , , flops]) => sum + flops, 0)).toBeLessThanOrEqual(1e23);
    for (const [, params, tokens, flops] of rows) expect((6 * params * tokens) / flops).toBeCloseTo(1, 9);
    expect(readFileSync(figure, 'utf8')).toContain('<svg');
  });

  it('gives one JSON document, and takes shapes from a file with costs of its own', async () => {
    const shapes = [1e9, 4e9, 16e9].flatMap((n) =>
      [10, 40].map((r) => `${String(n)},${String(n * r)},${String(9 * n * n * r)}`),
    );
    const folder = await folderWith({ 'shapes.csv': `params,tokens,flops\n${shapes.join('\n')}\n` });
    const plan = await jsonOf<NextRuns>([
      ...['next', fit, '--target-params', '100B', '--target-tokens', '2T', '--budget', '3e22', '--json'],
      ...['--candidates', join(folder, 'shapes.csv'), '--seeds', '2', '--max-run-flops', '3e22'],
    ]);
    expect(plan.candidates).toBe(5);
    expect(plan.target).toMatchObject({ params: 1e11, tokens: 2e12, flops: 1.2e24 });
    expect(plan.runs.length).toBeGreaterThan(0);
    for (const { params, tokens, flops } of plan.runs) expect(flops).toBeCloseTo(9 * params * tokens, -15);
    expect(plan.after.halfWidth).toBeLessThan(plan.before.halfWidth);
  });

  it.each([
    [['--budget', '1e15'], 2, /budget of 1e15 FLOP buys no run: the cheapest candidate costs .* times as much/],
    [
      ['--budget', '1e21', '--min-params', '10B', '--max-params', '5B'],
      2,
      /--min-params and --max-params .* factor of 2\b/,
    ],
    [['--budget', '1e21', '--tokens-per-param', '5-10'], 2, /--tokens-per-param.*5\.\.100/],
    [['--budget', '1e21', '--target-params', '1B'], 2, /either --target-flops, or --target-params/],
    [['--budget', '1e21', '--seeds', '1.5'], 2, /--seeds/],
    [[], 2, /--budget/],
  ] as const)('refuses %j', async (args, expected, message) => {
    const { status, stdout, stderr } = await isoflop(['next', fit, ...target, ...args]);
    expect(status).toBe(expected);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });

  it('writes nothing where the plan is refused', async () => {
    const folder = await folderWith();
    const out = join(folder, 'runs.csv');
    const { status } = await isoflop(['next', fit, ...target, '--budget', '1e15', '--out', out]);
    expect(status).toBe(2);
    expect(existsSync(out)).toBe(false);
  });
});
