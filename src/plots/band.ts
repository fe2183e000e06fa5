import { plain, type PlainObject } from './figure.ts';

/**
 * An interval along a curve as one closed shape, where it is known at two places at least.
 *
 * @param rest - name, colour and axes of the trace
 */
export function bandTrace(
  x: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  rest: PlainObject,
): PlainObject[] {
  const there = Array.from({ length: x.length }, (_, i) => i).filter((i) => Number.isFinite(lower[i] + upper[i]));
  if (there.length < 2) return [];
  const back = there.toReversed();
  return [
    {
      type: 'scatter',
      mode: 'lines',
      x: plain([...there, ...back].map((i) => x[i])),
      y: plain([...there.map((i) => lower[i]), ...back.map((i) => upper[i])]),
      fill: 'toself',
      line: { width: 0 },
      hoverinfo: 'skip',
      ...rest,
    },
  ];
}
