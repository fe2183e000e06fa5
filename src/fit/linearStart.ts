import type { Problem } from './problem.ts';

/** Share of the response given to a term that least squares leaves out, so that the polish can decide. */
const faint = 1e-2;
/** Logarithm of a positive parameter whose term vanishes beside any other, and yet has a logarithm. */
const nextToNothing = -300;
/** A column counts as a combination of the others below this share of its length. */
const dependent = 1e-10;

/** Completes a point of free coordinates by its linear parameters, see {@link createLinearStart}. */
type LinearStart = (point: Float64Array) => number;

/**
 * Prepares some rows for {@link multistartSeeds}, which tries thousands of points on them. The returned function sets the
 * linear parameters of a point by least squares with the others held, and returns the weighted sum of squares that is left
 * (relative squares for objectives of log residuals); infinity where the law has no value.
 *
 * @param isLinear - which of the free coordinates are linear parameters; theirs are overwritten
 */
export function createLinearStart(problem: Problem, isLinear: readonly boolean[], rows: Uint32Array): LinearStart {
  const { law, data, objective, free } = problem;
  const linear = isLinear.flatMap((is, k) => (is ? [k] : []));
  const params = linear.map((k) => paramOf(problem, k));
  const isPositive = params.map((j) => law.params[j].transform === 'log');
  const m = rows.length;
  const p = law.params.length;
  const inputs = data.inputs.map((column) => Float64Array.from(rows, (row) => column[row]));
  const weight = Float64Array.from(rows, (row) => {
    const w = Math.sqrt(data.weights?.[row] ?? 1);
    return objective.residual === 'log' ? w / data.observed[row] : w;
  });
  const predicted = new Float64Array(m);
  const without = new Float64Array(m);
  const response = (value: number): number => (law.scale === 'log' ? Math.exp(value) : value);
  // Derivatives are needed for the linear parameters alone.
  const jacobian = linear.length === 0 ? undefined : new Float64Array(m * p);
  const columns = params.map(() => new Float64Array(m));
  const target = new Float64Array(m);

  /** Fills columns and target; says whether all of them are finite. */
  const evaluate = (point: Float64Array): boolean => {
    // With a positive parameter at exp(0) = 1 its derivative is what it is multiplied with ...
    law.evaluate(problem.toTheta(point), inputs, m, predicted, jacobian);
    // ... and with all of them next to nothing what is left is the response without their terms. (The difference of the two
    // would be lost in rounding where a term is large.)
    for (const [c, k] of linear.entries()) if (isPositive[c]) point[k] = nextToNothing;
    law.evaluate(problem.toTheta(point), inputs, m, without, undefined);
    for (let i = 0; i < m; i++) {
      const scale = law.scale === 'log' ? response(predicted[i]) : 1;
      for (let c = 0; c < params.length; c++) {
        columns[c][i] = weight[i] * (jacobian?.[i * p + params[c]] ?? 0) * scale;
        if (!Number.isFinite(columns[c][i])) return false;
      }
      target[i] = weight[i] * (data.observed[rows[i]] - response(without[i]));
      if (!Number.isFinite(target[i])) return false;
    }
    return true;
  };

  return (point) => {
    for (const k of linear) point[k] = 0;
    if (!evaluate(point)) return Infinity;
    const solution = leastSquares(columns, target, isPositive);
    const typical = Math.sqrt(dot(target, target) / m);
    for (const [c, k] of linear.entries()) {
      const size = Math.sqrt(dot(columns[c], columns[c]) / m);
      if (!isPositive[c]) point[k] = solution[c];
      else point[k] = solution[c] > 0 ? Math.log(solution[c]) : Math.log((faint * typical) / (size || 1));
      point[k] = Math.min(free.upper[k], Math.max(free.lower[k], point[k]));
    }
    let cost = 0;
    for (let i = 0; i < m; i++) {
      let left = target[i];
      for (let c = 0; c < columns.length; c++) left -= solution[c] * columns[c][i];
      cost += left * left;
    }
    return cost;
  };
}

/** Index of the parameter behind a free coordinate that nothing is tied to. */
function paramOf({ free, law }: Problem, k: number): number {
  const { map } = free;
  if (map === undefined) return k;
  return law.params.findIndex((_, j) => map[j * free.size + k] === 1);
}

/**
 * Least squares with some unknowns not negative: a positive unknown that comes out negative is left out (zero) and the rest
 * solved again. That is not always the constrained optimum, but a starting point needs no more.
 */
function leastSquares(
  columns: readonly Float64Array[],
  target: Float64Array,
  isPositive: readonly boolean[],
): Float64Array {
  const solution = new Float64Array(columns.length);
  let used = columns.map((_, c) => c);
  for (;;) {
    const values = solveColumns(
      used.map((c) => columns[c]),
      target,
    );
    const worst = used.reduce(
      (least, c, n) => (isPositive[c] && values[n] < 0 && (least < 0 || values[n] < values[least]) ? n : least),
      -1,
    );
    if (worst < 0) {
      for (const [n, c] of used.entries()) solution[c] = values[n];
      return solution;
    }
    used = used.filter((_, n) => n !== worst);
  }
}

/** Least squares by orthogonalising the columns one after the other; those that depend on earlier ones get 0. */
export function solveColumns(columns: readonly Float64Array[], target: Float64Array): Float64Array {
  const n = columns.length;
  const basis: Float64Array[] = [];
  const upper = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (const [c, column] of columns.entries()) {
    const q = column.slice();
    const length = Math.sqrt(dot(q, q));
    // Twice, since once leaves a remainder where columns are nearly parallel, as powers of one input are.
    for (let pass = 0; pass < 2; pass++)
      for (let b = 0; b < c; b++) {
        const along = dot(basis[b], q);
        upper[b * n + c] += along;
        for (let i = 0; i < q.length; i++) q[i] -= along * basis[b][i];
      }
    const rest = Math.sqrt(dot(q, q));
    const isOwn = rest > dependent * length;
    upper[c * n + c] = isOwn ? rest : 0;
    basis.push(isOwn ? q.map((x) => x / rest) : q.fill(0));
    right[c] = dot(basis[c], target);
  }
  const solution = new Float64Array(n);
  for (let c = n - 1; c >= 0; c--) {
    if (upper[c * n + c] === 0) continue;
    let sum = right[c];
    for (let d = c + 1; d < n; d++) sum -= upper[c * n + d] * solution[d];
    solution[c] = sum / upper[c * n + c];
  }
  return solution;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
