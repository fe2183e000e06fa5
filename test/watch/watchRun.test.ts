import { beforeAll, describe, expect, it } from 'vitest';
import { simulateCurve, simulateFamily } from '../../scripts/simulatedCurves.ts';
import type { Fit } from '../../src/fit/result.ts';
import { decodeRegistration, encodeRegistration } from '../../src/report/savedRegistration.ts';
import { bandOf } from '../../src/watch/band.ts';
import { curveUpTo } from '../../src/watch/curve.ts';
import { lateWarnings, registrationOf } from '../../src/watch/registration.ts';
import { watchRun } from '../../src/watch/watchRun.ts';
import { fitOf } from './fitOf.ts';

const family = simulateFamily(4, { rows: 100 });
const run = simulateCurve({ params: 1.5e9, plannedTokens: 3e10, seed: 4999, rows: 100 });
const half = curveUpTo(run, 1.5e10);
const end = run.loss[99];

describe('a watched run', () => {
  let fit: Fit;
  beforeAll(async () => {
    fit = await fitOf(family);
  });
  const request = () => ({
    ...{
      fit,
      file: 'fit.json',
      sha256: 'a'.repeat(64),
      name: 'run',
      params: 1.5e9,
      tokens: 3e10,
      confidence: 0.9,
      family,
    },
    now: Date.parse('2026-01-02T03:04:05Z'),
  });

  it('stands against what was registered, whose intervals are its own', async () => {
    const registration = await decodeRegistration(await encodeRegistration(registrationOf(request())), 'band.json');
    const state = watchRun(half, { registration, family, confidence: 0.5 });
    expect(state).toMatchObject({
      ...{
        run: 'run-4999',
        state: 'running',
        params: 1.5e9,
        tokens: 1.5e10,
        plannedTokens: 3e10,
        share: 0.5,
        step: 5000,
      },
      ...{ rows: 50, confidence: 0.9, family: 15, alarms: [], decision: null },
      registration: { sha256: registration.sha256, written: '2026-01-02T03:04:05.000Z', isLate: false },
      forecast: { combined: { by: 'how runs of the family fell from here and the law of the family', rehearsed: 15 } },
    });
    expect(state.warnings).toEqual([]);
    const { law, combined } = state.forecast;
    expect(law?.interval.map((one) => one.toFixed(9))).toEqual(
      [registration.band[9].lower, registration.band[9].upper].map((one) => one?.toFixed(9)),
    );
    expect(combined?.sd).toBeLessThan(law?.sd ?? NaN);
    expect(Math.abs((combined?.loss ?? NaN) - end)).toBeLessThan(0.05);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it('is told late where rows were there, or its first row is older than the registration', () => {
    const seen = { rows: 7, tokens: 1e9, since: Date.parse('2026-01-01T00:00:00Z') };
    const [warning] = lateWarnings(registrationOf({ ...request(), seen }), null);
    expect(warning.code).toBe('WATCH_REGISTERED_LATE');
    expect(warning.message).toMatch(
      /late: at 2026-01-02T03:04:05.000Z, when 7 rows of the run were there; the first is of 2026-01-01/,
    );
    const early = registrationOf(request());
    expect(lateWarnings(early, Date.parse('2026-01-02T03:04:04Z'))).toHaveLength(1);
    expect(lateWarnings(early, Date.parse('2026-01-02T03:04:06Z'))).toEqual([]);
    expect(lateWarnings(early, null)).toEqual([]);
  });

  it('is advised to go on, or to stop, only where the whole interval lies on one side', () => {
    const band = bandOf(fit, run, { confidence: 0.9, family }).points;
    const decide = (target: number, curve = half) => {
      const price = { flopsPerSecond: 1e15, perHour: 2 };
      const { decision, forecast } = watchRun(curve, { band, family, target, price });
      if (decision === null) throw new Error('there is no decision');
      return { ...decision, combined: forecast.combined };
    };
    const good = decide(1.05 * end);
    expect(good).toMatchObject({ verdict: 'continue', tokensLeft: 1.5e10, flopsLeft: 6 * 1.5e9 * 1.5e10 });
    expect(good.secondsLeft).toBeCloseTo(1.35e5, 6);
    expect(good.costLeft).toBeCloseTo(75, 9);
    expect(good.costPerSuccess).toBeCloseTo(75 / (good.probability ?? NaN), 9);
    expect(good.decidable?.share).toBeLessThanOrEqual(0.5);
    const bad = decide(0.95 * end);
    expect(bad).toMatchObject({ verdict: 'stop' });
    expect(bad.probability).toBeLessThan(0.05);
    expect(bad.advice).toMatch(/^Stop: the 90% interval/);
    expect(bad.decidable?.flopsSince).toBeCloseTo(6 * 1.5e9 * (0.5 - (bad.decidable?.share ?? NaN)) * 3e10, -12);
    const middle = decide(good.combined?.loss ?? NaN);
    expect(middle).toMatchObject({ verdict: 'too early to say', decidable: null });
    expect(middle.probability).toBeCloseTo(0.5, 9);
    expect(decide(1.05 * end, run)).toMatchObject({ verdict: 'reached', probability: 1, tokensLeft: 0 });
    expect(decide(0.95 * end, run)).toMatchObject({ verdict: 'missed', probability: 0, costPerSuccess: null });
  });

  it('says nothing before its first row, and that it has diverged', () => {
    const nothing = watchRun(curveUpTo(run, 0), { target: 2 });
    expect(nothing).toMatchObject({
      state: 'waiting',
      tokens: 0,
      loss: null,
      step: null,
      forecast: { combined: null },
    });
    expect(nothing.decision).toMatchObject({ verdict: 'too early to say', probability: null });
    const lost = simulateCurve({ params: 1.5e9, plannedTokens: 3e10, seed: 1, rows: 100, fault: 'no number' });
    const state = watchRun(curveUpTo(lost, 2.4e10), { family, target: 2.5 });
    expect(state).toMatchObject({ state: 'diverged', alarms: [{ kind: 'diverged' }], forecast: { combined: null } });
    expect(state.decision).toMatchObject({ verdict: 'stop', advice: 'Stop: the run diverges.', probability: null });
    expect(state.loss).toBeGreaterThan(2);
  });
});
