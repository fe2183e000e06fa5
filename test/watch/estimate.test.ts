import { describe, expect, it } from 'vitest';
import { studentCdf } from '../../src/core/special.ts';
import { combine, fromInterval, intervalOf, probabilityOf } from '../../src/watch/estimate.ts';

const normal = (log: number, sd: number) => ({ log, sd, degreesOfFreedom: Infinity });

describe('estimates', () => {
  it('give back the interval that they were made from, and half of the rest on each side', () => {
    const made = fromInterval([2, 2.5], 0.9);
    const [low, high] = intervalOf(made, 0.9);
    expect([low, high].map((end) => end.toFixed(10))).toEqual(['2.0000000000', '2.5000000000']);
    expect(probabilityOf(made, 2)).toBeCloseTo(0.05, 10);
    expect(probabilityOf(made, 2.5)).toBeCloseTo(0.95, 10);
    expect(probabilityOf({ ...made, degreesOfFreedom: 3 }, 2)).toBeGreaterThan(0.05);
    expect([1, 2].map((target) => probabilityOf(normal(Math.log(1.5), 0), target))).toEqual([0, 1]);
  });

  it('are combined by the inverse of their variances', () => {
    const both = combine([normal(1, 0.02), normal(1.01, 0.01)]);
    expect(both.weights.map((weight) => Number(weight.toFixed(12)))).toEqual([0.2, 0.8]);
    expect(both.log).toBeCloseTo(1.008, 12);
    expect(both.sd).toBeCloseTo(1 / Math.sqrt(1 / 0.02 ** 2 + 1 / 0.01 ** 2), 12);
    expect(both.degreesOfFreedom).toBe(Infinity);
    expect(combine([{ log: 1, sd: 0.02, degreesOfFreedom: 4 }]).degreesOfFreedom).toBeCloseTo(4, 10);
  });

  it('that contradict each other are as wide together as they lie apart', () => {
    const apart = combine([normal(1, 0.01), normal(1.1, 0.01)]);
    expect(apart.sd).toBeCloseTo(0.05, 12);
  });
});

it("Student's distribution agrees with tables, and with the normal one in the limit", () => {
  expect(studentCdf(2.228138852, 10)).toBeCloseTo(0.975, 9);
  expect(studentCdf(-1.644853627, Infinity)).toBeCloseTo(0.05, 9);
});
