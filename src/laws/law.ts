import type { Warning } from '../core/warnings.ts';
import type { Annealing, Terms } from './curve/annealing.ts';
import type { RatesOfRun } from './curve/ofRuns.ts';
import type { Schedule } from './curve/schedule.ts';

/** A quantity that a law takes, such as `params`. */
export interface LawInput {
  /** Name of the quantity in {@link Runs}. */
  readonly name: string;
  /** Symbol in the formula, such as `N`. */
  readonly symbol: string;
  readonly unit: string;
  /** What {@link Law.evaluate} is given: the natural logarithm (the default; values have to be positive), or the value. */
  readonly transform?: 'log' | 'identity';
}

/** What a law predicts, such as `loss`. */
export interface LawResponse {
  /** Name of the quantity in {@link Runs}. */
  readonly name: string;
  readonly symbol: string;
  readonly unit: string;
}

/** The loss that most laws predict. */
export const lossResponse: LawResponse = { name: 'loss', symbol: 'L', unit: 'nats/token' };

/** A parameter of a law. */
export interface LawParam {
  readonly name: string;
  readonly unit: string;
  /** What it means, in a few words. */
  readonly description: string;
  /** Fitted coordinate: the parameter itself, or its natural logarithm for a positive parameter. */
  readonly transform: 'identity' | 'log';
  /** Range of the parameter itself (not of its logarithm). */
  readonly bounds: readonly [number, number];
  /**
   * Where starting points are looked for when the law is not a sum of power laws, in natural units; inside `bounds`. For the
   * amplitude of a {@link Shear} it is the size of its term where the logarithms of the inputs have their means. A range of
   * one value is where every starting point has it: for parameters that refine a form that the others already describe.
   */
  readonly search?: readonly [number, number];
}

/**
 * A shear of the fitted coordinates that belongs to centring an input in log space: replacing ln x by ln x - mean turns
 * the log amplitude a into a - exponent * mean.
 */
export interface Shear {
  /** Parameter with a logarithmic coordinate that absorbs the mean. */
  readonly amplitude: string;
  /** Parameter that multiplies the log input (with a minus sign). */
  readonly exponent: string;
  readonly input: string;
  /** Inputs that the law compares with it; the same mean is taken out of their logarithms. */
  readonly alike?: readonly string[];
}

/**
 * How a law separates into parameters that enter linearly and those that do not: loss = sum_j c_j * b_j(x; exponents),
 * all c_j >= 0. It lets the fitter find seeds by variable projection.
 */
export interface SeparableTerm {
  /** The linear parameter c_j. */
  readonly amplitude: string;
  /** The exponent and input of the basis x^-exponent; `undefined` for the constant term. */
  readonly power: { readonly exponent: string; readonly input: string } | undefined;
}

/** A published set of coefficients. */
export interface PublishedFit {
  readonly id: string;
  readonly source: string;
  readonly arxiv?: string;
  /** Values by parameter name, in the law's natural units. */
  readonly params: Readonly<Record<string, number>>;
  readonly stderr?: Readonly<Record<string, number>>;
  readonly objective?: string;
  /** Whether the numbers were recomputed from public data or code, as against only read in the source. */
  readonly verified: boolean;
  /** How the numbers were checked. */
  readonly note: string;
}

/**
 * The power-law shape of compute-optimal allocation under C = k N D: the loss is least where the sum of these two terms is.
 */
export interface AllocationTerms {
  readonly paramsAmplitude: number;
  readonly paramsExponent: number;
  readonly tokensAmplitude: number;
  readonly tokensExponent: number;
}

/** A law that a user wrote as a formula; plain data, from which the law is made again wherever it is needed. */
export interface FormulaSpec {
  /** Such as `loss ~ E + A/params^alpha`: the response, or a formula of columns, then `~` and the formula. */
  readonly text: string;
  /** Names in it that are columns; the others are parameters. */
  readonly inputs: readonly string[];
  /** Parameters that are positive and fitted as logarithms. */
  readonly positive: readonly string[];
}

/** What a law is made again from, wherever it is needed: in another thread, or from a file. */
export interface LawName {
  /** Id of the law; of a formula, its text. */
  readonly law: string;
  readonly formula: FormulaSpec | null;
  /** The schedules of a law of curves. */
  readonly schedules?: readonly Schedule[];
}

/** The name of a law. */
export function nameOf({ id, spec, curve }: Law): LawName {
  return { law: id, formula: spec ?? null, ...(curve === undefined ? {} : { schedules: curve.schedules }) };
}

/** Where a parameter is likely to lie: anywhere in a range, or of a size in a range and of either sign. */
export interface ParamScale {
  readonly kind: 'range' | 'size';
  readonly low: number;
  readonly high: number;
}

