import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, isoflop, jsonOf } from './run.ts';

describe('isoflop testbed', () => {
  it('writes runs that fit reads, and prints their law', async () => {
    const folder = await folderWith();
    const grid = ['--params', '32,64,128,256', '--tokens', '32,64,128,256', '--exact', '--out', 'bed.csv'];
    const { status, stdout } = await isoflop(['testbed', 'random-features', ...grid], { cwd: folder });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Law for 1 << N, D: irreducible loss 0, exponent of params 0\.7, of tokens 0\.7\./);
    const fit = await jsonOf<{ params: Record<string, { value: number }> }>(
      ['fit', 'bed.csv', '--no-calibration', '--json'],
      { cwd: folder },
    );
    expect(Math.abs(fit.params.alpha.value - 0.7)).toBeLessThan(0.03);
  });

  it('prints the runs where no file is named, and the law beside them', async () => {
    const small = ['--features', '30', '--widths', '2,3', '--steps', '5', '--batch', '8', '--decay', '1'];
    const { stdout, stderr } = await isoflop(['testbed', 'superposition', ...small]);
    expect(stdout).toMatch(/^run,width,loss,seed,represented,ideal\nm2-s0,2,/);
    expect(stderr).toMatch(/exponent 0\.2 \(weak superposition/);
    const json = await jsonOf<{ rows: unknown[]; truth: unknown }>(['testbed', 'superposition', ...small, '--json']);
    expect(json).toMatchObject({ truth: { regime: 'weak' }, rows: [{ width: 2 }, { width: 3 }] });
  });

  it('is the same on every run', async () => {
    const folder = await folderWith();
    const args = ['testbed', 'random-features', '--params', '8', '--tokens', '8,16', '--seeds', '2', '--modes', '64'];
    for (const out of ['a.csv', 'b.csv']) await isoflop([...args, '--out', out], { cwd: folder });
    const [a, b] = await Promise.all(['a.csv', 'b.csv'].map((name) => readFile(join(folder, name), 'utf8')));
    expect(a).toBe(b);
    expect(a.split('\n')).toHaveLength(6);
  });

  it.each([
    ['half a feature', ['random-features', '--params', '2.5'], /--params "2\.5"/],
    ['a spectrum that does not fall', ['random-features', '--spectrum', '0'], /--spectrum "0"/],
    ['noise below zero', ['random-features', '--noise', '-1'], /--noise "-1"/],
    ['too many active features', ['superposition', '--features', '10', '--active', '9'], /--active "9"/],
    ['a width of none', ['superposition', '--widths', '0'], /--widths "0"/],
  ])('refuses %s', async (_, args, message) => {
    const { status, stderr } = await isoflop(['testbed', ...args]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
