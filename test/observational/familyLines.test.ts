import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { equivalentFlops } from '../../src/observational/equivalentFlops.ts';
import { drawLineAt, fitFamilyLines, lineAt } from '../../src/observational/familyLines.ts';
import { errorOf } from '../helpers/errors.ts';

const compute = [1e20, 1e21, 1e22, 1e23];

/** Two families on lines, the second three times as thrifty; a third with one model. */
function example(noise: number, seed: number) {
  const random = createRandom(seed);
  const flops = [...compute, ...compute, 1e22];
  const families = [...compute.map(() => 'a'), ...compute.map(() => 'b'), 'c'];
  const capabilities = Float64Array.from(
    flops.flatMap((c, row) => {
      const first = 0.3 * (Math.log10(families[row] === 'b' ? 3 * c : c) - 22) + noise * random.normal();
      return [first, -0.1 * first + noise * random.normal()];
    }),
  );
  return { flops, families, capabilities, components: 2 };
}

describe('lines of families', () => {
  it('are found exactly without noise, one for each capability', () => {
    const { lines, without } = fitFamilyLines(example(0, 0));
    expect(lines.map(({ family }) => family)).toEqual(['a', 'b']);
    expect(lines[0].lines[0].slope).toBeCloseTo(0.3, 10);
    expect(lines[0].lines[1].slope).toBeCloseTo(-0.03, 10);
    expect(lineAt(lines[1], 1e22)[0]).toBeCloseTo(0.3 * Math.log10(3), 10);
    expect(without).toEqual([{ family: 'c', models: 1 }]);
  });

  it('have intervals that hold the slope as often as they say', () => {
    let held = 0;
    for (let seed = 0; seed < 400; seed++) {
      const { lines } = fitFamilyLines(example(0.05, seed), 0.9);
      held += lines[0].lines[0].interval[0] <= 0.3 && lines[0].lines[0].interval[1] >= 0.3 ? 1 : 0;
    }
    // Three standard deviations of a count of 400.
    expect(Math.abs(held / 400 - 0.9)).toBeLessThan(3 * Math.sqrt((0.9 * 0.1) / 400));
  });

  it('draw further models with the spread of the line and of models', () => {
    const lines = fitFamilyLines(example(0.05, 3));
    const random = createRandom(0);
    const spread = (what: 'model' | 'mean'): number => {
      const middle = lineAt(lines.lines[0], 1e25)[0];
      const draws = Array.from(
        { length: 4000 },
        () => drawLineAt(lines, lines.lines[0], 1e25, random, what)[0] - middle,
      );
      return draws.reduce((sum, x) => sum + x * x, 0) / draws.length;
    };
    const leverage = 1 / 4 + 3.5 ** 2 / 5;
    const variance = lines.covariance[0];
    expect(spread('mean') / (variance * leverage)).toBeCloseTo(1, 0.9);
    expect(spread('model') / (variance * (1 + leverage))).toBeCloseTo(1, 0.9);
  });

  it('leave out models without compute', () => {
    const data = example(0, 0);
    const { lines } = fitFamilyLines({ ...data, flops: data.flops.map((c, row) => (row === 0 ? NaN : c)) });
    expect(lines.map(({ models }) => models)).toEqual([3, 4]);
  });
});

describe('equivalent compute', () => {
  it('is that of the reference family for the same capability', () => {
    const { families } = equivalentFlops(example(0, 0), 'a');
    const [a, b, c] = families;
    expect(a.ratio).toBeCloseTo(1, 9);
    expect(b.ratio).toBeCloseTo(3, 9);
    for (const { flops, equivalent } of b.equivalents) expect(equivalent / flops).toBeCloseTo(3, 9);
    expect(c).toMatchObject({ models: 1, ratio: expect.closeTo(1, 9) as number });
    // Seen from the other side it is a third.
    expect(equivalentFlops(example(0, 0), 'b').families[0].ratio).toBeCloseTo(1 / 3, 9);
  });

  it('counts another mixture of capabilities where it is asked for', () => {
    const { families } = equivalentFlops(example(0, 0), 'a', { weights: [2, 1] });
    expect(families[1].ratio).toBeCloseTo(3, 9);
  });

  it('has intervals that hold the ratio about as often as they say', () => {
    let held = 0;
    for (let seed = 0; seed < 150; seed++) {
      const { families } = equivalentFlops(example(0.04, seed), 'a', { confidence: 0.9, draws: 300 });
      const interval = families[1].interval ?? [NaN, NaN];
      held += interval[0] <= 3 && interval[1] >= 3 ? 1 : 0;
    }
    expect(held / 150).toBeGreaterThan(0.8);
    expect(held / 150).toBeLessThan(0.97);
  });

  it('is refused on a family without a line, and on one that does not rise', () => {
    expect(errorOf(() => equivalentFlops(example(0, 0), 'c'))).toMatchObject({
      code: 'FAMILY_WITHOUT_LINE',
      message: expect.stringContaining('1 models whose compute is known') as string,
    });
    expect(errorOf(() => equivalentFlops(example(0, 0), 'd')).message).toContain('there is no family "d"');
    const falling = { ...example(0, 0), capabilities: example(0, 0).capabilities.map((x) => -x) };
    expect(errorOf(() => equivalentFlops(falling, 'a')).code).toBe('OPTION_INVALID');
  });
});
