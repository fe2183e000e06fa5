import { formatQuantity } from '../../core/quantity.ts';
import { alignColumns, wrapText } from '../../report/layout.ts';
import type { Dynamics } from './dynamics.ts';
import { groupBy, mean } from './grouping.ts';

/** A table with a heading, or nothing without rows. */
function table(heading: string, header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const lines = alignColumns(
    [header, ...rows],
    header.map((_, k) => (k === 0 ? 'left' : 'right')),
  );
  return ['', heading, ...lines.map((line) => `  ${line}`)];
}

const three = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '-' : String(Number(value.toPrecision(3)));
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
const count = (value: number | null): string => (value === null ? '-' : formatQuantity(value));

/** The training dynamics of a folder as tables for a person. */
export function formatDynamics(dynamics: Dynamics, width = 100): string {
  const layers = groupBy(dynamics.alignments, ({ run }) => run).map((own) => {
    const [{ run, params }] = own;
    const ranks = dynamics.ranks.filter((one) => one.run === run);
    const at = (k: number): number => mean(ranks.map((one) => one.ranks.at(k) ?? NaN));
    const settled = own.map(({ convergedAt }) => convergedAt ?? 1).sort((a, b) => a - b);
    return [
      run,
      count(params),
      three(at(0)),
      three(at(-1)),
      percent(settled[(settled.length - 1) >> 1]),
      percent(settled.at(-1) ?? 1),
    ];
  });
  const noise = dynamics.noise.map(({ run, params, noise: values, losses }) => [
    run,
    count(params),
    three(losses.at(-1)),
    three(values.find(Number.isFinite)),
    three(values.at(-1)),
  ]);
  const rates = dynamics.rates.map(({ family, params, tokens, batch, rates: grid, sensitivity, bestRate, isAtEnd }) => [
    family,
    count(params),
    count(tokens),
    String(batch),
    `${three(grid[0])} to ${three(grid.at(-1))}`,
    three(sensitivity),
    `${three(bestRate)}${isAtEnd ? ' (end of the grid)' : ''}`,
  ]);
  const growth = dynamics.growth.map(({ quantity, family, rate, values, threshold, unstableFrom }) => [
    quantity,
    family,
    three(rate),
    `${three(values[0])} to ${three(values.at(-1))}`,
    three(threshold),
    unstableFrom === null ? 'not in sight' : count(unstableFrom),
  ]);
  const saturated = dynamics.saturation.filter(({ isSaturated }) => isSaturated);
  const law = dynamics.law.map(({ params, fittedSizes, final, best }) => [
    count(params),
    String(fittedSizes),
    percent(final),
    percent(best),
  ]);
  const batches = dynamics.batches.map(({ family, params, batches: sizes, rungs }) => [
    family,
    count(params),
    `${count(sizes[0])} to ${count(sizes.at(-1) ?? NaN)}`,
    `${three(rungs[0].loss)} to ${three(rungs.at(-1)?.loss)}`,
    `${count(rungs[0].criticalBatch)} to ${count(rungs.at(-1)?.criticalBatch ?? NaN)}`,
  ]);
  return [
    `${dynamics.name}: ${String(dynamics.runs)} ended ${dynamics.runs === 1 ? 'run' : 'runs'}, ${String(dynamics.diverged)} of them diverged`,
    ...table(
      'Layers: effective rank at the first and the last checkpoint, and the share of the tokens until half and all of them converged',
      ['run', 'params', 'rank first', 'rank last', 'half by', 'all by'],
      layers,
    ),
    ...table(
      'Gradient noise: the batch size in tokens with as much noise as signal, first and last',
      ['run', 'params', 'last loss', 'first', 'last'],
      noise,
    ),
    ...table(
      'Learning rates: nats a token that the grid loses on average beside its best rate',
      ['family', 'params', 'tokens', 'batch', 'grid', 'sensitivity', 'best rate'],
      rates,
    ),
    ...table(
      'Stability over size, extrapolated',
      ['quantity', 'family', 'rate', 'seen', 'unstable at', 'from params'],
      growth,
    ),
    ...table(
      'Small sizes beside the law of the larger ones',
      ['params', 'larger sizes', 'last above law', 'best above law'],
      law,
    ),
    ...table(
      'Critical batch size in tokens, from the first loss to the last',
      ['family', 'params', 'batches', 'loss', 'critical batch'],
      batches,
    ),
    '',
    ...wrapText(
      saturated.length === 0
        ? `Saturation: none of ${String(dynamics.saturation.length)} runs got worse late in training.`
        : `Saturation: ${saturated.map(({ run, rise, bestAt }) => `${run} rose by ${three(rise)} since ${percent(bestAt)} of its tokens`).join('; ')}.`,
      width,
    ),
    ...dynamics.missing.flatMap(({ part, why }) => wrapText(`Not measured: ${part}, since ${why}.`, width)),
  ].join('\n');
}
