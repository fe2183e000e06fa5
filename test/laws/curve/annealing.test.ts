import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { Annealing } from '../../../src/laws/curve/annealing.ts';
import { parseSchedule } from '../../../src/laws/curve/parseSchedule.ts';
import type { Schedule } from '../../../src/laws/curve/schedule.ts';

type Factor = (rate: number, rateSum: number, age: number) => number;

const multiPower: Factor = (rate, rateSum) => (rate === 0 ? 1 : 1 - (1 + 2.07 * rate ** -0.64 * rateSum) ** -0.58);
const memory: Factor = (_, __, age) => 900 * (1 - (1 - 1 / 900) ** age);

/** The sum over every step. */
function exact({ rates }: Annealing, t: number, factor: Factor): number {
  let [sum, rateSum] = [0, 0];
  for (let k = t; k > 0; k--) {
    rateSum += rates[k];
    const fall = rates[k - 1] - rates[k];
    if (fall !== 0 && rateSum > 0) sum += fall * factor(rates[k], rateSum, t - k + 1);
  }
  return sum;
}

function fast(annealing: Annealing, t: number, factor: Factor): number {
  const { count, weight, logRate, rateSum, age } = annealing.termsTo(t);
  let sum = 0;
  for (let i = 0; i < count; i++)
    if (rateSum[i] > 0) sum += weight[i] * factor(Math.exp(logRate[i]), rateSum[i], age[i]);
  return sum;
}

const zigzag = (): Schedule => {
  const random = createRandom(3, 1);
  const step = Array.from({ length: 40 }, (_, i) => 211 * i);
  const learningRate = step.map(() => 1e-4 + 3e-4 * random.next());
  return { kind: 'rows', name: 'zigzag', step, learningRate, warmup: null, between: 'linear' };
};

describe('the sum over the falls of a schedule', () => {
  it.each([
    ...['constant', 'cosine', 'linear', 'wsd', 'wsdld', 'wsdcon'].map((kind) =>
      parseSchedule(`${kind}:steps=9000,peak=3e-4,warmup=700,end=3e-5,decay=1500`),
    ),
    parseSchedule('linear:steps=3000,peak=1e-3,end=0'),
    parseSchedule('cosine:steps=41,peak=1e-3,warmup=3'),
    zigzag(),
  ])('$name agrees with that over every step', (schedule) => {
    const annealing = new Annealing(schedule);
    for (const t of [1, 2, 40, 700, 1234, 5000, 8001, annealing.last].filter((step) => step <= annealing.last))
      for (const factor of [multiPower, memory]) {
        const [sum, expected] = [fast(annealing, t, factor), exact(annealing, t, factor)];
        // Relative to what the falls and rises of the whole schedule could come to.
        expect(Math.abs(sum - expected), `step ${t}`).toBeLessThan(1e-9 * 3e-4 * factor(3e-5, 1, annealing.last));
      }
  });

  it('takes few terms where the schedule is smooth, and those of the warm-up alone where it is constant', () => {
    const cosine = new Annealing(parseSchedule('cosine:steps=72000,peak=3e-4,warmup=2160'));
    expect(cosine.termsTo(72_000).count).toBeLessThan(600);
    const constant = new Annealing(parseSchedule('constant:steps=72000,peak=3e-4'));
    expect(constant.termsTo(72_000).count).toBe(0);
  });
});
