import { IsoflopError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';

/**
 * Recognised column names of each quantity, best first: its own name, the names of the command line's contract, then
 * other common spellings. Compared by {@link normaliseName}, so `Training FLOP`, `training_flop` and `trainingFlop` are one.
 */
const aliases = {
  params: [
    ['n', 'n_params', 'model_size', 'num_params', 'params_total'],
    ['parameters', 'num_parameters', 'n_parameters', 'total_params', 'size'],
  ],
  tokens: [
    ['d', 'n_tokens', 'training_tokens', 'tokens_trained', 'tokens_seen'],
    ['num_tokens', 'token_num', 'num_token', 'train_tokens', 'total_tokens'],
  ],
  flops: [
    ['c', 'compute', 'training_flop', 'training_flops'],
    ['flop', 'train_flops', 'total_flops', 'training_compute'],
  ],
  otherParams: [
    ['n_no_embed', 'params_no_embed', 'params_no_embedding', 'params_non_embedding', 'n_params_non_embedding'],
    ['non_embedding_params', 'non_embedding_parameters', 'params_non_embed', 'n_non_embedding', 'params_body'],
  ],
  loss: [['val_loss', 'eval_loss', 'final_loss', 'test_loss'], ['validation_loss']],
  step: [[], ['steps', 'global_step', 'iteration', 'iter']],
  learningRate: [['lr'], []],
  batchSize: [['batch'], ['bs', 'global_batch_size']],
  seed: [[], []],
  run: [['run_id', 'name', 'model_name'], ['run_name']],
  family: [[], ['model_family']],
} as const satisfies Record<string, readonly [readonly string[], readonly string[]]>;

/**
 * The same for quantities that single laws take: looked for where such a law is fitted, so that other tables may use these
 * names as they like. What a law calls `steps` is the column `step` of most tables.
 */
const aliasesOnDemand: Readonly<Record<string, readonly [readonly string[], readonly string[]] | undefined>> = {
  steps: [['step'], ['global_step', 'iteration', 'iter', 'num_steps', 'n_steps']],
  minSteps: [['s_min'], ['steps_min', 'adjusted_steps']],
  uniqueTokens: [['unique_tokens'], ['tokens_per_epoch', 'n_unique_tokens']],
  tokensPerParam: [['tokens_per_param'], ['token_multiplier', 'tpp', 'tokens_per_parameter']],
  error: [['err'], ['error_rate']],
  accuracy: [['acc'], []],
  criticalBatch: [['b_crit'], ['critical_batch_size', 'crit_batch', 'cbs']],
  x: [
    ['train_size', 'dataset_size'],
    ['training_set_size', 'examples', 'num_examples', 'seen_examples', 'samples', 'num_samples'],
  ],
  width: [['d_model'], ['model_dim', 'hidden_size', 'hidden_dim', 'n_embd', 'embed_dim']],
  experts: [['n_experts'], ['num_experts', 'num_local_experts', 'n_routed_experts', 'expansion_rate']],
  weightBits: [['weight_bits'], ['w_bits', 'bits_w', 'p_w']],
  activationBits: [['activation_bits'], ['act_bits', 'a_bits', 'bits_a', 'p_a']],
  cacheBits: [['cache_bits'], ['kv_bits', 'kv_cache_bits', 'bits_kv', 'p_kv']],
  nonVocabularyParams: [['non_vocab_params'], ['non_vocab_parameters', 'n_nv', 'non_embedding_params']],
  vocabularyParams: [['vocab_params'], ['vocab_parameters', 'n_v', 'embedding_params']],
  unigramLoss: [['loss_u'], ['unigram_normalized_loss', 'unigram_normalised_loss']],
};

/** Quantities whose column names are recognised without `--columns`. */
export type KnownQuantity = keyof typeof aliases;

/** Quantities whose column names are recognised without `--columns`, in the order of the report. */
export const knownQuantities = Object.keys(aliases) as readonly KnownQuantity[];

/** Quantities that hold names, read as categories; all others are numbers. */
export const categoryQuantities: readonly string[] = ['run', 'family'];

/** Quantities that have to be positive and finite: every law takes their logarithm. */
export const positiveQuantities = ['params', 'tokens', 'flops', 'loss'] as const;

/**
 * Column name without case and separators, the form in which names are compared.
 *
 * @example
 * ```ts
 * normaliseName('Training FLOP'); // 'trainingflop'
 * ```
 */
export function normaliseName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_\-./:]+/g, '');
}

/**
 * Index of the column that a user means by `name`: the exact name, else the one equal but for case and separators.
 *
 * @returns -1 when there is none
 * @throws {@link IsoflopError} `COLUMN_AMBIGUOUS` when several differ from `name` in case and separators only
 * @example
 * ```ts
 * findColumn('model_size', ['Model Size', 'loss'], 'runs.csv'); // 0
 * ```
 */
