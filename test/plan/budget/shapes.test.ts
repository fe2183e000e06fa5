import { describe, expect, it } from 'vitest';
import { shapeFamilies, type ShapeFamily } from '../../../src/plan/budget/shapeFamilies.ts';
import { parseShapeFamily, shapesNear } from '../../../src/plan/budget/shapes.ts';
import { countParams } from '../../../src/plan/flops.ts';
import { codeOf, errorOf } from '../../helpers/errors.ts';

const family = (id: string): ShapeFamily => {
  const found = shapeFamilies.find((one) => one.id === id);
  if (found === undefined) throw new RangeError(id);
  return found;
};

describe('shapesNear', () => {
  it.each([
    // Layers, width, heads and inner width of published models of these sizes.
    ['llama-2', 6.738e9, 32, 4096, 32, 11008],
    ['llama-2', 13.016e9, 40, 5120, 40, 13824],
    ['llama-3', 8.03e9, 32, 4096, 32, 14336],
    ['gpt-3', 6.65e9, 32, 4096, 32, 16384],
  ] as const)('finds the published shape of %s with %d parameters', (id, params, layers, width, heads, inner) => {
    const found = shapesNear(family(id), params, 6, { context: 2048, count: 8 });
    const same = found.find(({ shape }) => shape.layers === layers);
    expect(same?.shape).toMatchObject({ width, heads, feedForwardWidth: inner });
    expect(Math.abs(same?.deviation ?? 1)).toBeLessThan(2e-3);
  });

  it('hits any size to a percent or so, nearest first, within the ratios that the family allows', () => {
    for (const one of shapeFamilies)
      for (const params of [2e8, 1.3e9, 2e10, 4e11]) {
        const found = shapesNear(one, params, 6, { context: 2048, count: 5 });
        expect(Math.abs(found[0].deviation)).toBeLessThan(params < 1e9 ? 0.05 : 0.01);
        for (const { shape, params: size, deviation, flopsRatio } of found) {
          const counted = countParams(shape);
          expect(one.counts === 'total' ? counted.total : counted.nonEmbedding).toBe(size);
          expect(size / params - 1).toBeCloseTo(deviation, 12);
          const aspect = shape.width / shape.layers;
          expect(aspect).toBeGreaterThanOrEqual(one.aspect.low);
          expect(aspect).toBeLessThanOrEqual(one.aspect.high);
          expect(shape.width).toBe(shape.heads * one.headWidth);
          expect(flopsRatio).toBeGreaterThan(0.5);
        }
      }
  });

  it('finds none where even the smallest is too large', () => {
    expect(shapesNear(family('llama-3'), 1e5, 6, { context: 2048 })[0]?.deviation ?? Infinity).toBeGreaterThan(1);
  });
});

describe('parseShapeFamily', () => {
  const own = {
    widthStep: 128,
    headWidth: 64,
    aspect: [40, 80, 120],
    feedForward: 4,
    feedForwardStep: 128,
    vocabulary: 32000,
  };

  it('reads a family, with what is left out as in most models', () => {
    const read = parseShapeFamily(own, 'mine.json');
    expect(read).toMatchObject({
      gated: false,
      tiedEmbeddings: false,
      counts: 'total',
      aspect: { low: 40, high: 120 },
    });
    expect(shapesNear(read, 1e9, 6, { context: 1024 })).toHaveLength(3);
  });

  it.each([
    ['not an object', 3, /the file is not an object/],
    ['no width', { ...own, widthStep: undefined }, /widthStep is missing/],
    ['half a head', { ...own, headWidth: 96 }, /widthStep is no multiple of headWidth/],
    ['two aspects', { ...own, aspect: [1, 2] }, /aspect is not three numbers/],
    ['falling aspects', { ...own, aspect: [3, 2, 1] }, /aspect does not rise/],
    ['text', { ...own, vocabulary: 'many' }, /vocabulary is "many"/],
    ['a word for a flag', { ...own, gated: 'yes' }, /gated is "yes"/],
    ['another count', { ...own, counts: 'some' }, /counts is "some"/],
  ])('refuses %s', (_, value, message) => {
    expect(codeOf(() => parseShapeFamily(value, 'mine.json'))).toBe('SHAPES_INVALID');
    expect(errorOf(() => parseShapeFamily(value, 'mine.json')).message).toMatch(message);
  });
});
