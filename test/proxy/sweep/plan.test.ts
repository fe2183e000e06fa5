import { describe, expect, it } from 'vitest';
import type { IsoflopError } from '../../../src/core/errors.ts';
import { countParameters } from '../../../src/proxy/model/shape.ts';
import type { RunConfig } from '../../../src/proxy/runConfig.ts';
import { chooseModel } from '../../../src/proxy/sweep/chooseModel.ts';
import { planOf, tinyBase } from '../tiny.ts';

const paramsOf = ({ model, corpus }: RunConfig): number =>
  countParameters({ ...model, vocabulary: corpus.kind === 'text' ? 256 : corpus.vocabulary }).total;

/** What a sweep is refused with. */
async function mistake(yaml: string): Promise<{ line: number; says: string }> {
  const error: unknown = await planOf(yaml).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
  const { details, message } = error as IsoflopError & { details: { line: number } };
  return { line: details.line, says: message.slice(message.indexOf(': ') + 2) };
}

describe('the runs of a sweep', () => {
  it('are the base alone where there is no list', async () => {
    const { name, runs } = await planOf(tinyBase);
    expect([name, runs.map((run) => run.name)]).toEqual(['sweep', ['sweep']]);
    const named = await planOf(`name: mine\n${tinyBase}`);
    expect([named.name, named.runs.map((run) => run.name)]).toEqual(['mine', ['mine']]);
  });

  it('are the product of the lists, the last list the fastest, and named after their entries', async () => {
    const { runs } = await planOf(
      `${tinyBase}tokens: [1K, 2000]\nrates: [0.01, 1e-3]\nbatches: [2, 4]\nseeds: [0, 7]\nmodels: [{ layers: 2 }, { width: 16 }]`,
    );
    expect(runs).toHaveLength(2 ** 5);
    expect(runs.slice(0, 3).map(({ name }) => name)).toEqual([
      'l2-d1K-lr0.01-b2-s0',
      'l2-d1K-lr0.01-b2-s7',
      'l2-d1K-lr0.01-b4-s0',
    ]);
    expect(new Set(runs.map(({ name }) => name)).size).toBe(32);
    const last = runs[31];
    expect(last).toMatchObject({
      name: 'w16-d2000-lr0.001-b4-s7',
      tokens: 2000,
      batch: 4,
      seed: 7,
      schedule: { rate: 0.001, kind: 'cosine' },
      // What a model leaves out is that of the base.
      model: { layers: 1, width: 16, hidden: 64, context: 8 },
    });
    for (const key of ['tokens', 'batch', 'seed'] as const) expect(new Set(runs.map((run) => run[key])).size).toBe(2);
  });

  it('with strategies have their families; a list is used together', async () => {
    const { runs } = await planOf(
      `${tinyBase}strategies: [none, dropout, [qk-norm, { name: logz, args: { coefficient: 0.01 } }]]\nseeds: [0]`,
    );
    expect(runs.map(({ name, family }) => [name, family])).toEqual([
      ['none-s0', 'none'],
      ['dropout-s0', 'dropout'],
      ['qk-norm-logz-s0'.replace('m-l', 'm+l'), 'qk-norm+logz'],
    ]);
    expect(runs[2].strategies).toEqual([
      { name: 'qk-norm', args: {} },
      { name: 'logz', args: { coefficient: 0.01 } },
    ]);
  });

  it('have models near the sizes that were asked for, wider as they are deeper', async () => {
    const yaml = `${tinyBase.replace('  tokens: 1280\n', '  tokensPerParam: 20\n')}sizes: [2K, 8000, 50K, 400K, 3M]`;
    const { runs } = await planOf(yaml);
    expect(runs.map(({ name }) => name)).toEqual(['n2K', 'n8000', 'n50K', 'n400K', 'n3M']);
    const asked = [2e3, 8e3, 5e4, 4e5, 3e6];
    for (const [k, run] of runs.entries()) {
      const params = paramsOf(run);
      // Two layers of small models differ by more than two of large ones.
      expect(Math.abs(params / asked[k] - 1)).toBeLessThan([0.25, 0.15, 0.08, 0.05, 0.03][k]);
      expect(run.tokens).toBe(20 * params);
      expect(run.model.hidden).toBe(4 * run.model.width);
      expect(run.model.context).toBe(8);
    }
    const widths = runs.map(({ model }) => model.width);
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
    const { layers, width } = runs[4].model;
    expect(width / layers).toBeGreaterThan(10);
    expect(width / layers).toBeLessThan(60);
  });

  it('of sizes have widths that their heads divide', async () => {
    const { runs } = await planOf(`${tinyBase.replace('width: 8', 'width: 24, heads: 3')}sizes: [5K, 20K]`);
    for (const { model } of runs) expect([model.heads, model.width % 6]).toEqual([3, 0]);
  });

  it('may be single ones, alone or besides the lists', async () => {
    const single = 'runs: [{ seed: 5 }, { name: other, schedule: { rate: 0.5 } }]';
    expect((await planOf(`${tinyBase}${single}`)).runs.map(({ name }) => name)).toEqual(['run0', 'other']);
    // A list of one entry is a list.
    expect((await planOf(`${tinyBase}${single}\nseeds: [3]`)).runs.map(({ name, seed }) => [name, seed])).toEqual([
      ['s3', 3],
      ['run0', 5],
      ['other', 0],
    ]);
  });
});

