import { describe, expect, it } from 'vitest';
import { laws } from '../../src/laws/index.ts';
import { fitExample } from '../../src/report/lawFields.ts';
import { exampleCurves } from '../helpers/curves.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { drawRuns } from '../helpers/lawChecks.ts';
import { folderWith, isoflop, jsonOf } from './run.ts';

interface LawDocument {
  readonly id: string;
  readonly text: string | null;
  readonly response: { readonly name: string };
  readonly params: readonly { readonly name: string; readonly bounds: readonly (number | null)[] }[];
  readonly published: readonly { readonly verified: boolean }[];
}

describe('isoflop laws', () => {
  it('lists every law in the order of the list, in lines of at most 100 characters', async () => {
    const { status, stdout, stderr } = await isoflop(['laws']);
    expect([status, stderr]).toEqual([0, '']);
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^id +inputs -> response +parameters +paper +coefficients$/);
    for (const line of [head, ...lines]) {
      expect(line.length, line).toBeLessThanOrEqual(100);
      expect(line).toBe(line.trimEnd());
    }
    const firsts = lines.map((line) => line.split(' ')[0]).filter((word) => word !== '');
    expect(firsts).toEqual(laws.map((law) => law.id));
    expect(stdout).toMatch(/^chinchilla +params, tokens +E, A, B, alpha, beta +2203\.15556 +verified$/m);
    expect(stdout).toMatch(/^critical-batch +loss -> criticalBatch +Bstar, alphaB +2001\.08361 +as read$/m);
    expect(stdout).toMatch(/^params-irreducible +params +E, A, alpha +2001\.08361 +none$/m);
  });

  it('--json gives every field of a law, of all or of one', async () => {
    const [all, one] = await Promise.all([
      jsonOf<LawDocument[]>(['laws', '--json']),
      jsonOf<LawDocument>(['laws', 'critical-batch', '--json']),
    ]);
    expect(all.map((law) => law.id)).toEqual(laws.map((law) => law.id));
    expect(all.find((law) => law.id === one.id)).toEqual(one);
    expect(one).toMatchObject({
      response: { name: 'criticalBatch', unit: 'tokens' },
      text: 'Bstar / loss^(1 / alphaB)',
      inputs: [{ name: 'loss', transform: 'log' }],
      allocation: false,
      example: 'isoflop fit runs.csv --law critical-batch',
    });
    expect(one.params.map(({ name, bounds }) => [name, ...bounds])).toEqual([
      ['Bstar', 0, null],
      ['alphaB', 1e-3, 20],
    ]);
    for (const { published } of all) for (const fit of published) expect(typeof fit.verified).toBe('boolean');
  });

  it('tells one law in full', async () => {
    const { status, stdout, stderr } = await isoflop(['laws', 'chinchilla']);
    expect([status, stderr]).toEqual([0, '']);
    for (const text of [
      'chinchilla  Chinchilla: loss from parameters and tokens',
      '  L(N, D) = E + A/N^alpha + B/D^beta',
      '  params  N  parameters',
      '  A      positive  amplitude of the params term; nats/token * (parameters)^alpha',
      '  beta   0 to 20   exponent of tokens',
      'arXiv 2203.15556, section 3.3',
      'hoffmann-2022 (verified)',
      'A 482.01 ± 124.5',
      '  isoflop fit runs.csv --law chinchilla',
      'columns params, tokens and loss',
    ])
      expect(stdout).toContain(text);
    const longest = Math.max(...stdout.split('\n').map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(100);
  });

  it('names the nearest law to an unknown one', async () => {
    const { status, stdout, stderr } = await isoflop(['laws', 'chinchila']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: There is no law "chinchila"\. Did you mean "chinchilla"\?/);
  });
});

describe('the example line of each law', () => {
  it.each(laws.map((law) => [law.id, law] as const))('fits %s', async (id, law) => {
    const { line, columns } = fitExample(law);
    const { quantities, rows } = drawRuns(law, lawCases[id], { rows: 120, seed: 5, noise: 0.001 });
    const names = [...law.inputs, law.response].map(({ name }) => name);
    const csv = Array.from({ length: rows }, (_, i) => names.map((name) => quantities[name]?.[i]).join(','));
    const drawn = `${columns.join(',')}\n${csv.join('\n')}\n`;
    // The first row of each run is in the first tenth, which is left out.
    const curves = law.curve === undefined ? undefined : exampleCurves(law, { from: 2160, every: 728 });
    const folder = await folderWith({ 'runs.csv': curves ?? drawn });
    const [command, ...args] = line.split(' ');
    expect(command).toBe('isoflop');
    const fit = await jsonOf<{ law: string; points: number }>([...args, '--no-calibration', '--json'], { cwd: folder });
    expect(fit).toMatchObject({ law: id, points: 120 });
  });
});
