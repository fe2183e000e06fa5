import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';
import { quantileSorted } from '../core/quantile.ts';
import { transformInputs, type Law } from '../laws/law.ts';
import { masterOf } from '../fit/coordinates.ts';

/** Rows that a discrepancy is learnt from. */
export interface DiscrepancyRows {
  readonly rows: number;
  /** Inputs of the law in natural units, each of length rows. */
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** Observed response, length rows. */
  readonly observed: Float64Array;
  /** Run of each row where runs have several rows, else `null`. */
  readonly runs: Int32Array | null;
}

/** Sizes of what a law leaves over, on the scale of its residuals. */
export interface DiscrepancyScales {
  /** Spread of the smooth misfit of the law. */
  readonly misfit: number;
  /** Distance over which the misfit changes, for each coordinate of {@link placesOf}. */
  readonly lengths: readonly number[];
  /** Spread of single rows about it. */
  readonly noise: number;
  /** Spread of whole runs, 0 where runs have one row. */
  readonly run: number;
}

/** A fitted law and what it leaves over: everything that predicts, beside the rows. */
export interface Form {
  readonly law: Law;
  /** The law's own coordinates, length params; -Infinity where a term is off. */
  readonly theta: Float64Array;
  /** Mean of each log input, in the order of the law's inputs, 0 where it is not centred. */
  readonly means: Float64Array;
  /** Parameters that are not free: fixed, or off. */
  readonly held: readonly string[];
  readonly tied: Readonly<Record<string, string>>;
  readonly scale: 'log' | 'raw';
  readonly scales: DiscrepancyScales;
}

/** A prediction on the scale of the residuals: logarithms, or the response itself. */
export interface FormPrediction {
  /** The law with its misfit as the rows nearby show it. */
  readonly center: Float64Array;
  /** Standard deviation of the mean, and of a new run. */
  readonly meanSd: Float64Array;
  readonly newSd: Float64Array;
}

/** Before the residuals are looked at, a coefficient may be wrong by this share of its value. */
const priorShare = 0.5;
/** Exponents near zero have no share to speak of. */
const leastExponent = 0.1;
/** A misfit is expected to change over a distance of 3 in a logarithm, which is about a decade, give or take a factor of 2. */
const expected = { length: 3, spread: Math.log(2), misfitSpread: 2 };
/** Residuals beyond this many typical ones are outliers, which the objective bounds too. */
const outlier = 4;
/** What rounding needs on the diagonal, as a share of it: without, rows that a law fits exactly make a singular covariance. */
const rounding = 1e-13;

/**
 * Places of rows in the space in which a misfit is smooth: ln C and ln (D/N) for laws of params and tokens, and every other
 * input by itself, in its logarithm where the law takes that. Row-major rows x dimensions.
 */
function placesOf(law: Law, logs: readonly Float64Array[], rows: number): { places: Float64Array; dimensions: number } {
  const n = law.inputs.findIndex(({ name }) => name === 'params');
  const d = law.inputs.findIndex(({ name }) => name === 'tokens');
  const both = n >= 0 && d >= 0;
  const others = law.inputs.map((_, k) => k).filter((k) => !both || (k !== n && k !== d));
  const columns = others.map((k) => (i: number) => logs[k][i]);
  if (both)
    columns.unshift(
      (i) => logs[n][i] + logs[d][i],
      (i) => logs[d][i] - logs[n][i],
    );
  const dimensions = columns.length;
  const places = new Float64Array(rows * dimensions);
  for (let i = 0; i < rows; i++) for (let k = 0; k < dimensions; k++) places[i * dimensions + k] = columns[k](i);
  return { places, dimensions };
}

/** Residuals of the law at its optimum, on the scale of the form, and the directions in which its coefficients move them. */
function describe(form: Omit<Form, 'scales'>, columns: DiscrepancyRows['columns'], rows: number) {
  const { law, theta, means, held, tied } = form;
  const p = law.params.length;
  const logs = transformInputs(law, columns);
  const value = new Float64Array(rows);
  const gradient = new Float64Array(rows * p);
  law.evaluate(theta, logs, rows, value, gradient);
  const names = law.params.map((param) => param.name);
  for (const [k, name] of names.entries()) {
    const master = names.indexOf(masterOf(name, tied));
    if (master !== k) for (let i = 0; i < rows; i++) gradient[i * p + master] += gradient[i * p + k];
  }
  // Amplitudes are taken where the inputs have their means, as in the fit, or their errors would be those of the exponents.
  for (const { amplitude, exponent, input } of law.shears) {
    // An amplitude that is not free cannot make up for its exponent.
    if (held.includes(amplitude) || amplitude in tied) continue;
    const mean = means[law.inputs.findIndex(({ name }) => name === input)];
    const [a, e] = [names.indexOf(amplitude), names.indexOf(masterOf(exponent, tied))];
    for (let i = 0; i < rows; i++) gradient[i * p + e] += mean * gradient[i * p + a];
  }
  const prior = Float64Array.from(law.params, ({ name, transform }, k) => {
    if (held.includes(name) || name in tied) return 0;
    return transform === 'log' ? priorShare : priorShare * Math.max(leastExponent, Math.abs(theta[k]));
  });
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < p; k++) {
      // d ln f = d f / f, and the other way round.
      const factor = form.scale === law.scale ? 1 : form.scale === 'log' ? 1 / value[i] : Math.exp(value[i]);
      const move = gradient[i * p + k] * prior[k] * factor;
      // The exponent of a term that is off moves nothing.
      gradient[i * p + k] = Number.isFinite(move) ? move : 0;
    }
  // From the coordinates, not the parameters: an amplitude may be beyond the range of numbers and its term within it.
  const center = law.scale === form.scale ? value : value.map(form.scale === 'log' ? Math.log : Math.exp);
  return { center, moves: gradient, ...placesOf(law, logs, rows) };
}

