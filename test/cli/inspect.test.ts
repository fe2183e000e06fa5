import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InspectedFiles } from '../../src/runs/disk/inspectFiles.ts';
import { fixture, folderWith } from '../helpers/formats.ts';
import { isoflop } from './run.ts';

const inspect = async (...args: readonly string[]): Promise<InspectedFiles> => {
  const { stdout, status } = await isoflop(['inspect', ...args, '--json']);
  expect(status).toBe(0);
  return JSON.parse(stdout) as InspectedFiles;
};

describe('isoflop inspect', () => {
  it('shows formats, rows and quantities, and what is missing and how to give it', async () => {
    const { files } = await inspect(fixture('tensorboard', 'simple'));
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({
      format: 'tensorboard',
      rows: 10,
      quantities: { loss: { source: 'eval/loss' }, step: { range: [100, 1000] } },
    });
    expect(files[0].missing.map(({ name, remedy }) => [name, remedy])).toEqual([
      ['params', '--columns params=NAME, or --params 124M for all rows'],
      ['tokens', '--columns tokens=NAME, or --tokens-per-step 0.5M'],
    ]);
    const given = await inspect(fixture('tensorboard', 'simple'), '--params', '10M', '--tokens-per-step', '0.5M');
    expect(given.files[0].missing).toEqual([]);
    expect(given.files[0].derived).toEqual(['flops']);
  });

  it('recognises every format of the fixtures', async () => {
    const { files, passedOver } = await inspect(fixture());
    const formats = new Set(files.map(({ format }) => format));
    expect([...formats].sort()).toEqual(['huggingface', 'parquet', 'tensorboard', 'wandb']);
    expect(files.every(({ error }) => error === null)).toBe(true);
    expect(passedOver.map(({ name }) => name)).toContain(
      fixture('trainer', 'flos', 'checkpoint-400', 'trainer_state.json'),
    );
  });

  it('prints for people, and tells a file that cannot be read among the others', async () => {
    const folder = await folderWith({ 'a.csv': 'N,D,loss\n1e9,20,2\n', 'b.csv': 'N,D,loss\n1e9,2e10\n' });
    const { stdout, status } = await isoflop(['inspect', folder]);
    expect(status).toBe(2);
    expect(stdout).toContain(`${join(folder, 'a.csv')}: CSV or TSV, 1 row, 3 columns`);
    expect(stdout).toMatch(/ {2}tokens {9}D {2}20/);
    expect(stdout).toContain('these look like logarithms or billions');
    expect(stdout).toContain('line 2: 2 fields where the header names 3');
  });

  it('gives params and tokens to a fit too', async () => {
    const args = [
      'fit',
      fixture('trainer', 'bare'),
      '--law',
      'tokens',
      '--tokens-per-step',
      '524288',
      '--no-calibration',
      '--json',
    ];
    const { stdout, status } = await isoflop(args);
    expect(status).toBe(0);
    const { points } = JSON.parse(stdout) as { points: number };
    expect(points).toBe(5);
    const twice = await isoflop([...args, '--columns', 'tokens=step']);
    expect(twice.status).toBe(2);
    expect(twice.stderr).toContain('both say what tokens are');
  });
});
