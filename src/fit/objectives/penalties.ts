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
