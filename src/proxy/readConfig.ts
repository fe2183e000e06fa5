import { dirname, resolve } from 'node:path';
import Type, { type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { tryParseQuantity } from '../core/quantity.ts';
import { mistakeIn, shown, suggest } from './mistakes.ts';
import { countParameters, type ModelShape } from './model/shape.ts';
import type { CorpusConfig, RunConfig, StrategyConfig } from './runConfig.ts';
import { runSchema, type RunInput } from './runSchema.ts';
import { strategies } from './strategies/index.ts';
import { configError, type YamlDocument, type YamlPath } from './yaml.ts';

const checkRun = Compile(runSchema);

/**
 * A run that matches the schema.
 *
 * @throws IsoflopError `CONFIG_INVALID` with the first mistake
 */
export function checkedRun(document: YamlDocument, value: unknown): RunInput {
  if (checkRun.Check(value)) return value;
  throw mistakeIn(document, schemaFor(document, value), value, 'the run');
}

/** The schema of a run with the one kind of corpus that it has, so that its mistakes are told and not those of others. */
function schemaFor(document: YamlDocument, value: unknown): TSchema {
  const { corpus } = (value ?? {}) as { readonly corpus?: unknown };
  if (typeof corpus !== 'object' || corpus === null || Array.isArray(corpus)) return runSchema;
  const kinds = runSchema.properties.corpus.anyOf;
  const { kind } = corpus as { readonly kind?: unknown };
  const own = kinds.find(({ properties }) => properties.kind.const === kind);
  if (own !== undefined) return Type.Object({ ...runSchema.properties, corpus: own }, { additionalProperties: false });
  const names = kinds.map(({ properties }) => properties.kind.const);
  const at = ['corpus', 'kind'];
  if (kind !== undefined)
    throw configError(
      document,
      at,
      `there is no corpus of kind ${shown(kind)}`,
      suggest(typeof kind === 'string' ? kind : shown(kind), names),
    );
  const known = new Set(kinds.flatMap(({ properties }) => Object.keys(properties)));
  const unknown = Object.keys(corpus).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw configError(document, ['corpus', unknown], `there is no corpus.${unknown}`, suggest(unknown, [...known]));
  throw configError(document, at, 'corpus lacks kind', `Add it: ${names.join(', ')}.`);
}

/**
 * A quantity above 0, as a number or as text such as 1.4T.
 *
 * @throws IsoflopError `CONFIG_INVALID`
 */
export function quantityAt(document: YamlDocument, path: YamlPath, value: number | string): number {
  const found = typeof value === 'number' ? value : tryParseQuantity(value);
  if (found !== undefined && found > 0) return found;
  const message = `${path.join('.')} must be a number above 0, but is ${shown(value)}`;
  throw configError(document, path, message, 'Write it as 1.4T, 300e9 or 1_000_000.');
}

/** Entries of the table of a Markov chain at most: two bytes each. */
const mostEntries = 2 ** 26;

function resolveCorpus(document: YamlDocument, input: RunInput['corpus']): CorpusConfig {
  const folder = dirname(document.file);
  switch (input.kind) {
    case 'text':
      return { kind: 'text', path: resolve(folder, input.path), validationFraction: input.validationFraction ?? 0.1 };
    case 'bin': {
      const { vocabulary, validation, validationFraction = 0.1 } = input;
      const apart = validation === undefined ? {} : { validation: resolve(folder, validation) };
      return { kind: 'bin', path: resolve(folder, input.path), vocabulary, validationFraction, ...apart };
    }
    case 'markov': {
      const { vocabulary, order = 1 } = input;
      if (vocabulary > 2 ** 16 || vocabulary ** (order + 1) > mostEntries)
        throw configError(
          document,
          ['corpus', vocabulary > 2 ** 16 || order === 0 ? 'vocabulary' : 'order'],
          `a chain of ${String(vocabulary)} symbols and order ${String(order)} is too large to be held`,
          `Choose fewer symbols or a lower order: vocabulary^(order + 1) may be ${String(mostEntries)}, and symbols 65536.`,
        );
      return { order, exponent: 1.5, straying: 0.5, seed: 0, validationTokens: 65_536, ...input };
    }
  }
}

function resolveStrategy(
  document: YamlDocument,
  input: string | { name: string; args?: Record<string, number> },
  k: number,
): StrategyConfig {
  const { name, args = {} } = typeof input === 'string' ? { name: input } : input;
  const found = strategies.find((one) => one.name === name);
  const at = ['strategies', k];
  if (found === undefined) {
    const names = strategies.map((one) => one.name);
    throw configError(document, at, `there is no strategy ${shown(name)}`, suggest(name, names));
  }
  for (const [key, value] of Object.entries(args)) {
    const argument = found.args.find((one) => one.name === key);
    if (argument === undefined)
      throw configError(
        document,
        [...at, 'args', key],
        `${name} has no argument ${key}`,
        found.args.length === 0
          ? 'It has none.'
          : suggest(
              key,
              found.args.map((one) => one.name),
            ),
      );
    const { least, most, isWhole } = argument;
    if (value < least || value > most || (isWhole === true && !Number.isInteger(value)))
      throw configError(
        document,
        [...at, 'args', key],
        `${key} of ${name} is ${String(value)}`,
        `Give a ${isWhole === true ? 'whole ' : ''}number from ${String(least)} to ${String(most)}.`,
      );
  }
  return { name, args: Object.fromEntries(found.args.map(({ name: key, fallback }) => [key, args[key] ?? fallback])) };
}

/** Width of a head that models come near unless they say otherwise. */
const headWidth = 32;

/** Heads that divide a width into even parts of about 32. */
function defaultHeads(width: number): number {
  const even = Array.from({ length: width }, (_, k) => k + 1).filter((heads) => width % (2 * heads) === 0);
  const away = (heads: number): number => Math.abs(Math.log(width / heads / headWidth));
  return even.reduce((best, heads) => (away(heads) < away(best) ? heads : best), 1);
}

function resolveModel(
  document: YamlDocument,
  { mupBaseWidth, ...input }: RunInput['model'],
): Omit<ModelShape, 'vocabulary'> {
  const { width } = input;
  const heads = input.heads ?? defaultHeads(width);
  if (width % heads !== 0)
    throw configError(
      document,
      ['model', 'heads'],
      `${String(heads)} heads do not divide the width ${String(width)}`,
      'Choose a width that is a multiple of the heads.',
    );
  const positions = input.positions ?? 'rotary';
  if (positions === 'rotary' && (width / heads) % 2 !== 0)
    throw configError(
      document,
      ['model', 'width'],
      `heads of width ${String(width / heads)} cannot be rotated in pairs`,
      'Choose an even width of a head, or learned positions.',
    );
  return {
    hidden: 4 * width,
    activation: 'gelu',
    norm: 'rmsnorm',
    biases: 'none',
    tied: true,
    qkNorm: false,
    ...input,
    heads,
    positions,
    parametrisation: mupBaseWidth === undefined ? { kind: 'standard' } : { kind: 'mup', baseWidth: mupBaseWidth },
  };
}

/**
 * A run with everything that its YAML left out, and its mistakes told.
 *
 * @param input - checked by {@link checkedRun}
 * @throws IsoflopError `CONFIG_INVALID`
 */
export function resolveRun(document: YamlDocument, input: RunInput): RunConfig {
  const corpus = resolveCorpus(document, input.corpus);
  const model = resolveModel(document, input.model);
  const batch = input.batch ?? 8;
  const accumulate = input.accumulate ?? 1;
  if (accumulate > batch)
    throw configError(
      document,
      ['accumulate'],
      `${String(batch)} rows cannot be cut into ${String(accumulate)} micro-batches`,
      'Choose fewer micro-batches.',
    );
  if ((input.tokens === undefined) === (input.tokensPerParam === undefined))
    throw configError(document, ['tokens'], 'a run has tokens or tokensPerParam, one of them', 'Give one of them.');
  const vocabulary = corpus.kind === 'text' ? 256 : corpus.vocabulary;
  const params = countParameters({ ...model, vocabulary }).total;
  const tokens =
    input.tokensPerParam === undefined
      ? quantityAt(document, ['tokens'], input.tokens ?? NaN)
      : input.tokensPerParam * params;
  const { schedule } = input;
  return {
    name: input.name ?? 'run',
    family: input.family ?? null,
    engine: input.engine ?? 'auto',
    seed: input.seed ?? 0,
    corpus,
    model,
    strategies: (input.strategies ?? []).map((one, k) => resolveStrategy(document, one, k)),
    optimizer: {
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: 0.1,
      independentDecay: false,
      clip: 1,
      ...input.optimizer,
    },
    schedule: { kind: 'cosine', warmup: 0.05, final: 0.1, decay: 0.2, cycle: 1, ...schedule },
    tokens,
    batch,
    accumulate,
    evaluations: input.evaluations ?? 10,
    evaluationRows: input.evaluationRows ?? 128,
    checkpointSeconds: input.checkpointSeconds ?? 60,
    keepWeights: input.keepWeights ?? false,
  };
}
