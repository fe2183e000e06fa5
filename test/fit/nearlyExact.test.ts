import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { objectives } from '../../src/fit/objectives/index.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { toParams } from '../../src/laws/law.ts';
import { createRuns } from '../../src/runs/index.ts';

const sizes = [1e8, 1e9, 1e10];
const budgets = [1e9, 1e10, 1e11];
const params = sizes.flatMap((n) => budgets.map(() => n));
const tokens = sizes.flatMap(() => budgets);

/** Losses written with few digits leave residuals that are rounding: the certificate has to know what rounding is. */
describe('data that follow the law up to their last digit', () => {
  for (const { id } of objectives)
    it.each([5, 6, 7, 8, 9, 10, 11, 12, 13, 17])(`are fitted with a certificate (${id}, %i digits)`, (digits) => {
      const loss = params.map((n, i) => Number((2 + 400 / n ** 0.3 + 400 / tokens[i] ** 0.3).toPrecision(digits)));
      const fit = fitLaw(chinchilla, createRuns({ params, tokens, loss }), { objective: id });
      expect(fit.status).toBe('converged');
      const { E, alpha, beta } = toParams(chinchilla, fit.theta);
      const error = 300 * 10 ** -digits + 1e-9;
      expect(Math.abs(E - 2)).toBeLessThan(error);
      expect(Math.abs(alpha - 0.3)).toBeLessThan(error);
      expect(Math.abs(beta - 0.3)).toBeLessThan(error);
    });
});
