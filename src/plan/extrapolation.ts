import { formatQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import type { Fit } from '../fit/result.ts';
import { quantities, type Quantity } from './prediction.ts';

/** Beyond this factor an extrapolation is a warning and not a remark. */
const farBeyond = 10;

/** Within this factor a point is as good as inside the data, and any remark would only round to "1 times". */
const outsideBy = 1.005;

const words: Readonly<Record<Quantity, { readonly name: string; readonly unit: string }>> = {
  params: { name: 'model', unit: ' parameters' },
  tokens: { name: 'token count', unit: ' tokens' },
  flops: { name: 'compute', unit: ' FLOP' },
};

/** How far points lie outside the data of a fit. */
export interface Extrapolation {
  /** Multiple of the largest value, fraction of the smallest, 1 inside; NaN where the value or the range is not known. */
  readonly factorOf: (quantity: number, value: number) => number;
  /** Counts points and keeps the farthest. */
  readonly tally: () => Tally;
}

/** Points that were counted, and what is to be said about them. */
interface Tally {
  /** Factors of a point, in the order of {@link quantities}. */
  readonly add: (params: number, tokens: number, flops: number) => void;
  /** One warning that names the farthest point in every quantity in which a point leaves the data. */
  readonly warnings: (points: number) => Warning[];
}

/** Prepares what there is to say about points outside the ranges of the data. */
export function createExtrapolation(ranges: Fit['data']['ranges']): Extrapolation {
  const lows = Float64Array.from(quantities, (name) => ranges[name]?.[0] ?? NaN);
  const highs = Float64Array.from(quantities, (name) => ranges[name]?.[1] ?? NaN);
  const edgeTexts = quantities.map((_, q) => [lows[q], highs[q]].map((edge) => formatQuantity(edge)));
  return {
    factorOf: (q, value) => {
      if (value > highs[q]) return value / highs[q];
      if (value < lows[q]) return value / lows[q];
      return value >= lows[q] ? 1 : NaN;
    },
    tally: () => {
      let outside = 0;
      const farthest = new Float64Array(3).fill(1);
      const factors = new Float64Array(3).fill(NaN);
      const note = (q: number, factor: number): boolean => {
        const there = distance(factor);
        if (!(there > outsideBy)) return false;
        if (there > farthest[q]) {
          farthest[q] = there;
          factors[q] = factor;
        }
        return true;
      };
      return {
        add: (params, tokens, flops) => {
          const [n, d, c] = [note(0, params), note(1, tokens), note(2, flops)];
          if (n || d || c) outside++;
        },
        warnings: (points) => {
          if (outside === 0) return [];
          const parts: string[] = [];
          for (const name of ['flops', 'params', 'tokens'] as const) {
            const q = quantities.indexOf(name);
            const factor = factors[q];
            if (Number.isNaN(factor)) continue;
            const side = factor > 1 ? 1 : 0;
            const edge = side === 1 ? highs[q] : lows[q];
            parts.push(
              `${formatQuantity(factor)} times the ${side === 1 ? 'largest' : 'smallest'} ${words[name].name} ` +
                `(${formatQuantity(factor * edge)} against ${edgeTexts[q][side]}${words[name].unit})`,
            );
          }
          const subject =
            points === 1
              ? 'The point lies outside the data: it has'
              : `${String(outside)} of ${String(points)} points lie outside the data; the farthest have`;
          const level = Math.max(...farthest) > farBeyond ? 'warning' : 'info';
          return [createWarning('EXTRAPOLATION', `${subject} ${parts.join(', ')}.`, { level })];
        },
      };
    },
  };
}

/** A factor outside the data as a number of at least 1, whichever side it lies on; 1 where there is none. */
const distance = (factor: number): number => (Number.isNaN(factor) ? 1 : Math.max(factor, 1 / factor));
