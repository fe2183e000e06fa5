import { defineLaw, type CurveLaw, type Drop, type Law, type LawDefinition, type LawInput } from '../law.ts';
import { exponent, positive } from '../lawParams.ts';
import { Annealing } from './annealing.ts';
import { guessCurve } from './guessCurve.ts';
import { schedulesOfRuns } from './ofRuns.ts';
import type { Schedule } from './schedule.ts';

/** Number of the schedule of a row, counted from 0 in the schedules that the law is bound to. */
const scheduleIndex: LawInput = {
  name: 'schedule',
  symbol: 'i',
  unit: 'number of the schedule',
  transform: 'identity',
};

/** Optimiser steps taken, s: the rates of steps 0 to s have been used. */
const step: LawInput = { name: 'step', symbol: 's', unit: 'steps', transform: 'identity' };

/** A law of curves as its author writes it. */
export interface CurveDefinition extends Pick<LawDefinition, 'id' | 'title' | 'formula' | 'reference' | 'published'> {
  readonly drop: Drop;
}

/** Rows of which the sums are kept from the gradient for the Hessian. */
const mostKept = 20_000;

const shape = { steps: 24_000, warmup: 2160, peak: 3e-4, end: 3e-5, decay: 4000 } as const;

/** The schedules of a law of curves that nobody has bound to others: those of its page and of its tests. */
export const exampleSchedules: readonly Schedule[] = (['constant', 'cosine', 'wsd', 'wsdcon'] as const).map((kind) => ({
  ...shape,
  kind,
  name: kind,
}));

/**
 * Defines a law whose response at a step depends on all learning rates up to it:
 * L(s) = L0 + A S1^-alpha - amplitude * sum, with S1 the sum of the rates to step s.
 *
 * A row says which schedule it belongs to and its step. The schedules themselves are no column: {@link CurveLaw.bind} makes
 * the law of given ones, which from then on is a law like any other. As defined it is bound to four examples.
 */
export function defineCurve(definition: CurveDefinition): Law {
  const bound = new WeakMap<readonly Schedule[], Law>();
  const bind = (schedules: readonly Schedule[]): Law => {
    let law = bound.get(schedules);
    if (law === undefined) bound.set(schedules, (law = boundLaw(definition, schedules, bind)));
    return law;
  };
  return bind(exampleSchedules);
}

