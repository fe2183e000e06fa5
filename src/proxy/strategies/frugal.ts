import { createRandom } from '../../core/random.ts';
import type { ParameterSpec } from '../model/shape.ts';
import type { Strategy } from './strategy.ts';

const firstStream = 2 ** 29;

/** A number below 4096 for a name. */
function digest(name: string): number {
  let sum = 0;
  for (let i = 0; i < name.length; i++) sum = (31 * sum + name.charCodeAt(i)) % 4096;
  return sum;
}

/** Marks all rows of a matrix but a random share of them. */
function signRows(
  { shape: [rows, columns] }: ParameterSpec,
  density: number,
  seed: number,
  stream: number,
): Uint8Array {
  const random = createRandom(seed, stream);
  const order = Array.from({ length: rows }, (_, row) => [random.next(), row] as const).sort(([a], [b]) => a - b);
  const marks = new Uint8Array(rows * columns).fill(1);
  for (const [, row] of order.slice(0, Math.round(density * rows))) marks.fill(0, row * columns, (row + 1) * columns);
  return marks;
}

export const frugal: Strategy = {
  name: 'frugal',
  title: 'FRUGAL: signs outside a subspace',
  description:
    'Hidden matrices have moments for a random share of their rows, drawn anew now and then; the other rows move by the sign of their gradient, which needs no memory. arXiv 2411.07837, algorithm 1.',
  args: [
    { name: 'density', fallback: 0.25, least: 0, most: 1, description: 'Share of rows with moments' },
    { name: 'period', fallback: 200, least: 1, most: 1e6, isWhole: true, description: 'Steps between draws' },
    { name: 'signRate', fallback: 0.1, least: 0, most: 10, description: "Rate of signs, times AdamW's" },
  ],
  update: (_shape, seed, { density, period, signRate }) => {
    let drawn = -1;
    let marks = new Map<string, Uint8Array>();
    return {
      period: ({ isHidden }) => (isHidden ? period : undefined),
      signShare: signRate,
      signOnly: (spec, step) => {
        if (!spec.isHidden) return undefined;
        const draw = Math.floor((step - 1) / period);
        if (draw !== drawn) marks = new Map();
        drawn = draw;
        let found = marks.get(spec.name);
        if (found === undefined) {
          // The name decides the stream, so that a resumed run draws the same rows.
          const stream = firstStream + draw * 4096 + digest(spec.name);
          marks.set(spec.name, (found = signRows(spec, density, seed, stream)));
        }
        return found;
      },
    };
  },
};
