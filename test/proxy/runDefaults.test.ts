import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/proxy/runConfig.ts';
import { corpus, having, model, readRun, schedule, whole } from './runYaml.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-config-'));
});
afterAll(() => rm(folder, { recursive: true }));
const read = (text: string): Promise<RunConfig> => readRun(folder, text);

describe('YAML 1.2', () => {
  it('has a header, and takes "no" and "on" for texts', async () => {
    expect(await read(`%YAML 1.2\n---\n${whole}\nfamily: no\nname: on`)).toMatchObject({ family: 'no', name: 'on' });
  });
  it('knows numbers with exponents, and quantities as text', async () => {
    expect(await read(having('schedule: { rate: 1e-3 }'))).toMatchObject({ schedule: { rate: 0.001 } });
    expect(await read(having('tokens: 1.5M'))).toMatchObject({ tokens: 1.5e6 });
    // No octal number of YAML 1.1.
    expect(await read(having('tokens: 0100'))).toMatchObject({ tokens: 100 });
  });
  it('may name a part once and use it again', async () => {
    const shared = `${whole}\nstrategies: [&d { name: dropout }, *d]`;
    expect((await read(shared)).strategies).toHaveLength(2);
  });
});

describe('what is left out', () => {
  it('has the values that the descriptions of the schema name', async () => {
    expect(await read(whole)).toEqual({
      name: 'run',
      family: null,
      engine: 'auto',
      seed: 0,
      corpus: {
        kind: 'markov',
        vocabulary: 16,
        order: 1,
        exponent: 1.5,
        straying: 0.5,
        seed: 0,
        validationTokens: 65_536,
      },
      model: {
        layers: 1,
        width: 16,
        heads: 1,
        hidden: 64,
        context: 16,
        positions: 'rotary',
        activation: 'gelu',
        norm: 'rmsnorm',
        biases: 'none',
        tied: true,
        qkNorm: false,
        parametrisation: { kind: 'standard' },
      },
      strategies: [],
      optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, independentDecay: false, clip: 1 },
      schedule: { kind: 'cosine', rate: 0.01, warmup: 0.05, final: 0.1, decay: 0.2, cycle: 1 },
      tokens: 1000,
      batch: 8,
      accumulate: 1,
      evaluations: 10,
      evaluationRows: 128,
      checkpointSeconds: 60,
      keepWeights: false,
    } satisfies RunConfig);
  });

  it('heads are about one for each 32 of the width, and even', async () => {
    const heads = async (width: number): Promise<number> =>
      (await read(having(`model: { layers: 1, width: ${String(width)}, context: 16 }`))).model.heads;
    for (const [width, expected] of [
      [32, 1],
      [64, 2],
      [96, 3],
      [128, 4],
      [20, 1],
    ])
      expect(await heads(width)).toBe(expected);
  });

  it('tokensPerParam counts the parameters of the model', async () => {
    // 16 x 16 of the embedding, 4 x 16 x 16 + 2 x 16 x 64 of the block, three norms of 16.
    const params = 256 + 1024 + 2048 + 48;
    const { tokens } = await read([corpus, model, schedule, 'tokensPerParam: 20'].join('\n'));
    expect(tokens).toBe(20 * params);
  });

  it('paths are those beside the file', async () => {
    const { corpus: found } = await read(
      having('corpus: { kind: bin, path: a.bin, validation: ../b.bin, vocabulary: 9 }'),
    );
    expect(found).toEqual({
      kind: 'bin',
      path: join(folder, 'a.bin'),
      validation: join(folder, '../b.bin'),
      vocabulary: 9,
      validationFraction: 0.1,
    });
    expect((await read(having('corpus: { kind: text, path: /x/y }'))).corpus).toEqual({
      kind: 'text',
      path: '/x/y',
      validationFraction: 0.1,
    });
  });

  it('arguments of strategies are filled in, and muP by its base width', async () => {
    const { strategies, model: shape } = await read(
      having('model: { layers: 1, width: 16, context: 16, mupBaseWidth: 8 }').concat(
        '\nstrategies: [frugal, { name: lost, args: { rank: 0.5 } }]',
      ),
    );
    expect(strategies).toEqual([
      { name: 'frugal', args: { density: 0.25, period: 200, signRate: 0.1 } },
      { name: 'lost', args: { rank: 0.5, channels: 0.05 } },
    ]);
    expect(shape.parametrisation).toEqual({ kind: 'mup', baseWidth: 8 });
  });
});
