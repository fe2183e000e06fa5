import { defineCurve } from './curve/defineCurve.ts';
import { positive } from './lawParams.ts';

/**
 * The law of annealing: the loss of a run at step s from all learning rates up to it,
 * L(s) = L0 + A S1(s)^-alpha - C S2(s), with S1 the sum of the rates and
 * S2(s) = sum_(i<=s) sum_(k<=i) (eta_(k-1) - eta_k) lambda^(i-k): a fall of the rate goes on taking off loss in the steps
 * after it, less and less. `memory` is 1 / (1 - lambda), the steps for which it does; the paper has lambda near 0.999.
 *
 * The paper's coefficients could not be read, so no published fit is listed.
 *
 * @see arXiv 2408.11029 (Tissue et al. 2024)
 * @example
 * ```ts
 * const wsd = { kind: 'wsdld', name: 'wsd', steps: 24000, warmup: 2160, peak: 3e-4, end: 3e-5, decay: 4000 } as const;
 * evaluateCurve(annealing, { L0: 3, A: 0.5, alpha: 0.5, C: 0.4, memory: 1000 }, wsd, [20000, 24000]); // [3.3299, 3.2371]
 * ```
 */
export const annealing = defineCurve({
  id: 'annealing',
  title: 'Law of annealing: loss curves from the learning-rate schedule',
  formula: String.raw`L(s) = L_0 + A\,S_1(s)^{-\alpha} - C\,S_2(s),\quad S_1(s) = \sum_{i=0}^{s} \eta_i,\quad S_2(s) = \sum_{i=1}^{s} \sum_{k=1}^{i} (\eta_{k-1} - \eta_k)\,\lambda^{i-k},\quad \lambda = 1 - 1/m`,
  reference: { title: 'Scaling Law with Learning Rate Annealing', arxiv: '2408.11029' },
  drop: {
    amplitude: positive('C', 'nats/token / (learning rate * steps)', 'amplitude of the annealing area'),
    params: [
      {
        name: 'memory',
        unit: 'steps',
        description: 'steps over which a fall of the learning rate takes effect, 1 / (1 - lambda)',
        transform: 'log',
        bounds: [1.01, 1e7],
        search: [30, 3e4],
      },
    ],
    sum: ([logMemory], { count, weight, age }, order, out) => {
      // sum_(i=0)^(n-1) lambda^i = m (1 - lambda^n), and the derivatives of it by ln m: with l = ln lambda and
      // d lambda / d ln m = 1 - lambda, that of l is e = (1 - lambda) / lambda, and that of e is -1 / (lambda^2 m) ...
      const m = Math.exp(logMemory);
      const log = Math.log1p(-1 / m);
      const e = 1 / (m - 1);
      const slope = -m * e * e;
      out.fill(0);
      for (let i = 0; i < count; i++) {
        const n = age[i];
        const power = Math.exp(n * log);
        const value = -m * Math.expm1(n * log);
        out[0] += weight[i] * value;
        if (order === 0) continue;
        const pull = m * n * e * power;
        out[1] += weight[i] * (value - pull);
        if (order === 1) continue;
        out[2] += weight[i] * (value - 2 * pull - m * n * power * (slope + n * e * e));
      }
    },
    factor: ([logMemory], _rate, _rateSum, age, out) => {
      const m = Math.exp(logMemory);
      out[0] = -m * Math.expm1(age * Math.log1p(-1 / m));
      out[1] = out[2] = 0;
    },
  },
  published: [],
});
