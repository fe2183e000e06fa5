import { defineCurve } from './curve/defineCurve.ts';
import { exponent, positive } from './lawParams.ts';

/**
 * The multi-power law: the loss of a run at step s from all learning rates up to it,
 * L(s) = L0 + A S1(s)^-alpha - B sum_(k<=s) (eta_(k-1) - eta_k) (1 - (1 + C eta_k^-gamma S_k(s))^-beta),
 * with S_k(s) = eta_k + ... + eta_s and S1 = S_0. The sum runs over all steps, those of the warm-up too, whose rises count
 * as negative falls. A fall to a rate of 0 after which the rate rises again counts in full.
 *
 * @see arXiv 2503.12811 (Luo et al. 2025), and the code of its authors, thu-yao-01-luo/MultiPowerLaw
 * @example
 * ```ts
 * const shape = { steps: 24000, warmup: 2160, peak: 3e-4, end: 3e-5, decay: 0 };
 * const cosine = { kind: 'cosine', name: 'cosine', ...shape } as const;
 * evaluateCurve(multiPower, multiPower.published[0].params, cosine, [2160, 24000]); // [4.07, 3.3152]
 * ```
 */
export const multiPower = defineCurve({
  id: 'multi-power',
  title: 'Multi-power law: loss curves from the learning-rate schedule',
  formula: String.raw`L(s) = L_0 + A\,S_0(s)^{-\alpha} - B \sum_{k=1}^{s} (\eta_{k-1} - \eta_k)\,(1 - (1 + C\,\eta_k^{-\gamma} S_k(s))^{-\beta}),\quad S_k(s) = \sum_{j=k}^{s} \eta_j`,
  reference: {
    title: 'A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules',
    arxiv: '2503.12811',
  },
  drop: {
    amplitude: positive(
      'B',
      'nats/token / learning rate',
      'loss that a fall of the learning rate takes off in the end',
    ),
    params: [
      positive(
        'C',
        '(learning rate)^(gamma - 1) / steps',
        'how soon a fall of the learning rate takes effect',
        [0.1, 30],
      ),
      exponent('beta', 'exponent of the time since a fall', [0.1, 1.5]),
      exponent('gamma', 'exponent of the rate after a fall', [0.1, 1.2]),
    ],
    sum: (theta, { count, weight, logRate, rateSum }, order, out) => {
      const [logC, beta, gamma] = theta;
      out.fill(0);
      for (let i = 0; i < count; i++) {
        const w = weight[i];
        if (rateSum[i] === 0) continue;
        if (logRate[i] === -Infinity) {
          out[0] += w;
          continue;
        }
        const x = Math.exp(logC - gamma * logRate[i]) * rateSum[i];
        const log = Math.log1p(x);
        const left = Math.exp(-beta * log);
        out[0] += w * (1 - left);
        if (order === 0) continue;
        // u = (1 + x)^-beta depends on beta and on ln x = ln C - gamma ln eta + ln S.
        const share = x / (1 + x);
        const byBeta = w * left * log;
        const byX = w * beta * share * left;
        out[1] += byX;
        out[2] += byBeta;
        out[3] -= byX * logRate[i];
        if (order === 1) continue;
        const byXX = byX * (1 - share - beta * share);
        const byXBeta = w * share * left - byX * log;
        out[4] += byXX;
        out[5] += byXBeta;
        out[6] -= byBeta * log;
        out[7] -= byXX * logRate[i];
        out[8] -= byXBeta * logRate[i];
        out[9] += byXX * logRate[i] ** 2;
      }
    },
    factor: (theta, rate, rateSum, _, out) => {
      const [logC, beta, gamma] = theta;
      if (rateSum <= 0 || rate <= 0) {
        out[0] = rateSum <= 0 ? 0 : 1;
        out[1] = out[2] = 0;
        return;
      }
      const x = Math.exp(logC - gamma * Math.log(rate)) * rateSum;
      const left = Math.exp(-beta * Math.log1p(x));
      const byLogX = (beta * left * x) / (1 + x);
      out[0] = 1 - left;
      out[1] = (-gamma * byLogX) / rate;
      out[2] = byLogX / rateSum;
    },
  },
  published: [
    published(
      '25M',
      [
        3.0404540607184405, 0.524686039368193, 0.5078685704877554, 363.7875162170278, 2.0656081241337327,
        0.5827901296148124, 0.6414225733502996,
      ],
    ),
    published(
      '100M',
      [
        2.6514477024161742, 0.6011515230827974, 0.4529581100522778, 437.94642760340304, 2.132456121480403,
        0.5978519925072291, 0.6552364418199805,
      ],
    ),
    published('400M', [2.37474, 0.65421, 0.42879, 523.425, 2.02463, 0.5935, 0.63472]),
  ],
});

function published(size: string, [L0, A, alpha, B, C, beta, gamma]: readonly number[]) {
  const isChecked = size !== '400M';
  return {
    id: `luo-${size.toLowerCase()}`,
    source: `Luo et al. 2025, ${size} model, logs of the authors' code`,
    arxiv: '2503.12811',
    params: { L0, A, alpha, B, C, beta, gamma },
    objective: 'log-huber, delta 1e-3, on cosine_24000, constant_24000 and wsdcon_9',
    verified: isChecked,
    note: isChecked
      ? `They give the published mean relative error on the six other curves of data/multi-power.csv, ${size === '25M' ? '0.110' : '0.142'}%; test/laws/multiPower.test.ts.`
      : 'Read in the logs of the authors’ code; the curves of this model do not ship with isoflop.',
  };
}
