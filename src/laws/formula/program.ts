import type { Graph } from './graph.ts';

/** Integer powers up to this are written as products, which is exact and several times as fast. */
const largestProduct = 4;

/** The function of some source that was made from the nodes of a graph. */
export function compileSource(parameters: readonly string[], body: string): (...args: never[]) => unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the source is made from checked nodes only
  return new Function(...parameters, `'use strict';\n${body}`) as (...args: never[]) => unknown;
}

/** How often a node changes: never, from row to row, or with the unknown that a row is solved for. */
type Level = 0 | 1 | 2;

/** The statements that compute some nodes: those without inputs before the loop over rows, the others inside it. */
export class Program {
  private readonly graph: Graph;
  private readonly levels = new Map<number, Level>();
  private readonly columns = new Set<number>();
  private readonly statements: readonly [string[], string[]] = [[], []];

  constructor(graph: Graph, roots: readonly number[] = []) {
    this.graph = graph;
    this.add(roots);
  }

  /** Statements that stand before the loop over rows. */
  get before(): string {
    return this.statements[0].join('\n');
  }

  /** Statements that stand at the beginning of a row. */
  get inside(): string {
    return this.statements[1].join('\n');
  }

  /**
   * Adds what computes some nodes.
   *
   * @returns the statements among them that depend on the unknown, which is called `z`; they stand where it is known
   */
  add(roots: readonly number[]): string {
    const within: string[] = [];
    const written = new Set<number>();
    const visit = (node: number): Level => {
      const known = this.levels.get(node);
      if (known !== undefined && (known < 2 || written.has(node))) return known;
      const { kind, value, args } = this.graph.nodes[node];
      const own: Level = kind === 'unknown' ? 2 : kind === 'input' ? 1 : 0;
      const level = args.map(visit).reduce((a, b) => (a > b ? a : b), own);
      this.levels.set(node, level);
      if (kind === 'input' && !this.columns.has(value)) {
        this.columns.add(value);
        this.statements[0].push(`const x${String(value)} = inputs[${String(value)}];`);
      }
      if (kind === 'number') return level;
      written.add(node);
      (level === 2 ? within : this.statements[level]).push(`const v${String(node)} = ${this.formula(node)};`);
      return level;
    };
    for (const root of roots) visit(root);
    return within.join('\n');
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
      case 'unknown':
        return 'z';
      case 'add':
        return `${a} + ${b}`;
      case 'multiply':
        return `${a} * ${b}`;
      case 'divide':
        return `${a} / ${b}`;
      case 'pow':
        return this.power(a, b, this.graph.constant(args[1]));
      case 'positive':
        return `Math.max(${a}, 0)`;
      case 'step':
        return `(${a} > 0 ? 1 : 0)`;
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
