import fc from 'fast-check';
import { sampleStandardDeviation } from 'simple-statistics';
import { expect, it } from 'vitest';
import { sampleDeviation } from '../../src/core/deviation.ts';

it('is that of simple-statistics', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 50 }),
      (sample) => {
        const expected = sampleStandardDeviation(sample);
        expect(Math.abs(sampleDeviation(sample) - expected)).toBeLessThanOrEqual(1e-9 * (1 + expected));
      },
    ),
  );
});
