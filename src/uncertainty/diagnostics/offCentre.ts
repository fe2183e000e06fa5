import { formatQuantity } from '../../core/quantity.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import { allocationFault } from '../../laws/allocation.ts';
import type { AllocationTerms } from '../../laws/law.ts';
import { groupBudgets } from '../budgets.ts';
import type { Evidence } from './evidence.ts';

/**
 * Grids off their centre matter when they move the vertex of a budget by this factor, or the exponent by this: a tenth of the
 * distance between published exponents, and many times what the noise of a centred grid does.
 */
const matters = { factor: 1.02, exponent: 0.005 };
/** Single budgets without a minimum inside are left out by whoever uses approach 2; from this share on the design is at fault. */
const outsideShare = 0.2;
/** Runs of a budget that show a parabola. */
const fewestRuns = 4;
/**
 * Runs of one budget agree in ln(N D) to within this (median). Compute that is spread out evenly also falls into windows of the
 * width of a budget, but fills them: there it would be 0.06.
 */
const sameBudget = 0.03;
/** Finding budgets takes more than linear time. */
const mostRows = 20_000;

/** The runs of one budget, in logarithms. */
interface Grid {
  /** ln(N D) of the budget. */
  readonly product: number;
  /** ln N of its runs. */
  readonly sizes: readonly number[];
  /** ln N at its optimum by the law. */
  readonly optimum: number;
  /** ln N at the vertex of a parabola through its losses; NaN where these have none. */
  readonly vertex: number;
}

/**
 * IsoFLOP grids that are not centred on their optimum. A parabola through ln N is no exact description of a sum of powers, so
 * its vertex moves when the grid does (approach 2): a constant offset moves N*, one that drifts with the budget moves the
 * exponent. The law itself says by how much: parabolas through its own losses on this grid, and on the same grid centred.
 *
 * @see methods of arXiv 2203.15556, approach 2; the bias is exact for the fitted law
 */
export function offCentre(evidence: Evidence): readonly Warning[] {
  const { law, runs, status } = evidence.fit;
  const terms = law.allocation?.(evidence.values);
  const names = law.inputs.map(({ name }) => name);
  const isPlane = names.length === 2 && names[0] === 'params' && names[1] === 'tokens';
  if (terms === undefined || allocationFault(terms) !== undefined || !isPlane || status === 'stalled') return [];
  const [params, tokens] = [evidence.column('params'), evidence.column('tokens')];
  if (params === undefined || tokens === undefined || evidence.rows > mostRows) return [];
  const { count, codes } = groupBudgets(
    { params, tokens, flops: evidence.column('flops') },
    { flopsPerParamToken: runs.conventions.flopsPerParamToken, fewest: fewestRuns },
  );
  const spread = spreadOf(params, tokens, codes, count);
  if (!(spread < sameBudget)) return [];
  const all = gridsOf(evidence, count, codes, params, tokens, terms);
  // Where the data have a minimum inside and the law puts its optimum outside, the law is at fault and not the grid.
  const grids = all.filter((grid) => !(isOutside(grid, grid.optimum) && isInside(grid, grid.vertex)));
  if (grids.length < 2 || grids.length < all.length / 2) return [];
  const offsets = grids.map(({ optimum, sizes }) => optimum - centre(sizes));
  const moved = grids.map((grid, j) => bias(evidence, grid, 0) - bias(evidence, grid, offsets[j]));
  const budgets = grids.map(({ product }) => product);
  const drift = slope(budgets, moved);
  const worst = moved.reduce((a, b, j) => (Math.abs(b) > Math.abs(moved[a]) ? j : a), 0);
  const outside = grids.filter((grid) => isOutside(grid, grid.optimum));
  const isMoved = Math.abs(moved[worst]) > Math.log(matters.factor) || Math.abs(drift) > matters.exponent;
  if (!isMoved && outside.length <= outsideShare * grids.length) return [];
  const k = runs.conventions.flopsPerParamToken;
  const flops = (j: number): string => formatQuantity(k * Math.exp(budgets[j]));
  const factor = Math.exp(offsets[worst]);
  return [
    createWarning(
      'MINIMA_OFF_CENTRE',
      `The best size at ${flops(worst)} FLOP is ${formatQuantity(factor, 2)} times the middle of the sizes tried there${outside.length > 0 ? ` (outside them at ${String(outside.length)} of ${String(grids.length)} budgets)` : ''}. A parabola through each budget (approach 2) would put it ${shift(moved[worst])}, and the exponent of N* off by ${drift.toFixed(3)}, for that reason alone.`,
      {
        numbers: {
          budgets: grids.length,
          outside: outside.length,
          offset: factor,
          drift: slope(budgets, offsets),
          vertexShift: Math.expm1(moved[worst]),
          exponentShift: drift,
        },
      },
    ),
  ];
}

