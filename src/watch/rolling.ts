/** The median of the last values that were added, without sorting them anew. */
export class RollingMedian {
  readonly #most: number;
  /** In the order in which they came, and in ascending order. */
  readonly #queue: number[] = [];
  readonly #sorted: number[] = [];

  /** @param most - values that are looked at */
  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#sorted.length;
  }

  /** NaN before the first value. */
  get median(): number {
    const n = this.#sorted.length;
    if (n === 0) return NaN;
    return (this.#sorted[(n - 1) >> 1] + this.#sorted[n >> 1]) / 2;
  }

  /** Adds a value that is a number; beyond the most, the oldest goes. */
  add(value: number): void {
    this.#queue.push(value);
    this.#sorted.splice(this.#place(value), 0, value);
    if (this.#queue.length <= this.#most) return;
    const [oldest] = this.#queue.splice(0, 1);
    this.#sorted.splice(this.#place(oldest), 1);
  }

  /** Index of the first sorted value that is not below. */
  #place(value: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
