import { beforeAll, describe, expect, it } from 'vitest';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { profileFigure, profilePairFigure } from '../../src/plots/profile.ts';
import { profileParam, type Profile } from '../../src/uncertainty/profile.ts';
import { profilePair } from '../../src/uncertainty/profilePair.ts';
import { chinchilla240 } from '../helpers/data.ts';

let fit: LawFit;
let profiles: Profile[];
beforeAll(async () => {
  fit = fitLaw(chinchilla, await chinchilla240());
  profiles = ['alpha', 'beta', 'E', 'a'].map((name) => profileParam(fit, name, { points: 21 }));
});

interface Trace {
  readonly name?: string;
  readonly x: number[];
  readonly y: number[];
}

describe('profileFigure', () => {
  it('draws the profile, its parabola, the levels and the interval in a panel for each parameter', () => {
    const { data, layout } = profileFigure(profiles);
    const traces = data as unknown as Trace[];
    expect(traces.map(({ name }) => name).slice(0, 4)).toEqual([
      'Interval',
      'Confidence levels',
      'Quadratic (Wald)',
      'Profile',
    ]);
    expect(traces).toHaveLength(16);
    const [interval, , , curve] = traces;
    expect(Math.min(...curve.y)).toBeCloseTo(0, 9);
    expect(Math.min(...interval.x)).toBeCloseTo(profiles[0].interval[0], 6);
    expect(Math.max(...interval.x)).toBeCloseTo(profiles[0].interval[1], 6);
    expect(Object.keys(layout)).toEqual(expect.arrayContaining(['xaxis4', 'yaxis4']));
    expect(JSON.parse(JSON.stringify({ data, layout }))).toEqual({ data, layout });
  });

  it('has the levels of 68, 90 and 95% where a chi-square has them', () => {
    const levels = profileFigure([profiles[0]]).data[1] as unknown as Trace;
    const { cutoff } = profiles[0];
    // chi-square quantiles of one degree of freedom: 0.98895, 2.70554, 3.84146.
    for (const [at, quantile] of [
      [0, 0.98895],
      [3, 2.70554],
      [6, 3.84146],
    ])
      expect(levels.y[at] / cutoff).toBeCloseTo(quantile / 3.84146, 4);
  });

  it('has no parabola where the profile has none, and shows an open side', () => {
    const open = profileParam(fit, 'alpha', { points: 11 });
    const figure = profileFigure([
      { ...open, coordinateError: null, isOpen: [true, false], interval: [0, open.interval[1]] },
    ]);
    expect((figure.data as unknown as Trace[]).map(({ name }) => name)).not.toContain('Quadratic (Wald)');
    expect(JSON.stringify(figure.layout)).toContain('open to');
  });
});

describe('profilePair', () => {
  it('is the deviance of refits with both parameters held', () => {
    const { deviance, designEffect } = profilePair(fit, ['alpha', 'beta'], [0.33, 0.36], [0.34, 0.37, 0.4], {
      adjust: 'none',
    });
    expect(designEffect).toBe(1);
    const none = profileParam(fit, 'alpha', { adjust: 'none', points: 5 });
    for (const [row, beta] of [0.34, 0.37, 0.4].entries())
      for (const [column, alpha] of [0.33, 0.36].entries()) {
        const held = fitLaw(chinchilla, fit.runs, { fixed: { alpha, beta } });
        const slope = (2 * (none.logLikelihood[2] - none.logLikelihood[0])) / (none.objective[0] - none.objective[2]);
        expect(deviance[row * 2 + column]).toBeGreaterThan(0);
        // The deviance bends: n ln(1 + x) for x well below 1.
        const straight = slope * (held.minimum.value - fit.minimum.value);
        expect(deviance[row * 2 + column] / straight).toBeGreaterThan(0.85);
        expect(deviance[row * 2 + column] / straight).toBeLessThan(1.15);
      }
  });

  it('lies on or above both profiles of one parameter, and is drawn with its two regions', () => {
    const figure = profilePairFigure(fit, profiles);
    const traces = figure?.figure.data as unknown as { name?: string; contours?: { start: number } }[];
    expect(traces.map(({ name }) => name)).toEqual([undefined, '68% region', '95% region', 'Fit']);
    // Chi-square quantile of two degrees of freedom.
    expect(traces[2].contours?.start).toBeCloseTo(5.991465, 5);
    expect(profilePairFigure(fit, [profiles[0]])).toBeNull();
  });
});
