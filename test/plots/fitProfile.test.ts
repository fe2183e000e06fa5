import { describe, expect, it } from 'vitest';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { buildFigure } from '../../src/plots/index.ts';
import { createRuns } from '../../src/runs/create.ts';
import { profileParam } from '../../src/uncertainty/profile.ts';
import { refitSaved } from '../../src/uncertainty/refit.ts';
import { curvesFit, publishedFit } from './exampleFit.ts';
import { errorOf, notesOf, titleOf, tracesNamed } from './traces.ts';

const { params, tokens, loss } = curvesFit().fitted.columns as Record<string, Float64Array>;
const fit = await fitRuns(createRuns({ params, tokens, loss }), { calibrate: false });

describe('profile likelihood of a saved fit', () => {
  const figure = buildFigure(fit, 'profile');

  it('shows the interval that a profile from the rows has', () => {
    const again = refitSaved(fit);
    if ('fault' in again) throw new Error(again.fault);
    expect(titleOf(figure).title).toBe('Profile likelihood of E, A, B, alpha, beta, a');
    for (const [k, name] of ['E', 'A', 'B', 'alpha', 'beta', 'a'].entries()) {
      const [low, high] = profileParam(again, name).interval;
      const note = notesOf(figure).find((text) => text.startsWith(`<b>${name} = `)) ?? '';
      const [, from, to] = /, (\S+) to (\S+)$/.exec(note) ?? [];
      expect(Number(from) / low).toBeCloseTo(1, 2);
      expect(Number(to) / high).toBeCloseTo(1, 2);
      const curve = tracesNamed(figure, 'Profile')[k];
      expect(curve.x.every((x, i) => i === 0 || x > curve.x[i - 1])).toBe(true);
      expect(Math.min(...curve.y)).toBeCloseTo(0, 6);
    }
  });

  it('interpolates to what refits in between give', () => {
    const again = refitSaved(fit);
    if ('fault' in again) throw new Error(again.fault);
    const exact = profileParam(again, 'alpha', { points: 81 });
    const curve = tracesNamed(figure, 'Profile')[3];
    curve.x.forEach((x, i) => {
      const k = exact.values.findIndex((value) => value >= x);
      if (k < 1) return;
      const share = (x - exact.values[k - 1]) / (exact.values[k] - exact.values[k - 1]);
      const between = exact.deviance[k - 1] + share * (exact.deviance[k] - exact.deviance[k - 1]);
      expect(Math.abs(curve.y[i] - between)).toBeLessThan(0.05);
    });
  });
});

it.each([
  ['no rows', publishedFit(), 'the fit holds no data'],
  ['thinned rows', { ...fit, points: 90 }, 'carries only 44 of its 90 rows'],
  ['parameters that are not the optimum of the rows', curvesFit(), 'a refit of its rows ends at another value of'],
])('refuses %s', (_, other, reason) => {
  expect(errorOf(() => buildFigure(other, 'profile'))).toMatchObject({
    code: 'FIGURE_UNAVAILABLE',
    message: expect.stringContaining(reason) as string,
  });
});