export function findColumn(name: string, header: readonly string[], file: string): number {
  const exact = header.indexOf(name);
  if (exact !== -1 || name === '') return exact;
  const wanted = normaliseName(name);
  const matches = header.filter((column) => normaliseName(column) === wanted);
  if (matches.length > 1) throw new IsoflopError('COLUMN_AMBIGUOUS', { file, quantity: name, columns: matches });
  return matches.length === 0 ? -1 : header.indexOf(matches[0]);
}

/**
 * Error for a column that a file does not have, with the nearest name and the list.
 *
 * @example
 * ```ts
 * columnUnknown('los', ['N', 'D', 'loss'], 'runs.csv').details; // { nearest: 'loss' }
 * ```
 */
export function columnUnknown(name: string, header: readonly string[], file: string): IsoflopError {
  const columns = header.filter((column) => column !== '');
  return new IsoflopError('COLUMN_UNKNOWN', { file, column: name, nearest: nearestName(name, columns), columns });
}

/**
 * Columns of a header that are recognised as `quantity`, the best match only; several when they match equally well.
 *
 * @example
 * ```ts
 * recognise('loss', ['val_loss', 'loss']); // ['loss']
 * recognise('loss', ['val_loss', 'test_loss']); // ['val_loss', 'test_loss']
 * recognise('steps', ['global_step', 'loss']); // ['global_step']
 * ```
 */
export function recognise(quantity: string, header: readonly string[]): readonly string[] {
  if (header.includes(quantity)) return [quantity];
  const known = Object.hasOwn(aliases, quantity) ? aliases[quantity as KnownQuantity] : undefined;
  const onDemand = Object.hasOwn(aliasesOnDemand, quantity) ? aliasesOnDemand[quantity] : undefined;
  const [contract, others] = known ?? onDemand ?? [[], []];
  for (const names of [[quantity], contract, others]) {
    const wanted = names.map(normaliseName);
    const found = header.filter((column) => wanted.includes(normaliseName(column)));
    // In the order of the table, so that a caller who accepts any of them takes the most telling name.
    if (found.length > 0) {
      return found.sort((a, b) => wanted.indexOf(normaliseName(a)) - wanted.indexOf(normaliseName(b)));
    }
  }
  return [];
}

/**
 * The quantity that a user means by the left side of a `--columns` pair: its name or one of its contract's names.
 *
 * @throws {@link IsoflopError} `QUANTITY_UNKNOWN` with the nearest name
 */
function quantityNamed(name: string, others: readonly string[]): string {
  const wanted = normaliseName(name);
  const known = [...knownQuantities, ...others];
  const exact = known.find((quantity) => normaliseName(quantity) === wanted);
  const alias =
    exact ?? knownQuantities.find((quantity) => aliases[quantity][0].some((a) => normaliseName(a) === wanted));
  if (alias === undefined) {
    throw new IsoflopError('QUANTITY_UNKNOWN', { name, nearest: nearestName(name, known), known });
  }
  return alias;
}

/** Splits at commas outside parentheses, quotes and backticks. */
function splitPairs(text: string): string[] {
  const pairs: string[] = [''];
  let depth = 0;
  let quoted = '';
  for (const c of text) {
    if (quoted !== '') {
      if (c === quoted) quoted = '';
    } else if (c === '`' || c === '"' || c === "'") quoted = c;
    else if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === ',' && depth <= 0) {
      pairs.push('');
      continue;
    }
    pairs[pairs.length - 1] += c;
  }
  return pairs;
}

/**
 * Reads the `--columns` option: which column, or expression of columns, holds each quantity.
 *
 * @param option - `params=N,tokens=10^num_token` as on the command line, or the same as an object
 * @param others - quantities beyond the well-known ones that the caller understands
 * @returns quantity to column name or expression, neither looked up in a file yet
 * @throws {@link IsoflopError} `OPTION_INVALID` when a pair has no `=` or a quantity is named twice, `QUANTITY_UNKNOWN`
 * @example
 * ```ts
 * parseColumnsOption('params=N,loss=log(ppl)'); // { params: 'N', loss: 'log(ppl)' }
 * ```
 */
export function parseColumnsOption(
  option: string | Readonly<Record<string, string>>,
  others: readonly string[] = [],
): Readonly<Record<string, string>> {
  const columns = new Map<string, string>();
  const pairs =
    typeof option === 'string'
      ? splitPairs(option).map((pair): [string, string] => {
          const equals = pair.indexOf('=');
          return equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
        })
      : Object.entries(option);
  for (const [name, column] of pairs) {
    const invalid = name.trim() === '' || column.trim() === '';
    const quantity = invalid ? '' : quantityNamed(name.trim(), others);
    if (invalid || columns.has(quantity)) {
      const expected = 'pairs of a quantity and its column, each quantity once, such as params=N,tokens=D,loss=L';
      const value = typeof option === 'string' ? option : `${name}=${column}`;
      throw new IsoflopError('OPTION_INVALID', { option: '--columns', value, expected });
    }
    columns.set(quantity, column.trim());
  }
  return Object.fromEntries(columns);
}
