import type { Law } from '../law.ts';
import type { CompiledLaw } from './compile.ts';
import type { Graph } from './graph.ts';
import { compileSource, Program } from './program.ts';

/** A root is accepted once Newton's step, or a bracket whose ends have the right signs, is below this share of the response. */
const tolerance = 1e-12;
/** Steps that Newton's method may take alone, as long as they stay in the bracket; then every other one is a bisection. */
const patience = 20;
/** Bisection alone needs some fifty steps; a search that takes more has met no numbers. */
const mostSteps = 200;
/** Logarithms between which a double and its reciprocal are finite. */
const widest = 700;

/** An equation in the unknown of its graph, a logarithm, with a bracket of it, and the logarithm of the response. */
interface ImplicitEquation {
  /** The logarithm of the response, in the unknown; the unknown itself when it is that. */
  readonly value: number;
  /** Falls through zero as the unknown rises from `lower` to `upper`. */
  readonly equation: number;
  readonly lower: number;
  readonly upper: number;
  /** Number of coordinates; the unknown is the one after them. */
  readonly params: number;
}

/**
 * Compiles an equation F(theta, x, z) = 0 to the inner loops of the law that gives V(theta, x, z) at its root z.
 *
 * By implicit differentiation z_k = -F_k / F_z and z_jk = -(F_jk + F_jz z_k + F_kz z_j + F_zz z_j z_k) / F_z, and the chain
 * rule does the rest.
 */
export function compileImplicit(
  graph: Graph,
  { equation, value, lower, upper, params }: ImplicitEquation,
): CompiledLaw {
  const slope = graph.derivative(equation, params);
  const scale = graph.divide(graph.number(-1), slope);
  const partial = Array.from({ length: params }, (_, k) => graph.derivative(equation, k));
  const root = partial.map((f) => graph.multiply(scale, f));
  /** d^2 f / dj dk along the root, where f is a node and f_z its slope, without the part of the root's own curvature. */
  const along = (f: number, j: number, k: number): number => {
    const ofUnknown = graph.derivative(f, params);
    const parts = [
      graph.derivative(graph.derivative(f, j), k),
      graph.multiply(graph.derivative(ofUnknown, j), root[k]),
      graph.multiply(graph.derivative(ofUnknown, k), root[j]),
      graph.multiply(graph.derivative(ofUnknown, params), graph.multiply(root[j], root[k])),
    ];
    return parts.reduce((a, b) => graph.add(a, b));
  };
  const rise = graph.derivative(value, params);
  const gradient = root.map((z, k) => graph.add(graph.derivative(value, k), graph.multiply(rise, z)));
  const hessian = root.flatMap((_, j) =>
    Array.from({ length: j + 1 }, (_, k) => ({
      at: j * params + k,
      node: graph.add(along(value, j, k), graph.multiply(graph.multiply(rise, scale), along(equation, j, k))),
    })),
  );
  const bent = hessian.filter(({ node }) => graph.constant(node) !== 0);

  /** A loop over rows that solves each, then runs the statements of `roots` and `body`. */
  const loop = (skip: string, roots: readonly number[], body: (name: (node: number) => string) => string): string => {
    const program = new Program(graph, [lower, upper]);
    const step = program.add([equation, slope]);
    const after = program.add(roots);
    const name = (node: number): string => program.name(node);
    return `${program.before}
for (let i = 0; i < rows; i++) {
${skip}
${program.inside}
let low = Math.max(${name(lower)}, -${String(widest)});
let high = Math.min(${name(upper)}, ${String(widest)});
let z = low;
let rose = false, fell = false;
for (let n = 0; ; n++) {
${step}
const f = ${name(equation)};
if (f > 0) { low = z; rose = true; } else { high = z; fell = true; }
let next = z - f / ${name(slope)};
let left = Math.abs(next - z);
if (!(left <= ${String(tolerance)} || (next >= low && next <= high && (n < ${String(patience)} || n % 2 === 0)))) {
next = 0.5 * (low + high);
left = rose && fell ? high - low : Infinity;
}
z = f !== f || n > ${String(mostSteps)} ? NaN : next;
if (!(left > ${String(tolerance)}) || z !== z) break;
}
${after}
${body(name)}
}`;
  };

  const evaluate = compileSource(
    ['theta', 'inputs', 'rows', 'out', 'jacobian'],
    `if (jacobian === undefined) {
${loop('', [value], (name) => `out[i] = ${name(value)};`)}
return;
}
${loop('', [value, ...gradient], (name) =>
  [
    `out[i] = ${name(value)};`,
    ...gradient.map((g, k) => `jacobian[i * ${String(params)} + ${String(k)}] = ${name(g)};`),
  ].join('\n'),
)}`,
  );
  const sums = bent.map((_, k) => `s${String(k)}`);
  const curvature = compileSource(
    ['theta', 'inputs', 'rows', 'jacobian', 'coefficient', 'hessian'],
    `${sums.map((sum) => `let ${sum} = 0;`).join('\n')}
${loop(
  'const c = coefficient[i]; if (c === 0) continue;',
  bent.map(({ node }) => node),
  (name) => bent.map(({ node }, k) => `${sums[k]} += c * ${name(node)};`).join('\n'),
)}
${bent.map(({ at }, k) => `hessian[${String(at)}] += ${sums[k]};`).join('\n')}`,
  );
  return { evaluate: evaluate as Law['evaluate'], curvature: curvature as Law['curvature'] };
}
