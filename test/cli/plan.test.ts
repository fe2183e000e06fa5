import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/budget/plan.ts';
import { folderWith, isoflop, jsonOf } from './run.ts';

const fit = join(import.meta.dirname, '../../fits/chinchilla.json');

describe('isoflop plan', () => {
  it('prints what to train, what it costs, what binds and what it costs to be wrong', async () => {
    const folder = await folderWith();
    const out = join(folder, 'plan.svg');
    const { status, stdout, stderr } = await isoflop([
      ...['plan', fit, '--money', '2e6', '--price', '2.5', '--accelerator', 'h100-sxm', '--count', '1024'],
      ...['--days', '30', '--inference-tokens', '1T', '--shapes', 'llama-3', '--out', out],
    ]);
    expect(stderr).toContain(`wrote ${out}`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/params +48B/);
    expect(stdout).toMatch(/the money +2M of 2M +binds/);
    expect(stdout).toMatch(/wall clock +21\.6 days on 1\.02K accelerators/);
    expect(stdout).toMatch(/if [\d.]+B were best +[\d.]+ instead of [\d.]+ +loses 0\.00\d+ +wastes [\d.]+K money/);
    expect(stdout).toMatch(/layers +width +heads/);
    expect(stdout).toMatch(/within 1% of the best\s+loss/);
    expect(existsSync(out)).toBe(true);
  });

  it('prints one JSON document', async () => {
    const plan = await jsonOf<Plan>(['plan', fit, '--target-loss', '1.98', '--max-params', '50B', '--json']);
    expect(plan).toMatchObject({ goal: 'cost', currency: 'flops', targetLoss: 1.98, params: 5e10 });
    expect(plan.loss).toBeLessThanOrEqual(1.98 * (1 + 1e-9));
    expect(plan.frontier.params.length).toBeGreaterThan(50);
  });

  it('takes accelerators, shapes and hyper-parameters of the user', async () => {
    const folder = await folderWith();
    const accelerator = {
      ...{ id: 'mine', name: 'Mine', peakFlops: 1e14, memory: 24e9, trainingMfu: 0.5, inferenceMfu: 0.1 },
      ...{ pricePerHour: 2, source: 'measured' },
    };
    await writeFile(join(folder, 'own.json'), JSON.stringify({ accelerators: [accelerator] }));
    const plan = await jsonOf<Plan>([
      ...[
        'plan',
        fit,
        '--accelerators',
        join(folder, 'own.json'),
        '--accelerator',
        'mine',
        '--money',
        '1000',
        '--json',
      ],
      ...['--learning-rate-fit', join(fit, '../step-law-2025-step-law-learning-rate.json')],
    ]);
    // 500 hours of 5e13 FLOP/s.
    expect(plan.cost.flops / (500 * 3600 * 5e13)).toBeCloseTo(1, 9);
    expect(plan.warnings.find(({ code }) => code === 'PLAN_BORROWED')?.message).toContain('The batch is that');
  });

  it.each([
    [['--count', '8', '--flops', '1e22'], '--count needs --accelerator'],
    [['--bytes-per-param', '1', '--flops', '1e22'], '--bytes-per-param needs --serving-memory'],
    [['--accelerator', 'h10-sxm', '--flops', '1e22'], 'Did you mean "h100-sxm"?'],
    [['--flops', '1e22', '--shapes', 'lama-2'], 'Did you mean "llama-2"?'],
    [[], 'nothing bounds what it costs'],
    [['--target-loss', '1.9', '--flops', '1e24'], 'contradict each other: the first takes at least 2.06e25 FLOP, 20.6'],
    [['--flops', '1e22', '--batch-fit', fit], 'a fit of batchSize'],
  ])('refuses %j', async (options, message) => {
    const { status, stdout, stderr } = await isoflop(['plan', fit, ...options]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
