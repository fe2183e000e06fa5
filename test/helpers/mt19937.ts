/**
 * The generator behind `np.random.seed` and `np.random.choice` (Matsumoto and Nishimura's MT19937), to repeat resamples
 * that were drawn with NumPy.
 *
 * @param seed - as given to `np.random.seed`
 * @returns the next 32 random bits at each call
 */
export function mt19937(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  let next = 624;
  return () => {
    if (next === 624) {
      for (let i = 0; i < 624; i++) {
        const y = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
        state[i] = state[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      next = 0;
    }
    let y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

/** `np.random.choice(np.arange(n), size)`: bits are masked to the next power of two and rejected while too large. */
export function numpyChoice(bits: () => number, n: number, size: number): Int32Array {
  const mask = 2 ** Math.ceil(Math.log2(n)) - 1;
  return Int32Array.from({ length: size }, () => {
    for (;;) {
      const value = bits() & mask;
      if (value < n) return value;
    }
  });
}
