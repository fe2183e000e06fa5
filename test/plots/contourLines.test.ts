import { expect, it } from 'vitest';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { logSpace } from '../../src/plots/axis.ts';
import { contourLevels, rankOf, traceLevel } from '../../src/plots/contourLines.ts';
import { besiroglu } from './exampleFit.ts';

const law = findLaw('chinchilla');

it('follows a contour: every point has the level, and the line spans the box', () => {
  const box = { params: [1e8, 1e11], tokens: [1e9, 1e12] } as const;
  const line = traceLevel((inputs) => evaluateLaw(law, besiroglu, inputs), 2.4, box);
  expect(line.params.length).toBeGreaterThan(50);
  for (const loss of evaluateLaw(law, besiroglu, { ...line })) expect(loss).toBeCloseTo(2.4, 8);
  for (let i = 1; i < line.params.length; i++) {
    expect(line.params[i]).toBeGreaterThanOrEqual(line.params[i - 1]);
    expect(line.tokens[i]).toBeLessThanOrEqual(line.tokens[i - 1] * (1 + 1e-9));
  }
  expect(line.tokens[0]).toBeCloseTo(1e12, -3);
  expect(line.params.at(-1)).toBe(1e11);
});

it('has no points for a level outside the box', () => {
  const box = { params: [1e8, 1e9], tokens: [1e9, 1e10] } as const;
  expect(traceLevel((inputs) => evaluateLaw(law, besiroglu, inputs), 1.9, box).params).toEqual([]);
});

it('chooses round levels inside the range, finer where loss changes slowly', () => {
  const levels = contourLevels(logSpace(1.9, 9, 500), 12);
  expect(levels.length).toBeGreaterThan(6);
  expect(levels.length).toBeLessThan(20);
  expect(levels[0]).toBeGreaterThan(1.9);
  expect(levels.at(-1)).toBeLessThan(9);
  for (const level of levels) expect(String(level).length).toBeLessThanOrEqual(4);
  expect(levels[1] - levels[0]).toBeLessThan((levels.at(-1) ?? 0) - (levels.at(-2) ?? 0));
});

it('has no levels for a constant loss', () => {
  expect(contourLevels([2, 2, 2])).toEqual([]);
});

it('ranks a loss by the share of the picture below it', () => {
  const rank = rankOf([4, 1, 3, 2, NaN]);
  expect([rank(0), rank(2.5), rank(9)]).toEqual([0, 0.5, 1]);
});
