/** A seeded source of random numbers; the same seed and stream give the same numbers on every machine. */
export interface Random {
  /** A number in [0, 1) with 32 random bits. */
  next(): number;
  /** A whole number in [0, n), for n up to 2^32. */
  integer(n: number): number;
  /** A draw from the standard normal distribution. */
  normal(): number;
}

/** One step of SplitMix32, which spreads the bits of nearby seeds apart. */
function splitMix(state: number): number {
  let z = (state + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/**
 * Makes a xoshiro128** generator.
 *
 * Separate `stream` numbers give independent sequences, so that work split over threads (resample 17 is always stream
 * 17) does not depend on who does it.
 *
 * @param seed - whole number
 * @param stream - whole number, for example the index of a bootstrap resample
 * @see Blackman and Vigna, "Scrambled linear pseudorandom number generators" (arXiv 1805.01407)
 * @example
 * ```ts
 * const random = createRandom(0);
 * random.integer(6); // one of 0..5, the same on every run
 * ```
 */
export function createRandom(seed: number, stream = 0): Random {
  let a = splitMix(seed >>> 0);
  let b = splitMix(a ^ splitMix(stream >>> 0));
  let c = splitMix(b ^ Math.floor(seed / 2 ** 32));
  let d = splitMix(c) | 1; // never all zero
  const bits = (): number => {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  const next = (): number => bits() / 2 ** 32;
  return {
    next,
    integer: (n) => Math.floor(next() * n),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
