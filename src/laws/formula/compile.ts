import type { Law } from '../law.ts';
import { Graph } from './graph.ts';

/** Integer powers up to this are written as products, which is exact and several times as fast. */
const largestProduct = 4;

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
  const evaluate = compile(
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
  const curvature = compile(
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

function compile(parameters: readonly string[], body: string): (...args: never[]) => unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the source is made from checked nodes only, see above
  return new Function(...parameters, `'use strict';\n${body}`) as (...args: never[]) => unknown;
}

/** The statements that compute some nodes: those without inputs before the loop over rows, the others inside it. */
class Program {
  readonly before: string;
  readonly inside: string;
  private readonly graph: Graph;
  private readonly perRow = new Map<number, boolean>();

  constructor(graph: Graph, roots: readonly number[]) {
    this.graph = graph;
    const before: string[] = [];
    const inside: string[] = [];
    const columns = new Set<number>();
    const visit = (node: number): boolean => {
      const known = this.perRow.get(node);
      if (known !== undefined) return known;
      const { kind, value, args } = graph.nodes[node];
      // All arguments have to be visited, so no short cut.
      const varies = args.map(visit).includes(true) || kind === 'input';
      this.perRow.set(node, varies);
      if (kind === 'input' && !columns.has(value)) {
        columns.add(value);
        before.push(`const x${String(value)} = inputs[${String(value)}];`);
      }
      if (kind !== 'number') (varies ? inside : before).push(`const v${String(node)} = ${this.formula(node)};`);
      return varies;
    };
    for (const root of roots) visit(root);
    this.before = before.join('\n');
    this.inside = inside.join('\n');
  }

  /** What stands for a node in a statement. */
  name(node: number): string {
    const constant = this.graph.constant(node);
    if (constant === undefined) return `v${String(node)}`;
    return Number.isFinite(constant) ? `(${String(constant)})` : 'NaN';
  }

  private formula(node: number): string {
    const { kind, value, args } = this.graph.nodes[node];
    const [a, b] = args.map((arg) => this.name(arg));
    switch (kind) {
      case 'number':
        return String(value);
      case 'theta':
        return `theta[${String(value)}]`;
      case 'input':
        return `x${String(value)}[i]`;
      case 'add':
        return `${a} + ${b}`;
      case 'multiply':
        return `${a} * ${b}`;
      case 'divide':
        return `${a} / ${b}`;
      case 'pow':
        return this.power(a, b, this.graph.constant(args[1]));
      case 'softplus':
        return `Math.max(${a}, 0) + Math.log1p(Math.exp(-Math.abs(${a})))`;
      case 'sigmoid':
        return `1 / (1 + Math.exp(-${a}))`;
      default:
        return `Math.${kind}(${a})`;
    }
  }

  private power(base: string, exponent: string, constant: number | undefined): string {
    const size = constant === undefined ? NaN : Math.abs(constant);
    if (!Number.isInteger(size) || size > largestProduct) return `Math.pow(${base}, ${exponent})`;
    const product = new Array<string>(size).fill(base).join(' * ');
    return constant !== undefined && constant < 0 ? `1 / (${product})` : product;
  }
}
