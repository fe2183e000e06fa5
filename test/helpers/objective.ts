import type { Random } from '../../src/core/random.ts';

/** Data and objective of L = E + A/N^alpha + B/D^beta, evaluated with nothing of src. */
export interface PlainProblem {
  readonly params: readonly number[];
  readonly tokens: readonly number[];
  readonly loss: readonly number[];
  readonly delta: number;
}

/**
 * The summed Huber penalty of log residuals at x = (ln E, ln of the A term at the mean size, ln of the B term at the mean
 * tokens, alpha, beta).
 */
export function plainObjective(problem: PlainProblem): (x: readonly number[]) => number {
  const { params, tokens, loss, delta } = problem;
  const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  const n = params.map(Math.log);
  const d = tokens.map(Math.log);
  const [nMean, dMean] = [mean(n), mean(d)];
  const y = loss.map(Math.log);
  return ([e, a, b, alpha, beta]) => {
    if (alpha < 0 || beta < 0 || alpha > 20 || beta > 20) return Infinity;
    let sum = 0;
    for (let i = 0; i < y.length; i++) {
      const za = a - alpha * (n[i] - nMean);
      const zb = b - beta * (d[i] - dMean);
      const top = Math.max(e, za, zb);
      const r = Math.abs(top + Math.log(Math.exp(e - top) + Math.exp(za - top) + Math.exp(zb - top)) - y[i]);
      sum += r <= delta ? 0.5 * r * r : delta * (r - 0.5 * delta);
    }
    return sum;
  };
}

/** Nelder and Mead's simplex search with restarts of the simplex; slow, simple and free of derivatives. */
function nelderMead(f: (x: readonly number[]) => number, start: readonly number[], steps: number): number {
  let best = [...start];
  let value = f(best);
  for (let restart = 0; restart < 3; restart++) {
    const size = 0.5 / 4 ** restart;
    const simplex = [best, ...best.map((_, k) => best.map((x, j) => (j === k ? x + size : x)))].map((x) => ({
      x,
      f: f(x),
    }));
    for (let step = 0; step < steps; step++) {
      simplex.sort((a, b) => a.f - b.f);
      const worst = simplex[simplex.length - 1];
      if (worst.f - simplex[0].f <= 1e-13 * Math.abs(simplex[0].f)) break;
      const centre = best.map((_, k) => simplex.slice(0, -1).reduce((s, v) => s + v.x[k], 0) / best.length);
      const along = (t: number): { x: number[]; f: number } => {
        const x = centre.map((c, k) => c + t * (worst.x[k] - c));
        return { x, f: f(x) };
      };
      const reflected = along(-1);
      let next = reflected;
      if (reflected.f < simplex[0].f) {
        const expanded = along(-2);
        if (expanded.f < reflected.f) next = expanded;
      } else if (reflected.f >= simplex[simplex.length - 2].f) next = reflected.f < worst.f ? along(-0.5) : along(0.5);
      if (next.f < worst.f) simplex[simplex.length - 1] = next;
      else
        for (let k = 1; k < simplex.length; k++) {
          const x = simplex[k].x.map((v, j) => 0.5 * (v + simplex[0].x[j]));
          simplex[k] = { x, f: f(x) };
        }
    }
    simplex.sort((a, b) => a.f - b.f);
    [best, value] = [simplex[0].x, simplex[0].f];
  }
  return value;
}

/** The lowest value that a crude search finds: the best of many random points, each polished by a simplex search. */
export function crudeMinimum(problem: PlainProblem, random: Random, draws: number, polished: number): number {
  const f = plainObjective(problem);
  const lowest = Math.log(Math.min(...problem.loss));
  const points = Array.from({ length: draws }, () => {
    const x = [
      lowest + 0.2 - 3 * random.next(),
      lowest + 1.5 - 5 * random.next(),
      lowest + 1.5 - 5 * random.next(),
      Math.exp(Math.log(0.03) + random.next() * Math.log(200)),
      Math.exp(Math.log(0.03) + random.next() * Math.log(200)),
    ];
    return { x, f: f(x) };
  }).sort((a, b) => a.f - b.f);
  return Math.min(...points.slice(0, polished).map(({ x }) => nelderMead(f, x, 1500)));
}
