import { expect, it } from 'vitest';
import { GrowingCategory, GrowingColumn } from '../../src/runs/growing.ts';

it.each([0, 1, 65_535, 65_536, 65_537, 200_000])('keeps %i numbers in order', (rows) => {
  const column = new GrowingColumn(Float64Array, NaN);
  for (let i = 0; i < rows; i++) column.append(i / 2);
  const result = column.finish();
  expect(result).toHaveLength(rows);
  expect(result.every((value, i) => value === i / 2)).toBe(true);
  expect(result.buffer.byteLength).toBe(8 * rows);
  expect(column.finish()).toHaveLength(0);
});

it('pads with blanks', () => {
  const column = new GrowingColumn(Float64Array, NaN);
  column.padTo(70_000);
  column.append(1);
  column.padTo(5);
  const result = column.finish();
  expect(result).toHaveLength(70_001);
  expect(result.subarray(0, 70_000).every(Number.isNaN)).toBe(true);
  expect(result[70_000]).toBe(1);
});

it('keeps each name once, without surrounding blanks, and codes blank cells -1', () => {
  const column = new GrowingCategory();
  for (const name of ['b', ' a ', '', 'b', '  ', 'a']) column.append(name);
  column.padTo(7);
  const { codes, labels } = column.finish();
  expect(labels).toEqual(['b', 'a']);
  expect([...codes]).toEqual([0, 1, -1, 0, -1, 1, -1]);
});
