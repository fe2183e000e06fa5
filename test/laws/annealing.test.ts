import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { studentQuantile } from '../../src/core/special.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { annealing } from '../../src/laws/annealing.ts';
import { evaluateCurve } from '../../src/laws/curve/evaluateCurve.ts';
import { parseSchedule } from '../../src/laws/curve/parseSchedule.ts';
import { scheduleRates } from '../../src/laws/curve/scheduleRates.ts';
import { toCoordinates, type Law } from '../../src/laws/law.ts';
import { recordRates } from '../../src/runs/recordedRates.ts';
import { createRuns } from '../../src/runs/index.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { curveRuns } from '../helpers/curves.ts';

const params = { L0: 3, A: 0.5, alpha: 0.5, C: 0.6, memory: 150 };
const schedules = ['cosine', 'constant', 'wsdcon'].map((kind) =>
  parseSchedule(`${kind}:steps=2000,peak=1e-3,warmup=100,decay=600`),
);

describe('the law of annealing', () => {
  it('is the double sum of its paper', () => {
    const schedule = parseSchedule('wsdld:steps=400,peak=1e-3,end=0,warmup=20,decay=150');
    const rates = scheduleRates(schedule);
    const lambda = 1 - 1 / params.memory;
    let [s1, momentum, s2] = [rates[0], 0, 0];
    for (let i = 1; i <= 400; i++) {
      momentum = lambda * momentum + (rates[i - 1] - rates[i]);
      s1 += rates[i];
      s2 += momentum;
    }
    const [loss] = evaluateCurve(annealing, params, schedule, [400]);
    expect(loss).toBeCloseTo(3 + 0.5 * s1 ** -0.5 - 0.6 * s2, 12);
  });

  it('has 99% intervals that hold the truth as often as they say', () => {
    const truth = toCoordinates(annealing, params);
    const random = createRandom(11, 5);
    const missed = truth.map(() => 0);
    const law = annealing.curve?.bind(schedules) ?? annealing;
    // From the truth, since the search would take most of the time; another test searches.
    const atTruth: Law = { ...law, guess: () => [params], guessSuffices: true };
    const clean = recordRates(curveRuns(annealing, params, schedules, { every: 150 }));
    const { schedule = new Float64Array(), step = schedule, loss = schedule } = clean.quantities;
    const draws = 40;
    for (let draw = 0; draw < draws; draw++) {
      const runs = createRuns({ schedule, step, loss: loss.map((value) => value * Math.exp(1e-3 * random.normal())) });
      const fit = fitLaw(atTruth, runs, { objective: 'log-mse' });
      expect(fit.minimum.certified).toBe(true);
      const { matrix, degreesOfFreedom } = estimateCovariance(fit, groupRows(fit, 'row'), 'classical');
      const t = studentQuantile(0.995, degreesOfFreedom);
      fit.theta.forEach((value, k) => {
        if (!(Math.abs(value - truth[k]) <= t * Math.sqrt(matrix?.[k * 6] ?? NaN))) missed[k]++;
      });
    }
    // Of 40 draws, 4 or more are missed with a probability of 0.07% where 1% is the truth.
    for (const count of missed) expect(count).toBeLessThan(4);
  });
});
