import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, isoflop, jsonOf } from './run.ts';

const models = join(import.meta.dirname, '../../data/benchmarks.csv');
const quick = ['--bootstrap', '6'];

describe('isoflop observe', () => {
  it('prints one JSON document with the held-out models', async () => {
    const found = await jsonOf<{ task: { holdout: { test: number } }; benchmarks: string[] }>([
      'observe',
      models,
      ...['--task', 'MMLU', '--cutoff', '8.4e22', '--floor', '0.25', '--components', '2', '--huber', '0.1', '--json'],
      ...quick,
    ]);
    expect(found.task).toMatchObject({ name: 'MMLU', sigmoid: { floor: 0.25 }, holdout: { test: 46 } });
    expect(found.benchmarks).not.toContain('MMLU');
  });

  it('takes a task beside the benchmarks that are named, and writes the figure that is asked for', async () => {
    const folder = await folderWith();
    const args = [
      '--benchmarks',
      'MMLU,ARC-C,HellaSwag',
      '--task',
      'GSM8K',
      '--figure',
      'sigmoid',
      '--out',
      'sigmoid.svg',
    ];
    const { status, stdout, stderr } = await isoflop(['observe', models, ...args, ...quick], { cwd: folder });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Principal capabilities of 3 benchmarks \(without GSM8K\)/m);
    expect(stderr).toContain('wrote sigmoid.svg');
    expect(await readFile(join(folder, 'sigmoid.svg'), 'utf8')).toContain('GSM8K');
  });

  it('exits with 3 under --strict where a baseline predicts as well', async () => {
    const args = ['--task', 'HumanEval', '--cutoff', '8.4e22', '--strict'];
    const { status, stderr } = await isoflop(['observe', models, ...args, ...quick]);
    expect(stderr).toContain('[BASELINE_WINS]');
    expect(status).toBe(3);
  });

  it.each([
    ['a file that is not there', ['none.csv'], /There is no file "none\.csv"/],
    ['an unknown task', [models, '--task', 'GSM'], /no column "GSM".*"GSM8K"/],
    ['a cutoff alone', [models, '--cutoff', '1e23'], /--task GSM8K/],
    ['an unknown family', [models, '--family', 'Lama-2', '--predict-flops', '1e24'], /Did you mean "Llama-2"/],
    ['a figure without its data', [models, '--figure', 'sigmoid'], /no task was asked for/],
    ['a floor above 1', [models, '--task', 'GSM8K', '--floor', '25'], /--floor "25"/],
    ['a column of nothing', [models, '--columns', 'color=MMLU'], /model, family, params/],
  ])('refuses %s with one clear message', async (_, args, message) => {
    const { status, stderr, stdout } = await isoflop(['observe', ...args, ...quick]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    if (!args.includes('--figure')) expect(stdout).toBe('');
  });
});
