import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCell } from '../../src/runs/cell.ts';

describe('parseCell', () => {
  it.each([
    ['1e9', 1e9],
    [' 2.5 ', 2.5],
    ['0', 0],
    ['-0.0', -0],
    ['+3', 3],
    ['1.3B', 1.3e9],
    ['125m', 125e6],
    ['1,000,000', 1e6],
    ['Infinity', Infinity],
    ['-inf', -Infinity],
    ['INF', Infinity],
    ['1e999', Infinity],
    ['.5\r', 0.5],
  ])('reads %j', (text, value) => {
    expect(parseCell(text)).toBe(value);
  });

  it.each(['', '  ', 'nan', 'NaN', 'null', 'None', 'NA', 'n/a', '#N/A', '-'])('takes %j as missing', (text) => {
    expect(parseCell(text)).toBeNaN();
  });

  it.each(['many', '1.2.3', '0x10', '0b1', '1e', '12 monkeys', 'true', '--', '1,5', '2024-01-01', '[1]', '3e9e1'])(
    'refuses %j',
    (text) => {
      expect(parseCell(text)).toBeUndefined();
    },
  );

  it('reads a decimal comma only where fields are separated otherwise', () => {
    expect(parseCell('1,5', true)).toBe(1.5);
    expect(parseCell('-2,25e3', true)).toBe(-2250);
    expect(parseCell('1,5B', true)).toBe(1.5e9);
    expect(parseCell('1,000', true)).toBe(1);
    expect(parseCell('1,000', false)).toBe(1000);
    expect(parseCell('1,000,000', true)).toBe(1e6);
    expect(parseCell('1.5', true)).toBe(1.5);
  });

  it('reads every number as JavaScript prints it, and never throws', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(parseCell(String(value))).toBe(value === 0 ? 0 : value);
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (text, comma) => {
        expect(['number', 'undefined']).toContain(typeof parseCell(text, comma));
      }),
    );
  });
});