/** Matern covariance of smoothness 5/2 at the squared distance d2. */
function matern(d2: number): number {
  const r = Math.sqrt(5 * d2);
  return (1 + r + (5 / 3) * d2) * Math.exp(-r);
}

function squaredDistance(a: Float64Array, i: number, b: Float64Array, j: number, lengths: readonly number[]): number {
  const n = lengths.length;
  let sum = 0;
  for (let k = 0; k < n; k++) sum += ((a[i * n + k] - b[j * n + k]) / lengths[k]) ** 2;
  return sum;
}

/**
 * What a law leaves over, as a Gaussian process: the observed response is the law, plus errors of its coefficients, plus a
 * smooth misfit of its form, plus whole runs and single rows that deviate. Far from the rows the misfit is forgotten and
 * the prediction is the law's, with a spread that the misfit among the rows suggests.
 *
 * @see Kennedy and O'Hagan (2001), "Bayesian calibration of computer models"; Rasmussen and Williams (2006), section 2.7
 */
export class Discrepancy {
  private readonly form: Form;
  private readonly known: ReturnType<typeof describe>;
  private readonly rows: DiscrepancyRows;
  private readonly factor: Float64Array;
  private readonly weights: Float64Array;

  constructor(form: Form, rows: DiscrepancyRows) {
    this.form = form;
    this.rows = rows;
    this.known = describe(form, rows.columns, rows.rows);
    const residual = boundedResiduals(form.scale, rows, this.known.center).residual;
    this.factor = addScales(covarianceOfMoves(this.known, rows.rows), this.known, rows, form.scales);
    const exact = this.factor.slice();
    for (let share = 100 * rounding; !choleskyInPlace(this.factor, rows.rows) && share < 1; share *= 100) {
      this.factor.set(exact);
      for (let i = 0; i < rows.rows; i++) this.factor[i * (rows.rows + 1)] *= 1 + share;
    }
    choleskySolve(this.factor, rows.rows, residual);
    this.weights = residual;
  }

  /**
   * Predicts at new inputs.
   *
   * @param columns - inputs of the law in natural units, each of length points
   */
  predict(columns: DiscrepancyRows['columns'], points: number): FormPrediction {
    const { form, known, weights, factor } = this;
    const n = this.rows.rows;
    const at = describe(form, columns, points);
    const { misfit, lengths, noise, run } = form.scales;
    const p = form.law.params.length;
    const center = at.center;
    const meanSd = new Float64Array(points);
    const newSd = new Float64Array(points);
    const cross = new Float64Array(n);
    for (let t = 0; t < points; t++) {
      let own = misfit ** 2;
      for (let k = 0; k < p; k++) own += at.moves[t * p + k] ** 2;
      for (let i = 0; i < n; i++) {
        let sum = misfit ** 2 * matern(squaredDistance(known.places, i, at.places, t, lengths));
        for (let k = 0; k < p; k++) sum += known.moves[i * p + k] * at.moves[t * p + k];
        center[t] += sum * weights[i];
        // Forward substitution: what the rows explain is the squared length of L^-1 cross.
        for (let j = 0; j < i; j++) sum -= factor[i * n + j] * cross[j];
        cross[i] = sum / factor[i * n + i];
        own -= cross[i] ** 2;
      }
      meanSd[t] = Math.sqrt(Math.max(0, own));
      newSd[t] = Math.sqrt(Math.max(0, own) + noise ** 2 + run ** 2);
    }
    return { center, meanSd, newSd };
  }
}

