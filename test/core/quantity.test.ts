import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IsoflopError } from '../../src/core/errors.ts';
import { formatQuantity, parseQuantity, tryParseQuantity } from '../../src/core/quantity.ts';

describe('parseQuantity', () => {
  it.each([
    ['70B', 70e9],
    ['1.4T', 1.4e12],
    ['1.3b', 1.3e9],
    ['125m', 125e6],
    ['8K', 8000],
    ['2G', 2e9],
    ['300e9', 300e9],
    ['5.76e23', 5.76e23],
    ['5.76E+23', 5.76e23],
    ['1_000_000', 1e6],
    ['1,000,000', 1e6],
    ['.5', 0.5],
    ['7.', 7],
    ['-3', -3],
    ['+3', 3],
    [' 70 B ', 70e9],
    ['0', 0],
  ])('reads %s', (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });

  it.each(['', ' ', '.', '-', 'B', 'many', '1e', '1 2', '1,00', '1.2.3', '0x10', 'Infinity', 'NaN', '1e999', '70BB'])(
    'refuses "%s"',
    (text) => {
      expect(tryParseQuantity(text)).toBeUndefined();
    },
  );

  it('names the quantity and the value in its error', () => {
    expect(() => parseQuantity('many', '--flops')).toThrow(
      expect.objectContaining({
        code: 'QUANTITY_INVALID',
        exit: 2,
        message: expect.stringContaining('--flops "many"') as string,
      }),
    );
    expect(() => parseQuantity('many')).toThrow(IsoflopError);
  });

  it('gives a suffix exactly the value of the power of ten', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 0, max: 5 }), (digits, decimals) => {
        const text = `${String(digits)}e-${String(decimals)}`;
        const plain = String(Number(text)).includes('e') ? undefined : String(Number(text));
        fc.pre(plain !== undefined);
        expect(parseQuantity(`${plain}B`)).toBe(Number(`${String(digits)}e${String(9 - decimals)}`));
      }),
    );
  });

  it('reads every finite number as JavaScript prints it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseQuantity(String(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

describe('formatQuantity', () => {
  it.each([
    [7.32e10, '73.2B'],
    [1.4e12, '1.4T'],
    [125e6, '125M'],
    [999.96e9, '1T'],
    [999.4, '999'],
    [1000, '1K'],
    [5.76e23, '5.76e23'],
    [2.5, '2.5'],
    [0, '0'],
    [-7e10, '-70B'],
    [3e-4, '3e-4'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
  ])('prints %d as %s', (value, text) => {
    expect(formatQuantity(value)).toBe(text);
  });

  it('is read back to the digits it keeps', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e30, max: 1e30, noNaN: true }),
        fc.integer({ min: 1, max: 15 }),
        (value, digits) => {
          expect(parseQuantity(formatQuantity(value, digits))).toBe(Number(value.toPrecision(digits)) + 0);
        },
      ),
    );
  });
});
