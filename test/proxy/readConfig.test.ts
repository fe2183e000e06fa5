import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IsoflopError } from '../../src/core/errors.ts';
import type { RunConfig } from '../../src/proxy/runConfig.ts';
import { readYaml } from '../../src/proxy/yaml.ts';
import { corpus, having, model, readRun, schedule } from './runYaml.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-config-'));
});
afterAll(() => rm(folder, { recursive: true }));
const read = (text: string): Promise<RunConfig> => readRun(folder, text);

/** What a YAML is refused with; anything but one error of the table fails the test. */
async function mistake(text: string): Promise<{ line: number; path: string; says: string }> {
  const error: unknown = await read(text).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', exit: 2 });
  const { details, message } = error as IsoflopError & { details: { file: string; line: number; path: string } };
  expect(details.file).toBe(join(folder, 'run.yaml'));
  expect(message).toContain(`${details.file}, line ${String(details.line)}: `);
  expect(message).not.toContain('\n');
  return { line: details.line, path: details.path, says: message.slice(message.indexOf(': ') + 2) };
}

describe('a mistake in the YAML is told with line, path, value and remedy', () => {
  it.each<[string, string, number, string, string]>([
    [
      'a text for a number',
      'schedule:\n  kind: wsd\n  rate: fast',
      5,
      'schedule.rate',
      'schedule.rate must be number, but is "fast". Correct the value: Peak learning rate.',
    ],
    [
      'a number below the least',
      'schedule: { rate: -1 }',
      3,
      'schedule.rate',
      'schedule.rate must be > 0, but is -1. Correct the value: Peak learning rate.',
    ],
    [
      'infinity',
      'schedule: { rate: .inf }',
      3,
      'schedule.rate',
      'schedule.rate must be a finite number, but is .inf. Correct the value: Peak learning rate.',
    ],
    [
      'minus infinity',
      'schedule: { rate: -.inf }',
      3,
      'schedule.rate',
      'schedule.rate must be a finite number, but is -.inf. Correct the value: Peak learning rate.',
    ],
    [
      'no number',
      'schedule: { rate: .nan }',
      3,
      'schedule.rate',
      'schedule.rate must be a finite number, but is .nan. Correct the value: Peak learning rate.',
    ],
    [
      'a fraction for a whole number',
      'model: { layers: 1.5, width: 16, context: 16 }',
      2,
      'model.layers',
      'model.layers must be integer, but is 1.5. Correct the value: Blocks.',
    ],
    [
      'a key without a value',
      'schedule: { rate: }',
      3,
      'schedule.rate',
      'schedule.rate must be number, but is null. Correct the value: Peak learning rate.',
    ],
    [
      'a missing key',
      'schedule: { kind: wsd }',
      3,
      'schedule.rate',
      'schedule lacks rate. Add it: Peak learning rate.',
    ],
    [
      'a misspelt key beside a missing one',
      'schedule: { rte: 0.1 }',
      3,
      'schedule.rte',
      'there is no schedule.rte. Did you mean rate?',
    ],
    [
      'a misspelt key beside others',
      'model:\n  layers: 1\n  width: 16\n  context: 16\n  hedas: 2',
      6,
      'model.hedas',
      'there is no model.hedas. Did you mean heads?',
    ],
    ['a misspelt key at the top', 'tokns: 5', 5, 'tokns', 'there is no tokns. Did you mean tokens?'],
    [
      'a key like none',
      'optimizer: { momentumm: 0.1 }',
      5,
      'optimizer.momentumm',
      'there is no optimizer.momentumm. Known are beta1, beta2, epsilon, weightDecay, independentDecay, clip.',
    ],
    [
      'one of a list that is not in it',
      'schedule: { kind: cosin, rate: 0.1 }',
      3,
      'schedule.kind',
      'schedule.kind must be one of cosine, wsd, constant, but is "cosin". Did you mean cosine?',
    ],
    ['a list for an object', 'model: [1, 16]', 2, 'model', 'model must be object, but is [1,16]. Correct the value.'],
    [
      'a corpus of no kind',
      'corpus: { vocabulary: 16 }',
      1,
      'corpus.kind',
      'corpus lacks kind. Add it: text, bin, markov.',
    ],
    [
      'a corpus of an unknown kind',
      'corpus: { kind: markow, vocabulary: 16 }',
      1,
      'corpus.kind',
      'there is no corpus of kind "markow". Did you mean markov?',
    ],
    [
      'a misspelt kind',
      'corpus: { kynd: markov, vocabulary: 16 }',
      1,
      'corpus.kynd',
      'there is no corpus.kynd. Did you mean kind?',
    ],
    [
      'a misspelt key of a corpus, of its own kind',
      'corpus: { kind: markov, vocabulry: 16 }',
      1,
      'corpus.vocabulry',
      'there is no corpus.vocabulry. Did you mean vocabulary?',
    ],
    [
      'a key of another kind of corpus',
      'corpus: { kind: text, path: a.txt, order: 2 }',
      1,
      'corpus.order',
      'there is no corpus.order. Known are kind, path, validationFraction.',
    ],
    [
      'a wrong value of a corpus',
      'corpus: { kind: markov, vocabulary: 1 }',
      1,
      'corpus.vocabulary',
      'corpus.vocabulary must be >= 2, but is 1. Correct the value: Symbols.',
    ],
    [
      'a chain whose table nobody can hold',
      'corpus: { kind: markov, vocabulary: 256, order: 4 }',
      1,
      'corpus.order',
      'a chain of 256 symbols and order 4 is too large to be held. Choose fewer symbols or a lower order: vocabulary^(order + 1) may be 67108864, and symbols 65536.',
    ],
    [
      'more symbols than two bytes tell apart',
      'corpus: { kind: markov, vocabulary: 70000, order: 0 }',
      1,
      'corpus.vocabulary',
      'a chain of 70000 symbols and order 0 is too large to be held. Choose fewer symbols or a lower order: vocabulary^(order + 1) may be 67108864, and symbols 65536.',
    ],
    [
      'a name that is no folder',
      'name: a/b',
      5,
      'name',
      'name must match pattern "^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$", but is "a/b". Correct the value: Name of the run and its folder.',
    ],
    [
      'an unknown strategy',
      'strategies: [none, dropot]',
      5,
      'strategies.1',
      'there is no strategy "dropot". Did you mean dropout?',
    ],
    [
      'a strategy like none',
      'strategies: [weight-sharing-of-experts]',
      5,
      'strategies.0',
      'there is no strategy "weight-sharing-of-experts". Known are none, dropout, qk-norm, logz, lost, reweight, frugal, all-but-last.',
    ],
    [
      'an argument that a strategy lacks',
      'strategies: [{ name: dropout, args: { rat: 0.1 } }]',
      5,
      'strategies.0.args.rat',
      'dropout has no argument rat. Did you mean rate?',
    ],
    [
      'an argument of one that takes none',
      'strategies: [{ name: none, args: { rate: 0.1 } }]',
      5,
      'strategies.0.args.rate',
      'none has no argument rate. It has none.',
    ],
    [
      'an argument out of its range',
      'strategies: [{ name: dropout, args: { rate: 1 } }]',
      5,
      'strategies.0.args.rate',
      'rate of dropout is 1. Give a number from 0 to 0.9.',
    ],
    [
      'a fraction for a whole argument',
      'strategies: [{ name: all-but-last, args: { n: 0.5 } }]',
      5,
      'strategies.0.args.n',
      'n of all-but-last is 0.5. Give a whole number from 0 to 1000.',
    ],
    [
      'an argument that is no number',
      'strategies: [{ name: dropout, args: { rate: much } }]',
      5,
      'strategies.0.args.rate',
      'strategies.0.args.rate must be number, but is "much". Correct the value.',
    ],
    [
      'a strategy without a name',
      'strategies: [{ nam: dropout }]',
      5,
      'strategies.0.nam',
      'there is no strategies.0.nam. Did you mean name?',
    ],
    [
      'heads that do not divide the width',
      'model: { layers: 1, width: 16, heads: 3, context: 16 }',
      2,
      'model.heads',
      '3 heads do not divide the width 16. Choose a width that is a multiple of the heads.',
    ],
    [
      'heads that cannot be rotated',
      'model: { layers: 1, width: 15, heads: 5, context: 16 }',
      2,
      'model.width',
      'heads of width 3 cannot be rotated in pairs. Choose an even width of a head, or learned positions.',
    ],
    [
      'tokens and tokensPerParam',
      'tokensPerParam: 20',
      4,
      'tokens',
      'a run has tokens or tokensPerParam, one of them. Give one of them.',
    ],
    [
      'tokens that are no quantity',
      'tokens: lots',
      4,
      'tokens',
      'tokens must be a number above 0, but is "lots". Write it as 1.4T, 300e9 or 1_000_000.',
    ],
    [
      'tokens below nothing, as text',
      'tokens: "-5K"',
      4,
      'tokens',
      'tokens must be a number above 0, but is "-5K". Write it as 1.4T, 300e9 or 1_000_000.',
    ],
    ['tokens below nothing', 'tokens: -5', 4, 'tokens', 'tokens must be > 0, but is -5. Correct the value: Tokens D.'],
    [
      'more micro-batches than rows',
      'accumulate: 9',
      5,
      'accumulate',
      '8 rows cannot be cut into 9 micro-batches. Choose fewer micro-batches.',
    ],
  ])('%s', async (_, line, at, path, says) => {
    expect(await mistake(having(line))).toEqual({ line: at, path, says });
  });

  it('neither tokens nor tokensPerParam', async () => {
    expect(await mistake([corpus, model, schedule].join('\n'))).toEqual({
      line: 1,
      path: 'tokens',
      says: 'a run has tokens or tokensPerParam, one of them. Give one of them.',
    });
  });

  it('a missing part of the whole', async () => {
    expect(await mistake([corpus, schedule, 'tokens: 1'].join('\n'))).toEqual({
      line: 1,
      path: 'model',
      says: 'the run lacks model. Add it.',
    });
  });

  it('a value that holds itself', async () => {
    expect(await mistake(having('model: &m { layers: *m, width: 16, context: 16 }'))).toMatchObject({
      path: 'model.layers',
      says: 'model.layers must be integer, but is a value that holds itself. Correct the value: Blocks.',
    });
  });
});

