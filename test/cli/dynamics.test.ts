import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dynamics } from '../../src/proxy/dynamics/dynamics.ts';
import { tinyBase } from '../proxy/tiny.ts';
import { folderWith, isoflop, jsonOf } from './run.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-dynamics-'));
  await writeFile(
    join(folder, 'sweep.yaml'),
    `name: two rates
${tinyBase}  keepWeights: true
models: [{ width: 8 }, { width: 12 }, { width: 16 }]
rates: [0.005, 0.02]`.replace('two rates', 'two-rates'),
  );
  const { status } = await isoflop(['sweep', 'sweep.yaml', '--jobs', '2'], { cwd: folder });
  expect(status).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

const sweep = (): string => join(folder, 'runs/two-rates');

describe('isoflop dynamics', () => {
  it('prints the tables of what the runs can tell, and names what they cannot', async () => {
    const { status, stdout, stderr } = await isoflop(['dynamics', sweep()]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')[0]).toBe('two-rates: 6 ended runs, 0 of them diverged');
    for (const heading of ['Layers:', 'Gradient noise:', 'Learning rates:', 'Stability over size'])
      expect(stdout).toContain(heading);
    expect(stdout.match(/^ {2}w16-lr0\.02 +3\.38K/gm)).toHaveLength(2);
    for (const part of ['law', 'batches']) expect(stdout).toContain(`Not measured: ${part}, since no`);
    expect(stdout).not.toContain('Critical batch');
    expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('prints JSON, and writes every value as CSV and every figure into one page', async () => {
    const out = await folderWith();
    const files = ['--csv', join(out, 'new/values.csv'), '--out', join(out, 'new/figures.html')];
    const { status, stdout, stderr } = await isoflop(['dynamics', sweep(), '--json', ...files, '--samples', '8']);
    expect(status).toBe(0);
    expect(stderr).toBe(`wrote ${join(out, 'new/values.csv')}\nwrote ${join(out, 'new/figures.html')}\n`);
    const dynamics = JSON.parse(stdout) as Dynamics;
    expect(dynamics).toMatchObject({ name: 'two-rates', runs: 6, diverged: 0 });
    // Six matrices a run; one layer with attention and MLP.
    expect([dynamics.ranks.length, dynamics.alignments.length, dynamics.noise.length]).toEqual([36, 12, 6]);
    for (const { ranks, steps } of dynamics.ranks) {
      expect(ranks).toHaveLength(steps.length);
      for (const rank of ranks) expect(rank > 0 && rank <= 1).toBe(true);
    }
    for (const { alignments } of dynamics.alignments) {
      expect(alignments.at(-1)).toBeCloseTo(1, 5);
      for (const one of alignments) expect(one >= 0 && one <= 1 + 1e-6).toBe(true);
    }
    expect(dynamics.rates.map(({ params, rates }) => [params, rates])).toEqual([
      [920, [0.005, 0.02]],
      [1956, [0.005, 0.02]],
      [3376, [0.005, 0.02]],
    ]);
    // Both quantities at both rates.
    expect(dynamics.growth).toHaveLength(4);
    expect(dynamics.saturation).toHaveLength(6);

    const rows = parse(await readFile(join(out, 'new/values.csv')), { columns: true }) as unknown as Record<
      string,
      string
    >[];
    const find = (measure: string, run: string, of: string): string[] =>
      rows.filter((row) => row.measure === measure && row.run === run && row.of === of).map(({ value }) => value);
    for (const { run, tensor, ranks } of dynamics.ranks)
      expect(find('effective_rank', run, tensor)).toEqual(ranks.map(String));
    expect(rows.filter(({ measure }) => measure === 'best_rate').map(({ value }) => Number(value))).toEqual(
      dynamics.rates.map(({ bestRate }) => bestRate),
    );

    const html = await readFile(join(out, 'new/figures.html'), 'utf8');
    expect(html).toContain('<title>Training dynamics: two-rates</title>');
    const ids = ['effective-rank', 'alignment', 'rate-sensitivity', 'attention-logits', 'gradients', 'batch-size'];
    for (const id of ids) expect(html).toContain(`<div id="${id}"`);
    expect(html).not.toContain('<div id="saturation"');
  });

  it('reads a single run of the sweep as well', async () => {
    const dynamics = await jsonOf<Dynamics>(['dynamics', join(sweep(), 'w8-lr0.02'), '--json']);
    expect(dynamics).toMatchObject({ name: 'w8-lr0.02', runs: 1, rates: [], growth: [] });
    expect(dynamics.missing.map(({ part }) => part)).toEqual(['rates', 'growth', 'law', 'batches']);
  });

  it.each<[string, readonly string[], string]>([
    ['a folder of something else', ['.'], 'holds no runs: it has neither sweep.json nor config.json. Name the folder'],
    ['no folder', ['none'], 'none holds no runs'],
    ['no format of figures', ['runs/two-rates', '--out', 'figures.docx'], '--out'],
    [
      'half a window',
      ['runs/two-rates', '--samples', '0.5'],
      '--samples "0.5" is not valid. It takes a whole number from 1.',
    ],
    ['an unknown engine', ['runs/two-rates', '--engine', 'gpu'], 'There is no engine "gpu".'],
  ])('refuses %s', async (_, args, message) => {
    const { status, stdout, stderr } = await isoflop(['dynamics', ...args], { cwd: folder });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('defect');
  });
});
