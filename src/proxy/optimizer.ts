import type { OptimizerConfig } from './runConfig.ts';
import type { ParameterSpec } from './model/shape.ts';
import type { Weights } from './model/weights.ts';

/** Means of gradients and of their squares, by tensor, and the steps that they are of. */
export interface OptimizerState {
  step: number;
  readonly first: Weights;
  readonly second: Weights;
}

/** How a strategy bends the update of one tensor; all of them as they are unless given. */
export interface UpdateRule {
  /** Whether the tensor stays as it is. */
  readonly isFrozen?: (spec: ParameterSpec) => boolean;
  /** Elements that take the sign of their gradient in place of AdamW's update, by tensor; 1 marks them. */
  readonly signOnly?: (spec: ParameterSpec, step: number) => Uint8Array | undefined;
  /** Steps after which the moments of a tensor start anew; never unless given. */
  readonly period?: (spec: ParameterSpec) => number | undefined;
  /** Rate of signs, as a share of the learning rate. */
  readonly signShare?: number;
}

/** What an update came to. */
export interface UpdateStats {
  /** Norm of the gradient before it was clipped. */
  readonly gradientNorm: number;
  /** Root mean square of the change of weights over the learning rate. */
  readonly updateRms: number;
}

/** A state from which to start. */
export function startOptimizer(weights: Weights): OptimizerState {
  const zeros = (): Weights => new Map([...weights].map(([name, { length }]) => [name, new Float32Array(length)]));
  return { step: 0, first: zeros(), second: zeros() };
}

/**
 * One step of AdamW with decoupled decay, in place. Sums run in float64, in the order of the tensors, so that the same
 * gradients give the same bits on every machine.
 *
 * @param rate - learning rate of this step
 * @param peak - highest learning rate of the run, which scales independent decay
 * @see arXiv 1711.05101, algorithm 2
 */
export function updateWeights(
  specs: readonly ParameterSpec[],
  weights: Weights,
  gradients: Weights,
  state: OptimizerState,
  { rate, peak, config, rule = {} }: { rate: number; peak: number; config: OptimizerConfig; rule?: UpdateRule },
): UpdateStats {
  const { beta1, beta2, epsilon, weightDecay, independentDecay, clip } = config;
  state.step += 1;
  const live = specs.filter((spec) => spec.isConstant !== true && rule.isFrozen?.(spec) !== true);

  let squares = 0;
  for (const { name } of live) {
    const gradient = at(gradients, name);
    for (const g of gradient) squares += g * g;
  }
  const gradientNorm = Math.sqrt(squares);
  const scale = clip > 0 && gradientNorm > clip ? clip / gradientNorm : 1;

  let moved = 0;
  let count = 0;
  for (const spec of live) {
    const { name } = spec;
    const [w, gradient, m, v] = [weights, gradients, state.first, state.second].map((map) => at(map, name));
    const signs = rule.signOnly?.(spec, state.step);
    const period = rule.period?.(spec) ?? Infinity;
    const age = period === Infinity ? state.step : ((state.step - 1) % period) + 1;
    if (age === 1) for (const moments of [m, v]) moments.fill(0);
    const correct1 = 1 - beta1 ** age;
    const correct2 = 1 - beta2 ** age;
    const ownRate = rate * spec.rate;
    const decay = spec.decays ? weightDecay * (independentDecay ? rate / peak : ownRate) : 0;
    for (let i = 0; i < w.length; i++) {
      const g = gradient[i] * scale;
      let direction: number;
      if (signs?.[i] === 1) direction = Math.sign(g) * (rule.signShare ?? 1);
      else {
        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        direction = m[i] / correct1 / (Math.sqrt(v[i] / correct2) + epsilon);
      }
      moved += direction * direction;
      w[i] -= ownRate * direction + decay * w[i];
    }
    count += w.length;
  }
  return { gradientNorm, updateRms: Math.sqrt(moved / Math.max(1, count)) };
}

function at(map: Weights, name: string): Float32Array {
  const values = map.get(name);
  if (values === undefined) throw new Error(`no tensor ${name}`);
  return values;
}
