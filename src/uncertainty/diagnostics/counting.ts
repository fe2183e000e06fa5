import { formatQuantity } from '../../core/quantity.ts';
import { fisherSurvival } from '../../core/special.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import { allocationExponents } from '../../laws/allocation.ts';
import { toParams } from '../../laws/law.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import type { Evidence } from './evidence.ts';

/** Two ways of counting differ when their ratio changes by this factor over the sizes; a constant ratio moves no exponent. */
const changes = 1.1;
/** An exponent that moves by this is another result: published errors of exponents are this small (arXiv 2404.10102). */
const matters = 0.02;
/** Probability that scatter of the compute counts as a trend. */
const falseAlarms = 0.001;
/** Part of the variance of ln(C / kND) that size has to explain. */
const explained = 0.5;
/** Embeddings and heads, forward passes and recomputation change compute by less than this factor. */
const sameUnit = 5;

/** Parameters counted in another way, and where that count comes from. */
interface OtherCount {
  readonly values: Float64Array;
  readonly origin: string;
}

/**
 * Parameters can be counted with or without embeddings, and compute with or without the head. Where the data hold two counts
 * whose ratio changes with size, both are fitted: what differs between them is convention, not knowledge.
 *
 * @see arXiv 2406.12907 (Pearce and Song 2024); arXiv 2406.19146 (Porian et al. 2024)
 */
export function counting(evidence: Evidence): readonly Warning[] {
  const params = evidence.column('params');
  const isInput = evidence.fit.law.inputs.some(({ name }) => name === 'params');
  if (params === undefined || !isInput || !evidence.canRefit) return [];
  const other = secondColumn(evidence, params) ?? impliedByCompute(evidence, params);
  if (other === undefined) return [];
  const { values, origin } = other;
  const flops = evidence.column('flops');
  const tokens = evidence.column('tokens');
  const factor = evidence.fit.runs.conventions.flopsPerParamToken;
  const replaced: Record<string, Float64Array> = { params: values };
  if (flops !== undefined && tokens !== undefined) replaced.flops = values.map((n, i) => factor * n * tokens[i]);
  const fit = evidence.refit({ replaced });
  if (fit === undefined) return [];
  const before = exponents(evidence.fit);
  const after = exponents(fit);
  const moves = Object.keys(before).map((name) => ({ name, from: before[name], to: after[name] }));
  const largest = Math.max(...moves.map(({ from, to }) => Math.abs(to - from)));
  if (moves.length === 0 || !Number.isFinite(largest)) return [];
  const [low, high] = ratioRange(params, values);
  const told = moves.map(({ name, from, to }) => `${name} ${from.toFixed(3)} -> ${to.toFixed(3)}`).join(', ');
  return [
    createWarning(
      'MIXED_COUNTING',
      `Parameters are counted in two ways: ${origin} is ${formatQuantity(low, 3)} to ${formatQuantity(high, 3)} times params. Fitted with it the exponents move: ${told}.`,
      {
        level: largest > matters ? 'warning' : 'info',
        numbers: {
          ratioLow: low,
          ratioHigh: high,
          largestMove: largest,
          ...Object.fromEntries(
            moves.flatMap(({ name, from, to }) => [
              [name, from],
              [`${name}Other`, to],
            ]),
          ),
        },
      },
    ),
  ];
}

/** A second column of parameters. */
function secondColumn(evidence: Evidence, params: Float64Array): OtherCount | undefined {
  const values = evidence.column('otherParams');
  if (values?.every((value) => value > 0 && value < Infinity) !== true) return undefined;
  const [low, high] = ratioRange(params, values);
  if (high < changes * low) return undefined;
  return { values, origin: evidence.fit.runs.conventions.columns.otherParams };
}

/** The parameters that compute was counted with, where C / (k N D) changes with size. */
function impliedByCompute(evidence: Evidence, params: Float64Array): OtherCount | undefined {
  const tokens = evidence.column('tokens');
  const flops = evidence.column('flops');
  if (tokens === undefined || flops === undefined) return undefined;
  const factor = evidence.fit.runs.conventions.flopsPerParamToken;
  const values = flops.map((c, i) => c / (factor * tokens[i]));
  const sizes = params.map(Math.log);
  const ratios = values.map((n, i) => Math.log(n / params[i]));
  const n = sizes.length;
  const [xMean, yMean] = [sizes, ratios].map((column) => column.reduce((sum, x) => sum + x, 0) / n);
  let [xx, xy, yy, low, high] = [0, 0, 0, Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    xx += (sizes[i] - xMean) ** 2;
    xy += (sizes[i] - xMean) * (ratios[i] - yMean);
    yy += (ratios[i] - yMean) ** 2;
    low = Math.min(low, sizes[i]);
    high = Math.max(high, sizes[i]);
  }
  // Compute that is off by a constant factor of this size is in another unit, which has its own warning.
  if (Math.abs(yMean) > Math.log(sameUnit)) return undefined;
  const trend = Math.abs((xy / xx) * (high - low));
  const squared = (xy * xy) / (xx * yy);
  if (!(trend > Math.log(changes) && squared > explained)) return undefined;
  if (fisherSurvival((squared / (1 - squared)) * (n - 2), 1, n - 2) > falseAlarms) return undefined;
  return { values, origin: `flops / (${String(factor)} tokens)` };
}

function ratioRange(params: Float64Array, values: Float64Array): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < params.length; i++) {
    low = Math.min(low, values[i] / params[i]);
    high = Math.max(high, values[i] / params[i]);
  }
  return [low, high];
}

/** Exponents that depend on how parameters are counted. */
function exponents(fit: LawFit): Readonly<Record<string, number>> {
  const values = toParams(fit.law, fit.theta);
  const optimum = allocationExponents(fit.law, values);
  const powers = fit.law.separable?.flatMap(({ power }) => (power?.input === 'params' ? [power.exponent] : []));
  const names = powers ?? fit.law.params.map(({ name }) => name).filter((name) => name === 'alpha');
  return {
    ...Object.fromEntries(names.map((name) => [name, values[name]])),
    ...(optimum === null ? {} : { 'N* exponent': optimum.paramsExponent }),
  };
}
