import { describe, expect, it } from 'vitest';
import { studentQuantile } from '../../src/core/special.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { laws } from '../../src/laws/index.ts';
import { toCoordinates } from '../../src/laws/law.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { checkDerivatives, checkRecovery, checkValue, drawRuns } from '../helpers/lawChecks.ts';

const draws = 200;

it('has one case for each law', () => {
  expect(Object.keys(lawCases).sort()).toEqual(laws.map((law) => law.id).sort());
});

describe.each(laws.map((law) => [law.id, law] as const))('%s', (id, law) => {
  const entry = lawCases[id];
  const { params, unidentified = [] } = entry;
  const p = law.params.length;

  it('is the formula written out', () => {
    checkValue(law, entry);
  });

  it('has the gradient and the Hessian that differences give', () => {
    checkDerivatives(law, entry);
  });

  it('recovers its parameters from data without noise', () => {
    checkRecovery(law, entry);
  });

  it(`has 99% intervals that hold the truth in about 99% of ${draws} draws with 1% noise, or says what it cannot tell`, () => {
    const truth = toCoordinates(law, params);
    const missed = new Map<string, number>();
    let unsure = 0;
    for (let seed = 0; seed < draws; seed++) {
      const runs = drawRuns(law, entry, { rows: entry.rows ?? 200, seed: 1000 + seed, noise: 0.01 });
      const fit = fitLaw(law, runs, { objective: 'log-mse' });
      if (fit.status !== 'converged') {
        unsure++;
        if (unidentified.length > 0)
          expect(
            unidentified.some((name) => fit.reasons.some((reason) => reason.includes(name))),
            fit.reasons.join(' '),
          ).toBe(true);
        continue;
      }
      const { matrix, degreesOfFreedom } = estimateCovariance(fit, groupRows(fit), 'classical');
      const t = studentQuantile(0.995, degreesOfFreedom);
      for (const [k, { name }] of law.params.entries()) {
        const error = t * Math.sqrt(matrix?.[k * p + k] ?? NaN);
        if (!(Math.abs(fit.theta[k] - truth[k]) <= error)) missed.set(name, (missed.get(name) ?? 0) + 1);
      }
    }
    if (unidentified.length === 0) expect(unsure).toBeLessThanOrEqual(draws / 50);
    // With 200 draws, 8 or more misses have a probability of 0.1% where 1% is the truth.
    for (const [name, count] of missed) expect(count, name).toBeLessThanOrEqual(7);
    if (unidentified.length === 0) expect([...missed.values()].reduce((sum, n) => sum + n, 0) + 1).toBeGreaterThan(0);
  });
});
