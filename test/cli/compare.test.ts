import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, isoflop, jsonOf } from './run.ts';

const gadre = join(import.meta.dirname, '../../data/gadre.csv');
const columns = ['--columns', 'params=N,tokens=D,loss=loss_c4_val'];
const quick = ['--bootstrap', '40'];

interface Document {
  readonly baseline: string;
  readonly comparisons: readonly {
    readonly candidate: { readonly name: string; readonly points: number };
    readonly free: {
      readonly mean: { readonly value: number };
      readonly targets: readonly { readonly flops: number }[];
    };
    readonly tied: unknown;
    readonly verdict: { readonly inRange: string };
    readonly pairing: { readonly pairs: number };
  }[];
}

/** A CSV of runs on a grid of two sizes of noise-free losses. */
const csv = (E: number): string => {
  const rows = [1e8, 3e8, 1e9, 3e9].flatMap((n) =>
    [5, 20, 80].map((ratio) => {
      const d = ratio * n;
      return `${String(n)},${String(d)},${String(E + 406.4 / n ** 0.34 + 410.7 / d ** 0.28)}`;
    }),
  );
  return ['params,tokens,loss', ...rows].join('\n');
};

describe('isoflop compare', () => {
  it('compares the families of one file', async () => {
    const args = ['compare', gadre, ...columns, '--family', 'dataset', ...quick, '--at', '1e22,1e23', '--json'];
    const found = await jsonOf<Document>(args);
    expect(found.baseline).toBe('c4_original');
    const [{ candidate, free, pairing, tied }] = found.comparisons;
    expect(candidate).toMatchObject({ name: 'rpj', points: 35 });
    expect(pairing.pairs).toBe(33);
    expect(free.mean.value).toBeCloseTo(0.557, 2);
    expect(free.targets.map(({ flops }) => flops)).toEqual([1e22, 1e23]);
    expect(tied).not.toBeNull();
  });

  it('takes the other family as baseline, without shared parameters, and writes the figure', async () => {
    const folder = await folderWith({});
    const args = [
      'compare',
      gadre,
      ...columns,
      '--family',
      'dataset',
      '--baseline',
      'rpj',
      '--share',
      'none',
      ...quick,
    ];
    const { status, stdout, stderr } = await isoflop([...args, '--out', 'figure.html'], { cwd: folder });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^rpj \(baseline\) against c4_original/);
    expect(stdout).not.toContain('in common');
    expect(stderr).toContain('wrote figure.html');
    expect(await readFile(join(folder, 'figure.html'), 'utf8')).toContain('Multiplier of compute');
  });

  it('compares files, the baseline first, and exits with 3 under --strict where there is an error', async () => {
    const folder = await folderWith({ 'adamw.csv': csv(1.7), 'muon.csv': csv(1.5) });
    const args = ['compare', 'adamw.csv', 'muon.csv', '--bootstrap', '0', '--at', '1e30', '--strict'];
    const { status, stdout, stderr } = await isoflop(args, { cwd: folder });
    expect(stdout).toMatch(/^adamw \(baseline\) against muon/);
    expect(stderr).toContain('FAMILIES_UNREACHED');
    expect(status).toBe(3);
  });

  it.each([
    ['one file without families', ['a.csv'], /nothing says which of its runs/],
    ['an unknown column', ['a.csv', '--family', 'los'], /no column "los"/],
    ['an unknown baseline', ['a.csv', 'b.csv', '--baseline', 'c'], /--baseline "c" is not valid.*one of a, b/],
    ['one family', ['a.csv', '--family', 'tokens', '--where', 'tokens < 6e8'], /only one family/],
    ['an empty file', ['a.csv', 'empty.csv'], /empty\.csv is empty/],
    ['one row', ['a.csv', 'one.csv'], /^error: one: /],
    ['a path that is none', ['a.csv', 'b.csv', '--path', 'ratio'], /tokens-per-param=20/],
    ['a parameter that is none', ['a.csv', 'b.csv', '--share', 'gamma'], /no parameter "gamma"/],
    ['a design of which half is given', ['a.csv', 'b.csv', '--params', '1B'], /--params is given alone/],
    ['a figure of another kind', ['a.csv', 'b.csv', '--out', 'x.gif'], /ends in \.html/],
    ['a target below zero', ['a.csv', 'b.csv', '--at', '1e22,-3'], /-3/],
    ['half a resample', ['a.csv', 'b.csv', '--bootstrap', '0.5'], /whole number/],
  ])('refuses %s with one clear message', async (_, args, message) => {
    const folder = await folderWith({
      'a.csv': csv(1.7),
      'b.csv': csv(1.6),
      'empty.csv': '',
      'one.csv': 'params,tokens,loss\n1e8,1e9,3',
    });
    const { status, stdout, stderr } = await isoflop(['compare', ...args], { cwd: folder });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
