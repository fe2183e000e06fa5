import { IsoflopError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import type { Fit } from '../../fit/result.ts';
import type { Law } from '../../laws/law.ts';
import { symbolicFormula, plainSymbol } from '../formula.ts';
import { rangeText } from '../lawFields.ts';
import { precisionOf } from '../paramsText.ts';
import { choicesOf, selectionEntries, showValue } from './data.ts';
import { countOf } from '../keptText.ts';
import type { ChecklistEntry } from './document.ts';
import { objectiveText, searchText } from './sections.ts';
import { backtestSummary } from './validation.ts';

/** An entry before a fit is looked at. */
interface Item {
  readonly id: string;
  readonly group: string;
  readonly item: string;
  /** What the fit itself says, or `null`. */
  readonly stated: (fit: Fit, law: Law) => string | null;
  /** What a note could say, as an example. */
  readonly example: string;
}

/** What only a fit of runs knows. */
const ofRuns =
  (text: (fit: Fit, law: Law) => string | null) =>
  (fit: Fit, law: Law): string | null =>
    fit.points === 0 ? null : text(fit, law);

/** What no fit knows, and only its user can say. */
const unknown = (): null => null;

/** Range of a column among the rows, where there is such a column. */
const rangeOf =
  (name: string, what: string) =>
  (fit: Fit): string | null => {
    const range = fit.data.ranges[name];
    return range === undefined ? null : `${what} ${showValue(name, range[0])} to ${showValue(name, range[1])}`;
  };

/** Published coefficients of the same source, which may say how they were fitted. */
const publishedObjective = (fit: Fit, law: Law): string | null =>
  law.published.find((published) => fit.data.source.startsWith(published.source))?.objective ?? null;

/** Where each quantity comes from: its column, or the formula that gives it. */
function counting(fit: Fit, name: string): string | null {
  const { columns, derived } = fit.data.conventions;
  if (name in columns) return `column "${columns[name]}"`;
  return name in derived ? derived[name] : null;
}

/**
 * What a reader needs to know to judge a scaling law and to fit it again, after the checklist of (Mis)Fitting.
 *
 * @see arXiv 2502.18969, appendix
 */
const items: readonly Item[] = [
  {
    id: 'form',
    group: 'Law',
    item: 'Form of the law',
    stated: (_, law) => symbolicFormula(law),
    example: 'chosen because ...',
  },
  {
    id: 'parameters',
    group: 'Law',
    item: 'Parameters, and which were free',
    stated: (fit, law) => {
      const held = law.params.filter(({ name }) => fit.params[name].state !== 'free').map(({ name }) => name);
      const names = `${String(law.params.length)}: ${law.params.map(({ name }) => name).join(', ')}`;
      if (fit.points === 0) return `${names}, as published`;
      return held.length === 0 ? `${names}, all free` : `${names}; not free: ${held.join(', ')}`;
    },
    example: 'E shared between families',
  },
  {
    id: 'units',
    group: 'Law',
    item: 'Variables and units',
    stated: (_, law) =>
      [...law.inputs, law.response]
        .map(({ name, symbol, unit }) => `${name} ${plainSymbol(symbol)}${unit === '' ? '' : ` (${unit})`}`)
        .join(', '),
    example: 'loss in nats per token of the C4 validation set',
  },
  {
    id: 'architecture',
    group: 'Training',
    item: 'Architecture, and how it grows with size',
    stated: unknown,
    example: 'decoder-only, width / depth = 64, context 2048',
  },
  {
    id: 'corpus',
    group: 'Training',
    item: 'Training data and tokenizer',
    stated: unknown,
    example: 'RefinedWeb, one epoch, GPT-NeoX tokenizer (50k)',
  },
  {
    id: 'schedule',
    group: 'Training',
    item: 'Learning-rate schedule and warm-up',
    stated: ofRuns(rangeOf('learningRate', 'learning rates')),
    example: 'cosine to 10% over the whole run, warm-up 1%',
  },
  {
    id: 'batch',
    group: 'Training',
    item: 'Tokens per step',
    stated: ofRuns(rangeOf('batchSize', 'batch sizes')),
    example: '0.5M tokens for every size',
  },
  {
    id: 'optimizer',
    group: 'Training',
    item: 'Optimizer of the training, and which hyper-parameters were tuned',
    stated: unknown,
    example: 'AdamW, learning rate tuned at each size',
  },
  {
    id: 'points',
    group: 'Data',
    item: 'Number of data points and sizes',
    stated: ofRuns(
      ({ data, points }) =>
        `${countOf(points, 'point')} of ${countOf(data.rows, 'row')}${data.sizes === null ? '' : `, ${countOf(data.sizes, 'model size')}`}`,
    ),
    example: '45 runs',
  },
  {
    id: 'ranges',
    group: 'Data',
    item: 'Ranges of size, tokens and compute',
    stated: ofRuns(({ data }) => {
      const known = ['params', 'tokens', 'flops'].flatMap((name) => {
        const range = data.ranges[name];
        return range === undefined ? [] : [`${name} ${showValue(name, range[0])} to ${showValue(name, range[1])}`];
      });
      return known.length === 0 ? null : known.join(', ');
    }),
    example: '44M to 16B parameters, 1e18 to 1e22 FLOP',
  },
  {
    id: 'count-params',
    group: 'Data',
    item: 'How N is counted (with embeddings?)',
    stated: unknown,
    example: 'all parameters, embeddings included',
  },
  {
    id: 'count-tokens',
    group: 'Data',
    item: 'How D is counted (repeated tokens, padding?)',
    stated: unknown,
    example: 'every token seen, no repetition',
  },
  {
    id: 'count-flops',
    group: 'Data',
    item: 'How C is counted',
    stated: ofRuns((fit) => counting(fit, 'flops')),
    example: '6 N D',
  },
  {
    id: 'checkpoints',
    group: 'Data',
    item: 'Which checkpoints were used',
    stated: ofRuns((fit) => {
      const choices = choicesOf(fit).filter((choice) => !/^--(where|near-optimal) /.test(choice));
      return choices.length === 0 ? null : choices.join(', ');
    }),
    example: 'the last of each run, after full decay',
  },
  {
    id: 'selection',
    group: 'Data',
    item: 'Which rows were left out, and why',
    stated: ofRuns((fit) => {
      const told = selectionEntries(fit).map(([, text]) => text);
      return told.length === 0 ? 'none' : told.join('; ');
    }),
    example: 'runs that diverged were left out',
  },
  {
    id: 'loss',
    group: 'Data',
    item: 'How the loss was measured',
    stated: unknown,
    example: 'C4 validation, 10M tokens, no smoothing',
  },
  {
    id: 'objective',
    group: 'Fit',
    item: 'Objective',
    stated: (fit, law) => (fit.points === 0 ? publishedObjective(fit, law) : `sum of ${objectiveText(fit)}`),
    example: 'Huber on log loss, delta 1e-3',
  },
  {
    id: 'search',
    group: 'Fit',
    item: 'Optimizer of the fit, and where it started',
    stated: ofRuns(searchText),
    example: 'L-BFGS from a grid of 4,500 points',
  },
  {
    id: 'bounds',
    group: 'Fit',
    item: 'Bounds of the parameters',
    stated: ofRuns((fit, law) =>
      law.params
        .map((param) => {
          const own = Object.hasOwn(fit.settings.bounds, param.name) ? fit.settings.bounds[param.name] : undefined;
          return `${param.name} ${rangeText(own === undefined ? param : { ...param, bounds: own })}`;
        })
        .join(', '),
    ),
    example: 'none',
  },
  {
    id: 'uncertainty',
    group: 'Fit',
    item: 'Uncertainty of the parameters',
    stated: (fit) => {
      const text = precisionOf(fit);
      return text === 'no error estimate' ? null : text;
    },
    example: 'bootstrap of 4,000 resamples by run',
  },
  {
    id: 'validation',
    group: 'Validation',
    item: 'How well larger runs were predicted that the fit had not seen',
    stated: (fit) => backtestSummary(fit),
    example: 'fitted below 1e21 FLOP, 0.9% mean error on the 30 runs above',
  },
  {
    id: 'availability',
    group: 'Validation',
    item: 'Where runs and code can be had',
    stated: unknown,
    example: 'https://example.org/runs.csv',
  },
];

/** Notes of the user about a fit, by the id of an entry of the checklist. */
export type CardNotes = Readonly<Record<string, string>>;

/** Names under which notes can be given. */
const noteNames: readonly string[] = items.map((item) => item.id);

/**
 * Refuses notes that belong to no entry.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`
 */
export function checkNotes(notes: CardNotes): void {
  for (const [name, text] of Object.entries(notes)) {
    if (!noteNames.includes(name)) {
      const nearest = nearestName(name, noteNames);
      throw new IsoflopError('OPTION_INVALID', {
        option: '--note',
        value: name,
        expected: `one of ${noteNames.join(', ')}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
      });
    }
    if (text.trim() === '')
      throw new IsoflopError('OPTION_INVALID', { option: '--note', value: `${name}=`, expected: 'a text after the =' });
  }
}

/** The checklist of a fit: what it states itself, what notes add, and what is missing. */
export function checklistOf(fit: Fit, law: Law, notes: CardNotes): ChecklistEntry[] {
  return items.map(({ id, group, item, stated, example }) => {
    const own = stated(fit, law);
    const note = Object.hasOwn(notes, id) ? notes[id].trim() : null;
    const value = own === null || note === null ? (own ?? note) : `${own}; ${note}`;
    return { id, group, item, value, how: howTo(id, example) };
  });
}

function howTo(id: string, example: string): string {
  const note = `--note '${id}=${example}'`;
  return id === 'validation' ? `isoflop backtest, or ${note}` : note;
}
