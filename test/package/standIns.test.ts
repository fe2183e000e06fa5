import fc from 'fast-check';
import { sampleStandardDeviation } from 'simple-statistics';
import { expect, it, vi } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { multistartSeeds } from '../../src/fit/multistart.ts';
import { refineSquares } from '../../src/fit/refine.ts';
import { findLaw } from '../../src/laws/index.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { drawRuns } from '../helpers/lawChecks.ts';
import { sampleStandardDeviation as ownDeviation } from '../../src/browser/standIns/simpleStatistics.ts';

it('laws that are no sums of power laws are fitted once the rest is loaded', async () => {
  // Another test of this process may have loaded the rest.
  vi.resetModules();
  const standIn = await import('../../src/browser/standIns/manyStarts.ts');
  const law = findLaw('skaling');
  const runs = drawRuns(law, lawCases.skaling, { rows: 40, seed: 1, noise: 0.001 });
  const { problem, minimum } = fitLaw(law, runs);
  const names = law.params.map(({ name }) => name);
  const search = () => standIn.multistartSeeds(problem, names, {});
  expect(search).toThrow("Await import('isoflop/browser/all') before.");
  expect(standIn.refineSquares(problem, minimum)).toBe(minimum);
  standIn.addManyStarts({ multistartSeeds, refineSquares });
  expect(search()).toEqual(multistartSeeds(problem, names, {}));
  expect(standIn.refineSquares(problem, minimum)).toEqual(refineSquares(problem, minimum));
});

it('the stand-in for simple-statistics gives what it gives', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 50 }),
      (sample) => {
        const expected = sampleStandardDeviation(sample);
        expect(Math.abs(ownDeviation(sample) - expected)).toBeLessThanOrEqual(1e-9 * (1 + expected));
      },
    ),
  );
});
