/**
 * Moves values to the nearest ones that never rise and stay between two limits, in the weighted squares of the distances: the
 * pools of adjacent violators, then the limits.
 *
 * @param values - length of weights, changed in place
 * @param weights - positive
 * @see Barlow et al. (1972), "Statistical Inference under Order Restrictions", section 1.2
 */
export function projectMonotone(values: Float64Array, weights: Float64Array, low: number, high: number): void {
  const n = values.length;
  const means = new Float64Array(n);
  const totals = new Float64Array(n);
  const ends = new Int32Array(n);
  let pools = 0;
  for (let i = 0; i < n; i++) {
    let [mean, total] = [values[i], weights[i]];
    while (pools > 0 && means[pools - 1] < mean) {
      pools--;
      mean = (mean * total + means[pools] * totals[pools]) / (total + totals[pools]);
      total += totals[pools];
    }
    means[pools] = mean;
    totals[pools] = total;
    ends[pools++] = i + 1;
  }
  for (let pool = 0, i = 0; pool < pools; pool++)
    for (const value = Math.min(high, Math.max(low, means[pool])); i < ends[pool]; i++) values[i] = value;
}
