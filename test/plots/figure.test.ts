import { expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { plain } from '../../src/plots/figure.ts';
import { quantityStyle } from '../../src/plots/axis.ts';

const random = createRandom(3);
/** Numbers of every size and sign, some of which end in the middle between two roundings. */
const numbers = Array.from({ length: 20_000 }, (_, k) => {
  const value = (k % 3 === 0 ? -1 : 1) * 10 ** (60 * random.next() - 30);
  if (k % 5 === 0) return Number(`${value.toPrecision(7)}5`);
  return k % 7 === 0 ? Number(value.toPrecision(1 + (k % 9))) : value;
});

it('rounds numbers as their text with seven digits does', () => {
  const edges = [0, -0, 1, 10, 999_999.95, 9_999_999.5, 1e22, 1e23, 1e28, 1e30, 5e-324, 1e300];
  for (const values of [numbers, edges])
    expect(plain(values)).toEqual(values.map((value) => Number(value.toPrecision(7))));
  expect(plain([NaN, Infinity, -Infinity])).toEqual([null, null, null]);
});

it('prints compute with three digits', () => {
  const { format } = quantityStyle('flops');
  for (const value of numbers)
    expect(format(value)).toBe(Number(value.toPrecision(3)).toExponential().replace('e+', 'e'));
});
