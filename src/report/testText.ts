import { IsoflopError } from '../core/errors.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { paramValues, type Fit } from '../fit/result.ts';
import { evaluateLaw } from '../laws/law.ts';
import { allocate, type Allocation } from '../plan/allocate.ts';
import type { CoefficientTest } from '../uncertainty/coefficientTest.ts';
import type { NestedComparison, RatioTest } from '../uncertainty/likelihoodRatio.ts';
import { publishedFit } from '../uncertainty/published.ts';
import type { RatioBootstrap } from '../uncertainty/ratioBootstrap.ts';
import { fittedRange } from './fittedData.ts';
import { formatQuantity } from '../core/quantity.ts';
import { formatNumber } from './formula.ts';
import { fitToJson } from './json.ts';
import { alignColumns, createPaint, wrapText } from './layout.ts';
import type { TextOptions } from './text.ts';

type Plan = Pick<Allocation, 'params' | 'tokens' | 'tokensPerParam' | 'loss'>;

/** What the difference between fitted and other coefficients comes to. */
export interface Consequences {
  /** Median and largest size of ln(published prediction / fitted prediction) over the fitted rows. */
  readonly predictions: { readonly median: number; readonly largest: number } | null;
  /** The compute-optimal plan of each at a budget, or `null` where the law has none. */
  readonly plan: { readonly flops: number; readonly fitted: Plan; readonly published: Plan } | null;
}

/** How much further than the data the plans are compared unless a budget is given. */
const beyond = 10;

/**
 * What the difference between the fitted and the published coefficients comes to: predictions at the fitted rows, and the
 * compute-optimal plan at a budget.
 *
 * @param flops - the budget; default ten times the largest among the rows
 */
export function compareConsequences(lawFit: LawFit, fit: Fit, test: CoefficientTest, flops?: number): Consequences {
  const { law, runs, rows } = lawFit;
  const values = {
    ...paramValues(fit),
    ...Object.fromEntries(test.coefficients.map(({ name, published }) => [name, published])),
  };
  const inputs = Object.fromEntries(
    law.inputs.map(({ name }) => [name, Array.from(rows.index, (i) => runs.quantities[name]?.[i] ?? NaN)]),
  );
  const ofFit = evaluateLaw(law, paramValues(fit), inputs);
  const ofPublished = evaluateLaw(law, values, inputs);
  const gaps = ofFit.map((x, i) => Math.abs(Math.log(ofPublished[i] / x))).sort();
  const predictions = gaps.every(Number.isFinite)
    ? { median: gaps[gaps.length >> 1], largest: gaps[gaps.length - 1] }
    : null;
  const budget = flops ?? beyond * (fittedRange(fit, 'flops')?.[1] ?? NaN);
  if (!Number.isFinite(budget)) return { predictions, plan: null };
  const published = publishedFit(law, { id: 'other', source: '', params: values, verified: false, note: '' });
  const { conventions } = fit.data;
  try {
    const [a, b] = [fit, { ...published, formula: fit.formula, data: { ...published.data, conventions } }].map((one) =>
      allocate(one, budget),
    );
    return { predictions, plan: { flops: budget, fitted: planOf(a), published: planOf(b) } };
  } catch (error) {
    if (!(error instanceof IsoflopError) || error.code !== 'NO_OPTIMUM') throw error;
    return { predictions, plan: null };
  }
}

const planOf = ({ params, tokens, tokensPerParam, loss }: Allocation): Plan => ({
  params,
  tokens,
  tokensPerParam,
  loss,
});

/** A p value as it is read: `p = 0.031`, `p = 1.2e-16`, and a bound where it is below the smallest number. */
const pText = (p: number): string => (p === 0 ? 'p < 1e-300' : `p = ${formatNumber(p, 3)}`);

/** Lines of the statistic as it stands and adjusted. */
function ratioLines({ statistic, degreesOfFreedom, pValue, adjusted }: RatioTest): string[] {
  const df = (n: number): string => `${String(n)} degree${n === 1 ? '' : 's'} of freedom`;
  return [
    `  likelihood ratio   ${formatNumber(statistic, 5)}, ${df(degreesOfFreedom)}, ${pText(pValue)}`,
    ...(adjusted === null
      ? []
      : [
          `  adjusted           ${formatNumber(adjusted.statistic, 5)}, ${pText(adjusted.pValue)} (divided by the design effect ${formatNumber(adjusted.designEffect, 3)})`,
        ]),
  ];
}

/** The p value that a reader should go by. */
const trusted = ({ pValue, adjusted }: RatioTest): number => adjusted?.pValue ?? pValue;

/** What a p value says, in words. */
function verdict(p: number, rejected: string, kept: string): string {
  if (p < 0.001) return `The data reject ${rejected} (${pText(p)}).`;
  if (p < 0.05) return `The data speak against ${rejected} (${pText(p)}).`;
  return `The data do not reject ${kept} (${pText(p)}); that is no proof of it.`;
}

