import { toCsv } from '../record/csv.ts';
import type { Dynamics } from './dynamics.ts';

/** One measured value: a row of the CSV. */
export interface DynamicsRow {
  readonly measure: string;
  readonly run: string;
  readonly family: string;
  readonly params: number | null;
  readonly tokens: number | null;
  readonly step: number | null;
  /** Tensor, layer, learning rate or loss that the value is of. */
  readonly of: string;
  readonly value: number | null;
}

/** Columns of the CSV, in order. */
const columns = ['measure', 'run', 'family', 'params', 'tokens', 'step', 'of', 'value'] as const;

/** Everything that was measured, one value a row. */
export function dynamicsRows(dynamics: Dynamics): DynamicsRow[] {
  const empty = { run: '', family: '', params: null, tokens: null, step: null, of: '' };
  const course = (
    measure: string,
    of: string,
    one: { run: string; params: number; steps: readonly number[]; tokens: readonly number[] },
    values: readonly number[],
  ): DynamicsRow[] =>
    values.map((value, k) => ({
      ...empty,
      measure,
      run: one.run,
      params: one.params,
      tokens: one.tokens[k],
      step: one.steps[k],
      of,
      value,
    }));
  return [
    ...dynamics.ranks.flatMap((one) => course('effective_rank', one.tensor, one, one.ranks)),
    ...dynamics.alignments.flatMap((one) =>
      course('alignment', `blocks.${String(one.layer)}.${one.part}`, one, one.alignments),
    ),
    ...dynamics.alignments.map(({ run, params, part, layer, convergedAt }) => ({
      ...empty,
      measure: 'converged_at',
      run,
      params,
      of: `blocks.${String(layer)}.${part}`,
      value: convergedAt,
    })),
    ...dynamics.noise.flatMap((one) => course('noise_scale', 'tokens', one, one.noise)),
    ...dynamics.rates.flatMap(({ family, params, tokens, rates, losses, sensitivity, bestRate }) => [
      ...rates.map((rate, k) => ({
        ...empty,
        measure: 'loss_at_rate',
        family,
        params,
        tokens,
        of: String(rate),
        value: losses[k],
      })),
      { ...empty, measure: 'rate_sensitivity', family, params, tokens, value: sensitivity },
      { ...empty, measure: 'best_rate', family, params, tokens, value: bestRate },
    ]),
    ...dynamics.growth.flatMap(({ quantity, family, rate, params, values, unstableFrom }) => [
      ...values.map((value, k) => ({
        ...empty,
        measure: quantity,
        family,
        params: params[k],
        of: String(rate),
        value,
      })),
      { ...empty, measure: `${quantity}_unstable_from`, family, of: String(rate), value: unstableFrom },
    ]),
    ...dynamics.saturation.flatMap(({ run, params, tokens, isSaturated, bestAt, rise }) => [
      { ...empty, measure: 'saturated', run, params, tokens, value: Number(isSaturated) },
      { ...empty, measure: 'best_at', run, params, tokens, value: bestAt },
      { ...empty, measure: 'rise_since_best', run, params, tokens, value: rise },
    ]),
    ...dynamics.law.flatMap(({ family, params, final, best }) => [
      { ...empty, measure: 'final_above_law', family, params, value: final },
      { ...empty, measure: 'best_above_law', family, params, value: best },
    ]),
    ...dynamics.batches.flatMap(({ family, params, rungs }) =>
      rungs.map(({ loss, criticalBatch }) => ({
        ...empty,
        measure: 'critical_batch',
        family,
        params,
        of: String(Number(loss.toPrecision(6))),
        value: criticalBatch,
      })),
    ),
  ];
}

/** {@link dynamicsRows} as a CSV with a header. */
export const dynamicsCsv = (dynamics: Dynamics): string => toCsv(columns, dynamicsRows(dynamics));
