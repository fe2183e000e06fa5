import { describe, expect, it } from 'vitest';
import { parseBenchmarks, type BenchmarkOptions, type BenchmarkTable } from '../../src/observational/benchmarkTable.ts';
import { publicModels } from './example.ts';

const parse = (text: string, options?: BenchmarkOptions): Promise<BenchmarkTable> =>
  parseBenchmarks('models.csv', [new TextEncoder().encode(text)], options);

describe('a table of benchmarks', () => {
  it('is read from the file that ships, with the units of its header', () => {
    const { models, families, params, tokens, flops, benchmarks, scores, warnings } = publicModels;
    expect(models).toHaveLength(148);
    expect(new Set(families).size).toBe(47);
    expect([params[0], tokens[0], flops[0]]).toEqual([7e9, 2e12, 84e21]);
    expect(params[models.indexOf('openai-community/gpt2')]).toBe(124e6);
    expect(flops.filter(Number.isNaN)).toHaveLength(25);
    expect(benchmarks).toHaveLength(8);
    expect(scores.filter(Number.isNaN)).toHaveLength(40);
    expect(scores[0]).toBe(0.4379609636092418);
    expect(warnings).toEqual([]);
  });

  it('takes per cent, other names, and derives compute from size and tokens', async () => {
    const text = 'who;series;N;T;license;x;y\na;f;1B;20B;mit;45,5;0\nb;f;2B;;apache;60;100\n';
    const table = await parse(text, { columns: { model: 'who', tokens: 'T' } });
    expect(table.models).toEqual(['a', 'b']);
    expect(table.families).toEqual(['f', 'f']);
    expect([...table.flops]).toEqual([6 * 1e9 * 20e9, NaN]);
    expect(table.benchmarks).toEqual(['x', 'y']);
  });

  it('says which benchmarks may be in another unit', async () => {
    const { warnings, scores } = await parse('model,x,y\na,45,0.6\nb,60,0.9\n');
    expect([...scores]).toEqual([0.45, 0.6, 0.6, 0.9]);
    expect(warnings).toMatchObject([
      { code: 'SUSPECT_UNITS', message: expect.stringContaining('y has no value') as string },
    ]);
  });

  it('takes each model for a family of its own where none is named', async () => {
    expect((await parse('model,x,y\na,0.1,0.2\nb,0.3,0.2\n')).families).toEqual(['a', 'b']);
  });

  it.each([
    ['a score above 100', 'model,x,y\na,45,101\n', {}, 'BENCHMARK_RANGE', /line 2, column "y": 101/],
    ['a score below 0', 'model,x,y\na,0.4,0.1\nb,-0.1,0.2\n', {}, 'BENCHMARK_RANGE', /line 3, column "x": -0\.1/],
    ['text among scores', 'model,x\na,1\nb,0.1\nc,0.2\nd,0.3\ne,high\n', {}, 'VALUE_NOT_A_NUMBER', /"high"/],
    ['compute below 0', 'model,flops,x,y\na,-1,0.1,0.2\n', {}, 'VALUE_NOT_POSITIVE', /"flops"/],
    ['an unknown column', 'model,x\na,1\n', { columns: { flops: 'C' } }, 'COLUMN_UNKNOWN', /no column "C"/],
    ['an unknown part', 'model,x\na,1\n', { columns: { loss: 'x' } }, 'OPTION_INVALID', /model, family, params/],
    ['an unknown benchmark', 'model,xy\na,1\n', { benchmarks: ['xz'] }, 'COLUMN_UNKNOWN', /Did you mean "xy"/],
    ['a benchmark named twice', 'model,x\na,1\n', { benchmarks: ['x', 'x'] }, 'OPTION_INVALID', /each once/],
    ['a benchmark that is a size', 'model,N,x\na,1,1\n', { benchmarks: ['N'] }, 'OPTION_INVALID', /neither a size/],
  ] as const)('refuses %s', async (_, text, options, code, message) => {
    const failed = await parse(text, options).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });
});
