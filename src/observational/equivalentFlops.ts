import { IsoflopError } from '../core/errors.ts';
import { quantileSorted } from '../core/quantile.ts';
import { createRandom } from '../core/random.ts';
import { nearestName } from '../core/nearest.ts';
import { fitFamilyLines, lineAt, type FamilyLine, type FamilyLines, type LineData } from './familyLines.ts';

/** What the models of a family are worth in compute of another. */
export interface FamilyEquivalence {
  readonly family: string;
  readonly models: number;
  /** Geometric mean over its models of equivalent compute over compute: 2 means twice as capable per FLOP. */
  readonly ratio: number;
  /** Interval of the ratio, `null` where the reference line is too uncertain for one. */
  readonly interval: readonly [number, number] | null;
  /** Equivalent compute of each model in the order of the data, FLOP, with the compute that it took (NaN where not known). */
  readonly equivalents: readonly { readonly row: number; readonly flops: number; readonly equivalent: number }[];
}

/** Compute of all families on the line of one. */
export interface EquivalentCompute {
  readonly reference: string;
  readonly confidence: number;
  readonly families: readonly FamilyEquivalence[];
}

/** Options of {@link equivalentFlops}. */
export interface EquivalenceOptions {
  /** How capabilities make one number, length components; the first capability alone unless given. */
  readonly weights?: ArrayLike<number> | undefined;
  readonly confidence?: number;
  readonly draws?: number;
  readonly seed?: number;
}

/**
 * Compute that a reference family would have needed for what each model can do: log10 C = (w . S - nu) / theta, where theta
 * and nu are the line of the reference family. The ratio to the compute that a model took says how well its family turns
 * compute into capability.
 *
 * The intervals hold the errors of the reference line and the scatter of models about lines, not that of the components.
 *
 * @param data - models with their capabilities
 * @param reference - the family whose compute counts
 * @throws {@link IsoflopError} `FAMILY_WITHOUT_LINE`, `OPTION_INVALID` when its line does not rise
 * @see arXiv 2405.10938, section 3.4 (Ruan et al. 2024)
 * @example
 * ```ts
 * const flops = [1e20, 1e21, 1e22, 1e20, 1e21, 1e22];
 * const capabilities = Float64Array.from(flops, (c, k) => 0.3 * Math.log10(k < 3 ? c : 2 * c));
 * const data = { families: ['a', 'a', 'a', 'b', 'b', 'b'], flops, capabilities, components: 1 };
 * equivalentFlops(data, 'a').families[1].ratio.toFixed(4); // '2.0000'
 * ```
 */
export function equivalentFlops(
  data: LineData,
  reference: string,
  options: EquivalenceOptions = {},
): EquivalentCompute {
  const { confidence = 0.95, draws = 1000, seed = 0 } = options;
  const { families, flops, components: k } = data;
  const index = indexOf(data, options.weights ?? Float64Array.of(1));
  const lines = fitFamilyLines({ families, flops, capabilities: index, components: 1 }, confidence);
  const line = familyNamed(lines, reference, '--reference');
  const rising = line.lines[0].slope;
  if (!(rising > 0))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--reference',
      value: reference,
      expected: 'a family whose capability rises with compute',
    });
  const on = (value: number, slope: number, level: number): number => 10 ** (line.center + (value - level) / slope);
  const middle = lineAt(line, 10 ** line.center)[0];
  const random = createRandom(seed);
  const sd = Math.sqrt(lines.covariance[0]);
  const drawn = Array.from({ length: draws }, () => ({
    slope: rising + (sd / Math.sqrt(line.spread)) * random.normal(),
    level: middle + (sd / Math.sqrt(line.models)) * random.normal(),
  }));
  // A reference whose line might as well be flat says nothing about compute.
  const isSure = lines.degreesOfFreedom > 0 && line.lines[0].interval[0] > 0;
  const result = [...new Set(families)].map((family): FamilyEquivalence => {
    const rows = [...families.keys()].filter(
      (row) => families[row] === family && !Number.isNaN(data.capabilities[row * k]),
    );
    const equivalents = rows.map((row) => ({ row, flops: flops[row], equivalent: on(index[row], rising, middle) }));
    const known = rows.filter((row) => flops[row] > 0);
    const ratioBy = (slope: number, level: number, shift: number): number =>
      10 **
      (known.reduce((sum, row) => sum + Math.log10(on(index[row] + shift, slope, level) / flops[row]), 0) /
        known.length);
    const sample = Float64Array.from(drawn, ({ slope, level }) =>
      // The reference itself is on its line; of others the mean of few models is uncertain too.
      family === reference ? 1 : ratioBy(slope, level, (sd / Math.sqrt(known.length)) * random.normal()),
    ).sort();
    return {
      family,
      models: known.length,
      ratio: known.length === 0 ? NaN : ratioBy(rising, middle, 0),
      interval:
        isSure && known.length > 0
          ? [quantileSorted(sample, 0.5 - confidence / 2), quantileSorted(sample, 0.5 + confidence / 2)]
          : null,
      equivalents,
    };
  });
  return { reference, confidence, families: result };
}

/** One number for each model: the weighted sum of its capabilities. */
function indexOf({ capabilities, components: k }: LineData, weights: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: capabilities.length / k }, (_, row) => {
    let sum = 0;
    for (let j = 0; j < weights.length; j++) sum += weights[j] * capabilities[row * k + j];
    return sum;
  });
}

/**
 * The line of a family.
 *
 * @throws {@link IsoflopError} `FAMILY_WITHOUT_LINE`
 */
export function familyNamed(lines: FamilyLines, family: string, option: string): FamilyLine {
  const found = lines.lines.find((line) => line.family === family);
  if (found !== undefined) return found;
  const known = lines.lines.map((line) => line.family);
  throw new IsoflopError('FAMILY_WITHOUT_LINE', {
    option,
    family,
    models: lines.without.find((other) => other.family === family)?.models,
    nearest: nearestName(family, known),
    known,
  });
}
