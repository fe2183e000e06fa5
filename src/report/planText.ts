import { IsoflopError } from '../core/errors.ts';
import { formatQuantity } from '../core/quantity.ts';
import type { Fit } from '../fit/result.ts';
import { takesParamsAndTokens } from '../laws/allocation.ts';
import type { Law } from '../laws/law.ts';
import { allocate } from '../plan/allocate.ts';
import { predictLoss } from '../uncertainty/predict.ts';
import { fittedRange } from './fittedData.ts';
import { formatNumber } from './formula.ts';
import { alignColumns } from './layout.ts';
import { formatPercent } from './paramsText.ts';

/** Rows of the table: at the end of the data and beyond it. */
const factors = [1, 10, 100, 1000] as const;

/** Budgets shown for a fit without data. */
const withoutData = [1e21, 1e22, 1e23, 1e24] as const;

type Interval = readonly [number, number] | null;

function cell(value: number, interval: Interval, format: (value: number) => string): string {
  return interval === null ? format(value) : `${format(value)} [${format(interval[0])}, ${format(interval[1])}]`;
}

const count = (value: number): string => formatQuantity(value);
const ratio = (value: number): string => formatNumber(value, 3);
const lossText = (value: number): string => value.toPrecision(4);

const where = (factor: number): string => (factor === 1 ? 'largest in data' : `${String(factor)}x`);

/** What a law advises or predicts at the end of the data and beyond, as cells. */
export interface PlanTable {
  readonly heading: string;
  /** How the optimum grows with compute, for a law with an allocation. */
  readonly growth: string | null;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * What the law advises at the largest compute of the data and at 10, 100 and 1000 times that; for a law of one input, the
 * loss that it predicts there. `null` where the law gives neither.
 */
export function planTable(fit: Fit, law: Law): PlanTable | null {
  const anyInterval = fit.bootstrap !== null || fit.covariance.matrix !== null;
  const note = anyInterval ? `, ${formatPercent(fit.confidence)} intervals of the law's mean` : '';
  return law.inputs.length === 1 ? inputTable(fit, law, note) : optimumTable(fit, law, note);
}

/** The section of a report with {@link planTable}; none where there is no such table. */
export function planLines(fit: Fit, law: Law): { heading: string; lines: string[] }[] {
  const plan = planTable(fit, law);
  if (plan === null) return [];
  const cells = [plan.header, ...plan.rows].map(([first, ...rest]) => [`  ${first}`, ...rest]);
  const lines = alignColumns(
    cells,
    plan.header.map(() => 'left'),
  );
  return [{ heading: plan.heading, lines: [...(plan.growth === null ? [] : [`  ${plan.growth}`]), ...lines] }];
}

function optimumTable(fit: Fit, law: Law, note: string): PlanTable | null {
  if (!takesParamsAndTokens(law)) return null;
  const largest = fittedRange(fit, 'flops')?.[1];
  const budgets = largest === undefined ? withoutData : factors.map((factor) => factor * largest);
  try {
    const rows = budgets.map((flops, k) => {
      const plan = allocate(fit, flops);
      return [
        formatQuantity(flops),
        largest === undefined ? '' : where(factors[k]),
        cell(plan.tokensPerParam, plan.intervals.tokensPerParam, ratio),
        cell(plan.params, plan.intervals.params, count),
        cell(plan.tokens, plan.intervals.tokens, count),
        cell(plan.loss, plan.intervals.loss, lossText),
      ];
    });
    const { optimum } = fit;
    return {
      heading: `Compute-optimal training, C = ${formatNumber(fit.data.conventions.flopsPerParamToken)} N D${note}`,
      growth:
        optimum === null
          ? null
          : `N* grows as C^${formatNumber(optimum.paramsExponent)}, D* as C^${formatNumber(optimum.tokensExponent)}`,
      header: ['compute', '', 'tokens/param', 'params N*', 'tokens D*', 'loss'],
      rows,
    };
  } catch (error) {
    if (error instanceof IsoflopError && error.code === 'NO_OPTIMUM') return null;
    throw error;
  }
}

function inputTable(fit: Fit, law: Law, note: string): PlanTable | null {
  const [input] = law.inputs;
  const largest = fittedRange(fit, input.name)?.[1];
  // Ten times the largest loss, or the largest of a column that may be negative, is no place to extrapolate to.
  if (largest === undefined || input.name === 'loss' || input.transform === 'identity') return null;
  const values = factors.map((factor) => factor * largest);
  const { loss, lower, upper } = predictLoss(fit, { [input.name]: values });
  return {
    heading: `Predicted ${law.response.name}${note}`,
    growth: null,
    header: [input.name, '', law.response.name],
    rows: values.map((value, k) => [
      formatQuantity(value),
      where(factors[k]),
      cell(loss[k], lower === null || upper === null ? null : [lower[k], upper[k]], lossText),
    ]),
  };
}
