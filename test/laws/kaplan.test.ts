import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import { readRuns } from '../../src/runs/files.ts';

const published = (id: string): Readonly<Record<string, number>> => findLaw(id).published[0].params;
const valueOf = (
  id: string,
  params: Readonly<Record<string, number>>,
  inputs: Readonly<Record<string, number>>,
): number =>
  evaluateLaw(findLaw(id), params, Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, [x]])))[0];

describe('published coefficients of Kaplan et al.', () => {
  it('have the form of the paper', () => {
    expect(valueOf('params', published('params'), { params: 1e9 })).toBeCloseTo((8.8e13 / 1e9) ** 0.076, 10);
    expect(valueOf('tokens', published('tokens'), { tokens: 1e10 })).toBeCloseTo((5.4e13 / 1e10) ** 0.095, 10);
    // One petaflop/s-day is 8.64e19 FLOP.
    expect(valueOf('flops', published('flops'), { flops: 8.64e19 })).toBeCloseTo(3.1e8 ** 0.05, 10);
    expect(valueOf('kaplan-steps', published('kaplan-steps'), { params: 1e8, minSteps: 1e4 })).toBeCloseTo(
      (6.5e13 / 1e8) ** 0.077 + (2.1e3 / 1e4) ** 0.76,
      10,
    );
    expect(valueOf('critical-batch', published('critical-batch'), { loss: 3 }) / 1.12e6).toBeCloseTo(1, 2);
  });

  it('leave out what could not be checked', () => {
    expect(findLaw('kaplan').published).toEqual([]);
    expect(findLaw('trajectory').published).toEqual([]);
  });
});

describe('kaplan', () => {
  const p = { A: 11.5, B: 20.15, alphaN: 0.076, alphaD: 0.095 };

  it('is the law of params for endless data, and that of tokens for an endless model', () => {
    const endlessData = valueOf('kaplan', p, { params: 1e8, tokens: 1e200 });
    expect(endlessData).toBeCloseTo(valueOf('params', { A: p.A, alpha: p.alphaN }, { params: 1e8 }), 10);
    const endlessModel = valueOf('kaplan', p, { params: 1e250, tokens: 1e9 });
    expect(endlessModel).toBeCloseTo(valueOf('tokens', { B: p.B, beta: p.alphaD }, { tokens: 1e9 }), 10);
  });

  it('stays finite where alphaD is small, which makes high powers', () => {
    const loss = valueOf('kaplan', { ...p, alphaD: 1e-3, B: 3 }, { params: 1e3, tokens: 1e3 });
    expect(loss).toBeCloseTo(11.5 / 1e3 ** 0.076, 10);
  });
});

describe('columns of steps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'isoflop-kaplan-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(['steps', 'step', 'Global Step', 'iter'])(
    'are found under the name %s where a law asks for them',
    async (name) => {
      const file = join(folder, 'runs.csv');
      const rows = [3e4, 1e5, 3e5, 1e6, 3e6, 1e7].map((batch) => `${batch},${5e3 * (1 + 1e6 / batch)}`);
      writeFileSync(file, [`batch_size,${name}`, ...rows].join('\n'));
      const runs = await readRuns(file, { needs: ['batchSize', 'steps'] });
      const fit = fitLaw(findLaw('steps-at-loss'), runs, { objective: 'log-mse' });
      const { Smin, Bcrit } = toParams(fit.law, fit.theta);
      expect(Smin / 5e3).toBeCloseTo(1, 6);
      expect(Bcrit / 1e6).toBeCloseTo(1, 6);
    },
  );

  it('stay what they are in other tables', async () => {
    const file = join(folder, 'others.csv');
    writeFileSync(file, 'N,D,loss,steps\n1e9,2e10,2.6,1000\n2e9,4e10,2.4,2000\n');
    const { quantities } = await readRuns(file);
    expect(Object.keys(quantities)).toContain('step');
    expect(Object.keys(quantities)).not.toContain('steps');
  });
});
