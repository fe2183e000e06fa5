import { selectInPlace } from '../../core/select.ts';
import type { Lattice } from './lattice.ts';

/** Lines of a block each way, and how far they may lie apart: within a factor of e draws change their ranks little. */
const most = { lines: 8, extent: 1.1 };
/** Smaller blocks are not worth the search for the draws that count. */
const least = { lines: 5, nodes: 10 };

/** Some nodes of a lattice, and what the terms of its lines add for the draws that may hold a percentile at them. */
export interface Block {
  /** In an order in which neighbours follow one another. */
  readonly nodes: readonly number[];
  readonly size: number;
  readonly column: (line: number) => Float64Array;
  readonly row: (line: number) => Float64Array;
}

/**
 * Goes through a lattice block by block. A draw counts in a block when at a corner its rank is near that of a percentile; by
 * more than twenty times as much as draws of real fits change their ranks inside.
 *
 * @param columns - what the terms of each line across the first axis add, for each draw
 * @param rows - those of the second one; the law is the sum of the two
 */
export function* blocksOf(
  lattice: Lattice,
  columns: readonly Float64Array[],
  rows: readonly Float64Array[],
  confidence: number,
): Generator<Block> {
  const count = columns[0].length;
  const p = 0.5 - confidence / 2;
  // Where draws lie denser, more of them change places.
  const margin = 2 * p * (1 - p);
  const rank = { low: Math.ceil(count * (p + margin)), high: Math.floor(count * (1 - p - margin)) };
  const across = linesOf(lattice.x);
  const along = linesOf(lattice.y);
  const isWhole = rank.high - rank.low < count / 3 || across === 0 || along === 0;
  if (isWhole) {
    const nodes = snake(Array.from(lattice.row.keys()), lattice);
    yield { nodes, size: count, column: (i) => columns[i], row: (j) => rows[j] };
    return;
  }

  const sample = new Float64Array(count);
  /** Below the first value at a corner, and above the second, lie the draws that count. */
  const known = new Map<number, readonly [number, number]>();
  const limitsAt = (i: number, j: number): readonly [number, number] => {
    const key = i * rows.length + j;
    let limits = known.get(key);
    if (limits === undefined) {
      for (let b = 0; b < count; b++) sample[b] = columns[i][b] + rows[j][b];
      const low = selectInPlace(sample, rank.low);
      known.set(key, (limits = [low, selectInPlace(sample, rank.high, rank.low)]));
    }
    return limits;
  };
  const isNear = new Uint8Array(count);
  const draws = new Int32Array(count);
  const roomX = Array.from({ length: across }, () => new Float64Array(count));
  const roomY = Array.from({ length: along }, () => new Float64Array(count));
  const width = Math.ceil(columns.length / across);
  const blocks: (number[] | undefined)[] = [];
  for (let node = 0; node < lattice.column.length; node++)
    (blocks[Math.floor(lattice.row[node] / along) * width + Math.floor(lattice.column[node] / across)] ??= []).push(
      node,
    );
  for (const [block, nodes] of blocks.entries()) {
    if (nodes === undefined) continue;
    const i0 = (block % width) * across;
    const j0 = Math.floor(block / width) * along;
    if (nodes.length < least.nodes) {
      yield { nodes, size: count, column: (i) => columns[i], row: (j) => rows[j] };
      continue;
    }
    isNear.fill(0);
    for (const i of new Set([i0, Math.min(i0 + across, columns.length - 1)]))
      for (const j of new Set([j0, Math.min(j0 + along, rows.length - 1)])) {
        const [low, high] = limitsAt(i, j);
        const [x, y] = [columns[i], rows[j]];
        for (let b = 0; b < count; b++) {
          const value = x[b] + y[b];
          if (value <= low || value >= high) isNear[b] = 1;
        }
      }
    let size = 0;
    for (let b = 0; b < count; b++) if (isNear[b] === 1) draws[size++] = b;
    gather(columns, i0, draws, size, roomX);
    gather(rows, j0, draws, size, roomY);
    yield { nodes: snake(nodes, lattice), size, column: (i) => roomX[i - i0], row: (j) => roomY[j - j0] };
  }
}

/** Lines of a block on an axis; 1 where there is only one, 0 where so few lie close together that blocks are of no use. */
function linesOf(lines: Float64Array): number {
  if (lines.length === 1) return 1;
  const fit = Math.min(most.lines, Math.floor(most.extent / (lines[1] - lines[0])));
  return fit < least.lines ? 0 : fit;
}

function gather(
  lines: readonly Float64Array[],
  from: number,
  draws: Int32Array,
  size: number,
  room: readonly Float64Array[],
): void {
  for (let k = 0; k < room.length && from + k < lines.length; k++) {
    const line = lines[from + k];
    const to = room[k];
    for (let i = 0; i < size; i++) to[i] = line[draws[i]];
  }
}

/** Nodes row by row, every other row reversed. */
function snake(nodes: readonly number[], { row, column }: Lattice): number[] {
  const key = (node: number): number =>
    row[node] * 2 ** 20 + (row[node] % 2 === 0 ? column[node] : 2 ** 19 - column[node]);
  return nodes.toSorted((a, b) => key(a) - key(b));
}