/** What a law takes off for annealing: an amplitude times a sum over the falls of the learning rate. */
export interface Drop {
  /** The amplitude. */
  readonly amplitude: LawParam;
  /** The parameters in the sum, at most three. */
  readonly params: readonly LawParam[];
  /**
   * Sums up.
   *
   * @param theta - fitted coordinates of `params`
   * @param order - 0: the sum; 1: its gradient too; 2: its Hessian too
   * @param out - receives the sum, the gradient, and the lower triangle of the Hessian row by row
   */
  readonly sum: (theta: Float64Array, terms: Terms, order: 0 | 1 | 2, out: Float64Array) => void;
  /**
   * One term of the sum and its derivatives, for the search of a best schedule: the factor of a fall to `rate`, after which
   * the rates sum up to `rateSum` (that of the fall's own step included), `age` steps of them.
   *
   * @param out - receives the factor, and its derivatives by `rate` and `rateSum`
   */
  readonly factor: (theta: Float64Array, rate: number, rateSum: number, age: number, out: Float64Array) => void;
}

/** What makes a law one of curves, see {@link Law.curve}. */
export interface CurveLaw {
  /** Schedules that rows name by their number. */
  readonly schedules: readonly Schedule[];
  /** The same schedules, ready for sums. */
  readonly annealings: readonly Annealing[];
  readonly drop: Drop;
  /** The same law with other schedules. */
  readonly bind: (schedules: readonly Schedule[]) => Law;
  /**
   * The same law with the schedules that runs recorded.
   *
   * @param warmup - steps of the warm-up of every run; without it rates are taken to rise until the first row of a run
   * @param fixed - parameters that are held at a value
   * @throws {@link IsoflopError} `SCHEDULES_CONSTANT`
   */
  readonly bindRuns: (
    recorded: readonly RatesOfRun[],
    warmup: number | undefined,
    fixed: Readonly<Record<string, number>>,
  ) => { readonly law: Law; readonly warnings: readonly Warning[] };
}

/**
 * A scaling law: what it is called, what it takes, and how its prediction and derivatives are computed for many rows at
 * once.
 *
 * `evaluate` and `curvature` are the inner loop of every fit. They work on the fitted coordinates theta (see
 * {@link LawParam.transform}) and, unless an input says otherwise, on the natural logarithms of the inputs, so that powers
 * become exponentials of sums.
 */
export interface Law {
  /** Short name on the command line, in files and in addresses. */
  readonly id: string;
  readonly title: string;
  /** TeX. */
  readonly formula: string;
  readonly reference: { readonly title: string; readonly arxiv?: string; readonly section?: string };
  readonly inputs: readonly LawInput[];
  readonly response: LawResponse;
  readonly params: readonly LawParam[];
  /** What `evaluate` gives: the logarithm of the response, or the response itself. */
  readonly scale: 'log' | 'raw';
  /**
   * How the coordinates move when the means of the log inputs are taken out; an input that no shear names is not centred.
   */
  readonly shears: readonly Shear[];
  /**
   * Parameters that enter the response linearly, all of them together; with the others held, least squares finds them. A
   * function, because for a formula it takes work that most commands do not need.
   */
  readonly linear: () => readonly string[];
  /** Orders of the parameters under which the law stays the same; each says whose value a parameter takes. */
  readonly exchanges?: () => readonly Readonly<Record<string, string | undefined>>[];
  /** The formula in the names of inputs and parameters, where the law is made from one. */
  readonly text?: string;
  /** Present when a user wrote the law. */
  readonly spec?: FormulaSpec;
  /** Values of the response in rows whose response is a formula of columns (each of length rows). */
  readonly respond?: (columns: Readonly<Record<string, Float64Array>>, rows: number) => Float64Array;
  /** Columns that `respond` needs. */
  readonly responseColumns?: readonly string[];
  /**
   * Refuses starting values, natural parameters by name, at which the law has no value for some row.
   *
   * @throws {@link IsoflopError} `FORMULA_INVALID` with the place in the formula
   */
  readonly checkStart?: (
    values: Readonly<Record<string, number>>,
    columns: Readonly<Record<string, Float64Array>>,
    rows: number,
  ) => void;
  /**
   * What the values of the inputs say about where parameters lie: in a range, or of a size and of either sign.
   *
   * @param columns - the inputs by name in natural units, each of length rows
   */
  readonly scales?: (
    columns: Readonly<Record<string, Float64Array>>,
    rows: number,
  ) => Readonly<Record<string, ParamScale>>;
  /**
   * Further starting points that are worth more than a search, such as those of the procedure in the law's paper.
   *
   * @param columns - the inputs by name in natural units, each of length rows
   * @param observed - the response, length rows
   * @returns natural parameters by name; those not named are searched for
   */
  readonly guess?: (
    columns: Readonly<Record<string, Float64Array>>,
    observed: Float64Array,
  ) => readonly Readonly<Record<string, number>>[];
  /** Whether the guess alone is search enough, as long as no parameter is held or has a range of the user's. */
  readonly guessSuffices?: boolean;
  /**
   * The response (or its logarithm, see `scale`) for every row, and optionally its gradient.
   *
   * @param theta - fitted coordinates, length params
   * @param inputs - one Float64Array (length >= rows) for each input: its natural logarithm, or its value
   * @param rows - rows to evaluate
   * @param out - receives the response or its logarithm, length >= rows
   * @param jacobian - receives d out / d theta, row-major rows x params
   */
  readonly evaluate: (
    theta: Float64Array,
    inputs: readonly Float64Array[],
    rows: number,
    out: Float64Array,
    jacobian: Float64Array | undefined,
  ) => void;
  /**
   * Adds sum_i coefficient_i * (Hessian of what `evaluate` gives in row i) to the lower triangle of `hessian`.
   *
   * @param jacobian - as `evaluate` left it for the same theta
   * @param coefficient - length rows; rows with coefficient 0 may be skipped
   * @param hessian - row-major params x params
   */
  readonly curvature: (
    theta: Float64Array,
    inputs: readonly Float64Array[],
    rows: number,
    jacobian: Float64Array,
    coefficient: Float64Array,
    hessian: Float64Array,
  ) => void;
  /** Present when the law is a sum of non-negative terms, each linear in one parameter. */
  readonly separable?: readonly SeparableTerm[];
  /** Present when rows are moments of runs whose learning rates the law takes: its schedules, and how it gets others. */
  readonly curve?: CurveLaw;
  /** Objective of a fit where none is asked for, when the usual one of log residuals does not suit the response. */
  readonly objective?: string;
  /** Present when the law has a closed-form compute-optimal allocation of N and D. */
  readonly allocation?: (params: Readonly<Record<string, number>>) => AllocationTerms;
  readonly published: readonly PublishedFit[];
}

