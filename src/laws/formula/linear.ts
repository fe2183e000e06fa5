import type { Expression } from './expression.ts';
import { Graph } from './graph.ts';

/**
 * Which parameters enter a formula linearly, all of them together: the largest set that is found by taking them one after
 * the other as long as every mixed second derivative is zero.
 */
export function linearParams(expression: Expression, params: readonly string[]): string[] {
  const graph = new Graph();
  const names = new Map<string, number>();
  const nodeOf = (name: string): number => {
    const k = params.indexOf(name);
    if (k >= 0) return graph.theta(k);
    if (!names.has(name)) names.set(name, graph.input(names.size));
    return names.get(name) ?? 0;
  };
  const value = graph.from(expression, nodeOf);
  const taken: number[] = [];
  for (const k of params.keys()) {
    const slope = graph.derivative(value, k);
    const isFlat = [...taken, k].every((j) => graph.constant(graph.derivative(slope, j)) === 0);
    if (isFlat) taken.push(k);
  }
  return taken.map((k) => params[k]);
}
