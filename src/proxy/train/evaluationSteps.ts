/** How far back the first evaluation lies: a hundredth of the run. */
const span = 100;

/**
 * Steps after which a run is evaluated: evenly in the logarithm of tokens over the last two decades, the last at the end,
 * fewer where steps coincide.
 */
export function evaluationSteps(steps: number, count: number): number[] {
  const first = Math.max(1, steps / span);
  const found = Array.from({ length: count }, (_, k) => {
    const share = count === 1 ? 1 : k / (count - 1);
    return Math.max(1, Math.round(first * (steps / first) ** share));
  });
  return [...new Set(found)];
}