/** Observed minus predicted, with outliers drawn in, and the typical size. */
function boundedResiduals(
  scale: Form['scale'],
  { observed, rows }: DiscrepancyRows,
  center: Float64Array,
): { residual: Float64Array; typical: number } {
  const residual = new Float64Array(rows);
  for (let i = 0; i < rows; i++) residual[i] = (scale === 'log' ? Math.log(observed[i]) : observed[i]) - center[i];
  // Where a law fits to rounding there is still no smaller error than that.
  const typical = Math.max(quantileSorted(residual.map(Math.abs).sort(), 0.68), 1e-9);
  for (let i = 0; i < rows; i++) residual[i] = Math.max(-outlier * typical, Math.min(outlier * typical, residual[i]));
  return { residual, typical };
}

/** Covariance of the residuals that errors of the coefficients make, lower triangle, row-major rows x rows. */
function covarianceOfMoves({ moves }: ReturnType<typeof describe>, n: number): Float64Array {
  const p = moves.length / n;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < p; k++) sum += moves[i * p + k] * moves[j * p + k];
      matrix[i * n + j] = sum;
    }
  return matrix;
}

/** Covariance of the residuals, lower triangle, row-major rows x rows, written over `matrix`. */
function addScales(
  matrix: Float64Array,
  { places }: ReturnType<typeof describe>,
  { rows: n, runs }: DiscrepancyRows,
  { misfit, lengths, noise, run }: DiscrepancyScales,
): Float64Array {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = misfit ** 2 * matern(squaredDistance(places, i, places, j, lengths));
      if (runs !== null && runs[i] === runs[j]) sum += run ** 2;
      matrix[i * n + j] += sum;
      if (i === j) matrix[i * n + j] += noise ** 2 + rounding * matrix[i * n + j];
    }
  return matrix;
}

/**
 * Learns the sizes of misfit, noise and runs: those under which the residuals are most likely, with mild expectations that
 * decide where few rows cannot.
 *
 * @param start - scales to start from, such as those learnt from a part of the rows
 */
export function learnScales(
  form: Omit<Form, 'scales'>,
  rows: DiscrepancyRows,
  start?: DiscrepancyScales,
): DiscrepancyScales {
  const known = describe(form, rows.columns, rows.rows);
  const { residual, typical } = boundedResiduals(form.scale, rows, known.center);
  const { dimensions } = known;
  const hasRuns = rows.runs !== null;
  const scalesOf = (logs: readonly number[]): DiscrepancyScales => ({
    misfit: Math.exp(logs[0]),
    noise: Math.exp(logs[1]),
    lengths: logs.slice(2, 2 + dimensions).map(Math.exp),
    run: hasRuns ? Math.exp(logs[2 + dimensions]) : 0,
  });
  const ofMoves = covarianceOfMoves(known, rows.rows);
  const factor = ofMoves.slice();
  const solved = new Float64Array(rows.rows);
  const badness = (logs: readonly number[]): number => {
    factor.set(ofMoves);
    addScales(factor, known, rows, scalesOf(logs));
    if (!choleskyInPlace(factor, rows.rows)) return Number.MAX_VALUE;
    solved.set(residual);
    choleskySolve(factor, rows.rows, solved);
    let sum = 0;
    for (let i = 0; i < rows.rows; i++) sum += 0.5 * residual[i] * solved[i] + Math.log(factor[i * rows.rows + i]);
    for (let k = 0; k < dimensions; k++)
      sum += 0.5 * ((logs[2 + k] - Math.log(expected.length)) / expected.spread) ** 2;
    sum += 0.5 * ((logs[0] - Math.log(typical)) / expected.misfitSpread) ** 2;
    if (hasRuns) sum += 0.5 * ((logs[2 + dimensions] - Math.log(typical)) / expected.misfitSpread) ** 2;
    return sum;
  };
  const from = [
    Math.log(start?.misfit ?? typical),
    Math.log(start?.noise ?? 0.7 * typical),
    ...Array.from({ length: dimensions }, (_, k) => Math.log(start?.lengths[k] ?? expected.length)),
    ...(hasRuns ? [Math.log(start === undefined || start.run === 0 ? 0.3 * typical : start.run)] : []),
  ];
  return scalesOf(patternSearch(badness, from));
}

/**
 * Minimum of a smooth function of few variables by steps along the axes that halve where none helps. A tenth of a logarithm
 * is as well as a hundred rows know these scales.
 *
 * @see Hooke and Jeeves (1961), "Direct search solution of numerical and statistical problems"
 */
function patternSearch(badness: (at: readonly number[]) => number, from: readonly number[]): readonly number[] {
  const gain = 1e-3;
  let best = from;
  let least = badness(best);
  for (let step = 0.7, sweep = 0; step > 0.1 && sweep < 24; sweep++) {
    let moved = false;
    for (let k = 0; k < from.length; k++)
      for (const sign of [-1, 1]) {
        const next = best.map((x, j) => (j === k ? x + sign * step : x));
        const value = badness(next);
        if (value < least - gain) {
          [best, least, moved] = [next, value, true];
          break;
        }
      }
    if (!moved) step /= 2;
  }
  return best;
}
