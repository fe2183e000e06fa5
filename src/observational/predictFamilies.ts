import { halfWidth } from '../uncertainty/halfWidth.ts';
import { familyNamed } from './equivalentFlops.ts';
import { lineAt, type FamilyLine, type FamilyLines } from './familyLines.ts';
import { intervalOf, wideningFor, type WayCalibration } from './holdout.ts';
import { predictFromFamily, type TaskModel } from './taskModel.ts';

/** A value with the interval of a single further model. */
export interface ModelInterval {
  readonly value: number;
  readonly interval: readonly [number, number] | null;
}

/** What a model of a family is expected to be at some compute. */
export interface FamilyPrediction {
  readonly family: string;
  /** FLOP. */
  readonly flops: number;
  /** How far that lies outside the models of the family: 10 is ten times the largest, 0.1 a tenth of the smallest, 1 inside. */
  readonly extrapolation: number;
  /** One for each capability. */
  readonly capabilities: readonly ModelInterval[];
  /** Compute of the reference family for the same first capability, FLOP; `null` where there is no reference. */
  readonly equivalent: { readonly reference: string; readonly flops: number } | null;
  /** Score on the task, `null` where no task was asked for or the family had no line among the models it was learnt from. */
  readonly task: ModelInterval | null;
}

/** What families are predicted from. */
interface Sources {
  readonly lines: FamilyLines;
  readonly reference: string | undefined;
  readonly task: { readonly model: TaskModel; readonly calibration: { readonly family: WayCalibration } } | null;
  readonly confidence: number;
}

/**
 * Predicts what models of families are at some compute, by the lines of the families.
 *
 * @throws {@link IsoflopError} `FAMILY_WITHOUT_LINE`
 */
export function predictFamilies(
  { lines, reference, task, confidence }: Sources,
  families: readonly string[],
  flops: readonly number[],
): FamilyPrediction[] {
  const base = reference === undefined ? undefined : familyNamed(lines, reference, '--reference');
  return families.flatMap((name) => {
    const line = familyNamed(lines, name, '--family');
    return flops.map((compute): FamilyPrediction => {
      const expected = lineAt(line, compute);
      const scored = task === null ? undefined : predictFromFamily(task.model, name, compute);
      return {
        family: name,
        flops: compute,
        extrapolation: compute > line.range[1] ? compute / line.range[1] : Math.min(1, compute / line.range[0]),
        capabilities: Array.from(expected, (value, k) => ({
          value,
          interval: intervalAt(lines, line, compute, value, k, confidence),
        })),
        equivalent: base === undefined ? null : { reference: base.family, flops: computeOn(base, expected[0]) },
        task:
          task === null || scored === undefined
            ? null
            : {
                value: scored.value,
                interval: intervalOf(scored, wideningFor(task.calibration.family, compute), confidence),
              },
      };
    });
  });
}

/** The compute at which the line of a family reaches a value of the first capability. */
function computeOn({ lines: [{ slope, intercept }] }: FamilyLine, value: number): number {
  return 10 ** ((value - intercept) / slope);
}

/** Interval of the capability of a further model about the line of its family. */
function intervalAt(
  { covariance, components, degreesOfFreedom }: FamilyLines,
  { models, center, spread }: FamilyLine,
  flops: number,
  value: number,
  k: number,
  confidence: number,
): readonly [number, number] | null {
  if (degreesOfFreedom <= 0) return null;
  const leverage = 1 / models + (Math.log10(flops) - center) ** 2 / spread;
  const reach = halfWidth(confidence, degreesOfFreedom) * Math.sqrt(covariance[k * components + k] * (1 + leverage));
  return [value - reach, value + reach];
}
