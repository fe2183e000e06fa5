/** What rows have to tell for a law of curves. */
export const curveQuantities: readonly string[] = ['step', 'learningRate'];
