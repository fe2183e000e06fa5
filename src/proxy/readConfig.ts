import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Compile } from 'typebox/compile';
import { LineCounter, parseDocument } from 'yaml';
import { IsoflopError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';
import { parseQuantity } from '../core/quantity.ts';
import { readFailure } from '../node/readFailure.ts';
import { countParameters, type ModelShape } from './model/shape.ts';
import type { CorpusConfig, RunConfig, StrategyConfig } from './runConfig.ts';
import { runSchema, type RunInput } from './runSchema.ts';
import { strategies } from './strategies/index.ts';

/** A YAML 1.2 document, and where its parts are. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown;
  /** The line of a part, by its path; of the nearest part above it that is there. */
  readonly lineOf: (path: readonly (string | number)[]) => number;
}

/**
 * Reads a YAML file.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `CONFIG_INVALID` with the line
 */
export async function readYaml(file: string): Promise<YamlDocument> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw readFailure(file, error);
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false });
  const [mistake] = document.errors;
  if ((mistake as typeof mistake | undefined) !== undefined) {
    const { line } = lines.linePos(mistake.pos[0]);
    throw configError({ file, lineOf: () => line }, [], mistake.message, 'Correct the YAML there.');
  }
  return {
    file,
    // Aliases may make a small file a huge value.
    value: document.toJS({ maxAliasCount: 100 }) as unknown,
    lineOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined;
        if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
      }
      return 1;
    },
  };
}

/** What is wrong with a config: where, what, and the remedy. */
export function configError(
  { file, lineOf }: Pick<YamlDocument, 'file' | 'lineOf'>,
  path: readonly (string | number)[],
  message: string,
  remedy: string,
): IsoflopError {
  return new IsoflopError('CONFIG_INVALID', { file, line: lineOf(path), path: path.join('.'), message, remedy });
}

const checkRun = Compile(runSchema);

/** Names of the properties of a part of the schema, for the remedy of an unknown one. */
function propertiesAt(path: readonly (string | number)[]): string[] {
  let schema: unknown = runSchema;
  for (const step of path) schema = (schema as { properties?: Record<string, unknown> }).properties?.[step];
  return Object.keys((schema as { properties?: object } | undefined)?.properties ?? {});
}

/** The first violation of the schema, in words. */
export function checkedRun(document: YamlDocument, value: unknown): RunInput {
  if (checkRun.Check(value)) return value;
  const [first] = checkRun.Errors(value);
  const path = first.instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const { requiredProperties } = first.params as { requiredProperties?: readonly string[] };
  if (requiredProperties !== undefined)
    throw configError(
      document,
      path,
      `${path.join('.') || 'the run'} lacks ${requiredProperties.join(', ')}`,
      'Add it.',
    );
  if (first.keyword === 'boolean') {
    const name = String(path.at(-1));
    const known = propertiesAt(path.slice(0, -1));
    const meant = nearestName(name, known);
    const remedy = meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${meant}?`;
    throw configError(document, path, `there is no ${path.join('.')}`, remedy);
  }
  const found = path.reduce<unknown>((part, step) => (part as Record<string, unknown> | undefined)?.[step], value);
  throw configError(
    document,
    path,
    `${path.join('.') || 'the run'} ${first.message}, but is ${JSON.stringify(found)}`,
    'Correct the value.',
  );
}

function resolveCorpus(input: RunInput['corpus'], folder: string): CorpusConfig {
  switch (input.kind) {
    case 'text':
      return { kind: 'text', path: resolve(folder, input.path), validationFraction: input.validationFraction ?? 0.1 };
    case 'bin': {
      const { vocabulary, validation, validationFraction = 0.1 } = input;
      const apart = validation === undefined ? {} : { validation: resolve(folder, validation) };
      return { kind: 'bin', path: resolve(folder, input.path), vocabulary, validationFraction, ...apart };
    }
    case 'markov':
      return { order: 1, exponent: 1.5, straying: 0.5, seed: 0, validationTokens: 65_536, ...input };
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
    const meant = nearestName(name, names);
    throw configError(
      document,
      at,
      `there is no strategy ${name}`,
      meant === undefined ? `Known are ${names.join(', ')}.` : `Did you mean ${meant}?`,
    );
  }
  for (const [key, value] of Object.entries(args)) {
    const argument = found.args.find((one) => one.name === key);
    if (argument === undefined)
      throw configError(
        document,
        [...at, 'args', key],
        `${name} has no argument ${key}`,
        `It has ${found.args.map((one) => one.name).join(', ') || 'none'}.`,
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
 * @throws {@link IsoflopError} `CONFIG_INVALID`
 */
export function resolveRun(document: YamlDocument, input: RunInput): RunConfig {
  const corpus = resolveCorpus(input.corpus, dirname(document.file));
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
    input.tokensPerParam === undefined ? parseQuantity(String(input.tokens), 'tokens') : input.tokensPerParam * params;
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
