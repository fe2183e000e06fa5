import { normaliseName, recognise } from '../columns.ts';

/**
 * Names of a loss in the logs of training tools, the best first: losses of an evaluation before those of training, as a law
 * is about what a model does on data that it has not seen.
 */
const losses: readonly string[] = [
  'eval_loss',
  'val_loss',
  'validation_loss',
  'test_loss',
  'loss/val',
  'loss/eval',
  'loss/validation',
  'loss/test',
  'eval/lm loss',
  'evaluation_loss_vs_iterations',
  'eval/c4_en-validation/CrossEntropyLoss',
  'loss',
  'train_loss',
  'training_loss',
  'loss/train',
  'lm loss',
  'train/CrossEntropyLoss',
  'epoch_loss',
];

/** Other quantities that logs have under more names than tables do. */
const others: Readonly<Record<string, readonly string[]>> = {
  step: ['_step', 'train/global_step', 'trainer/global_step'],
  tokens: ['num_input_tokens_seen', 'throughput/total_tokens', 'consumed_tokens', 'total_training_tokens'],
  flops: ['total_training_flops', 'total_flops', 'total_flos'],
  learningRate: ['optim/learning_rate_group0', 'optim/lr', 'lr-AdamW', 'lr-Adam', 'learning-rate'],
  batchSize: ['batch_size_in_tokens', 'global_train_batch_size'],
};

const searched = ['step', 'params', 'tokens', 'flops', 'learningRate', 'batchSize', 'seed', 'run'];

/** Columns by quantity. */
type Found = Readonly<Record<string, readonly string[] | undefined>>;

/** The part of `train/lr` or `config.lr` after the last separator. */
const lastPart = (name: string): string => /[^/.]+$/.exec(name)?.[0] ?? name;

/**
 * Columns of a log by quantity, best first: by the names that training tools write, else by the last part of names such as
 * `train/lr` or `config.n_params`.
 *
 * @example
 * ```ts
 * logColumns(['_step', 'train/loss', 'eval/loss', 'train/lr']); // { loss: ['eval/loss', 'train/loss'], step: ['_step'], learningRate: ['train/lr'] }
 * ```
 */
export function logColumns(names: readonly string[]): Found {
  const found: Record<string, readonly string[] | undefined> = {};
  const loss = matching(losses, names);
  if (loss.length > 0) found.loss = loss;
  for (const quantity of searched) {
    const known = matching(others[quantity] ?? [], names);
    const direct = known.length > 0 ? known : recognise(quantity, names);
    const columns = direct.length > 0 ? direct : byLastPart(quantity, names);
    if (columns.length > 0) found[quantity] = columns;
  }
  return found;
}

/**
 * The same for a table, whose columns are recognised like those of CSV: only what these names do not tell, so that a
 * table means the same in every format.
 */
export function otherColumns(names: readonly string[]): Found {
  return Object.fromEntries(
    Object.entries(logColumns(names)).filter(([quantity]) => recognise(quantity, names).length === 0),
  );
}

/** Names that are one of the wanted, in the order of these. */
function matching(wanted: readonly string[], names: readonly string[]): string[] {
  return wanted.flatMap((want) => names.filter((name) => normaliseName(name) === normaliseName(want)));
}

function byLastPart(quantity: string, names: readonly string[]): string[] {
  const parts = names.filter((name) => lastPart(name) !== name);
  const wanted = recognise(quantity, [...new Set(parts.map(lastPart))]);
  return wanted.flatMap((want) => parts.filter((name) => lastPart(name) === want));
}

/** Whether the names of a table tell that it holds runs, so that a file that was not asked for by name is read. */
export function tellsRuns(names: readonly string[]): boolean {
  const found = logColumns(names);
  return found.loss !== undefined || (found.params !== undefined && found.tokens !== undefined);
}