const shift = (log: number): string => `${Math.abs(100 * Math.expm1(log)).toFixed(0)}% too ${log > 0 ? 'high' : 'low'}`;

const isInside = ({ sizes }: Grid, at: number): boolean => at > Math.min(...sizes) && at < Math.max(...sizes);
const isOutside = ({ sizes }: Grid, at: number): boolean => at < Math.min(...sizes) || at > Math.max(...sizes);

function gridsOf(
  { fit }: Evidence,
  count: number,
  codes: Int32Array,
  params: Float64Array,
  tokens: Float64Array,
  terms: AllocationTerms,
): Grid[] {
  const { paramsAmplitude: a, paramsExponent: alpha, tokensAmplitude: b, tokensExponent: beta } = terms;
  return Array.from({ length: count }, (_, budget): Grid => {
    const rows = [...codes.keys()].filter((i) => codes[i] === budget);
    const products = rows.map((i) => Math.log(params[i] * tokens[i])).sort((x, y) => x - y);
    const product = products[products.length >> 1];
    const optimum = (Math.log((alpha * a) / (beta * b)) + beta * product) / (alpha + beta);
    const sizes = rows.map((i) => Math.log(params[i]));
    const losses = Float64Array.from(rows, (i) => fit.rows.data.observed[i]);
    return { product, sizes, optimum, vertex: vertex(sizes, losses) };
  }).filter(({ sizes }) => new Set(sizes).size >= fewestRuns);
}

/** Median distance of ln(N D) from the middle of its budget. */
function spreadOf(params: Float64Array, tokens: Float64Array, codes: Int32Array, count: number): number {
  const products = params.map((n, i) => Math.log(n * tokens[i]));
  const distances: number[] = [];
  for (let budget = 0; budget < count; budget++) {
    const own = products.filter((_, i) => codes[i] === budget).sort();
    for (const product of own) distances.push(Math.abs(product - own[own.length >> 1]));
  }
  return distances.sort((a, b) => a - b)[distances.length >> 1];
}

const centre = (sizes: readonly number[]): number => (Math.min(...sizes) + Math.max(...sizes)) / 2;

/** ln of the vertex of a parabola through the law's losses on the grid, moved by `offset`, over the law's optimum. */
function bias({ fit }: Evidence, { product, sizes, optimum }: Grid, offset: number): number {
  const x = sizes.map((size) => size + offset - optimum);
  const inputs = [Float64Array.from(x, (d) => d + optimum), Float64Array.from(x, (d) => product - d - optimum)];
  const out = new Float64Array(x.length);
  fit.law.evaluate(fit.theta, inputs, x.length, out, undefined);
  const loss = fit.law.scale === 'log' ? out.map(Math.exp) : out;
  return vertex(x, loss);
}

/** Where the parabola of least squares is lowest; NaN where it opens downwards. */
function vertex(x: readonly number[], y: Float64Array): number {
  const n = x.length;
  const mean = x.reduce((sum, v) => sum + v, 0) / n;
  const u = x.map((v) => v - mean);
  const s2 = u.reduce((sum, v) => sum + v ** 2, 0) / n;
  const s3 = u.reduce((sum, v) => sum + v ** 3, 0) / n;
  // v^2 made orthogonal to 1 and v, so that both coefficients are simple projections.
  const q = u.map((v) => v * v - s2 - (s3 / s2) * v);
  const along = (basis: readonly number[]): number =>
    basis.reduce((sum, v, i) => sum + v * y[i], 0) / basis.reduce((sum, v) => sum + v * v, 0);
  const second = along(q);
  const first = along(u) - (second * s3) / s2;
  return second > 0 ? mean - first / (2 * second) : NaN;
}

/** Slope of y against x by least squares. */
function slope(x: readonly number[], y: readonly number[]): number {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  return x.reduce((sum, v, i) => sum + (v - mean) * y[i], 0) / x.reduce((sum, v) => sum + (v - mean) ** 2, 0);
}