function boundLaw(
  { drop, ...definition }: CurveDefinition,
  schedules: readonly Schedule[],
  bind: CurveLaw['bind'],
): Law {
  const made = new Map<number, Annealing>();
  const annealingOf = (index: number): Annealing | undefined => {
    let annealing = made.get(index);
    if (annealing === undefined && index in schedules) made.set(index, (annealing = new Annealing(schedules[index])));
    return annealing;
  };
  const q = drop.params.length;
  const p = 4 + q;
  const width = 1 + q + (q * (q + 1)) / 2;
  const sums = new Float64Array(width);
  const inner = new Float64Array(q);
  // The sums are nearly all of the work, and the Hessian is asked for right after the gradient, at the same place.
  const kept: { theta: Float64Array; step: Float64Array; rows: number; sums: Float64Array } = {
    theta: new Float64Array(0),
    step: new Float64Array(0),
    rows: 0,
    sums: new Float64Array(0),
  };

  /** Fills `sums` for a row; gives the sum of the rates, or `undefined` where there is no such step. */
  const sumTo = (theta: Float64Array, inputs: readonly Float64Array[], row: number, order: 0 | 1 | 2) => {
    const annealing = annealingOf(Math.floor(inputs[0][row]));
    const t = Math.floor(inputs[1][row]);
    if (annealing === undefined || !(t >= 0 && t <= annealing.last)) return undefined;
    for (let k = 0; k < q; k++) inner[k] = theta[4 + k];
    drop.sum(inner, annealing.termsTo(t), order, sums);
    return annealing.sums[t];
  };
  const keep = (theta: Float64Array, inputs: readonly Float64Array[], rows: number): boolean => {
    if (rows > mostKept) return false;
    if (kept.sums.length < rows * (width + 1)) kept.sums = new Float64Array(rows * (width + 1));
    [kept.theta, kept.step, kept.rows] = [theta.slice(), inputs[1], rows];
    return true;
  };
  const isKept = (theta: Float64Array, inputs: readonly Float64Array[], rows: number): boolean =>
    kept.step === inputs[1] && kept.rows === rows && kept.theta.every((value, k) => value === theta[k]);

  return defineLaw({
    ...definition,
    inputs: [scheduleIndex, step],
    params: [
      positive('L0', 'nats/token', 'irreducible loss'),
      positive('A', 'nats/token * (learning rate * steps)^alpha', 'amplitude of the summed learning rate'),
      exponent('alpha', 'exponent of the summed learning rate', [0.1, 1.2]),
      drop.amplitude,
      ...drop.params,
    ],
    scale: 'raw',
    shears: [],
    linear: () => ['L0', 'A', drop.amplitude.name],
    guess: (columns, observed) => {
      const moments = Array.from(observed, (_, i): readonly [Annealing, number] | undefined => {
        const annealing = annealingOf(Math.floor(columns.schedule[i]));
        const t = Math.floor(columns.step[i]);
        return annealing !== undefined && t >= 0 && t <= annealing.last ? [annealing, t] : undefined;
      });
      return guessCurve(drop, moments, observed);
    },
    guessSuffices: true,
    curve: {
      schedules,
      get annealings() {
        return schedules.map((_, k) => annealingOf(k) ?? new Annealing(schedules[k]));
      },
      drop,
      bind,
      bindRuns: (recorded, warmup, fixed) => {
        const { name } = drop.amplitude;
        const { id } = definition;
        const options = { warmup, law: id, amplitude: name, isHeld: name in fixed };
        const made = schedulesOfRuns(recorded, options);
        return { law: bind(made.schedules), warnings: made.warnings };
      },
    },
    evaluate: (theta, inputs, rows, out, jacobian) => {
      const [floor, A, alpha, B] = [Math.exp(theta[0]), Math.exp(theta[1]), theta[2], Math.exp(theta[3])];
      const keeps = jacobian !== undefined && keep(theta, inputs, rows);
      for (let i = 0; i < rows; i++) {
        const rateSum = sumTo(theta, inputs, i, jacobian === undefined ? 0 : keeps ? 2 : 1);
        if (keeps) {
          kept.sums[i * (width + 1)] = rateSum ?? NaN;
          kept.sums.set(sums, i * (width + 1) + 1);
        }
        if (rateSum === undefined) {
          out[i] = NaN;
          jacobian?.fill(NaN, i * p, (i + 1) * p);
          continue;
        }
        const logSum = Math.log(rateSum);
        const power = A * Math.exp(-alpha * logSum);
        out[i] = floor + power - B * sums[0];
        if (jacobian === undefined) continue;
        const at = i * p;
        jacobian[at] = floor;
        jacobian[at + 1] = power;
        jacobian[at + 2] = -power * logSum;
        jacobian[at + 3] = -B * sums[0];
        for (let k = 0; k < q; k++) jacobian[at + 4 + k] = -B * sums[1 + k];
      }
    },
    curvature: (theta, inputs, rows, _, coefficient, hessian) => {
      const [floor, A, alpha, B] = [Math.exp(theta[0]), Math.exp(theta[1]), theta[2], Math.exp(theta[3])];
      const known = isKept(theta, inputs, rows);
      for (let i = 0; i < rows; i++) {
        const c = coefficient[i];
        if (c === 0) continue;
        const at = i * (width + 1);
        if (known) sums.set(kept.sums.subarray(at + 1, at + 1 + width));
        const rateSum = known ? kept.sums[at] : sumTo(theta, inputs, i, 2);
        if (rateSum === undefined || Number.isNaN(rateSum)) continue;
        const logSum = Math.log(rateSum);
        const power = A * Math.exp(-alpha * logSum);
        hessian[0] += c * floor;
        hessian[p + 1] += c * power;
        hessian[2 * p + 1] -= c * power * logSum;
        hessian[2 * p + 2] += c * power * logSum * logSum;
        hessian[3 * p + 3] -= c * B * sums[0];
        for (let j = 0, second = 1 + q; j < q; j++) {
          hessian[(4 + j) * p + 3] -= c * B * sums[1 + j];
          for (let k = 0; k <= j; k++, second++) hessian[(4 + j) * p + 4 + k] -= c * B * sums[second];
        }
      }
    },
  });
}
