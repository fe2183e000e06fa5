import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { fitLaw } from '../../../src/fit/fitLaw.ts';
import type { Fit } from '../../../src/fit/result.ts';
import { annealing } from '../../../src/laws/annealing.ts';
import { curveLawOf, evaluateCurve } from '../../../src/laws/curve/evaluateCurve.ts';
import { parseSchedule } from '../../../src/laws/curve/parseSchedule.ts';
import { lastStep } from '../../../src/laws/curve/schedule.ts';
import { scheduleRates } from '../../../src/laws/curve/scheduleRates.ts';
import { chinchilla } from '../../../src/laws/chinchilla.ts';
import { toCoordinates, type Law } from '../../../src/laws/law.ts';
import { multiPower } from '../../../src/laws/multiPower.ts';
import { projectMonotone } from '../../../src/plan/schedule/monotone.ts';
import { optimalRates } from '../../../src/plan/schedule/optimalRates.ts';
import { optimizeSchedule } from '../../../src/plan/schedule/optimizeSchedule.ts';
import { predictCurve } from '../../../src/plan/schedule/predictCurve.ts';
import { Stairs } from '../../../src/plan/schedule/stairs.ts';
import { estimateCovariance } from '../../../src/uncertainty/covariance.ts';
import { groupRows } from '../../../src/uncertainty/groups.ts';
import { publishedFit } from '../../../src/uncertainty/published.ts';
import { summarizeFit } from '../../../src/uncertainty/summarize.ts';
import { curveRuns } from '../../helpers/curves.ts';
import { errorOf } from '../../helpers/errors.ts';
import { difference } from '../../helpers/lawChecks.ts';

const published = multiPower.published[0];
const ofAnnealing = { L0: 3, A: 0.5, alpha: 0.5, C: 0.6, memory: 150 };
const at = (law: Law, params: Readonly<Record<string, number>>) => ({
  drop: curveLawOf(law, '').drop,
  theta: toCoordinates(law, params),
});
const singles = (count: number): Float64Array => new Float64Array(count).fill(1);

describe('the loss of stairs', () => {
  const laws = [
    ['multi-power', multiPower, published.params],
    ['annealing', annealing, ofAnnealing],
  ] as const;

  it.each(laws)('is that of %s where every stair is a step', (_, law, params) => {
    for (const text of [
      'cosine:steps=900,peak=3e-4,warmup=70,end=1e-5',
      'wsdcon:steps=300,peak=3e-4',
      'wsdld:steps=90,peak=3e-4,warmup=1',
    ]) {
      const schedule = parseSchedule(text);
      const stairs = new Stairs(at(law, params), schedule, singles(schedule.steps - schedule.warmup + 1), false);
      const [loss] = evaluateCurve(law, params, schedule, [lastStep(schedule)]);
      expect(stairs.loss(scheduleRates(schedule).slice(schedule.warmup)), text).toBeCloseTo(loss, 9);
    }
  });

  it.each(laws)('has the gradient of %s that differences give', (_, law, params) => {
    const lengths = Float64Array.from([3, 1, 7, 2, 40, 5]);
    const rates = Float64Array.from([3e-4, 2.8e-4, 2e-4, 2e-4, 6e-5, 2e-5]);
    for (const isGradual of [true, false])
      for (const warmup of [0, 20]) {
        const stairs = new Stairs(at(law, params), { warmup, peak: 3e-4 }, lengths, isGradual);
        const gradient = new Float64Array(6);
        stairs.loss(rates, gradient);
        rates.forEach((rate, j) => {
          const moved = (t: number) => [stairs.loss(rates.map((value, i) => (i === j ? value + t : value)))];
          const [slope] = difference(moved, 1e-3 * rate);
          expect(gradient[j] / slope).toBeCloseTo(1, 6);
        });
      }
  });
});

it('the projection on what never rises is the nearest point', () => {
  const values = [3, 5, 1, 2, 6, -1];
  const weights = [1, 2, 1, 3, 1, 1];
  const moved = Float64Array.from(values);
  projectMonotone(moved, Float64Array.from(weights), 0, 4);
  expect([...moved].every((value, i) => i === 0 || value <= moved[i - 1])).toBe(true);
  const distance = (point: ArrayLike<number>): number =>
    values.reduce((sum, value, i) => sum + weights[i] * (value - point[i]) ** 2, 0);
  const random = createRandom(5, 1);
  for (let n = 0; n < 3000; n++) {
    const other = Float64Array.from(values, () => 4 * random.next())
      .sort()
      .reverse();
    const mixed = moved.map((value, i) => value + 0.1 * (other[i] - value));
    expect(distance(mixed)).toBeGreaterThanOrEqual(distance(moved) - 1e-12);
  }
});

