import { createWarning } from '../../core/warnings.ts';
import { readCsvInto } from '../read.ts';
import { csvHeader } from './csv.ts';
import { defineReader } from './reader.ts';

/** Columns that every version of nanochat's table of a scaling sweep has. */
const always = ['flops_budget', 'depth', 'model_dim', 'num_iterations', 'tokens_trained', 'val_bpb'];

/**
 * `results.csv` of nanochat's scaling_laws.sh: one row a run. Its loss is in bits per byte, which does not depend on the
 * tokenizer; the counts of parameters have changed their names over its versions.
 */
export const nanochat = defineReader({
  id: 'nanochat',
  title: 'nanochat results.csv',
  recognises: (head) => {
    const names = csvHeader(head);
    return always.every((name) => names.includes(name));
  },
  read: async ([file], sink) =>
    await readCsvInto(file.name, file.open(), {
      header: (names, notes) => {
        sink.warn(createWarning('LOSS_UNIT', `${file.name}: the loss is val_bpb, in bits per byte.`));
        return sink.header(names, {
          ...notes,
          preferred: {
            loss: ['val_bpb'],
            params: ['params_total', 'num_params', 'num_scaling_params'],
            tokens: ['tokens_trained'],
            flops: ['flops_budget'],
            step: ['num_iterations'],
          },
        });
      },
      row: (cells, line) => {
        sink.row(cells, line);
      },
      warn: (warning) => {
        sink.warn(warning);
      },
    }),
});
