import { choleskyInPlace, choleskySolve, forwardSubstitute } from '../core/linalg.ts';
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
type PlacesOf = (inputs: readonly Float64Array[], rows: number) => Float64Array;

function createPlaces(law: Law): { readonly dimensions: number; readonly placesOf: PlacesOf } {
  const n = law.inputs.findIndex(({ name }) => name === 'params');
  const d = law.inputs.findIndex(({ name }) => name === 'tokens');
  const both = n >= 0 && d >= 0;
  const others = Array.from(law.inputs.keys()).filter((k) => !both || (k !== n && k !== d));
  const first = both ? 2 : 0;
  const dimensions = first + others.length;
  return {
    dimensions,
    placesOf: (inputs, rows) => {
      const places = new Float64Array(rows * dimensions);
      for (let i = 0; i < rows; i++) {
        const at = i * dimensions;
        if (both) {
          places[at] = inputs[n][i] + inputs[d][i];
          places[at + 1] = inputs[d][i] - inputs[n][i];
        }
        for (let k = 0; k < others.length; k++) places[at + first + k] = inputs[others[k]][i];
      }
      return places;
    },
  };
}

/** What a form says about rows. */
interface Described {
  /** The law at its optimum, on the scale of the form. */
  readonly center: Float64Array;
  /** Directions in which errors of the coefficients move it, row-major rows x params. */
  readonly moves: Float64Array;
  readonly places: Float64Array;
}

type Describe = (columns: DiscrepancyRows['columns'], rows: number) => Described;

/** Prepares what a form says about rows: all that does not depend on them is worked out once. */
function createDescribe(form: Omit<Form, 'scales'>): { readonly dimensions: number; readonly describe: Describe } {
  const { law, theta, means, held, tied } = form;
  const p = law.params.length;
  const names = law.params.map((param) => param.name);
  const masters = names.map((name) => names.indexOf(masterOf(name, tied)));
  // Amplitudes are taken where the inputs have their means, as in the fit, or their errors would be those of the exponents.
  // An amplitude that is not free cannot make up for its exponent.
  const shears = law.shears
    .filter(({ amplitude }) => !held.includes(amplitude) && !(amplitude in tied))
    .map(({ amplitude, exponent, input }) => ({
      mean: means[law.inputs.findIndex(({ name }) => name === input)],
      a: names.indexOf(amplitude),
      e: names.indexOf(masterOf(exponent, tied)),
    }));
  const prior = Float64Array.from(law.params, ({ name, transform }, k) => {
    if (held.includes(name) || name in tied) return 0;
    return transform === 'log' ? priorShare : priorShare * Math.max(leastExponent, Math.abs(theta[k]));
  });
  const { dimensions, placesOf } = createPlaces(law);
  const describe: Describe = (columns, rows) => {
    const inputs = transformInputs(law, columns);
    const value = new Float64Array(rows);
    const gradient = new Float64Array(rows * p);
    law.evaluate(theta, inputs, rows, value, gradient);
    for (let k = 0; k < p; k++)
      if (masters[k] !== k) for (let i = 0; i < rows; i++) gradient[i * p + masters[k]] += gradient[i * p + k];
    for (const { mean, a, e } of shears)
      for (let i = 0; i < rows; i++) gradient[i * p + e] += mean * gradient[i * p + a];
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
    return { center, moves: gradient, places: placesOf(inputs, rows) };
  };
  return { dimensions, describe };
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
  private readonly describe: Describe;
  private readonly known: Described;
  private readonly rows: DiscrepancyRows;
  private readonly factor: Float64Array;
  private readonly weights: Float64Array;
  /** Room for the covariances of a point with the rows. */
  private readonly cross: Float64Array;

  constructor(form: Form, rows: DiscrepancyRows) {
    this.form = form;
    this.rows = rows;
    this.describe = createDescribe(form).describe;
    this.known = this.describe(rows.columns, rows.rows);
    const residual = boundedResiduals(form.scale, rows, this.known.center).residual;
    this.factor = addScales(covarianceOfMoves(this.known, rows.rows), this.known, rows, form.scales);
    const exact = this.factor.slice();
    for (let share = 100 * rounding; !choleskyInPlace(this.factor, rows.rows) && share < 1; share *= 100) {
      this.factor.set(exact);
      for (let i = 0; i < rows.rows; i++) this.factor[i * (rows.rows + 1)] *= 1 + share;
    }
    choleskySolve(this.factor, rows.rows, residual);
    this.weights = residual;
    this.cross = new Float64Array(rows.rows);
  }

  /**
   * Predicts at new inputs.
   *
   * @param columns - inputs of the law in natural units, each of length points
   */
  predict(columns: DiscrepancyRows['columns'], points: number): FormPrediction {
    const { form, weights, factor, cross } = this;
    const n = this.rows.rows;
    const at = this.describe(columns, points);
    const { misfit, noise, run } = form.scales;
    const p = form.law.params.length;
    const center = at.center;
    const meanSd = new Float64Array(points);
    const newSd = new Float64Array(points);
    for (let t = 0; t < points; t++) {
      let own = misfit ** 2;
      for (let k = 0; k < p; k++) own += at.moves[t * p + k] ** 2;
      this.covarianceWithRows(at, t);
      for (let i = 0; i < n; i++) center[t] += cross[i] * weights[i];
      // What the rows explain is the squared length of L^-1 cross.
      forwardSubstitute(factor, n, cross);
      for (let i = 0; i < n; i++) own -= cross[i] * cross[i];
      meanSd[t] = Math.sqrt(Math.max(0, own));
      newSd[t] = Math.sqrt(Math.max(0, own) + noise ** 2 + run ** 2);
    }
    return { center, meanSd, newSd };
  }

  /**
   * Covariance of the errors of the mean at points, given the rows; row-major points x points.
   *
   * @param columns - inputs of the law in natural units, each of length points
   */
  covariance(columns: DiscrepancyRows['columns'], points: number): Float64Array {
    const { form, factor, cross } = this;
    const at = this.describe(columns, points);
    const matrix = addScales(
      covarianceOfMoves(at, points),
      at,
      { rows: points, runs: null },
      { ...form.scales, noise: 0 },
    );
    const explained = Array.from({ length: points }, (_, t) => {
      this.covarianceWithRows(at, t);
      forwardSubstitute(factor, cross.length, cross);
      return cross.slice();
    });
    for (let s = 0; s < points; s++)
      for (let t = 0; t <= s; t++) {
        const [a, b] = [explained[s], explained[t]];
        let sum = matrix[s * points + t];
        for (let i = 0; i < a.length; i++) sum -= a[i] * b[i];
        matrix[s * points + t] = sum;
        matrix[t * points + s] = sum;
      }
    return matrix;
  }

  /** Covariances of point t with the rows, written to `cross`. */
  private covarianceWithRows(at: Described, t: number): void {
    const { known, form, cross } = this;
    const { lengths, misfit } = form.scales;
    const p = form.law.params.length;
    const size = misfit ** 2;
    for (let i = 0; i < cross.length; i++) {
      let sum = size * matern(squaredDistance(known.places, i, at.places, t, lengths));
      for (let k = 0; k < p; k++) sum += known.moves[i * p + k] * at.moves[t * p + k];
      cross[i] = sum;
    }
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
function covarianceOfMoves({ moves }: Described, n: number): Float64Array {
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
  { places }: Described,
  { rows: n, runs }: Pick<DiscrepancyRows, 'rows' | 'runs'>,
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
  const { dimensions, describe } = createDescribe(form);
  const known = describe(rows.columns, rows.rows);
  const { residual, typical } = boundedResiduals(form.scale, rows, known.center);
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
