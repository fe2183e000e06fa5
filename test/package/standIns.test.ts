import fc from 'fast-check';
import { sampleStandardDeviation } from 'simple-statistics';
import { expect, it } from 'vitest';
import { sampleStandardDeviation as standIn } from '../../src/browser/standIns/simpleStatistics.ts';

it('the stand-in for simple-statistics gives what it gives', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 50 }),
      (sample) => {
        const expected = sampleStandardDeviation(sample);
        expect(Math.abs(standIn(sample) - expected)).toBeLessThanOrEqual(1e-9 * (1 + expected));
      },
    ),
  );
});