/**
 * A test of published coefficients as `isoflop test --against` prints it.
 *
 * @param name - what the coefficients are called
 * @returns lines joined by line ends, without one at the end
 */
export function formatCoefficientTest(
  fit: Fit,
  name: string,
  test: CoefficientTest,
  { predictions, plan }: Consequences,
  { color = false, width = 100 }: TextOptions = {},
): string {
  const paint = createPaint(color);
  const farthest = test.coefficients.reduce((a, b) => (Math.abs(b.z ?? 0) > Math.abs(a.z ?? 0) ? b : a));
  const table = alignColumns(
    [
      ['', 'fitted', 'tested', 'z'],
      ...test.coefficients.map((one) => [
        `  ${one.name}`,
        formatNumber(one.fitted, 6),
        formatNumber(one.published, 6),
        one.z === null ? '-' : one.z.toFixed(2),
      ]),
    ],
    ['left', 'right', 'right', 'right'],
  );
  return [
    paint.bold(`${name} against ${String(fit.points)} rows of ${fit.data.source}`),
    `  ${fit.law}, ${fit.objective.name}: objective ${formatNumber(test.objective.published, 6)} against ${formatNumber(test.objective.fitted, 6)} at the optimum`,
    '',
    ...ratioLines(test),
    ...(test.wald === null
      ? []
      : [
          `  Wald               ${formatNumber(test.wald.statistic, 5)}, ${pText(test.wald.pValue)} (${test.wald.covariance} covariance)`,
        ]),
    '',
    paint.bold(table[0]),
    ...table.slice(1),
    '',
    ...wrapText(verdict(trusted(test), 'these coefficients', 'these coefficients'), width),
    ...(farthest.z === null
      ? []
      : wrapText(`They differ most in ${farthest.name}: ${Math.abs(farthest.z).toFixed(1)} standard errors.`, width)),
    ...(predictions === null
      ? []
      : wrapText(
          `At the fitted rows the two predictions differ by ${formatNumber(100 * predictions.median, 2)}% in the median and ${formatNumber(100 * predictions.largest, 2)}% at most.`,
          width,
        )),
    ...(plan === null
      ? []
      : [
          '',
          paint.bold(`Compute-optimal at ${formatNumber(plan.flops, 3)} FLOP`),
          ...alignColumns(
            [
              ['', 'params', 'tokens', 'tokens per param', 'predicted loss'],
              ...(
                [
                  ['fitted', plan.fitted],
                  ['tested', plan.published],
                ] as const
              ).map(([label, one]) => [
                `  ${label}`,
                formatQuantity(one.params),
                formatQuantity(one.tokens),
                formatNumber(one.tokensPerParam, 4),
                formatNumber(one.loss, 4),
              ]),
            ],
            ['left', 'right', 'right', 'right', 'right'],
          ),
        ]),
  ].join('\n');
}

/** A test of published coefficients as `isoflop test --against --json` prints it. */
export function coefficientTestToJson(fit: Fit, name: string, test: CoefficientTest, consequences: Consequences) {
  return { against: name, ...test, consequences, fit: fitToJson(fit) };
}

/**
 * A comparison of nested laws as `isoflop test --null` prints it.
 *
 * @returns lines joined by line ends, without one at the end
 */
export function formatNestedTest(
  fit: Fit,
  small: LawFit,
  test: NestedComparison,
  bootstrap: RatioBootstrap | null,
  { color = false, width = 100 }: TextOptions = {},
): string {
  const paint = createPaint(color);
  const hypothesis = test.restrictions.join(', ');
  const p = bootstrap?.pValue ?? trusted(test);
  return [
    paint.bold(`${fit.law} with ${hypothesis}, against ${fit.law} without, on ${String(fit.points)} rows`),
    `  ${fit.objective.name}: objective ${formatNumber(small.minimum.value, 6)} against ${formatNumber(fit.objective.value, 6)}`,
    '',
    ...ratioLines(test),
    ...(bootstrap === null
      ? []
      : [
          `  wild bootstrap     ${pText(bootstrap.pValue)} from ${String(bootstrap.certified)} of ${String(bootstrap.resamples)} resamples, seed ${String(bootstrap.seed)}`,
        ]),
    '',
    ...wrapText(verdict(p, hypothesis, hypothesis), width),
  ].join('\n');
}

/** A comparison of nested laws as `isoflop test --null --json` prints it. */
export function nestedTestToJson(fit: Fit, small: LawFit, test: NestedComparison, bootstrap: RatioBootstrap | null) {
  return {
    null: test.restrictions,
    ...test,
    bootstrap,
    objective: { small: small.minimum.value, large: fit.objective.value },
    fit: fitToJson(fit),
  };
}
