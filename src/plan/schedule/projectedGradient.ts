/** Iterations without a relative gain of at least `gain` after which a search has ended. */
const patience = { iterations: 40, gain: 1e-12 };
/** The largest of this many last values has to be undercut. */
const memory = 8;
const armijo = 1e-4;

/** What is minimised: a smooth function on a convex set. */
export interface ProjectedProblem {
  /** Value at x; fills the gradient. */
  readonly evaluate: (x: Float64Array, gradient: Float64Array) => number;
  /** Moves a point to the nearest one of the set, in the norm sum_i weight_i x_i^2. */
  readonly project: (x: Float64Array) => void;
  readonly weights: Float64Array;
}

/** Where a search ended. */
export interface ProjectedMinimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly iterations: number;
}

/**
 * Minimises by the spectral projected gradient: steps along the gradient whose length is Barzilai and Borwein's, brought back
 * into the set, and accepted where they undercut the largest of the last few values.
 *
 * @see Birgin, Martinez and Raydan (2000), "Nonmonotone spectral projected gradient methods on convex sets"
 */
export function minimizeProjected(
  { evaluate, project, weights }: ProjectedProblem,
  start: Float64Array,
  most: number,
): ProjectedMinimum {
  const n = start.length;
  const x = start.slice();
  project(x);
  const gradient = new Float64Array(n);
  let value = evaluate(x, gradient);
  const best = { point: x.slice(), value };
  const last = [value];
  const [next, nextGradient, direction] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  let step = firstStep(x, gradient, weights);
  let idle = 0;
  let iterations = 0;
  for (; iterations < most && idle < patience.iterations; iterations++) {
    for (let i = 0; i < n; i++) next[i] = x[i] - (step * gradient[i]) / weights[i];
    project(next);
    let slope = 0;
    for (let i = 0; i < n; i++) {
      direction[i] = next[i] - x[i];
      slope += gradient[i] * direction[i];
    }
    if (!(slope < 0)) break;
    const highest = Math.max(...last);
    let share = 1;
    let found = evaluate(next, nextGradient);
    while (!(found <= highest + armijo * share * slope) && share > 1e-12) {
      const lower = (-slope * share * share) / (2 * (found - value - share * slope));
      share = lower > 0.1 * share && lower < 0.9 * share ? lower : share / 2;
      for (let i = 0; i < n; i++) next[i] = x[i] + share * direction[i];
      found = evaluate(next, nextGradient);
    }
    if (!(found < Infinity)) break;
    let [moved, bent] = [0, 0];
    for (let i = 0; i < n; i++) {
      const s = next[i] - x[i];
      moved += weights[i] * s * s;
      bent += s * (nextGradient[i] - gradient[i]);
    }
    step = bent > 0 ? moved / bent : 10 * step;
    x.set(next);
    gradient.set(nextGradient);
    value = found;
    last.push(value);
    if (last.length > memory) last.shift();
    idle = value < best.value - patience.gain * Math.abs(best.value) ? 0 : idle + 1;
    if (value < best.value) {
      best.point.set(x);
      best.value = value;
    }
  }
  return { ...best, iterations };
}

/** A step that moves the point by a tenth of its length. */
function firstStep(x: Float64Array, gradient: Float64Array, weights: Float64Array): number {
  let [length, slope] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    length += weights[i] * x[i] ** 2;
    slope += gradient[i] ** 2 / weights[i];
  }
  return slope > 0 ? 0.1 * Math.sqrt(length / slope) : 1;
}