describe('a single run', () => {
  it('that has another corpus has nothing of that of the base', async () => {
    const { runs } = await planOf(
      `${tinyBase}runs:\n  - corpus: { kind: text, path: /a.txt }\n  - corpus: { vocabulary: 8 }`,
    );
    expect(runs.map(({ corpus }) => corpus)).toEqual([
      { kind: 'text', path: '/a.txt', validationFraction: 0.1 },
      expect.objectContaining({ kind: 'markov', vocabulary: 8, validationTokens: 1024 }),
    ]);
  });
  it('that has another schedule keeps the rate of the base', async () => {
    const { runs } = await planOf(`${tinyBase}runs:\n  - schedule: { kind: wsd }`);
    expect(runs[0].schedule).toMatchObject({ kind: 'wsd', rate: 0.02 });
  });
});

describe('a mistake in a sweep is told at its line', () => {
  const from = tinyBase.split('\n').length;
  it.each<[string, string, number, string]>([
    ['an unknown key', 'seedz: [1]', from, 'there is no seedz. Did you mean seeds?'],
    [
      'an empty list',
      'seeds: []',
      from,
      'seeds must not have fewer than 1 items, but is []. Correct the value: Seeds.',
    ],
    [
      'a fraction of a row',
      'batches:\n  - 2\n  - 2.5',
      from + 2,
      'batches.1 must be integer, but is 2.5. Correct the value.',
    ],
    [
      'a size that is none',
      'sizes: [8K, big]',
      from,
      'sizes.1 must be a number above 0, but is "big". Write it as 1.4T, 300e9 or 1_000_000.',
    ],
    [
      'tokens that are none',
      'tokens:\n  - 1K\n  - many',
      from + 2,
      'tokens must be a number above 0, but is "many". Write it as 1.4T, 300e9 or 1_000_000.',
    ],
    [
      'sizes and models',
      'sizes: [8K]\nmodels: [{ layers: 2 }]',
      from + 1,
      'a sweep has sizes or models, not both. Leave one of them out.',
    ],
    ['runs of one name', 'seeds: [1, 1]', 2, 'two runs are called s1. Give each a name of its own.'],
    [
      'single runs of one name',
      'runs:\n  - { name: a }\n  - { name: a }',
      from,
      'two runs are called a. Give each a name of its own.',
    ],
    [
      'too many runs',
      `seeds: [${Array.from({ length: 101 }, (_, k) => k).join(', ')}]\nbatches: [${Array.from({ length: 100 }, (_, k) => k + 1).join(', ')}]`,
      2,
      'the sweep has more than 10000 runs. Shorten its lists.',
    ],
    ['a mistake in base', 'seeds: [1]', 3, ''],
    [
      'an unknown strategy in the list',
      'seeds: [1]\nstrategies:\n  - none\n  - dropot',
      from + 3,
      'there is no strategy "dropot". Did you mean dropout?',
    ],
    [
      'one in a list that is used together',
      'strategies:\n  - [none, dropot]',
      from + 1,
      'there is no strategy "dropot". Did you mean dropout?',
    ],
    [
      'a model of odd heads',
      'models:\n  - { layers: 1 }\n  - { width: 9, heads: 3 }',
      from + 2,
      'heads of width 3 cannot be rotated in pairs. Choose an even width of a head, or learned positions.',
    ],
    [
      'a single run',
      'runs:\n  - seed: 1\n  - schedule: { rate: fast }',
      from + 2,
      'schedule.rate must be number, but is "fast". Correct the value: Peak learning rate.',
    ],
    [
      'tokens and tokens a parameter',
      'tokensPerParam: [20]',
      7,
      'a run has tokens or tokensPerParam, one of them. Give one of them.',
    ],
  ])('%s', async (what, yaml, line, says) => {
    if (what === 'a mistake in base') {
      expect(await mistake(tinyBase.replace('engine: wasm', 'engin: wasm'))).toEqual({
        line,
        says: 'there is no engin. Did you mean engine?',
      });
      return;
    }
    expect(await mistake(`${tinyBase}${yaml}`)).toEqual({ line, says });
  });

  it('a base that is missing', async () => {
    expect(await mistake('seeds: [1]')).toEqual({
      line: 1,
      says: 'the sweep lacks base. Add it: What all runs have in common, as in the YAML of a run.',
    });
  });
});

describe('the model of a size', () => {
  it('comes as near as its grid allows', () => {
    const shape = {
      vocabulary: 128,
      context: 32,
      heads: 1,
      positions: 'rotary',
      activation: 'gelu',
      norm: 'rmsnorm',
      biases: 'none',
      tied: true,
      qkNorm: false,
      parametrisation: { kind: 'standard' },
    } as const;
    const shapeOf = (layers: number, width: number) => ({ ...shape, layers, width, hidden: 4 * width });
    for (const params of [2e4, 1e5, 1e6]) {
      const found = chooseModel(params, shapeOf);
      expect(found.params).toBe(countParameters(shapeOf(found.layers, found.width)).total);
      expect(Math.abs(found.params / params - 1)).toBeLessThan(0.06);
      expect(found.width % 2).toBe(0);
    }
    // Nothing is smaller than one layer of width four.
    expect(chooseModel(10, shapeOf)).toMatchObject({ layers: 1, width: 4 });
  });
});
