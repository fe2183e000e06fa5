import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { ParameterSpec } from '../model/shape.ts';
import type { Strategy, StrategyArguments } from './strategy.ts';

/** Sizes of the parts of a matrix `(in, out)`. */
function sizes([from, to]: readonly number[], { rank, channels }: StrategyArguments): { r: number; k: number } {
  return { r: Math.max(1, Math.round(rank * Math.min(from, to))), k: Math.round(channels * from) };
}

/** Names of the parts of a matrix. */
type Part = 'left' | 'right' | 'channels' | 'sparse';

export const lost: Strategy = {
  name: 'lost',
  title: 'LOST: low rank plus sparse channels',
  description:
    'A hidden matrix is a product of two thin ones plus a dense matrix on few input channels, all from the singular value decomposition of the start: the largest singular values, and the channels on which the rest is largest. arXiv 2508.02668, section 3.',
  args: [
    { name: 'rank', fallback: 0.25, least: 0.001, most: 1, description: 'Rank as a share of the smaller side' },
    { name: 'channels', fallback: 0.05, least: 0, most: 1, description: 'Share of input channels that are dense' },
  ],
  specs: (specs, args) =>
    specs.flatMap((spec): ParameterSpec[] => {
      if (!spec.isHidden) return [spec];
      const [from, to] = spec.shape;
      const { r, k } = sizes(spec.shape, args);
      const part = (name: Part, shape: readonly number[]): ParameterSpec => ({
        ...spec,
        name: `${spec.name}.${name}`,
        shape,
      });
      const thin = [part('left', [from, r]), part('right', [r, to])];
      if (k === 0) return thin;
      // Which channels are dense is decided at the start and is no parameter.
      const chosen: ParameterSpec = { ...part('channels', [from, k]), isConstant: true };
      return [...thin, chosen, part('sparse', [k, to])];
    }),
  start: (original, specs, args) => {
    const weights = new Map(original);
    for (const { name, shape } of specs) {
      if (!name.endsWith('.left')) continue;
      const base = name.slice(0, -'.left'.length);
      const values = original.get(base);
      const right = specs.find((spec) => spec.name === `${base}.right`);
      if (values === undefined || right === undefined) throw new Error(`no matrix ${base}`);
      const [from] = shape;
      const to = right.shape[1];
      for (const [part, start] of Object.entries(split(values, from, to, args))) weights.set(`${base}.${part}`, start);
      weights.delete(base);
    }
    return weights;
  },
  forward: () => ({
    linear: (x, name, p, ops) => {
      const thin = ops.linear(ops.linear(x, p[`${name}.left`]), p[`${name}.right`]);
      if (!(`${name}.channels` in p)) return thin;
      return ops.add(thin, ops.linear(ops.linear(x, p[`${name}.channels`]), p[`${name}.sparse`]));
    },
  }),
};

/** The parts of a matrix at the start. */
function split(
  values: Float32Array,
  from: number,
  to: number,
  args: StrategyArguments,
): Partial<Record<Part, Float32Array>> {
  const { r, k } = sizes([from, to], args);
  const whole = Matrix.from1DArray(from, to, [...values]);
  const svd = new SingularValueDecomposition(whole, { autoTranspose: true });
  const roots = svd.diagonal.slice(0, r).map(Math.sqrt);
  const left = new Matrix(from, r);
  const right = new Matrix(r, to);
  for (let j = 0; j < r; j++) {
    for (let i = 0; i < from; i++) left.set(i, j, svd.leftSingularVectors.get(i, j) * roots[j]);
    for (let i = 0; i < to; i++) right.set(j, i, svd.rightSingularVectors.get(i, j) * roots[j]);
  }
  const thin = { left: Float32Array.from(left.to1DArray()), right: Float32Array.from(right.to1DArray()) };
  if (k === 0) return thin;
  const rest = Matrix.sub(whole, left.mmul(right));
  const order = Array.from({ length: from }, (_, i) => i).sort(
    (a, b) => rest.getRowVector(b).norm() - rest.getRowVector(a).norm(),
  );
  const chosen = order.slice(0, k).sort((a, b) => a - b);
  const channels = new Float32Array(from * k);
  const sparse = new Float32Array(k * to);
  for (const [j, i] of chosen.entries()) {
    channels[i * k + j] = 1;
    sparse.set(rest.getRow(i), j * to);
  }
  return { ...thin, channels, sparse };
}
