import { quantileSorted } from '../../core/quantile.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import type { Covariance } from '../../fit/result.ts';
import { tryFit } from '../../fit/tryFit.ts';
import { toParams } from '../../laws/law.ts';
import { runCodes, takeRows, type Runs } from '../../runs/index.ts';
import { valuesAt } from '../../runs/lazyColumns.ts';
import { estimateCovariance } from '../covariance.ts';
import { groupRows } from '../groups.ts';

/** Above this number of rows diagnostics make no second fit. */
const mostRefitted = 20_000;
/** The scale of the residuals is taken from at most about this many of them. */
const enoughForScale = 100_000;
/** Ratio of the standard deviation of a normal distribution to the median of its absolute value. */
const normalPerMedian = 1.4826;

/** Which run each fitted row belongs to. */
interface FittedRuns {
  /** Run of each fitted row. Int32Array, length rows. */
  readonly codes: Int32Array;
  readonly count: number;
  readonly hasCheckpoints: boolean;
}

/** What changes when a fit is made again. */
interface Refit {
  readonly rows?: readonly number[];
  readonly replaced?: Readonly<Record<string, Float64Array>>;
  readonly fixed?: Readonly<Record<string, number>>;
}

/** A fit as diagnostics see it; what several of them need is worked out once. */
export class Evidence {
  readonly fit: LawFit;
  readonly rows: number;
  /** Natural parameters at the optimum, by name. */
  readonly values: Readonly<Record<string, number>>;
  /** `log`: residuals are ln(observed / predicted), `raw`: observed - predicted, where some response is not positive. */
  readonly residualScale: 'log' | 'raw';
  /** Length rows. */
  readonly residuals: Float64Array;
  /** The response that the fit gives, in natural units, length rows. */
  readonly predicted: Float64Array;
  /** d predicted / d free coordinate on the scale of the residuals, row-major rows x size. */
  readonly jacobian: Float64Array;
  readonly isSample: boolean;
  private scale: number | undefined;
  private groups: FittedRuns | undefined;
  private errors: Covariance | undefined;

  /** @param isSample - whether there are more rows than those of the fit that is looked at */
  constructor(fit: LawFit, covariance?: Covariance, isSample = false) {
    const { problem, coordinates } = fit;
    const n = fit.rows.data.rows;
    const { observed } = fit.rows.data;
    const at = problem.createLinearization();
    problem.linearize(fit.minimum.point, at);
    const isLog = problem.objective.residual === 'log';
    const predicted = new Float64Array(n);
    let isPositive = true;
    for (let i = 0; i < n; i++) {
      predicted[i] = isLog ? observed[i] * Math.exp(at.residual[i]) : observed[i] + at.residual[i];
      isPositive &&= observed[i] > 0 && predicted[i] > 0;
    }
    const residuals = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      residuals[i] = isPositive ? Math.log(observed[i] / predicted[i]) : observed[i] - predicted[i];
      const factor = isPositive && !isLog ? 1 / predicted[i] : 1;
      if (factor !== 1) for (let k = 0; k < coordinates.size; k++) at.jacobian[i * coordinates.size + k] *= factor;
    }
    this.fit = fit;
    this.rows = n;
    this.values = toParams(fit.law, fit.theta);
    this.residualScale = isPositive ? 'log' : 'raw';
    this.residuals = residuals;
    this.predicted = predicted;
    this.jacobian = at.jacobian;
    this.errors = covariance;
    this.isSample = isSample;
  }

  /**
   * Standard deviation of the residuals by their median size, which outliers leave as it is. As many residuals as there are
   * parameters are left out, the smallest: a fit of nearly absolute values passes through that many points.
   */
  get residualDeviation(): number {
    if (this.scale !== undefined) return this.scale;
    const stride = Math.ceil(this.rows / enoughForScale);
    const sizes = this.residuals
      .filter((_, i) => i % stride === 0)
      .map(Math.abs)
      .sort();
    const skipped = Math.min(this.fit.coordinates.size, sizes.length - 1);
    return (this.scale = normalPerMedian * quantileSorted(sizes.subarray(skipped), 0.5));
  }

  /** Degrees of freedom that the residuals have left. */
  get degreesOfFreedom(): number {
    return this.rows - this.fit.coordinates.size;
  }

  /** The run of each fitted row. */
  get runs(): FittedRuns {
    if (this.groups !== undefined) return this.groups;
    const { runs, rows } = this.fit;
    return (this.groups = runCodes(this.rows === runs.rows ? runs : takeRows(runs, rows.index)));
  }

  /** Covariance of the law's coordinates at the optimum. */
  get covariance(): Covariance {
    return (this.errors ??= estimateCovariance(this.fit, groupRows(this.fit), 'sandwich'));
  }

  /** A quantity of the fitted rows, if the runs have it. */
  column(name: string): Float64Array | undefined {
    return valuesAt(this.fit.runs.quantities, name, this.fit.rows.index);
  }

  /** Line in its file of a fitted row. */
  lineOf(row: number): number {
    return this.fit.runs.lines[this.fit.rows.index[row]];
  }

  /** Whether a second fit is worth its time: certified, and not of very many rows. */
  get canRefit(): boolean {
    return this.rows <= mostRefitted && this.fit.minimum.certified;
  }

  /**
   * The same fit of some of the rows, with other quantities, or with more parameters held.
   *
   * @param change - `rows`: fitted rows to keep, all unless given; `replaced`: columns (length rows of the fit) that take the
   *   place of quantities; `fixed`: natural values of parameters to hold as well
   * @returns `undefined` when these cannot be fitted
   */
  refit({ rows, replaced = {}, fixed = {} }: Refit): LawFit | undefined {
    const { law, runs, objective, delta, restrictions, bounds } = this.fit;
    const { index, data } = this.fit.rows;
    const kept = rows ?? Array.from({ length: this.rows }, (_, i) => i);
    const taken = takeRows(
      runs,
      kept.map((row) => index[row]),
    );
    const cut = (column: Float64Array): Float64Array => Float64Array.from(kept, (row) => column[row]);
    const quantities: Runs['quantities'] = {
      ...taken.quantities,
      ...Object.fromEntries(Object.entries(replaced).map(([name, column]) => [name, cut(column)])),
    };
    const fit = tryFit(
      law,
      { ...taken, quantities },
      {
        objective: objective.id,
        ...(objective.delta === null ? {} : { delta }),
        fixed: { ...restrictions.fixed, ...fixed },
        tied: restrictions.tied,
        bounds,
        ...(data.weights === undefined ? {} : { weights: cut(data.weights) }),
      },
    );
    return fit?.minimum.certified === true ? fit : undefined;
  }
}
