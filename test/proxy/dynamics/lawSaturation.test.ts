import { describe, expect, it } from 'vitest';
import { compareWithLaw, saturationOf } from '../../../src/proxy/dynamics/lawSaturation.ts';
import { madeUpRuns, type MadeUp } from './madeUp.ts';

const law = (params: number, tokens: number): number => 1.8 + 20 / params ** 0.4 + 30 / tokens ** 0.35;
const sizes = [1e3, 4e3, 1.6e4, 6.4e4, 2.5e5];
const budgets = [64_000, 128_000, 256_000, 512_000];

/** A ladder whose runs end on the law, the smallest size some way above it and better before. */
const ladder = (family: string, scale: number, above: number, best: number): MadeUp[] =>
  sizes.flatMap((params) =>
    budgets.map((tokens): MadeUp => {
      const end = scale * law(params, tokens);
      const isSmall = params === sizes[0];
      return {
        family,
        params,
        tokens,
        loss: (share) =>
          share === 1 ? end * (1 + (isSmall ? above : 0)) : share > 0.7 && isSmall ? end * (1 + best) : 4,
        evaluations: 25,
      };
    }),
  );

describe('small sizes beside the law of the larger ones', () => {
  it('are as far above it as was planted, at the end and at best', () => {
    const found = compareWithLaw(madeUpRuns(ladder('none', 1, 0.05, 0.02)));
    // Three sizes are larger than the second, two than the third.
    expect(found.map(({ params, fittedSizes }) => [params, fittedSizes])).toEqual([
      [1e3, 4],
      [4e3, 3],
    ]);
    expect(found[0].final).toBeCloseTo(0.05, 3);
    expect(found[0].best).toBeCloseTo(0.02, 3);
    expect(Math.abs(found[1].final)).toBeLessThan(1e-3);
    expect(found[1].best).toBe(found[1].final);
  });

  it('are compared within their family', () => {
    const found = compareWithLaw(madeUpRuns([...ladder('none', 1, 0.05, 0.05), ...ladder('dropout', 1.3, 0.1, 0.1)]));
    expect(found.map(({ family, params }) => [family, params])).toEqual([
      ['none', 1e3],
      ['none', 4e3],
      ['dropout', 1e3],
      ['dropout', 4e3],
    ]);
    for (const [k, above] of [0.05, 0, 0.1, 0].entries()) expect(Math.abs(found[k].final - above)).toBeLessThan(2e-3);
  });

  it('leave out runs that diverged, and say nothing of too few', () => {
    const runs = ladder('none', 1, 0.05, 0.02);
    const wild: MadeUp = { params: 2.5e5, tokens: 64_000, status: 'diverged', loss: () => 1000 };
    expect(compareWithLaw(madeUpRuns([...runs, wild]))[0].final).toBeCloseTo(0.05, 3);
    expect(compareWithLaw(madeUpRuns(runs.filter(({ params = 0 }) => params < 5e4)))).toEqual([]);
    expect(compareWithLaw(madeUpRuns(runs.filter(({ tokens }) => tokens === 64_000)))).toEqual([]);
  });
});

describe('saturation of single runs', () => {
  it('is where the loss rose late in training, and not where it fell', () => {
    const runs = madeUpRuns([
      { name: 'falling', evaluations: 30, loss: (share) => 2 + 0.1 * share ** -0.5 },
      {
        name: 'rising',
        evaluations: 30,
        loss: (share) => 2 + 0.05 * share ** -0.5 + 4 * Math.max(0, share - 0.4) ** 2,
      },
      { name: 'wild', status: 'diverged', evaluations: 30 },
      { name: 'short', evaluations: 3 },
    ]);
    const found = saturationOf(runs);
    expect(found.map(({ run, isSaturated }) => [run, isSaturated])).toEqual([
      ['falling', false],
      ['rising', true],
    ]);
    expect(found[1].bestAt).toBeGreaterThan(0.3);
    expect(found[1].bestAt).toBeLessThan(0.7);
    expect(found[1].rise).toBeGreaterThan(0.5);
  });
});
