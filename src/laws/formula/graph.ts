import type { Expression, FunctionName } from './expression.ts';

/**
 * Functions that no formula names. Formulas become softplus(u) = ln(1 + e^u) and its derivative, the logistic function:
 * written as they stand, their parts overflow. Laws of the list are built with positive(u) = max(u, 0), whose derivative is
 * the step 0 or 1.
 */
export type HiddenFunction = 'softplus' | 'sigmoid' | 'positive' | 'step';

/** What a node computes from its arguments. */
type NodeKind =
  'number' | 'theta' | 'input' | 'unknown' | 'add' | 'multiply' | 'divide' | 'pow' | FunctionName | HiddenFunction;

/** A node of a {@link Graph}; `value` is the number, or the index of the coordinate, input or unknown. */
export interface GraphNode {
  readonly kind: NodeKind;
  readonly value: number;
  readonly args: readonly number[];
}

/**
 * Expressions that share their common parts: equal expressions are one node, known by its index. Constants are folded as
 * nodes are made, and sums and products with 0 and 1 vanish, so that derivatives stay small.
 */
export class Graph {
  readonly nodes: GraphNode[] = [];
  private readonly known = new Map<string, number>();
  private readonly derivatives = new Map<string, number>();

  number(value: number): number {
    return this.node('number', [], value);
  }

  /** Coordinate k of the law. */
  theta(k: number): number {
    return this.node('theta', [], k);
  }

  /** Input k of the law, as {@link Law.evaluate} is given it. */
  input(k: number): number {
    return this.node('input', [], k);
  }

  /** What each row of an implicit law is solved for; derivatives know it as coordinate k. */
  unknown(k: number): number {
    return this.node('unknown', [], k);
  }

  add(a: number, b: number): number {
    const [x, y] = [this.constant(a), this.constant(b)];
    if (x !== undefined && y !== undefined) return this.number(x + y);
    if (x === 0) return b;
    if (y === 0) return a;
    return this.node('add', a < b ? [a, b] : [b, a]);
  }

  negate(a: number): number {
    return this.multiply(this.number(-1), a);
  }

  subtract(a: number, b: number): number {
    return this.add(a, this.negate(b));
  }

  multiply(a: number, b: number): number {
    const [x, y] = [this.constant(a), this.constant(b)];
    if (x !== undefined && y !== undefined) return this.number(x * y);
    if (x === 0 || y === 0) return this.number(0);
    if (x === 1) return b;
    if (y === 1) return a;
    // Numbers gather at the front of a product.
    if (y !== undefined) return this.multiply(b, a);
    const inner = this.nodes[b];
    const factor = inner.kind === 'multiply' ? this.constant(inner.args[0]) : undefined;
    if (x !== undefined && factor !== undefined) return this.multiply(this.number(x * factor), inner.args[1]);
    if (x === undefined && factor !== undefined) return this.multiply(inner.args[0], this.multiply(a, inner.args[1]));
    const outer = this.nodes[a];
    if (x === undefined && outer.kind === 'multiply' && this.constant(outer.args[0]) !== undefined)
      return this.multiply(outer.args[0], this.multiply(outer.args[1], b));
    return this.node('multiply', x !== undefined || a < b ? [a, b] : [b, a]);
  }

  divide(a: number, b: number): number {
    const [x, y] = [this.constant(a), this.constant(b)];
    if (y !== undefined && y !== 0) return this.multiply(this.number(1 / y), a);
    if (x === 0) return a;
    const below = this.nodes[b];
    // a / exp(u) = a exp(-u): one multiplication less, and no overflow below the line.
    if (below.kind === 'exp') return this.multiply(a, this.apply('exp', this.negate(below.args[0])));
    return this.node('divide', [a, b]);
  }

  pow(a: number, b: number): number {
    const [x, y] = [this.constant(a), this.constant(b)];
    if (x !== undefined && y !== undefined) return this.number(x ** y);
    if (y === 0) return this.number(1);
    if (y === 1) return a;
    if (y === 0.5) return this.apply('sqrt', a);
    if (y === -1) return this.divide(this.number(1), a);
    const log = this.logOf(a);
    if (log !== undefined) return this.apply('exp', this.multiply(b, log));
    return this.node('pow', [a, b]);
  }

  apply(name: FunctionName, a: number): number {
    const x = this.constant(a);
    if (x !== undefined) return this.number(Math[name](x));
    const inner = this.nodes[a];
    if (name === 'log') return this.logOf(a) ?? this.node(name, [a]);
    if (name === 'exp' && inner.kind === 'log') return inner.args[0];
    return this.node(name, [a]);
  }

  /** max(a, 0). */
  positive(a: number): number {
    return this.node('positive', [a]);
  }

