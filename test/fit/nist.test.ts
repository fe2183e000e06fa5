import { describe, expect, it } from 'vitest';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { createRuns } from '../../src/runs/index.ts';
import { nistModels, nistProblems, readNist } from '../helpers/nist.ts';

/** Digits to which two numbers agree. */
const digits = (x: number, certified: number): number => -Math.log10(Math.abs(x / certified - 1) + 1e-16);

/**
 * Digits of the standard deviations that double precision allows. The residuals of Lanczos1 are 1e-13 beside responses of
 * 2.5, whose own rounding is 4e-16: their sum of squares is known to two or three digits, whatever computes it.
 */
const fewer: Readonly<Record<string, number>> = { Lanczos1: 2 };

it('has a model for each of the 27 problems', () => {
  expect(Object.keys(nistModels).sort()).toEqual([...nistProblems].sort());
  expect(nistProblems).toHaveLength(27);
});

describe.each(nistProblems)('NIST problem %s', (name) => {
  const { columns, starts, params, deviations, residualSumOfSquares } = readNist(name);

  it.each([1, 2])('has the certified answer from start %i', async (which) => {
    const fit = await fitRuns(createRuns(columns), {
      law: nistModels[name],
      start: starts[which - 1],
      objective: 'mse',
      covariance: 'classical',
    });
    expect(fit.status).toBe('converged');
    for (const [key, value] of Object.entries(params))
      expect(digits(fit.params[key].value, value), `${key} = ${fit.params[key].value}`).toBeGreaterThan(8);
    for (const [key, value] of Object.entries(deviations))
      expect(digits(fit.params[key].stderr ?? NaN, value), `sd of ${key}`).toBeGreaterThan(fewer[name] ?? 6);
    expect(digits(2 * fit.objective.value, residualSumOfSquares)).toBeGreaterThan(fewer[name] ?? 8);
  });
});
