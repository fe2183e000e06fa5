import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, isoflop, publishedFit, runsCsv } from './run.ts';

describe('isoflop plot', () => {
  it('writes figures for a paper by a pattern, and their captions to stderr', async () => {
    const cwd = await folderWith();
    const args = ['--figure', 'frontier,isoflop', '--style', 'paper', '--out', 'figures/fig-{figure}.pdf'];
    const { status, stdout, stderr } = await isoflop(['plot', publishedFit, ...args], { cwd });
    expect([status, stdout]).toEqual([0, 'figures/fig-frontier.pdf\nfigures/fig-isoflop.pdf\n']);
    expect(stderr).toMatch(
      /^caption of frontier: Compute-optimal loss from .*\ncaption of isoflop: IsoFLOP curves .*\n$/,
    );
    const pdf = await readFile(join(cwd, 'figures/fig-frontier.pdf'), 'latin1');
    expect(pdf).toMatch(/^%PDF-.*\/MediaBox \[0 0 234 /s);
  });

  it('writes formats to a folder, captions to files', async () => {
    const cwd = await folderWith();
    const args = ['--figure', 'frontier', '--out', 'figures/', '--format', 'png,json', '--caption', '--width', '400px'];
    expect(await isoflop(['plot', publishedFit, ...args], { cwd })).toMatchObject({ status: 0, stderr: '' });
    expect(await readdir(join(cwd, 'figures'))).toEqual(['frontier.json', 'frontier.png', 'frontier.txt']);
    expect((await readFile(join(cwd, 'figures/frontier.png'))).readUInt32BE(16)).toBe(800);
    expect(JSON.parse(await readFile(join(cwd, 'figures/frontier.json'), 'utf8'))).toMatchObject({
      layout: { width: 400 },
    });
  });

  it('prints figures as text, and writes nothing that was not asked for', async () => {
    const cwd = await folderWith();
    const { status, stdout, stderr } = await isoflop(['plot', publishedFit, '--figure', 'frontier', '--terminal'], {
      cwd,
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Training compute C (FLOP)');
    expect(stdout).toMatch(/a Compute-optimal frontier\n$/);
    expect(Math.max(...stdout.split('\n').map((line) => Array.from(line).length))).toBeLessThanOrEqual(100);
    expect(await readdir(cwd)).toEqual([]);
  });
});

it('draws the figures of other commands in the same formats', async () => {
  const runs = runsCsv([1e7, 3e7, 1e8, 3e8, 1e9], [1e9, 3e9, 1e10, 3e10]);
  const cwd = await folderWith({ 'a.csv': runs, 'b.csv': runs });
  const out = (name: string): string[] => ['--out', name, '--style', 'paper', '--terminal'];
  const outcomes = await Promise.all([
    isoflop(['compare', 'a.csv', 'b.csv', '--bootstrap', '0', ...out('compare.pdf')], { cwd }),
    isoflop(['backtest', 'a.csv', ...out('backtest.png')], { cwd }),
    isoflop(['profile', 'a.csv', '--params', 'alpha', '--points', '5', ...out('profile.svg')], { cwd }),
  ]);
  for (const { status, stdout, stderr } of outcomes) {
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/caption of [\w-]+: .*\n[\s\S]*wrote \w+/);
    // The report, and below it the sketch.
    expect(stdout).toMatch(/└[─┬]+\n/);
  }
  expect((await readdir(cwd)).filter((name) => !name.endsWith('.csv'))).toEqual([
    'backtest.png',
    'compare.pdf',
    'profile.svg',
  ]);
  const refused = await isoflop(['profile', 'a.csv', '--terminal', '--json'], { cwd });
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toContain('one JSON document');
});
