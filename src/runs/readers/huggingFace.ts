import { IsoflopError } from '../../core/errors.ts';
import { runNameOf, type InputFile } from '../input.ts';
import { modelSize, type ModelSize } from '../modelSize.ts';
import type { TableNotes } from '../table.ts';
import { isObject, readJson, type JsonObject } from './json.ts';
import { logColumns } from './logNames.ts';
import { defineReader, type InspectedFile } from './reader.ts';
import { sendRecords } from './records.ts';

const format = 'the state of a transformers Trainer';

/** The parts of a trainer's state that are used here. */
interface State {
  readonly steps: number;
  readonly tokens: number;
  readonly flops: number;
  readonly history: readonly JsonObject[];
}

async function readState(file: InputFile): Promise<State> {
  const value = await readJson(file, format);
  const history = isObject(value) ? value.log_history : undefined;
  if (!isObject(value) || !Array.isArray(history) || !history.every(isObject))
    throw new IsoflopError('FILE_DAMAGED', {
      file: file.name,
      format,
      reason: 'its log_history is no list of objects',
    });
  const number = (name: string): number => (typeof value[name] === 'number' ? value[name] : 0);
  const state = { steps: number('global_step'), tokens: number('num_input_tokens_seen'), flops: number('total_flos') };
  return { ...state, history: bySteps(history) };
}

/** One record a step: training, evaluation and the learning rate are logged one after the other. */
function bySteps(history: readonly JsonObject[]): JsonObject[] {
  const steps = new Map<unknown, JsonObject>();
  for (const entry of history) {
    // The last entry sums up the run; its train_loss is the mean of all steps.
    if (typeof entry.step !== 'number' || 'train_runtime' in entry) continue;
    steps.set(entry.step, { ...steps.get(entry.step), ...entry });
  }
  return [...steps.values()];
}

/** The size of the model whose configuration lies beside the state or above it, or in words why it is not known. */
async function sizeBeside(file: InputFile): Promise<ModelSize | string> {
  const config = (await file.beside('config.json')) ?? (await file.beside('../config.json'));
  if (config === undefined) return 'there is no config.json beside it or in the folder above';
  return modelSize(await readJson(config, 'the configuration of a model'));
}

/** Where the tokens of a step come from, the most exact first; the name is that of the column. */
function tokensOf(
  state: State,
  size: ModelSize | string,
): { name: string; of: (entry: JsonObject) => unknown } | string {
  if (state.history.some((entry) => Number(entry.num_input_tokens_seen ?? 0) > 0))
    return { name: 'num_input_tokens_seen', of: (entry) => entry.num_input_tokens_seen };
  const each = (total: number) => (entry: JsonObject) => (total / state.steps) * (entry.step as number);
  if (state.steps > 0 && state.tokens > 0)
    return { name: 'num_input_tokens_seen / global_step * step', of: each(state.tokens) };
  if (typeof size === 'string')
    return 'it has no num_input_tokens_seen, and without the size of the model its total_flos tell nothing';
  if (state.steps === 0 || state.flops === 0) return 'it has neither num_input_tokens_seen nor total_flos';
  // The Trainer counts 6 FLOP a token and parameter that is in no embedding.
  const total = state.flops / (6 * size.withoutEmbeddings);
  return { name: 'total_flos / (6 params without embeddings) / global_step * step', of: each(total) };
}

const paramsColumn = 'params (config.json)';

/** A checkpoint's folder belongs to the run whose folder it lies in. */
const runFolder = (path: readonly string[]): string =>
  path
    .slice(0, -1)
    .filter((part, k, all) => k < all.length - 1 || !/^checkpoint-\d+$/.test(part))
    .join('/');

const stepOf = ({ head }: InspectedFile): number => Number(/"global_step":\s*(\d+)/.exec(head.text)?.[1] ?? 0);

/** The states of the checkpoints of a run repeat each other; the last has all of their history. */
function supersedes(own: readonly InspectedFile[]): Map<InputFile, string> {
  const last = new Map<string, InspectedFile>();
  for (const one of own) {
    const before = last.get(runFolder(one.file.path));
    if (before === undefined || stepOf(one) >= stepOf(before)) last.set(runFolder(one.file.path), one);
  }
  return new Map(
    own.flatMap(({ file }) => {
      const latest = last.get(runFolder(file.path))?.file;
      return latest === undefined || latest === file ? [] : [[file, `${latest.name} has the whole history of the run`]];
    }),
  );
}

/** `trainer_state.json` of Hugging Face transformers, with the size of the model from its `config.json`. */
export const huggingFace = defineReader({
  id: 'huggingface',
  title: 'Hugging Face trainer_state.json',
  recognises: ({ text }) => /^\s*\{/.test(text) && text.includes('"log_history"') && text.includes('"global_step"'),
  supersedes,
  read: async ([file], sink) => {
    const state = await readState(file);
    if (state.history.length === 0)
      throw new IsoflopError('FILE_WITHOUT_ROWS', { file: file.name, format, reason: 'its log_history has no step' });
    const size = await sizeBeside(file);
    const tokens = tokensOf(state, size);
    const run = runNameOf(file.path);
    const records = state.history.map((entry) => ({
      run,
      ...entry,
      ...(typeof size === 'string' ? {} : { [paramsColumn]: size.params }),
      // Before the first step there are none.
      ...(typeof tokens === 'string' ? {} : { [tokens.name]: Number(tokens.of(entry)) || NaN }),
    }));
    const notesOf = (names: readonly string[]): TableNotes => ({
      preferred: {
        ...logColumns(names.filter((name) => name !== 'total_flos')),
        params: [paramsColumn],
        ...(typeof tokens === 'string' ? {} : { tokens: [tokens.name] }),
      },
      missing: {
        ...(typeof size === 'string' ? { params: `: ${size}` } : {}),
        ...(typeof tokens === 'string' ? { tokens: `: ${tokens}` } : {}),
      },
      unit: 'row',
    });
    sendRecords({ file: file.name, records }, sink, notesOf);
    return { rows: records.length };
  },
});
