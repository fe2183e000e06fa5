import { IsoflopError } from '../../core/errors.ts';
import { countFlops, countParams, type TransformerShape } from '../flops.ts';
import { nearestName } from '../../core/nearest.ts';
import { shapeFamilies, type ShapeFamily } from './shapeFamilies.ts';

/** A model of whole layers, heads and widths near a size. */
export interface PlannedShape {
  readonly shape: TransformerShape;
  /** Parameters as the family counts them. */
  readonly params: number;
  /** params / asked - 1. */
  readonly deviation: number;
  /** FLOP of training for a token, exact, divided by those of the fit's convention. */
  readonly flopsRatio: number;
}

/** Layers that are tried. */
const mostLayers = 256;

/**
 * Shapes of a family whose size is nearest to one, nearest first; of equally near ones (within a thousandth) the one whose
 * ratio of width to layers the family prefers.
 *
 * @param params - the size to hit
 * @param k - FLOP for a parameter and token
 * @example
 * ```ts
 * const llama = shapeFamilies.find((family) => family.id === 'llama-2');
 * shapesNear(llama, 6.74e9, 6, { context: 4096 })[0].shape.layers; // 32
 * ```
 */
export function shapesNear(
  family: ShapeFamily,
  params: number,
  k: number,
  { context, count = 3 }: { readonly context: number; readonly count?: number },
): PlannedShape[] {
  const found: { shape: TransformerShape; size: number; miss: number; off: number }[] = [];
  for (let layers = 1; layers <= mostLayers; layers++) {
    // The size rises with the width, so only the two widths around the one that hits can be nearest.
    let low = 1;
    let high = 4096;
    const at = (steps: number): { shape: TransformerShape; size: number } => {
      const shape = shapeOf(family, layers, steps * family.widthStep, context);
      const counted = countParams(shape);
      return { shape, size: family.counts === 'total' ? counted.total : counted.nonEmbedding };
    };
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (at(middle).size < params) low = middle;
      else high = middle;
    }
    for (const steps of [low, high]) {
      const aspect = (steps * family.widthStep) / layers;
      if (aspect < family.aspect.low || aspect > family.aspect.high) continue;
      const { shape, size } = at(steps);
      const miss = Math.abs(Math.log(size / params));
      found.push({ shape, size, miss, off: Math.abs(Math.log(aspect / family.aspect.best)) });
    }
  }
  // A thousandth of the size matters to nobody; the ratio of width to layers may.
  const rank = ({ miss, off }: { miss: number; off: number }): number => Math.round(miss / 1e-3) + 0.1 * off;
  return found
    .sort((a, b) => rank(a) - rank(b) || a.shape.layers - b.shape.layers)
    .slice(0, count)
    .map(({ shape, size }) => ({
      shape,
      params: size,
      deviation: size / params - 1,
      flopsRatio: countFlops(shape).training / (k * size),
    }));
}

function shapeOf(family: ShapeFamily, layers: number, width: number, context: number): TransformerShape {
  const { headWidth, feedForward, feedForwardStep, gated, vocabulary, tiedEmbeddings, learntPositions } = family;
  const heads = Math.max(1, Math.round(width / headWidth));
  return {
    layers,
    width,
    heads,
    headWidth,
    keyValueHeads: Math.min(heads, family.keyValueHeads ?? heads),
    // A hair less, so that 3.5 x 4096 is not rounded up by an error of the last digit.
    feedForwardWidth: feedForwardStep * Math.ceil((feedForward * width) / feedForwardStep - 1e-9),
    gated,
    vocabulary,
    context,
    tiedEmbeddings,
    learntPositions,
  };
}

/**
 * Checks a family of shapes as it stands in a file.
 *
 * @param value - what the JSON holds
 * @param file - its name, for messages
 * @throws {@link IsoflopError} `SHAPES_INVALID`
 */
export function parseShapeFamily(value: unknown, file: string): ShapeFamily {
  const fail = (place: string, reason: string): never => {
    throw new IsoflopError('SHAPES_INVALID', { file, place, reason });
  };
  if (typeof value !== 'object' || value === null) return fail('the file', 'is not an object');
  const fields = value as Readonly<Record<string, unknown>>;
  const numberOf = (name: string, found: unknown): number =>
    typeof found === 'number' && found > 0 && found < Infinity
      ? found
      : fail(name, `is ${found === undefined ? 'missing' : JSON.stringify(found)}, not a positive number`);
  const number = (name: string): number => numberOf(name, fields[name]);
  const whole = (name: string): number => {
    const found = number(name);
    return Number.isInteger(found) ? found : fail(name, `is ${String(found)}, not a whole number`);
  };
  const flag = (name: string, otherwise: boolean): boolean => {
    const found = fields[name] ?? otherwise;
    return typeof found === 'boolean' ? found : fail(name, `is ${JSON.stringify(found)}, not true or false`);
  };
  const aspect = Array.isArray(fields.aspect) ? (fields.aspect as unknown[]) : [];
  if (aspect.length !== 3) return fail('aspect', 'is not three numbers: least, best and most width for each layer');
  const [low, best, high] = aspect.map((one, k) => numberOf(`aspect[${String(k)}]`, one));
  if (!(low <= best && best <= high)) return fail('aspect', 'does not rise');
  const counts = fields.counts ?? 'total';
  if (counts !== 'total' && counts !== 'nonEmbedding')
    return fail('counts', `is ${JSON.stringify(counts)}, not "total" or "nonEmbedding"`);
  const [widthStep, headWidth] = [whole('widthStep'), whole('headWidth')];
  if (widthStep % headWidth !== 0) return fail('widthStep', 'is no multiple of headWidth');
  return {
    id: file,
    title: typeof fields.title === 'string' ? fields.title : file,
    source: file,
    widthStep,
    headWidth,
    aspect: { low, best, high },
    feedForward: number('feedForward'),
    feedForwardStep: whole('feedForwardStep'),
    gated: flag('gated', false),
    keyValueHeads: fields.keyValueHeads === undefined ? undefined : whole('keyValueHeads'),
    vocabulary: whole('vocabulary'),
    tiedEmbeddings: flag('tiedEmbeddings', false),
    learntPositions: flag('learntPositions', false),
    counts,
  };
}

/**
 * The family of shapes of a name.
 *
 * @throws {@link IsoflopError} `SHAPE_UNKNOWN`
 */
export function shapeFamilyOf(name: string): ShapeFamily {
  const found = shapeFamilies.find(({ id }) => id === name.trim().toLowerCase());
  if (found !== undefined) return found;
  const families = shapeFamilies.map(({ id }) => id);
  throw new IsoflopError('SHAPE_UNKNOWN', { family: name, nearest: nearestName(name, families), families });
}
