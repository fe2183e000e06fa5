import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { besiroglu, chinchilla, folderWith, isoflop, jsonOf } from './run.ts';

interface ProfileDocument {
  readonly profiles: readonly {
    readonly name: string;
    readonly interval: readonly [number | null, number | null];
    readonly bootstrap: readonly [number, number] | null;
    readonly values: readonly number[];
  }[];
}
interface TestDocument {
  readonly statistic: number;
  readonly pValue: number;
  readonly degreesOfFreedom: number;
  readonly bootstrap?: { readonly pValue: number } | null;
  readonly consequences?: { readonly plan: { readonly fitted: { readonly tokensPerParam: number } } };
}

const runs = [chinchilla, ...besiroglu];

describe('isoflop profile', () => {
  it('prints a table with the three intervals, and writes the figure', async () => {
    const folder = await folderWith();
    const out = join(folder, 'figures', 'profiles.html');
    const { status, stdout, stderr } = await isoflop([
      'profile',
      ...runs,
      '--params',
      'alpha,beta',
      '--bootstrap',
      '50',
      '--out',
      out,
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/estimate +Wald +profile +bootstrap +upper\/lower +design effect/);
    expect(stdout).toMatch(/alpha +0\.34731 +\[0\.31613, 0\.37849\] +\[0\.3136, 0\.37793\]/);
    expect(stderr).toContain(`wrote ${out}`);
    expect(existsSync(out)).toBe(true);
    expect(readFileSync(out, 'utf8')).toContain('Profile likelihood of alpha and beta together');
  });

  it('prints one JSON document of all that can be profiled', async () => {
    const { profiles } = await jsonOf<ProfileDocument>(['profile', ...runs, '--points', '11', '--json']);
    expect(profiles.map(({ name }) => name)).toEqual(['E', 'A', 'B', 'alpha', 'beta', 'a']);
    for (const { interval, values, bootstrap } of profiles) {
      expect(values).toContain(interval[0]);
      expect(bootstrap).toBeNull();
    }
  });

  it('is narrower where rows are taken for independent, as asked', async () => {
    const width = async (...more: string[]): Promise<number> => {
      const { profiles } = await jsonOf<ProfileDocument>(['profile', ...runs, '--params', 'E', '--json', ...more]);
      return (profiles[0].interval[1] ?? NaN) - (profiles[0].interval[0] ?? NaN);
    };
    expect((await width('--no-adjust')) / (await width())).toBeLessThan(0.75);
  });

  it.each([
    [['--params', 'gamma'], 'gamma'],
    [['--points', '2'], '--points'],
    [['--out', 'x.gif'], '.html'],
    [['--params', 'E', '--fix', 'E=1.8'], 'E is held'],
  ])('refuses %j with one message', async (options, part) => {
    const { status, stdout, stderr } = await isoflop(['profile', ...runs, ...options]);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(part);
  });
});

describe('isoflop test', () => {
  it('gives the published test of Hoffmann’s coefficients', async () => {
    const test = await jsonOf<TestDocument>([
      'test',
      ...runs,
      '--against',
      'hoffmann-2022',
      '--delta',
      '1e-9',
      '--json',
    ]);
    expect(test.statistic.toFixed(2)).toBe('84.00');
    expect(test.pValue.toExponential(2)).toBe('1.22e-16');
  });

  it('says which coefficients differ and what it comes to', async () => {
    const { status, stdout } = await isoflop(['test', ...runs, '--against', 'hoffmann-2022', '--flops', '5.88e23']);
    expect(status).toBe(0);
    expect(stdout).toContain('The data reject these coefficients');
    expect(stdout).toContain('They differ most in E');
    expect(stdout).toMatch(/fitted +74B +1\.32T +17\.91/);
  });

  it('takes a saved fit and single values', async () => {
    const saved = await isoflop(['test', ...runs, '--against', 'fits/besiroglu-2024.json']);
    expect(saved.stdout).toContain('The data do not reject these coefficients');
    const one = await jsonOf<TestDocument>(['test', ...runs, '--against', 'alpha=0.34', '--json']);
    expect(one.degreesOfFreedom).toBe(1);
  });

  it('compares nested laws, with a bootstrap when asked', async () => {
    const tied = await jsonOf<TestDocument>(['test', ...runs, '--null', 'alpha=beta', '--resamples', '99', '--json']);
    expect(tied.statistic).toBeCloseTo(1.6642, 3);
    // The wild bootstrap and the adjusted chi-square (0.443) agree.
    expect(tied.bootstrap?.pValue).toBeGreaterThan(0.2);
    const { stdout } = await isoflop(['test', ...runs, '--law', 'skaling', '--null', 'chinchilla']);
    expect(stdout).toContain('The data speak against k = 1');
    const zero = await isoflop(['test', ...runs, '--null', 'E=0']);
    expect(zero.stdout).toContain('The data reject E = 0');
  });

  it.each([
    [[], 'either --against or --null'],
    [['--against', 'hofmann-2022'], 'hoffmann-2022'],
    [['--against', 'fits/none.json'], 'no file'],
    [['--against', 'alpha=high'], 'number'],
    [['--against', 'fits/gadre-2024-c4.json'], 'these are of overtraining'],
    [['--null', 'multiplicative'], 'not known to be a special case'],
    [['--null', 'nolaw'], 'nolaw'],
    [['--null', 'alpha=gamma'], 'gamma'],
  ])('refuses %j with one message', async (options, part) => {
    const { status, stdout, stderr } = await isoflop(['test', ...runs, ...options]);
    expect(stderr).toContain(part);
    expect(status).toBe(2);
    expect(stdout).toBe('');
  });
});