  /**
   * The logarithm of a node that is positive by its form: an exponential, a product or quotient of such, or 1 plus such.
   * Powers of these need no logarithm, and cannot overflow on the way to a finite value.
   */
  private logOf(a: number): number | undefined {
    const { kind, value, args } = this.nodes[a];
    if (kind === 'number') return value > 0 ? this.number(Math.log(value)) : undefined;
    if (kind === 'exp') return args[0];
    if (kind !== 'multiply' && kind !== 'divide' && kind !== 'add') return undefined;
    const [first, second] = args;
    if (kind === 'add') {
      const other = this.constant(first) === 1 ? second : this.constant(second) === 1 ? first : undefined;
      const log = other === undefined ? undefined : this.logOf(other);
      return log === undefined ? undefined : this.node('softplus', [log]);
    }
    const [x, y] = [this.logOf(first), this.logOf(second)];
    if (x === undefined || y === undefined) return undefined;
    return kind === 'multiply' ? this.add(x, y) : this.subtract(x, y);
  }

  /** The nodes of a formula, given the node of each name. */
  from(expression: Expression, nodeOf: (name: string) => number): number {
    if (expression.kind === 'number') return this.number(expression.value);
    if (expression.kind === 'name') return nodeOf(expression.name);
    const [a, b] = expression.args.map((arg) => this.from(arg, nodeOf));
    switch (expression.operation) {
      case 'add':
        return this.add(a, b);
      case 'subtract':
        return this.subtract(a, b);
      case 'multiply':
        return this.multiply(a, b);
      case 'divide':
        return this.divide(a, b);
      case 'pow':
        return this.pow(a, b);
      case 'unaryMinus':
        return this.negate(a);
      case 'unaryPlus':
        return a;
      default:
        return this.apply(expression.operation, a);
    }
  }

  /** The exact derivative of a node with respect to coordinate k. */
  derivative(node: number, k: number): number {
    const key = `${String(node)} ${String(k)}`;
    let derived = this.derivatives.get(key);
    if (derived === undefined) this.derivatives.set(key, (derived = this.derive(node, k)));
    return derived;
  }

  private derive(node: number, k: number): number {
    const { kind, value, args } = this.nodes[node];
    if (kind === 'number' || kind === 'input') return this.number(0);
    if (kind === 'theta' || kind === 'unknown') return this.number(value === k ? 1 : 0);
    const [a, b] = args;
    const da = this.derivative(a, k);
    const one = this.number(1);
    if (kind === 'add') return this.add(da, this.derivative(b, k));
    if (kind === 'multiply') return this.add(this.multiply(da, b), this.multiply(a, this.derivative(b, k)));
    if (kind === 'divide') return this.divide(this.subtract(da, this.multiply(node, this.derivative(b, k))), b);
    if (kind === 'pow') return this.derivePower(node, a, b, da, this.derivative(b, k));
    // A function of one value: its derivative times that of its argument.
    if (this.constant(da) === 0) return da;
    const outer: Record<FunctionName | HiddenFunction, () => number> = {
      exp: () => node,
      log: () => this.divide(one, a),
      sqrt: () => this.divide(this.number(0.5), node),
      tanh: () => this.subtract(one, this.multiply(node, node)),
      sin: () => this.apply('cos', a),
      cos: () => this.negate(this.apply('sin', a)),
      tan: () => this.add(one, this.multiply(node, node)),
      asin: () => this.divide(one, this.apply('sqrt', this.subtract(one, this.multiply(a, a)))),
      acos: () => this.divide(this.number(-1), this.apply('sqrt', this.subtract(one, this.multiply(a, a)))),
      atan: () => this.divide(one, this.add(one, this.multiply(a, a))),
      positive: () => this.node('step', [a]),
      step: () => this.number(0),
      softplus: () => this.node('sigmoid', [a]),
      sigmoid: () => this.multiply(node, this.node('sigmoid', [this.negate(a)])),
    };
    return this.multiply(outer[kind](), da);
  }

  /** d a^b = b a^(b-1) da + a^b ln(a) db. */
  private derivePower(node: number, a: number, b: number, da: number, db: number): number {
    const fromBase = this.multiply(this.multiply(b, this.pow(a, this.subtract(b, this.number(1)))), da);
    if (this.constant(db) === 0) return fromBase;
    return this.add(fromBase, this.multiply(this.multiply(node, this.apply('log', a)), db));
  }

  /** The number that a node is, or `undefined` when it depends on coordinates or inputs. */
  constant(node: number): number | undefined {
    const { kind, value } = this.nodes[node];
    return kind === 'number' ? value : undefined;
  }

  private node(kind: NodeKind, args: readonly number[], value = 0): number {
    const key = `${kind} ${String(value)} ${args.join(' ')}`;
    let index = this.known.get(key);
    if (index === undefined) {
      index = this.nodes.push({ kind, value, args }) - 1;
      this.known.set(key, index);
    }
    return index;
  }
}