describe('the best rates', () => {
  it.each([
    ['multi-power', multiPower, published.params],
    ['annealing', annealing, ofAnnealing],
  ] as const)('of %s are no worse than those of a brute-force search', (_, law, params) => {
    // Five stairs of a short schedule, whose rates are searched on a grid that is refined around its best point.
    const course = { steps: 204, warmup: 0, peak: 3e-4, low: 3e-5 };
    const lengths = new Float64Array(5).fill(41);
    const stairs = new Stairs(at(law, params), course, lengths, true);
    let best = { loss: Infinity, rates: new Float64Array(5) };
    for (let round = 0, reach = course.peak; round < 12; round++, reach *= 0.5) {
      const center = best.rates.slice();
      const values = (b: number): number[] =>
        [-1, -0.5, 0, 0.5, 1].map((k) =>
          Math.min(
            course.peak,
            Math.max(
              course.low,
              round === 0 ? course.low + ((k + 1) / 2) * (course.peak - course.low) : center[b] + k * reach,
            ),
          ),
        );
      const visit = (rates: number[]): void => {
        if (rates.length === 5) {
          const loss = stairs.loss(Float64Array.from(rates));
          if (loss < best.loss) best = { loss, rates: Float64Array.from(rates) };
          return;
        }
        for (const rate of values(rates.length))
          if (rates.length === 0 || rate <= rates[rates.length - 1]) visit([...rates, rate]);
      };
      visit([]);
    }
    const found = optimalRates({ at: at(law, params), ...course }, [new Float64Array(205).fill(course.peak)]);
    // Rates of single steps can do all that stairs do.
    expect(found.loss).toBeLessThanOrEqual(best.loss + 1e-6 * best.loss);
    const few = optimalRates({ at: at(law, params), ...course, steps: 4 }, [new Float64Array(5).fill(course.peak)]);
    const short = new Stairs(at(law, params), course, singles(5), true);
    let least = Infinity;
    const steps = 24;
    const grid = Array.from({ length: steps + 1 }, (__, k) => course.low + (k / steps) * (course.peak - course.low));
    const all = (rates: number[]): void => {
      if (rates.length === 5) least = Math.min(least, short.loss(Float64Array.from(rates)));
      else for (const rate of grid) if (rates.length === 0 || rate <= rates[rates.length - 1]) all([...rates, rate]);
    };
    all([]);
    expect(few.loss).toBeLessThanOrEqual(least + 1e-6);
  });
});

describe('the best schedule', () => {
  it('of published coefficients never rises, and is no worse than any named one', () => {
    const fit = publishedFit(multiPower, published);
    const best = optimizeSchedule(fit, { steps: 3000, peak: 3e-4, minRate: 3e-5, warmup: 270 });
    const rates = scheduleRates(best.schedule);
    expect(rates).toHaveLength(3001);
    expect(rates[269]).toBe(3e-4);
    for (let s = 270; s < rates.length; s++) expect(rates[s] <= rates[s - 1] && rates[s] >= 3e-5).toBe(true);
    expect(best.starts).toEqual({ tried: 3, reached: 3 });
    expect(best.interval).toBeNull();
    expect(best.rivals.map(({ schedule }) => schedule.kind)).toEqual(['cosine', 'linear', 'wsd', 'wsdld']);
    for (const { gain, gainInterval } of best.rivals) {
      expect(gain).toBeGreaterThan(0);
      expect(gainInterval).toBeNull();
    }
    for (const kind of ['constant', 'cosine', 'linear', 'wsd', 'wsdld'])
      for (const decay of [0.1, 0.3, 0.6]) {
        const schedule = parseSchedule(`${kind}:steps=3000,peak=3e-4,end=3e-5,warmup=270,decay=${decay}`);
        const [loss] = evaluateCurve(multiPower, published.params, schedule, [3000]);
        expect(best.loss, schedule.name).toBeLessThanOrEqual(loss);
      }
    expect(predictCurve(fit, best.schedule).final.loss).toBeCloseTo(best.loss, 12);
  });

  it('of a fit keeps to its curves, and comes with intervals', () => {
    const random = createRandom(2, 3);
    const schedules = ['cosine', 'constant', 'wsdcon', 'linear'].map((kind) =>
      parseSchedule(`${kind}:steps=1500,peak=1e-3,warmup=100,decay=400`),
    );
    const runs = curveRuns(annealing, ofAnnealing, schedules, { noise: () => 1e-3 * random.normal() });
    const lawFit = fitLaw(annealing, runs, { warmup: 100 });
    const fit: Fit = summarizeFit(lawFit, { covariance: estimateCovariance(lawFit, groupRows(lawFit), 'sandwich') });
    const best = optimizeSchedule(fit, { steps: 1500 });
    expect(best).toMatchObject({ peak: 1e-3, minRate: 1e-4, warmup: 100 });
    expect(best.warnings.map(({ code }) => code)).toEqual(['SCHEDULE_JUMPS']);
    expect(best.interval?.[0]).toBeLessThan(best.loss);
    for (const { gain, gainInterval } of best.rivals) {
      expect(gain).toBeGreaterThan(0);
      expect(gainInterval?.[0]).toBeLessThan(gain);
      expect(gainInterval?.[1]).toBeGreaterThan(gain);
      // Two schedules of one law have most of their error in common.
      expect((gainInterval?.[1] ?? NaN) - (gainInterval?.[0] ?? NaN)).toBeLessThan(0.02);
    }
    const far = optimizeSchedule(fit, { steps: 4000, peak: 2e-3, minRate: 1e-5 });
    expect(far.warnings.map(({ code }) => code).filter((code) => code === 'SCHEDULE_EXTRAPOLATED')).toHaveLength(3);
    expect(predictCurve(fit, schedules[0]).warnings).toEqual([]);
  });

  it('needs a law of curves, a peak where nothing tells it, and a course that makes sense', () => {
    const fit = publishedFit(multiPower, published);
    expect(errorOf(() => optimizeSchedule(fit, { steps: 1000 }))).toMatchObject({ code: 'OPTION_INVALID' });
    const odd = { steps: 1000, peak: 1e-4, minRate: 1e-3 };
    expect(errorOf(() => optimizeSchedule(fit, odd))).toMatchObject({ code: 'SCHEDULE_INVALID' });
    const other = publishedFit(chinchilla, chinchilla.published[0]);
    expect(errorOf(() => optimizeSchedule(other, { steps: 9 }))).toMatchObject({ code: 'USAGE' });
    const cosine = parseSchedule('cosine:steps=9,peak=1');
    expect(errorOf(() => predictCurve(fit, cosine, { steps: [10] }))).toMatchObject({ code: 'OPTION_INVALID' });
  });
});
