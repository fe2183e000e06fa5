import type { Objective } from './objective.ts';

/**
 * Huber's penalty: r^2 / 2 inside |r| <= delta, delta (|r| - delta / 2) outside.
 *
 * @see Huber (1964), "Robust estimation of a location parameter"
 */
export const huberPenalty: Objective['penalty'] = (residual, weights, rows, delta, psi, slope) => {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const r = residual[i];
    const w = weights === undefined ? 1 : weights[i];
    if (r > delta) {
      sum += w * delta * (r - 0.5 * delta);
      psi[i] = w * delta;
      slope[i] = 0;
    } else if (r < -delta) {
      sum -= w * delta * (r + 0.5 * delta);
      psi[i] = -w * delta;
      slope[i] = 0;
    } else {
      // A residual that is not a number lands here and makes the sum not a number, which rejects the step.
      const wr = w * r;
      sum += 0.5 * wr * r;
      psi[i] = wr;
      slope[i] = w;
    }
  }
  return sum;
};

/** Half the square of the residual. */
export const squaredPenalty: Objective['penalty'] = (residual, weights, rows, _delta, psi, slope) => {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const w = weights === undefined ? 1 : weights[i];
    const wr = w * residual[i];
    sum += 0.5 * wr * residual[i];
    psi[i] = wr;
    slope[i] = w;
  }
  return sum;
};

/** Huber's penalty along a line. */
export const huberAlong: Objective['along'] = (residual, change, t, weights, rows, delta, out) => {
  let value = 0;
  let rise = 0;
  let bend = 0;
  for (let i = 0; i < rows; i++) {
    const q = change[i];
    const r = residual[i] + t * q;
    const w = weights === undefined ? 1 : weights[i];
    if (r > delta) {
      value += w * delta * (r - 0.5 * delta);
      rise += w * delta * q;
    } else if (r < -delta) {
      value -= w * delta * (r + 0.5 * delta);
      rise -= w * delta * q;
    } else {
      const wr = w * r;
      value += 0.5 * wr * r;
      rise += wr * q;
      bend += w * q * q;
    }
  }
  out[0] = value;
  out[1] = rise;
  out[2] = bend;
};

/** Half the square along a line. */
export const squaredAlong: Objective['along'] = (residual, change, t, weights, rows, _delta, out) => {
  let value = 0;
  let rise = 0;
  let bend = 0;
  for (let i = 0; i < rows; i++) {
    const q = change[i];
    const r = residual[i] + t * q;
    const w = weights === undefined ? 1 : weights[i];
    value += 0.5 * w * r * r;
    rise += w * r * q;
    bend += w * q * q;
  }
  out[0] = value;
  out[1] = rise;
  out[2] = bend;
};
