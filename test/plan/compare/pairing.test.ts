import { describe, expect, it } from 'vitest';
import { fitLaw, type LawFit } from '../../../src/fit/fitLaw.ts';
import { chinchilla } from '../../../src/laws/chinchilla.ts';
import { evaluateLaw } from '../../../src/laws/law.ts';
import { pairRuns } from '../../../src/plan/compare/pairing.ts';
import { createRuns } from '../../../src/runs/index.ts';
import { codeOf } from '../../helpers/errors.ts';
import { truth } from '../../helpers/families.ts';

/** A fit to runs of these designs; what is fitted does not matter here. */
function fitOf(
  designs: readonly (readonly [number, number])[],
  more: Readonly<Record<string, readonly number[] | readonly string[]>> = {},
): LawFit {
  const params = designs.map(([n]) => n);
  const tokens = designs.map(([, d]) => d);
  const loss = evaluateLaw(chinchilla, truth, { params, tokens });
  return fitLaw(chinchilla, createRuns({ params, tokens, loss, ...more }));
}

const grid = [1e8, 3e8, 1e9, 3e9].flatMap((n) => [5, 20, 80].map((ratio) => [n, n * ratio] as const));

describe('runs that belong together', () => {
  it('have the same params and tokens, in whatever order they stand', () => {
    const reversed = [...grid].reverse().map(([n, d]) => [n * 1.0004, d] as const);
    const pairing = pairRuns([fitOf(grid), fitOf(reversed)]);
    expect(pairing).toMatchObject({ by: 'params, tokens', pairs: 12, alone: [0, 0], units: 12 });
    expect(pairing.rows).toEqual(grid.map((_, k) => [k, 11 - k]));
    for (const [k, code] of pairing.codes[0].entries()) expect(pairing.codes[1][11 - k]).toBe(code);
  });

  it('are alone where the other family lacks the design', () => {
    const pairing = pairRuns([fitOf(grid), fitOf(grid.slice(3).concat([[7e9, 1e11]]))]);
    expect(pairing).toMatchObject({ pairs: 9, alone: [3, 1], units: 13 });
    expect([...pairing.codes[0]].filter((code) => code >= 9 && code < 12)).toHaveLength(3);
    expect([...pairing.codes[1]].filter((code) => code === 12)).toHaveLength(1);
  });

  it('have the same seed where seeds are known, else their order decides', () => {
    const twice = grid.flatMap((design) => [design, design]);
    const seeds = (first: number, second: number): number[] => grid.flatMap(() => [first, second]);
    const seeded = pairRuns([fitOf(twice, { seed: seeds(1, 2) }), fitOf(twice, { seed: seeds(2, 3) })]);
    expect(seeded).toMatchObject({ by: 'params, tokens, seed', pairs: 12, alone: [12, 12] });
    expect(seeded.rows.every(([a, b]) => a % 2 === 1 && b % 2 === 0)).toBe(true);
    expect(pairRuns([fitOf(twice), fitOf(twice)])).toMatchObject({ pairs: 24, alone: [0, 0] });
  });

  it('are whole runs where rows are checkpoints', () => {
    const sizes = [1e8, 3e8, 1e9];
    const rows = sizes.flatMap((n) => [5, 10, 20, 40].map((ratio) => [n, n * ratio] as const));
    const run = sizes.flatMap((n) => [n, n, n, n].map((size) => `run ${String(size)}`));
    const pairing = pairRuns([fitOf(rows, { run }), fitOf(rows.slice(4), { run: run.slice(4) })]);
    expect(pairing).toMatchObject({ pairs: 2, alone: [1, 0] });
    // The last checkpoint stands for its run.
    expect(pairing.rows).toEqual([
      [7, 3],
      [11, 7],
    ]);
  });

  it('have the same value of a column, although their designs differ', () => {
    const smaller = grid.map(([n, d]) => [0.6 * n, d] as const);
    const label = grid.map((_, k) => `rung ${String(k)}`);
    const fits = [fitOf(grid, { rung: label }), fitOf(smaller, { rung: label })] as const;
    expect(pairRuns(fits)).toMatchObject({ pairs: 0, alone: [12, 12] });
    expect(pairRuns(fits, { pair: 'rung' })).toMatchObject({ by: 'rung', pairs: 12, alone: [0, 0] });
    expect(codeOf(() => pairRuns(fits, { pair: 'rungs' }))).toBe('COLUMN_UNKNOWN');
  });
});
