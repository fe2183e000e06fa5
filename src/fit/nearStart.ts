import type { LocalMinimum } from './newton.ts';
import type { SearchTask } from './searchTask.ts';

/**
 * The point of a minimum with its equal terms in the order that lies nearest to the user's start, or `undefined` when it is
 * in that order already. Where terms can change places a law has several equal minima; a user who starts at b4 = 1, b5 = 2
 * means the one in which b4 is the smaller.
 */
export function orderLikeStart(task: SearchTask, minimum: LocalMinimum): Float64Array | undefined {
  const { law, coordinates, restrictions, start = {} } = task;
  const names = law.params.map((param) => param.name);
  const held = [
    ...Object.keys(restrictions.fixed),
    ...Object.keys(restrictions.tied),
    ...Object.keys(restrictions.bounds ?? {}),
  ];
  if (law.exchanges === undefined || Object.keys(start).length === 0 || held.length > 0) return undefined;
  const theta = coordinates.uncentre(minimum.point);
  const orders = law.exchanges().map((order) => theta.map((_, j) => theta[names.indexOf(order[names[j]] ?? names[j])]));
  const distances = orders.map((order) => {
    let distance = 0;
    for (const [j, { name, transform }] of law.params.entries()) {
      const from = start[name] as number | undefined;
      if (from === undefined) continue;
      const value = transform === 'log' ? Math.exp(order[j]) : order[j];
      // Relative to the larger of the two, so that no parameter outweighs the others.
      distance += ((value - from) / (Math.abs(value) + Math.abs(from) || 1)) ** 2;
    }
    return distance;
  });
  const nearest = distances.indexOf(Math.min(...distances));
  return distances[nearest] < distances[0] ? coordinates.centre(orders[nearest]) : undefined;
}