/** A law as its author writes it: what is left out is as for most laws. */
export type LawDefinition = Omit<Law, 'response' | 'scale' | 'linear'> &
  Partial<Pick<Law, 'response' | 'scale' | 'linear'>>;

/**
 * Checks a law, completes it (a law of the loss, of which it gives the logarithm, unless it says otherwise) and freezes it.
 *
 * @throws RangeError when the definition contradicts itself (a mistake of the author, found when the module loads)
 */
export function defineLaw(definition: LawDefinition): Law {
  const law: Law = { response: lossResponse, scale: 'log', linear: () => [], ...definition };
  const names = new Set(law.params.map((p) => p.name));
  const inputs = new Set(law.inputs.map((i) => i.name));
  const fail = (what: string): never => {
    throw new RangeError(`law ${law.id}: ${what}`);
  };
  if (law.spec === undefined && !/^[a-z][a-z0-9-]*$/.test(law.id))
    fail('an id has lower-case letters, digits and hyphens');
  if (names.size !== law.params.length) fail('two parameters have the same name');
  for (const shear of law.shears) {
    if (!names.has(shear.amplitude) || !names.has(shear.exponent)) fail('a shear names an unknown parameter');
    if (!inputs.has(shear.input)) fail('a shear names an unknown input');
  }
  for (const term of law.separable ?? []) {
    if (!names.has(term.amplitude)) fail('a separable term names an unknown parameter');
    if (term.power !== undefined && !(names.has(term.power.exponent) && inputs.has(term.power.input)))
      fail('a separable term names an unknown exponent or input');
  }
  for (const fit of law.published)
    for (const name of names) if (!(name in fit.params)) fail(`published ${fit.id} lacks ${name}`);
  return Object.freeze(law);
}

/** Natural parameters to fitted coordinates. A zero of a logarithmic parameter becomes -Infinity. */
export function toCoordinates(law: Law, params: Readonly<Record<string, number>>): Float64Array {
  return Float64Array.from(law.params, (p) => (p.transform === 'log' ? Math.log(params[p.name]) : params[p.name]));
}

/** Fitted coordinates to natural parameters. */
export function toParams(law: Law, theta: ArrayLike<number>): Record<string, number> {
  const params: Record<string, number> = {};
  // A loop, since optima of bootstrap draws come here thousands of times.
  for (let k = 0; k < law.params.length; k++) {
    const { name, transform } = law.params[k];
    params[name] = transform === 'log' ? Math.exp(theta[k]) : theta[k];
  }
  return params;
}

/**
 * What a law predicts, such as the loss.
 *
 * @param law - the law
 * @param params - its natural parameters
 * @param inputs - one array for each input of the law, by name, in natural units
 * @returns the response, length of the inputs
 * @example
 * ```ts
 * evaluateLaw(chinchilla, { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 }, { params: [70e9], tokens: [1.4e12] });
 * // [1.93665...]
 * ```
 */
export function evaluateLaw(
  law: Law,
  params: Readonly<Record<string, number>>,
  inputs: Readonly<Record<string, ArrayLike<number>>>,
): Float64Array {
  const columns = transformInputs(law, inputs);
  const out = new Float64Array(columns[0].length);
  law.evaluate(toCoordinates(law, params), columns, out.length, out, undefined);
  if (law.scale === 'log') for (let i = 0; i < out.length; i++) out[i] = Math.exp(out[i]);
  return out;
}

/** The inputs of a law as {@link Law.evaluate} takes them: new arrays, in the order of the law's inputs. */
export function transformInputs(law: Law, inputs: Readonly<Record<string, ArrayLike<number>>>): Float64Array[] {
  return law.inputs.map(({ name, transform }) => {
    const column = new Float64Array(inputs[name]);
    if (transform !== 'identity') for (let i = 0; i < column.length; i++) column[i] = Math.log(column[i]);
    return column;
  });
}