describe('what is no YAML of a run', () => {
  it.each<[string, string, number, RegExp]>([
    ['broken syntax', 'corpus: { kind: markov\nmodel: 5', 2, /^\S/],
    ['an unclosed quote', 'name: ok\nfamily: "open', 2, /quote/],
    ['a key that is given twice', 'tokens: 1\ntokens: 2', 2, /unique.* Correct the YAML there\.$/],
    ['two documents', 'tokens: 1\n---\ntokens: 2', 2, /multiple documents/],
    ['an alias of nothing', 'tokens: 1\nbatch: *rows', 2, /[Uu]nresolved alias.*rows/],
    ['an empty file', '', 1, /^the run is empty/],
    ['comments alone', '# nothing\n', 1, /^the run is empty/],
    ['a list at the top', '\n- 1\n- 2', 2, /^the run must be object, but is \[1,2\]/],
    ['a text at the top', 'train it', 1, /^the run must be object, but is "train it"/],
    ['what is nested without end', `tokens: ${'['.repeat(20_000)}`, 1, /./],
  ])('%s', async (_, text, line, says) => {
    const found = await mistake(text);
    expect(found.line).toBe(line);
    expect(found.says).toMatch(says);
  });

  it('aliases that grow tenfold a line are refused, not written out', async () => {
    const levels = Array.from({ length: 9 }, (_, k) => {
      const item = k === 0 ? 'x' : `*a${String(k - 1)}`;
      return `a${String(k)}: &a${String(k)} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
    });
    const began = performance.now();
    const { line, says } = await mistake(levels.join('\n'));
    expect(line).toBe(2);
    expect(says).toMatch(/[Aa]lias/);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('no file, and a folder', async () => {
    await expect(readYaml(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', exit: 2 });
    await mkdir(join(folder, 'folder.yaml'));
    await expect(readYaml(join(folder, 'folder.yaml'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('it is a folder') as unknown,
    });
  });
});
