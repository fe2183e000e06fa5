import type { Law } from '../../laws/law.ts';
import { placePath, reach, type ComparePath, type Place } from './path.ts';

/** Places at which a loss is bracketed before it is closed in on. */
const knots = 49;
/** Steps of the closing in at most; five or six are usual. */
const steps = 60;
/** Width of the bracket at which a search ends. */
const close = 1e-13;

/**
 * The loss of one set of coefficients along a path, and the way back: how much of the path's quantity reaches a loss.
 * Logarithms of the quantity throughout.
 */
export class LossCurve {
  readonly place: Place;
  private readonly law: Law;
  private readonly theta: Float64Array;
  private readonly knots: Float64Array;
  private atKnots: Float64Array | undefined;

  private constructor(law: Law, theta: Float64Array, place: Place, range: readonly [number, number]) {
    this.law = law;
    this.theta = theta;
    this.place = place;
    const [low, high] = range;
    this.knots = Float64Array.from({ length: knots }, (_, k) => low + ((high - low) * k) / (knots - 1));
  }

  /**
   * The curve, or `undefined` where the path does not exist for these coefficients.
   *
   * @param theta - the law's coordinates; NaN where an exponent means nothing
   * @param data - logarithms of the axis between which the data lie; the curve reaches a factor of a million beyond
   */
  static create(
    law: Law,
    theta: Float64Array,
    path: ComparePath,
    flopsPerParamToken: number,
    data: readonly [number, number],
  ): LossCurve | undefined {
    const range = [data[0] - reach, data[1] + reach] as const;
    const known = theta.map((value) => (Number.isNaN(value) ? 0 : value));
    const place = placePath(law, known, path, flopsPerParamToken, range);
    return place === undefined ? undefined : new LossCurve(law, known, place, range);
  }

  /** The loss at each place of the path; NaN where the path does not lead. */
  losses(x: Float64Array): Float64Array {
    const { law, place } = this;
    const inputs = law.inputs.map(({ name, transform }) => {
      const at = name === 'params' ? place.logParams : name === 'tokens' ? place.logTokens : undefined;
      const column = at === undefined || law.inputs.length === 1 ? x : x.map(at);
      return transform === 'identity' ? column.map(Math.exp) : column;
    });
    const out = new Float64Array(x.length);
    law.evaluate(this.theta, inputs, x.length, out, undefined);
    return law.scale === 'log' ? out.map(Math.exp) : out;
  }

  /**
   * The least quantity that reaches each loss: infinite where even a million times the data does not, minus infinity where
   * a millionth already does.
   */
  reaching(losses: Float64Array): Float64Array {
    const grid = this.knots;
    const atKnots = (this.atKnots ??= this.losses(grid));
    const found = new Float64Array(losses.length);
    // Illinois' variant of the false position, all losses at once, each in its own bracket.
    const low = new Float64Array(losses.length);
    const high = new Float64Array(losses.length);
    const aboveLow = new Float64Array(losses.length);
    const belowHigh = new Float64Array(losses.length);
    const lastSide = new Int8Array(losses.length);
    const open: number[] = [];
    for (const [i, loss] of losses.entries()) {
      const first = atKnots.findIndex((value) => value <= loss);
      if (Number.isNaN(loss)) found[i] = NaN;
      else if (first === -1) found[i] = Infinity;
      else if (first === 0) found[i] = -Infinity;
      else if (Number.isNaN(atKnots[first - 1])) found[i] = NaN;
      else {
        [low[i], high[i]] = [grid[first - 1], grid[first]];
        [aboveLow[i], belowHigh[i]] = [atKnots[first - 1] - loss, atKnots[first] - loss];
        found[i] = high[i];
        open.push(i);
      }
    }
    for (let step = 0, left = open; step < steps && left.length > 0; step++) {
      const tried = Float64Array.from(left, (i) => {
        const between = high[i] - (belowHigh[i] * (high[i] - low[i])) / (belowHigh[i] - aboveLow[i]);
        return between > low[i] && between < high[i] ? between : 0.5 * (low[i] + high[i]);
      });
      const at = this.losses(tried);
      left = left.filter((i, k) => {
        const rest = at[k] - losses[i];
        const moved = Math.abs(tried[k] - found[i]);
        found[i] = tried[k];
        if (rest > 0) {
          if (lastSide[i] === 1) belowHigh[i] /= 2;
          low[i] = tried[k];
          aboveLow[i] = rest;
          lastSide[i] = 1;
        } else {
          if (lastSide[i] === -1) aboveLow[i] /= 2;
          high[i] = tried[k];
          belowHigh[i] = rest;
          lastSide[i] = -1;
        }
        return rest !== 0 && moved > close * Math.max(1, Math.abs(tried[k]));
      });
    }
    return found;
  }
}
