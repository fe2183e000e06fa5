import { invertSymmetric } from '../../core/linalg.ts';
import { createRandom } from '../../core/random.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import type { Problem } from '../../fit/problem.ts';
import { addOuterProducts } from '../../fit/rowAlgebra.ts';
import { bootstrapTask, Refitter, type Resampling } from '../../uncertainty/bootstrap.ts';
import type { Pairing } from './pairing.ts';
import { irreducibleOf, TiedRefitter, type TiedFit } from './tiedFit.ts';

/** Coordinates of the law in both families. */
export type Thetas = readonly [Float64Array, Float64Array];

/** Refits of resamples of two families. */
export interface FamilyDraws {
  /** Certified refits of both families, each free. */
  readonly free: readonly Thetas[];
  /** Certified refits with shared parameters, from resamples of the fit that shares them. */
  readonly tied: readonly Thetas[];
  /** By how much sharing raised the objective in those resamples, in which the parameters are the same. */
  readonly raised: readonly number[];
  readonly resamples: number;
}

/** Options of {@link resampleFamilies}. */
export interface ResampleOptions {
  readonly resamples: number;
  readonly seed: number;
  readonly resampling: Resampling;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Resamples between two pauses, so that a page stays responsive. */
const slice = 100;
/** Resamples that the test of shared parameters uses at most; more would only add digits to its probability. */
const tested = 400;

/**
 * Refits resamples of two families in which runs that belong together share their luck: one random sign, or one draw, for
 * both. Resample b always uses stream b of the seed.
 *
 * @see Wu (1986), "Jackknife, bootstrap and other resampling methods", for signs; Feng, He and Hu (2011), "Wild bootstrap for
 *   quantile regression", for signs under objectives that are nearly absolute values; MacKinnon and White (1985) for the
 *   residuals divided by 1 - leverage
 */
export async function resampleFamilies(
  fits: readonly [LawFit, LawFit],
  tied: TiedFit | undefined,
  pairing: Pairing,
  options: ResampleOptions,
): Promise<FamilyDraws> {
  const { resamples, seed, resampling, onProgress } = options;
  const refitters = fits.map((fit, which) => {
    const groups = { name: 'unit', codes: pairing.codes[which], count: pairing.units, warnings: [] };
    return new Refitter(bootstrapTask(fit, groups, seed));
  });
  const joint = tied === undefined ? undefined : new TiedRefitter(tied, irreducibleOf(fits[0]));
  const own = fits.map(({ problem, minimum }, which) => noiseOf(problem, minimum.point, pairing.codes[which]));
  const both = new Int32Array(pairing.codes[0].length + pairing.codes[1].length);
  both.set(pairing.codes[0]);
  both.set(pairing.codes[1], pairing.codes[0].length);
  const together = tied === undefined ? undefined : noiseOf(tied.problem, tied.minimum.point, both);
  const split = pairing.codes[0].length;
  const ones = new Float64Array(pairing.units).fill(1);
  const free: Thetas[] = [];
  const drawn: Thetas[] = [];
  const raised: number[] = [];

  const refitFree = (luck: Luck, responses: readonly (Float64Array | undefined)[]) => {
    const found = refitters.map((refitter, which) => refitter.refit(luck.counts ?? ones, responses[which]));
    return found.every(({ certified }) => certified) ? found : undefined;
  };
  for (let b = 0; b < resamples; b++) {
    const luck = resampling === 'wild' ? drawSigns(pairing, seed, b) : drawCounts(pairing, seed, b);
    const plain = refitFree(luck, luck.signs === undefined ? [] : own.map((noise) => respond(noise, luck.signs)));
    if (plain !== undefined) free.push([plain[0].theta, plain[1].theta]);
    if (joint !== undefined && together !== undefined && tied !== undefined) {
      const responses = luck.signs === undefined ? tied.problem.data.observed : respond(together, luck.signs);
      const weights = luck.counts === undefined ? undefined : weigh(tied.problem, both, luck.counts);
      const found = joint.refit(responses, weights);
      if (found.certified) {
        drawn.push(found.thetas);
        // Only signs make resamples in which the parameters are the same.
        const without =
          luck.signs === undefined || b >= tested
            ? undefined
            : refitFree(luck, [responses.subarray(0, split), responses.subarray(split)]);
        if (without !== undefined) raised.push(found.value - without[0].value - without[1].value);
      }
    }
    if ((b + 1) % slice === 0 || b + 1 === resamples) {
      onProgress?.(b + 1);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  return { free, tied: drawn, raised, resamples };
}

/** What chance deals to each unit of a resample. */
interface Luck {
  /** 1 or -1 for each unit. */
  readonly signs?: Float64Array;
  /** How often each unit was drawn. */
  readonly counts?: Float64Array;
}

function drawSigns({ units }: Pairing, seed: number, b: number): Luck {
  const random = createRandom(seed, b);
  return { signs: Float64Array.from({ length: units }, () => (random.next() < 0.5 ? -1 : 1)) };
}

/** Pairs are drawn among pairs and runs of one family alone among their like, so that families keep their sizes. */
function drawCounts({ units, pairs, alone }: Pairing, seed: number, b: number): Luck {
  const random = createRandom(seed, b);
  const counts = new Float64Array(units);
  for (const [from, size] of [
    [0, pairs],
    [pairs, alone[0]],
    [pairs + alone[0], alone[1]],
  ])
    for (let k = 0; k < size; k++) counts[from + random.integer(size)]++;
  return { counts };
}

/** Predictions and residuals of a fit on the scale of its objective, residuals as large as the noise is. */
interface Noise {
  readonly isLog: boolean;
  readonly predicted: Float64Array;
  readonly residual: Float64Array;
  readonly codes: Int32Array;
}

/** Leverage above which a row counts as this: a run that alone determines a parameter has no residual to speak of. */
const mostLeverage = 0.9;

function noiseOf(problem: Problem, point: Float64Array, codes: Int32Array): Noise {
  const { rows, observed, logObserved, weights } = problem.data;
  const { size } = problem.free;
  const isLog = problem.objective.residual === 'log';
  const at = problem.createLinearization();
  problem.linearize(point, at);
  const normal = new Float64Array(size * size);
  addOuterProducts(at.jacobian, weights ?? new Float64Array(rows).fill(1), rows, size, normal);
  for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) normal[b * size + a] = normal[a * size + b];
  const inverse = invertSymmetric(normal, size);
  const predicted = new Float64Array(rows);
  const residual = new Float64Array(rows);
  const sizes = at.residual.slice(0, rows).map(Math.abs).sort();
  // Nearly absolute values: the fit passes through as many rows as it has parameters, and the others stand in for their noise.
  const passed = problem.delta < sizes[Math.floor(rows / 2)] ? Math.min(size, rows / 2) : 0;
  const factor = Math.sqrt(rows / (rows - passed));
  for (let i = 0; i < rows; i++) {
    let leverage = 0;
    if (inverse !== undefined)
      for (let a = 0; a < size; a++)
        for (let b = 0; b < size; b++)
          leverage += at.jacobian[i * size + a] * inverse[a * size + b] * at.jacobian[i * size + b];
    const target = isLog ? logObserved[i] : observed[i];
    predicted[i] = target + at.residual[i];
    residual[i] = (-factor * at.residual[i]) / (1 - Math.min(mostLeverage, leverage * (weights?.[i] ?? 1)));
  }
  return { isLog, predicted, residual, codes };
}

/** Responses with the residuals of each unit under its sign. */
function respond({ isLog, predicted, residual, codes }: Noise, signs: Float64Array | undefined): Float64Array {
  return predicted.map((value, i) => {
    const moved = value + (signs?.[codes[i]] ?? 1) * residual[i];
    return isLog ? Math.exp(moved) : moved;
  });
}

function weigh(problem: Problem, codes: Int32Array, counts: Float64Array): Float64Array {
  const { rows, weights } = problem.data;
  return Float64Array.from({ length: rows }, (_, i) => counts[codes[i]] * (weights?.[i] ?? 1));
}

/** Correlation of the residuals of pairs: how much of their noise the two families share. `null` below three pairs. */
export function pairCorrelation(fits: readonly [LawFit, LawFit], pairing: Pairing): number | null {
  if (pairing.pairs < 3) return null;
  const means = fits.map(({ problem, minimum }, which) => {
    const { predicted, residual, isLog } = noiseOf(problem, minimum.point, pairing.codes[which]);
    // Relative residuals, so that both scales read alike.
    const relative = isLog ? residual : residual.map((value, i) => value / predicted[i]);
    const sums = new Float64Array(pairing.pairs);
    const counts = new Float64Array(pairing.pairs);
    for (const [row, code] of pairing.codes[which].entries())
      if (code < pairing.pairs) {
        sums[code] += relative[row];
        counts[code]++;
      }
    return sums.map((sum, k) => sum / counts[k]);
  });
  let [ab, aa, bb] = [0, 0, 0];
  for (let k = 0; k < pairing.pairs; k++) {
    ab += means[0][k] * means[1][k];
    aa += means[0][k] ** 2;
    bb += means[1][k] ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null;
}
