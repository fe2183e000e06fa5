import type { Law } from '../law.ts';
import type { Graph } from './graph.ts';
import { compileSource, Program } from './program.ts';

/** The two inner loops of a law, see {@link Law}. */
export type CompiledLaw = Pick<Law, 'evaluate' | 'curvature'>;

/**
 * Compiles a formula to the inner loops of a law: value and exact symbolic derivatives, with common parts computed once,
 * and parts that are the same for every row computed outside the loop.
 *
 * The source that is compiled is made from the nodes of the graph alone: numbers, operators, the names of functions in
 * `Math`, and variables with a number for a name. No text of a user is in it.
 *
 * @param params - number of coordinates
 */
export function compileLaw(graph: Graph, value: number, params: number): CompiledLaw {
  const gradient = Array.from({ length: params }, (_, k) => graph.derivative(value, k));
  const hessian = gradient.flatMap((g, j) =>
    Array.from({ length: j + 1 }, (_, k) => ({ at: j * params + k, node: graph.derivative(g, k) })),
  );
  const bent = hessian.filter(({ node }) => graph.constant(node) !== 0);

  const values = new Program(graph, [value]);
  const slopes = new Program(graph, [value, ...gradient]);
  const bends = new Program(
    graph,
    bent.map(({ node }) => node),
  );
  const store = gradient.map((g, k) => `jacobian[row + ${String(k)}] = ${slopes.name(g)};`).join('\n');
  const evaluate = compileSource(
    ['theta', 'inputs', 'rows', 'out', 'jacobian'],
    `if (jacobian === undefined) {
${values.before}
for (let i = 0; i < rows; i++) {
${values.inside}
out[i] = ${values.name(value)};
}
return;
}
${slopes.before}
for (let i = 0, row = 0; i < rows; i++, row += ${String(params)}) {
${slopes.inside}
out[i] = ${slopes.name(value)};
${store}
}`,
  );
  const sums = bent.map((_, k) => `s${String(k)}`);
  const curvature = compileSource(
    ['theta', 'inputs', 'rows', 'jacobian', 'coefficient', 'hessian'],
    `${bends.before}
${sums.map((sum) => `let ${sum} = 0;`).join('\n')}
for (let i = 0; i < rows; i++) {
const c = coefficient[i];
if (c === 0) continue;
${bends.inside}
${bent.map(({ node }, k) => `${sums[k]} += c * ${bends.name(node)};`).join('\n')}
}
${bent.map(({ at }, k) => `hessian[${String(at)}] += ${sums[k]};`).join('\n')}`,
  );
  return { evaluate: evaluate as Law['evaluate'], curvature: curvature as Law['curvature'] };
}
