import { createRandom, type Random } from '../../core/random.ts';
import type { CorpusConfig } from '../runConfig.ts';
import type { Corpus } from './corpus.ts';

type MarkovConfig = Extract<CorpusConfig, { kind: 'markov' }>;

/** Streams of random numbers: the table, validation, and each step of training. */
const streams = { table: 1, validation: 2, training: 16 } as const;

/**
 * A Markov chain whose next symbol follows a power law of its rank, `p(r) ~ r^-exponent`, where each state of the last
 * `order` symbols ranks the symbols in its own way.
 *
 * All states have the same probabilities in another order, so the entropy rate is the entropy of that power law, whatever
 * the stationary distribution is. The rankings stray from a common one: symbols, and so states, are frequent and rare as
 * words are, which is what makes the loss of models fall as a power law and not all at once.
 */
export function markovCorpus(config: MarkovConfig): Corpus {
  const { vocabulary, order, exponent, straying, seed, validationTokens } = config;
  const states = vocabulary ** order;
  const weights = Float64Array.from({ length: vocabulary }, (_, r) => (r + 1) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const cumulative = new Float64Array(vocabulary);
  let sum = 0;
  let entropyRate = 0;
  for (const [r, weight] of weights.entries()) {
    const p = weight / total;
    entropyRate -= p * Math.log(p);
    cumulative[r] = sum += p;
  }
  cumulative[vocabulary - 1] = 1;

  const table = rankings(states, vocabulary, straying, createRandom(seed, streams.table));
  /** The rank at which the cumulative probability passes a number in [0, 1). */
  const rankOf = (u: number): number => {
    let low = 0;
    let high = vocabulary - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > u) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  /** Fills a row, after enough symbols that the start is forgotten. */
  const fill = (row: Int32Array, random: Random): void => {
    let state = random.integer(states);
    for (let i = -settling; i < row.length; i++) {
      const symbol = table[state * vocabulary + rankOf(random.next())];
      state = (state * vocabulary + symbol) % states;
      if (i >= 0) row[i] = symbol;
    }
  };
  const windows = (rows: number, context: number, random: Random): Int32Array => {
    const width = context + 1;
    const symbols = new Int32Array(rows * width);
    for (let row = 0; row < rows; row++) fill(symbols.subarray(row * width, (row + 1) * width), random);
    return symbols;
  };

  return {
    vocabulary,
    source: { kind: 'markov', vocabulary, order, exponent, straying, seed },
    trainTokens: Infinity,
    validationTokens,
    entropyRate,
    batch: (runSeed, step, rows, context) =>
      Promise.resolve(windows(rows, context, createRandom(seed + 2 ** 20 * runSeed, streams.training + step))),
    validation: (rows, context) => {
      const most = Math.max(1, Math.floor(validationTokens / context));
      return Promise.resolve(windows(Math.min(rows, most), context, createRandom(seed, streams.validation)));
    },
    close: () => Promise.resolve(),
  };
}

/** Symbols that are thrown away before each window. */
const settling = 64;

/**
 * For each state the symbol of each rank, most likely first: in the order of the logarithm of the common rank plus a normal
 * deviate of `straying` times that logarithm's range.
 */
function rankings(states: number, vocabulary: number, straying: number, random: Random): Uint16Array {
  const table = new Uint16Array(states * vocabulary);
  const key = new Float64Array(vocabulary);
  const symbols = Array.from({ length: vocabulary }, (_, symbol) => symbol);
  const spread = straying * Math.log(vocabulary);
  for (let state = 0; state < states; state++) {
    for (let symbol = 0; symbol < vocabulary; symbol++) key[symbol] = Math.log(symbol + 1) + spread * random.normal();
    table.set(
      [...symbols].sort((a, b) => key[a] - key[b]),
      state * vocabulary,
    );
  }
  return table;
}
