import { describe, expect, it } from 'vitest';
import { simulateCurve, simulateFamily } from '../../scripts/simulatedCurves.ts';
import { createRandom } from '../../src/core/random.ts';
import { curveOf, curveUpTo, lastTokens, type RunCurve } from '../../src/watch/curve.ts';
import { completeRuns, fallFrom } from '../../src/watch/familyCurves.ts';
import { forecastEnd } from '../../src/watch/forecast.ts';
import { levelAt } from '../../src/watch/level.ts';
import { continueCurve, ownPastError } from '../../src/watch/ownCurve.ts';

const none = { family: [], law: null, confidence: 0.9 };
const endOf = (run: RunCurve): number => Math.exp(levelAt(run, lastTokens(run))?.log ?? NaN);

/** A run whose loss follows E + B / D^beta. */
function powerRun(noise: number, seed = 1): RunCurve {
  const random = createRandom(seed);
  const rows = Array.from({ length: 200 }, (_, k) => {
    const tokens = 1e7 * (k + 1);
    return { tokens, loss: (1.8 + 60 / tokens ** 0.25) * Math.exp(noise * random.normal()) };
  });
  return curveOf(rows, { name: 'power', params: 1e8, plannedTokens: 2e9 });
}

describe('continuing a curve', () => {
  it('finds the law that a curve follows', () => {
    const run = powerRun(0);
    const own = continueCurve(curveUpTo(run, 8e8), 2e9);
    expect(own?.law.id).toBe('tokens-irreducible');
    expect(Math.exp(own?.log ?? NaN)).toBeCloseTo(endOf(run), 4);
  });

  it('says nothing of a few rows, and rehearses in the past of a run', () => {
    const run = powerRun(0.003);
    expect(continueCurve(curveUpTo(run, 4e7), 2e9)).toBeUndefined();
    const { own, combined, missing, warnings } = forecastEnd(curveUpTo(run, 8e8), none);
    expect(own?.rehearsed).toBeNull();
    expect(own?.degreesOfFreedom).toBe(3);
    expect(warnings.map(({ code }) => code)).toEqual(['WATCH_OWN_PAST']);
    expect(missing).toMatchObject({ own: null, law: 'no law of the family is given' });
    expect(combined?.loss).toBe(own?.loss);
    const [low, high] = combined?.interval ?? [NaN, NaN];
    expect(low < endOf(run) && endOf(run) < high).toBe(true);
    expect(forecastEnd(curveUpTo(run, 2e7), none)).toMatchObject({ own: null, combined: null });
    expect(forecastEnd(curveUpTo(run, 0), none).missing.own).toBe('the run has no loss yet');
  });

  it('grows with the horizon', () => {
    const run = powerRun(0.003);
    const law = continueCurve(run, 2e9)?.law;
    if (law === undefined) throw new Error('nothing continues the curve');
    const [near, far] = [2.5e9, 2e10].map((until) => ownPastError(run, law, until)?.sd ?? NaN);
    expect(far).toBeGreaterThan(2 * near);
  });
});

describe('the curves of a family', () => {
  const family = simulateFamily(1, { rows: 100, noise: 0, runNoise: 0 });

  it('tell the fall of a run between them, by a line where it changes with the size and the length', () => {
    const run = simulateCurve({ params: 1e8, plannedTokens: 2.5e9, seed: 5, rows: 100, noise: 0, runNoise: 0 });
    const true40 = (levelAt(run, 1e9)?.log ?? NaN) - Math.log(endOf(run));
    const fall = fallFrom(0.4, family, run);
    expect(fall?.runs).toBe(15);
    expect(Math.abs((fall?.log ?? NaN) - true40)).toBeLessThan(2 * (fall?.sd ?? NaN));
    expect(fall?.sd).toBeLessThan(0.004);
    expect(fallFrom(0.4, family.slice(0, 2), run)).toBeUndefined();
    expect(fallFrom(0.001, family, run)).toBeUndefined();
  });

  it('are those of complete runs', () => {
    expect(completeRuns([family[0], curveUpTo(family[1], 0.9 * family[1].plannedTokens)])).toHaveLength(1);
  });
});

it('the intervals of forecasts hold the end about as often as they say', () => {
  let [asked, held, closer] = [0, 0, 0];
  for (let seed = 0; seed < 14; seed++) {
    const family = simulateFamily(seed, { rows: 60 });
    const run = simulateCurve({ params: 1.5e9, plannedTokens: 3e10, seed: 1000 * seed + 999, rows: 60 });
    for (const share of [0.3, 0.7]) {
      const now = curveUpTo(run, share * run.plannedTokens);
      const { own, combined } = forecastEnd(now, { ...none, family });
      if (own === null || combined === null) throw new Error('there is no forecast');
      asked++;
      held += Number(combined.interval[0] <= endOf(run) && endOf(run) <= combined.interval[1]);
      closer += Number(Math.abs(combined.loss - endOf(run)) <= Math.abs(own.loss - endOf(run)));
    }
  }
  // 28 chances at 90%, two of a run alike: fewer than 21 would come once in some hundreds.
  expect(held).toBeGreaterThanOrEqual(21);
  // Without the family nobody knows that the learning rate is still to fall.
  expect(closer).toBeGreaterThan(0.6 * asked);
});

it('at the end the forecast is what came', () => {
  const run = powerRun(0.003);
  const { combined, own } = forecastEnd(run, none);
  expect([combined?.by, own]).toEqual(['its end', null]);
  expect(combined?.loss).toBeCloseTo(endOf(run), 12);
});
